import { randomBytes, randomUUID } from 'node:crypto';
import { ask, Device, Failed, NoAnswer, Refused, type Session, type UserError } from './client.js';
import { anyMoment } from './wait-for.js';

export interface ChatMessage {
  id: string;
  seq: number;
  senderId: string;
  body: string | null;
  clientMessageId: string;
  createdAt: string;
}
export interface ChatMember {
  userId: string;
  role: string;
}
export const messageFields = 'id seq senderId body clientMessageId createdAt';
export const sessionFields =
  'session { accessToken refreshToken device { id } } viewer { user { id } } errors { code path message }';
const errorFields = 'errors { code path message }';

interface SessionPayload {
  session: Session;
  viewer: { user: { id: string } };
  errors: UserError[];
}

/** A new person on their first device. */
export async function signUp(url: string, name: string): Promise<Device> {
  const handle = `${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 12)}_${randomBytes(6).toString('hex')}`;
  const person = { handle, displayName: name, email: `${handle}@example.org`, password: `correct horse ${handle}` };
  const { session, viewer } = await enter(
    url,
    `mutation ($input: SignUpInput!) { signUp(input: $input) { ${sessionFields} } }`,
    { ...person, device: { name: `${name}'s first`, platform: 'WEB' } },
  );
  return new Device(url, { ...person, userId: viewer.user.id }, session);
}

/** Another device of the same person. */
export async function signInElsewhere(device: Device, platform = 'ANDROID'): Promise<Device> {
  const { handle, password, displayName } = device.person;
  const { session } = await enter(
    device.url,
    `mutation ($input: SignInInput!) { signIn(input: $input) { ${sessionFields} } }`,
    { login: handle, password, device: { name: `${displayName}'s other`, platform } },
  );
  return new Device(device.url, device.person, session);
}

async function enter(url: string, document: string, input: Record<string, unknown>): Promise<SessionPayload> {
  const { data, errors, status } = await ask<Record<string, SessionPayload>>(url, document, { input });
  const payload = data && Object.values(data)[0];
  if (!payload) throw new Failed(errors, status);
  if (payload.errors.length > 0) throw new Refused(payload.errors);
  return payload;
}

export async function createGroup(owner: Device, title: string, members: Device[]): Promise<string> {
  const { conversation } = await owner.mutate<{ conversation: { id: string } }>(
    `mutation ($input: CreateGroupInput!) { createGroup(input: $input) { conversation { id } ${errorFields} } }`,
    { input: { clientMutationId: randomUUID(), title, memberIds: members.map(({ userId }) => userId) } },
  );
  return conversation.id;
}

export async function openDirect(device: Device, other: Pick<Device, 'userId'>): Promise<string> {
  const { conversation } = await device.mutate<{ conversation: { id: string } }>(
    `mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { conversation { id } ${errorFields} } }`,
    { input: { userId: other.userId } },
  );
  return conversation.id;
}

const changeMembers =
  (name: 'addMembers' | 'removeMembers', input: string) => (device: Device, conversationId: string, people: Device[]) =>
    device.mutate<{ conversation: { id: string } | null }>(
      `mutation ($input: ${input}!) { ${name}(input: $input) { conversation { id } ${errorFields} } }`,
      { input: { conversationId, userIds: people.map(({ userId }) => userId) } },
    );
export const addMembers = changeMembers('addMembers', 'AddMembersInput');
export const removeMembers = changeMembers('removeMembers', 'RemoveMembersInput');

export function leave(device: Device, conversationId: string): Promise<unknown> {
  return device.mutate(
    `mutation ($input: LeaveConversationInput!) { leaveConversation(input: $input) { conversation { id } ${errorFields} } }`,
    { input: { conversationId } },
  );
}

