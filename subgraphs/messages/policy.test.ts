import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { toPublicId } from '../../platform/ids/ids.js';
import { events } from '../../schema/events.js';
import type { MessageFeedEvent } from '../../schema/live.js';
import { cnv, openMessages, somebody } from './testing.js';

let parley: Awaited<ReturnType<typeof openMessages>>;
beforeAll(async () => {
  parley = await openMessages();
});
afterAll(() => parley.close());

const usr = (person: Person) => toPublicId('user', person.userId);
const FIELDS = `id seq body mentions { userId user { id } start end } replyTo { id seq body } forwardedFrom { id } editedAt deletedAt expiresAt pinnedAt
  attachments { id } systemEvent { kind } reactions { emoji } edits { body } replyCount`;
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { ${FIELDS} } errors { code path message retryAt } } }`;
let key = 0;
async function send(viewer: Person, conversationId: string, input: object = {}) {
  const answer = await parley.run(viewer, SEND, {
    input: { conversationId: cnv(conversationId), clientMessageId: `key ${key++}`, body: 'hello', ...input },
  });
  return answer.data.sendMessage;
}
const read = async (viewer: Person, id: string) =>
  (await parley.run(viewer, `query ($id: ID!) { message(id: $id) { ${FIELDS} } }`, { id })).data.message;
const codes = (payload: { errors: { code: string }[] }) => payload.errors.map(({ code }) => code);
const setPolicy = (conversationId: string, data: object) =>
  parley.shards.of(conversationId).db.conversation.update({ where: { conversationId }, data });
const setMember = (conversationId: string, { userId }: Person, data: object) =>
  parley.shards
    .of(conversationId)
    .db.member.update({ where: { conversationId_userId: { conversationId, userId } }, data });

test('a reply shows what it quotes, and is counted and listed with it', async () => {
  const [ann, bob, eve] = [somebody(), somebody(), somebody()];
  const id = await parley.newConversation(ann.userId, bob.userId);
  const first = (await send(ann, id, { body: 'Shall we?' })).message;
  const reply = (await send(bob, id, { body: 'Yes', replyToId: first.id })).message;
  expect(reply.replyTo).toEqual({ id: first.id, seq: 1, body: 'Shall we?' });
  expect(await read(ann, first.id)).toMatchObject({ replyCount: 1, replyTo: null });
  await send(ann, id, { body: 'Good', replyToId: first.id });
  const REPLIES = `query ($id: ID!, $after: String) { message(id: $id) {
    replies(first: 1, after: $after) { edges { node { body } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;
  const page = (await parley.run(ann, REPLIES, { id: first.id })).data.message.replies;
  expect(page).toMatchObject({
    edges: [{ node: { body: 'Yes' } }],
    pageInfo: { hasNextPage: true, hasPreviousPage: false },
  });
  const next = (await parley.run(ann, REPLIES, { id: first.id, after: page.pageInfo.endCursor })).data.message.replies;
  expect(next).toMatchObject({ edges: [{ node: { body: 'Good' } }], pageInfo: { hasNextPage: false } });

  // Eve joins later: she sees the reply and what it quotes, but not the quoted message by itself, nor the replies before.
  await parley.join(id, eve.userId);
  const late = (await send(ann, id, { body: 'Eve is here', replyToId: first.id })).message;
  const seen = await parley.run(
    eve,
    `query ($id: ID!) { message(id: $id) { replyTo { body replyTo { id } replyCount replies { edges { node { body } } } } } }`,
    { id: late.id },
  );
  expect(seen.data.message.replyTo).toEqual({
    body: 'Shall we?',
    replyTo: null,
    replyCount: 1,
    replies: { edges: [{ node: { body: 'Eve is here' } }] },
  });
  expect(await read(eve, first.id)).toBeNull();
  expect(codes(await send(eve, id, { replyToId: first.id }))).toEqual(['NOT_FOUND']);
  const elsewhere = await parley.newConversation(ann.userId);
  for (const replyToId of [first.id, 'nonsense', usr(ann)])
    expect(await send(ann, elsewhere, { replyToId })).toMatchObject({
      message: null,
      errors: [{ code: 'NOT_FOUND', path: ['replyToId'] }],
    });
});

test('mentions are parts of the body, of members only', async () => {
  const [ann, bob, eve] = [somebody(), somebody(), somebody()];
  const id = await parley.newConversation(ann.userId, bob.userId);
  const body = '👋 @Bob';
  const { message } = await send(ann, id, { body, mentions: [{ userId: usr(bob), start: 3, end: 7 }] });
  expect(message.mentions).toEqual([{ userId: usr(bob), user: { id: usr(bob) }, start: 3, end: 7 }]);
  expect(await read(bob, message.id)).toEqual(message);
  const at = (start: number, end: number, who = bob) => ({ userId: usr(who), start, end });
  for (const mentions of [
    [at(-1, 2)],
    [at(3, 3)],
    [at(4, 3)],
    [at(3, 8)],
    [{ userId: 'nobody', start: 0, end: 1 }],
    [at(3, 7, eve)],
    [at(3, 7), at(0, 1, eve)],
    Array.from({ length: 21 }, () => at(3, 7)),
  ])
    expect(codes(await send(ann, id, { body, mentions }))).toEqual(['INVALID_INPUT']);
  await parley.leave(id, bob.userId);
  expect(codes(await send(ann, id, { body, mentions: [at(3, 7)] }))).toEqual(['INVALID_INPUT']);
  expect(codes(await send(ann, id, { attachmentIds: ['med_01h455vb4pex5vsknk084sn02q'] }))).toEqual(['NOT_FOUND']);
});

test('only those send whom the policy lets, and a retry of what was sent before is answered all the same', async () => {
  const [ann, bob, cid] = [somebody(), somebody(), somebody()];
  const id = await parley.newConversation(ann.userId, bob.userId, cid.userId);
  await setMember(id, ann, { role: 'OWNER' });
  await setMember(id, bob, { role: 'ADMIN' });
  const early = await send(cid, id, { clientMessageId: 'early' });
  await setPolicy(id, { whoCanSend: 'ADMIN' });
  expect(codes(await send(cid, id))).toEqual(['FORBIDDEN']);
  expect(await send(cid, id, { clientMessageId: 'early' })).toEqual(early);
  expect(codes(await send(bob, id))).toEqual([]);
  await setPolicy(id, { whoCanSend: 'OWNER' });
  expect(codes(await send(bob, id))).toEqual(['FORBIDDEN']);
  expect(codes(await send(ann, id))).toEqual([]);
});

test('slow mode lets one of many sends at once through, says when the next can go, and spares admins and retries', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId, bob.userId);
  await setMember(id, ann, { role: 'ADMIN' });
  await setPolicy(id, { slowModeSeconds: 60 });
  const before = Date.now();
  const outcomes = await Promise.all([1, 2, 3, 4].map((n) => send(bob, id, { clientMessageId: `slow ${n}` })));
  const sent = outcomes.filter(({ message }) => message);
  expect(sent).toHaveLength(1);
  for (const { message, errors } of outcomes)
    if (!message) {
      expect(errors).toMatchObject([{ code: 'SLOW_MODE', path: ['conversationId'] }]);
      const wait = Date.parse(errors[0].retryAt) - before;
      expect(wait).toBeGreaterThan(59_000);
      expect(wait).toBeLessThan(75_000);
    }
  const first = outcomes.findIndex(({ message }) => message) + 1;
  expect((await send(bob, id, { clientMessageId: `slow ${first}` })).message.id).toBe(sent[0].message.id);
  for (let i = 0; i < 3; i++) expect(codes(await send(ann, id))).toEqual([]);
  await setMember(id, bob, { lastSentAt: new Date(Date.now() - 61_000) });
  expect(codes(await send(bob, id))).toEqual([]);
  expect(codes(await send(bob, id))).toEqual(['SLOW_MODE']);
});

