import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse, print, visit, type ASTNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { StartError } from '../platform/config/start-error.js';
import { Fault } from '../platform/errors/errors.js';
import { MAX_TOKENS } from './documents.js';

/** As codegen's client-preset writes it: texts by their SHA-256. */
const byHash = z.record(z.string().regex(/^[0-9a-f]{64}$/), z.string());
/** As @apollo/generate-persisted-query-manifest writes it. */
const byApollo = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string() })),
});

/** What a request says it wants to run: the body, or the query string, as it came. */
export type RequestParams = Record<string, unknown>;

/**
 * The documents that may be run here, and no others. A client names one by its id: `documentId` (with or without `sha256:`),
 * or the hash of an automatic persisted query; or it sends a text that is one of them, in whatever order and layout.
 */
export class TrustedDocuments {
  private readonly texts = new Map<string, string>();
  private readonly canonical = new Set<string>();
  private readonly known = new LRUCache<string, boolean>({
    max: 5_000,
    maxSize: 20 * 1024 * 1024,
    sizeCalculation: (_, text) => text.length + 100,
  });

  /** Texts by id. Throws GraphQLError for one that is no GraphQL. */
  constructor(documents: Iterable<[id: string, text: string]>) {
    for (const [id, text] of documents) {
      this.texts.set(id, text);
      this.texts.set(createHash('sha256').update(text).digest('hex'), text);
      this.canonical.add(canonicalOf(text));
    }
  }

  /** Reads manifests. Throws StartError for one that is of no use. */
  static async read(paths: readonly string[]): Promise<TrustedDocuments> {
    const manifests = await Promise.all(
      paths.map(async (path) => {
        try {
          return documentsOf(JSON.parse(await readFile(path, 'utf8')));
        } catch (cause) {
          throw unusable(path, cause);
        }
      }),
    );
    try {
      return new TrustedDocuments(manifests.flat());
    } catch (cause) {
      throw unusable(paths.join(', '), cause);
    }
  }

  /** The request with the text of what it wants to run. Throws DOCUMENT_NOT_TRUSTED. */
  admit(params: RequestParams): RequestParams {
    const { documentId, ...rest } = params;
    if (typeof rest.query === 'string' && rest.query !== '') {
      if (this.has(rest.query)) return rest;
      throw refusal('This document is not among those that may be run here.');
    }
    const id = typeof documentId === 'string' ? documentId.replace(/^sha256:/, '') : persistedHash(rest.extensions);
    const query = id === null ? undefined : this.texts.get(id);
    if (query === undefined)
      throw refusal(id === null ? 'Only known documents are run here: give a documentId.' : 'No document has this id.');
    return { ...rest, query };
  }

  private has(text: string): boolean {
    let isKnown = this.known.get(text);
    if (isKnown === undefined) {
      isKnown = this.canonical.has(canonicalOrNothing(text));
      this.known.set(text, isKnown);
    }
    return isKnown;
  }
}

function documentsOf(manifest: unknown): [string, string][] {
  const apollo = byApollo.safeParse(manifest);
  if (apollo.success) return apollo.data.operations.map(({ id, body }) => [id, body]);
  return Object.entries(byHash.parse(manifest));
}

/** The same for documents that differ in layout and in the order of what has none. Throws GraphQLError. */
function canonicalOf(text: string): string {
  // Each is printed once, and not at each comparison: a stranger may send a long one.
  const sorted = <T extends ASTNode>(nodes: readonly T[] = []): T[] =>
    nodes
      .map((node) => ({ node, text: print(node) }))
      .sort((one, other) => (one.text < other.text ? -1 : 1))
      .map(({ node }) => node);
  const document = visit(parse(text, { noLocation: true, maxTokens: MAX_TOKENS }), {
    Field: { leave: (node) => ({ ...node, arguments: sorted(node.arguments), directives: sorted(node.directives) }) },
    SelectionSet: { leave: (node) => ({ ...node, selections: sorted(node.selections) }) },
    OperationDefinition: { leave: (node) => ({ ...node, variableDefinitions: sorted(node.variableDefinitions) }) },
    ObjectValue: { leave: (node) => ({ ...node, fields: sorted(node.fields) }) },
    Document: { leave: (node) => ({ ...node, definitions: sorted(node.definitions) }) },
  });
  return print(document);
}

function canonicalOrNothing(text: string): string {
  try {
    return canonicalOf(text);
  } catch {
    return '';
  }
}

/** Of `extensions.persistedQuery`; in a query string it is JSON. */
function persistedHash(extensions: unknown): string | null {
  try {
    const given = (typeof extensions === 'string' ? JSON.parse(extensions) : extensions) as {
      persistedQuery?: { sha256Hash?: unknown };
    } | null;
    const hash = given?.persistedQuery?.sha256Hash;
    return typeof hash === 'string' ? hash : null;
  } catch {
    return null;
  }
}

const refusal = (message: string) => new Fault('DOCUMENT_NOT_TRUSTED', message);

function unusable(what: string, cause: unknown): StartError {
  const reason =
    cause instanceof z.ZodError ? 'it is neither texts by their SHA-256 nor a manifest of Apollo' : String(cause);
  return new StartError(`PARLEY_TRUSTED_DOCUMENTS names ${what}, which is of no use: ${reason}.`, { cause });
}
