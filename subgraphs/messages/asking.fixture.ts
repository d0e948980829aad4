import type { Person } from '../../platform/auth/caller.js';
import { toPublicId } from '../../platform/ids/ids.js';
import { cnv, type Answer, type openMessages } from './testing.js';

type Messages = Awaited<ReturnType<typeof openMessages>>;
type Viewer = Parameters<Messages['run']>[0];

export const hub = { kind: 'hub', startedAt: Date.now() } as const;
export const nobody = { kind: 'nobody', startedAt: Date.now() } as const;

export const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  message { id conversationId conversation { id } seq senderId sender { id } kind body clientMessageId createdAt } errors { code path message } } }`;
export const PAGE = 'edges { cursor node { seq } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
export const MESSAGES = `messages(first: $first, after: $after, last: $last, before: $before) { ${PAGE} }`;

const ENTITY = (
  selection: string,
) => `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $seq: Int, $messageId: ID, $cursor: String = "") {
  _entities(representations: [{ __typename: "Conversation", id: $id }]) { ... on Conversation { ${selection} } } }`;
/** Fields of a Conversation, as the router asks for them. */

let key = 0;
export async function send(
  parley: Messages,
  viewer: Person,
  conversationId: string,
  body = 'hello',
  clientMessageId = `key ${key++}`,
) {
  const answer = await parley.run(viewer, SEND, {
    input: { conversationId: cnv(conversationId), clientMessageId, body },
  });
  return answer.data.sendMessage;
}

export async function sendMany(parley: Messages, viewer: Person, conversationId: string, count: number) {
  for (let i = 0; i < count; i++) await send(parley, viewer, conversationId, `message ${i}`);
}

/** Fields of a Conversation, as the router asks for them. */
export async function conversation(
  parley: Messages,
  viewer: Viewer,
  id: string,
  selection: string,
  variables: object = {},
): Promise<Answer> {
  const answer = await parley.run(
    viewer,
    ENTITY(selection).replaceAll(/\$(\w+): \w+!?( = "")?,? ?/g, (whole, name: string) =>
      name === 'id' || selection.includes(`$${name}`) ? whole : '',
    ),
    { id: cnv(id), ...variables },
  );
  return { ...answer, data: answer.data?._entities[0] };
}

type Page = { edges: { cursor: string; node: { seq: number } }[]; pageInfo: Record<string, unknown> };
export const seqs = (page: Page) => page.edges.map((edge) => edge.node.seq);
export const codes = (answer: Answer) => answer.errors?.map((error) => error.extensions.code);

export const inboxItemId = (viewer: Person, id: string) =>
  `inb_${toPublicId('user', viewer.userId).slice(4)}_${toPublicId('user', id).slice(4)}`;