test('neither of two people sends while one has blocked the other', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId, bob.userId);
  await setPolicy(id, { kind: 'DIRECT' });
  const early = await send(bob, id, { clientMessageId: 'early' });
  await setMember(id, ann, { isBlocked: true });
  expect(codes(await send(ann, id))).toEqual(['BLOCKED']);
  expect(codes(await send(bob, id))).toEqual(['BLOCKED']);
  expect(await send(bob, id, { clientMessageId: 'early' })).toEqual(early);
  await setMember(id, ann, { isBlocked: false });
  expect(codes(await send(bob, id))).toEqual([]);
});

test('a message whose time is up reads as deleted everywhere at once, also where it is quoted', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await setPolicy(id, { messageTtlSeconds: 3_600 });
  const { message } = await send(ann, id, { mentions: [{ userId: usr(ann), start: 0, end: 1 }] });
  expect(Date.parse(message.expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
  const reply = (await send(ann, id, { replyToId: message.id })).message;
  const expiresAt = new Date(Date.now() - 1_000);
  await parley.shards.of(id).db.message.updateMany({ where: { conversationId: id, seq: 1 }, data: { expiresAt } });
  const gone = { body: null, mentions: [], deletedAt: expiresAt.toISOString(), expiresAt: expiresAt.toISOString() };
  expect(await read(ann, message.id)).toMatchObject(gone);
  expect((await read(ann, reply.id)).replyTo).toMatchObject({ body: null });
  const page = await parley.subgraph.feed.changes(id, 0, 10);
  const told = page.events.find((event): event is MessageFeedEvent => event.kind === 'message');
  expect(told?.message).toMatchObject({ seq: 1, body: null, deletedAt: gone.deletedAt });
});

test('what events tell of a message is what a read gives, and nothing is said that does not apply', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId, bob.userId);
  const { message } = await send(ann, id);
  await setPolicy(id, { messageTtlSeconds: 60, fanOut: 'ON_READ' });
  await send(ann, id, { body: '"@Bob\\', mentions: [{ userId: usr(bob), start: 1, end: 5 }], replyToId: message.id });
  const { db } = parley.shards.of(id);
  const outbox = await db.outbox.findMany({ where: { key: id }, orderBy: { id: 'asc' } });
  const told = outbox.map(({ payload }) => events.MessageSent.strict().parse(JSON.parse(payload)));
  const page = await parley.subgraph.feed.changes(id, 0, 10);
  const fed = page.events.flatMap((event) => (event.kind === 'message' ? [event.message] : []));
  expect(told.map((event) => event.message)).toEqual(fed);
  expect(told.map((event) => event.fanOut)).toEqual([undefined, 'ON_READ']);
  expect(Object.keys(fed[0]!)).toHaveLength(8);
});
