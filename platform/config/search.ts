import { existsSync } from 'node:fs';
import { z } from 'zod';
import { isPostgresUrl } from './addresses.js';
import { StartError } from './start-error.js';

/** What the environment may say of the search index. */
export const searchVariables = {
  PARLEY_SEARCH_DATABASE_URL: z
    .string()
    .refine(isPostgresUrl)
    .optional()
    .describe(
      'Postgres of the search index, as PARLEY_DATABASE_URL and a database of its own; without it and OpenSearch, the embedded database',
    ),
  PARLEY_OPENSEARCH_URL: z
    .string()
    .superRefine(checkNodes)
    .optional()
    .describe(
      'OpenSearch, which then holds the search index, https://user:password@host:port; several, separated by commas, are nodes of a cluster',
    ),
  PARLEY_OPENSEARCH_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('Certificates (PEM) that the certificate of OpenSearch is checked against; with https://'),
} as const;

export interface SearchSettings {
  /** Null: the embedded database, where there is one. */
  databaseUrl: string | null;
  /** Goes before a database. */
  openSearch: OpenSearchSettings | null;
}
export interface OpenSearchSettings {
  /** Origins. */
  nodes: string[];
  credentials: { username: string; password: string } | null;
  caFile: string | null;
}

type Values = z.output<z.ZodObject<typeof searchVariables>>;

/** Throws StartError where the variables do not fit together. */
export function readSearch(values: Values): SearchSettings {
  const { PARLEY_SEARCH_DATABASE_URL: databaseUrl = null, PARLEY_OPENSEARCH_URL: urls } = values;
  const caFile = values.PARLEY_OPENSEARCH_CA_FILE ?? null;
  if (urls !== undefined && databaseUrl !== null)
    throw new StartError(
      'PARLEY_OPENSEARCH_URL and PARLEY_SEARCH_DATABASE_URL both say where the search index is. Keep one.',
    );
  const nodes = nodesOf(urls ?? '');
  const [first] = nodes;
  if (caFile !== null && first?.protocol !== 'https:')
    throw new StartError('PARLEY_OPENSEARCH_CA_FILE has no use without https:// in PARLEY_OPENSEARCH_URL.');
  if (caFile !== null && !existsSync(caFile))
    throw new StartError(
      `PARLEY_OPENSEARCH_CA_FILE names ${caFile}, which is not there. Give a file of certificates (PEM).`,
    );
  if (!first) return { databaseUrl, openSearch: null };
  return {
    databaseUrl,
    openSearch: {
      nodes: nodes.map(({ origin }) => origin),
      credentials: first.username
        ? { username: decodeURIComponent(first.username), password: decodeURIComponent(first.password) }
        : null,
      caFile,
    },
  };
}

/** Says what is wrong without repeating it: it may hold a password. */
function checkNodes(text: string, context: z.RefinementCtx): void {
  try {
    const nodes = nodesOf(text);
    const [first] = nodes;
    if (!first) context.addIssue('it names no server');
    else if (nodes.some(({ protocol }) => protocol !== 'http:' && protocol !== 'https:'))
      context.addIssue('it begins with neither http:// nor https://');
    else if (nodes.some((node) => node.pathname !== '/' || node.search || node.hash))
      context.addIssue('nothing may follow host and port');
    else if (
      nodes.some(
        (node) =>
          node.protocol !== first.protocol || node.username !== first.username || node.password !== first.password,
      )
    )
      context.addIssue('all nodes need the same protocol, user and password');
  } catch {
    context.addIssue('it is not a URL');
  }
}

function nodesOf(text: string): URL[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .map((each) => new URL(each));
}