export const sendDocument = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { ${messageFields} } ${errorFields} } }`;

/** A message that somebody meant to send, and what came of it. */
export interface Send {
  sender: Device;
  conversationId: string;
  clientMessageId: string;
  body: string;
  attachmentIds?: string[];
  /** The message as acknowledged; null while nobody has said that it is stored. */
  acked: ChatMessage | null;
}

export function draft(sender: Device, conversationId: string, body: string, attachmentIds?: string[]): Send {
  return { sender, conversationId, clientMessageId: randomUUID(), body, attachmentIds, acked: null };
}

const inputOf = ({ conversationId, clientMessageId, body, attachmentIds }: Send) => ({
  input: { conversationId, clientMessageId, body, attachmentIds },
});

/** Sends, or sends again, over HTTP. */
export async function post(send: Send, signal?: AbortSignal): Promise<ChatMessage> {
  const { message } = await send.sender.mutate<{ message: ChatMessage }>(sendDocument, inputOf(send), signal);
  send.acked ??= message;
  return message;
}

/** As post, over the socket. */
export async function postOnSocket(send: Send): Promise<ChatMessage> {
  const { message } = await send.sender.mutateOnSocket<{ message: ChatMessage }>(sendDocument, inputOf(send));
  send.acked ??= message;
  return message;
}

export async function say(sender: Device, conversationId: string, body: string): Promise<ChatMessage> {
  return post(draft(sender, conversationId, body));
}

/** One after the other, so that their order is known. */
export async function sayAll(sender: Device, conversationId: string, bodies: string[]): Promise<ChatMessage[]> {
  const messages = [];
  for (const body of bodies) messages.push(await say(sender, conversationId, body));
  return messages;
}

/** Whether a client should try the same again: no answer came, or the answer says retryable. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof NoAnswer ||
    (error instanceof Failed && error.errors.some(({ extensions }) => extensions?.retryable === true))
  );
}

/** Sends until it is acknowledged, as a client does. Throws what is no use to retry, and after `limit` ms the last error. */
export async function postUntilAcked(send: Send, limit = 40_000): Promise<ChatMessage> {
  const end = performance.now() + limit;
  for (;;) {
    try {
      return await post(send);
    } catch (error) {
      if (!isTransient(error) || performance.now() > end) throw error;
      await anyMoment(20, 120);
    }
  }
}

interface MessagePage {
  edges: { cursor: string; node: ChatMessage }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}
const pageFields = `edges { cursor node { ${messageFields} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

interface PageArguments {
  first?: number;
  after?: string | null;
  last?: number;
  before?: string | null;
}

async function messagePage(viewer: Device, conversationId: string, page: PageArguments): Promise<MessagePage> {
  const { conversation } = await viewer.query<{ conversation: { messages: MessagePage } | null }>(
    `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { conversation(id: $id) {
      messages(first: $first, after: $after, last: $last, before: $before) { ${pageFields} } } }`,
    { id: conversationId, ...page },
  );
  if (!conversation) throw new Error(`${viewer.person.handle} does not see ${conversationId}.`);
  return conversation.messages;
}

/** All that the viewer may read, oldest first, page by page. */
export async function history(viewer: Device, conversationId: string, pageSize = 100): Promise<ChatMessage[]> {
  const messages: ChatMessage[] = [];
  for (let after: string | null = null; ;) {
    const { edges, pageInfo } = await messagePage(viewer, conversationId, { first: pageSize, after });
    messages.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) return messages;
    after = pageInfo.endCursor;
  }
}

/** As history, read from the newest page back. */
export async function historyBackwards(viewer: Device, conversationId: string, pageSize = 100): Promise<ChatMessage[]> {
  const messages: ChatMessage[] = [];
  for (let before: string | null = null; ;) {
    const { edges, pageInfo } = await messagePage(viewer, conversationId, { last: pageSize, before });
    messages.unshift(...edges.map(({ node }) => node));
    if (!pageInfo.hasPreviousPage) return messages;
    before = pageInfo.startCursor;
  }
}

/** Of the newest message that the viewer may read; 0 where there is none. */
export async function newestSeq(viewer: Device, conversationId: string): Promise<number> {
  const { edges } = await messagePage(viewer, conversationId, { last: 1 });
  return edges[0]?.node.seq ?? 0;
}

export async function cursorOf(viewer: Device, conversationId: string): Promise<string> {
  const { conversation } = await viewer.query<{ conversation: { cursor: string } }>(
    'query ($id: ID!) { conversation(id: $id) { cursor } }',
    { id: conversationId },
  );
  return conversation.cursor;
}
