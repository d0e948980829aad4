import type { Device } from './client.js';
import { eventually } from './wait-for.js';

export interface FoundMessages {
  totalCount: number;
  edges: {
    cursor: string;
    node: { id: string; seq: number; body: string | null } | null;
    highlights: { text: string; ranges: { start: number; end: number }[] }[];
  }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

export const searchMessagesDocument = `query ($query: String!, $filter: MessageSearchFilter, $first: Int! = 20, $after: String) {
  searchMessages(query: $query, filter: $filter, first: $first, after: $after) {
    totalCount edges { cursor node { id seq body } highlights { text ranges { start end } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

interface Page {
  first?: number;
  after?: string | null;
}

export async function searchMessages(
  viewer: Device,
  query: string,
  filter: Record<string, unknown> = {},
  page: Page = {},
): Promise<FoundMessages> {
  return (await viewer.query<{ searchMessages: FoundMessages }>(searchMessagesDocument, { query, filter, ...page }))
    .searchMessages;
}

/** Ids of the messages that the viewer finds. */
export async function findsMessages(
  viewer: Device,
  query: string,
  filter?: Record<string, unknown>,
): Promise<string[]> {
  const { edges } = await searchMessages(viewer, query, filter, { first: 100 });
  return edges.flatMap(({ node }) => node?.id ?? []);
}

/** Ids of the people, or of the conversations, that the viewer finds. */
export async function finds(
  viewer: Device,
  field: 'searchUsers' | 'searchConversations',
  query: string,
): Promise<string[]> {
  const found = await viewer.query<Record<string, { edges: { node: { id: string } | null }[] }>>(
    `query ($query: String!) { ${field}(query: $query, first: 100) { edges { node { id } } } }`,
    { query },
  );
  return found[field]!.edges.flatMap(({ node }) => node?.id ?? []);
}

/** Search is behind by a moment: asks until it is so. */
export async function soon(what: () => Promise<void>, limit = 2_000): Promise<void> {
  await eventually(what, limit);
}
