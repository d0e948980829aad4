import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { toPublicId } from '../../platform/ids/ids.js';
import type { MessageFeedEvent } from '../../schema/live.js';
import { cnv, openMessages, somebody, type Answer } from './testing.js';

let parley: Awaited<ReturnType<typeof openMessages>>;
beforeAll(async () => {
  parley = await openMessages();
});
afterAll(() => parley.close());

const hub = { kind: 'hub', startedAt: Date.now() } as const;
const nobody = { kind: 'nobody', startedAt: Date.now() } as const;

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  message { id conversationId conversation { id } seq senderId sender { id } kind body clientMessageId createdAt } errors { code path message } } }`;
let key = 0;
async function send(viewer: Person, conversationId: string, body = 'hello', clientMessageId = `key ${key++}`) {
  const answer = await parley.run(viewer, SEND, {
    input: { conversationId: cnv(conversationId), clientMessageId, body },
  });
  return answer.data.sendMessage;
}
async function sendMany(viewer: Person, conversationId: string, count: number) {
  for (let i = 0; i < count; i++) await send(viewer, conversationId, `message ${i}`);
}
const ENTITY = (
  selection: string,
) => `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $seq: Int, $messageId: ID, $cursor: String = "") {
  _entities(representations: [{ __typename: "Conversation", id: $id }]) { ... on Conversation { ${selection} } } }`;
/** Fields of a Conversation, as the router asks for them. */
async function conversation(
  viewer: Parameters<typeof parley.run>[0],
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
const PAGE = 'edges { cursor node { seq } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const MESSAGES = `messages(first: $first, after: $after, last: $last, before: $before) { ${PAGE} }`;
type Page = { edges: { cursor: string; node: { seq: number } }[]; pageInfo: Record<string, unknown> };
const seqs = (page: Page) => page.edges.map((edge) => edge.node.seq);
const codes = (answer: Answer) => answer.errors?.map((error) => error.extensions.code);

test('a message comes back as it was sent, and a retry brings the first one', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  const first = await send(ann, id, 'hi', 'same');
  expect(first.errors).toEqual([]);
  expect(first.message).toMatchObject({
    conversationId: cnv(id),
    conversation: { id: cnv(id) },
    seq: 1,
    senderId: toPublicId('user', ann.userId),
    sender: { id: toPublicId('user', ann.userId) },
    kind: 'TEXT',
    body: 'hi',
    clientMessageId: 'same',
  });
  expect(first.message.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect((await send(ann, id, 'other', 'same')).message).toEqual(first.message);
  expect(
    (await parley.run(ann, 'query ($id: ID!) { message(id: $id) { seq body } }', { id: first.message.id })).data
      .message,
  ).toEqual({ seq: 1, body: 'hi' });
});

test.each([
  ['an empty body', { body: ' \n' }, 'body'],
  ['a body that is too long', { body: 'x'.repeat(8_001) }, 'body'],
  ['U+0000', { body: 'a\0b' }, 'body'],
  ['half a surrogate pair', { body: 'a\ud83d' }, 'body'],
  ['an empty clientMessageId', { clientMessageId: '' }, 'clientMessageId'],
  ['a clientMessageId that is too long', { clientMessageId: 'x'.repeat(65) }, 'clientMessageId'],
  ['U+0000 in the clientMessageId', { clientMessageId: 'a\0' }, 'clientMessageId'],
])('refuses %s', async (_, input, path) => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  const answer = await parley.run(ann, SEND, {
    input: { conversationId: cnv(id), clientMessageId: 'a', body: 'b', ...input },
  });
  expect(answer.data.sendMessage).toMatchObject({ message: null, errors: [{ code: 'INVALID_INPUT', path: [path] }] });
});

test('8,000 characters outside the BMP are 8,000 characters', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  expect((await send(ann, id, '😀'.repeat(8_000))).message.body).toHaveLength(16_000);
});

test('a conversation of others and one that does not exist look the same to a sender', async () => {
  const [ann, eve] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId);
  const errors = [{ code: 'NOT_A_MEMBER', path: ['conversationId'], message: expect.any(String) }];
  expect(await send(eve, id)).toEqual({ message: null, errors });
  expect(await send(eve, eve.userId)).toEqual({ message: null, errors });
  const junk = await parley.run(eve, SEND, { input: { conversationId: 'nonsense', clientMessageId: 'a', body: 'b' } });
  expect(junk.data.sendMessage).toEqual({ message: null, errors });
});

test('whoever is not a member gets nothing from any way in', async () => {
  const [ann, eve] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId, eve.userId);
  const { message } = await send(ann, id);
  const cursor = (await conversation(eve, id, 'cursor')).data.cursor;
  await parley.leave(id, eve.userId);
  expect(
    (await parley.run(eve, 'query ($id: ID!) { message(id: $id) { body } }', { id: message.id })).data.message,
  ).toBeNull();
  const entity = `query ($id: ID!) { _entities(representations: [{ __typename: "Message", id: $id }]) { ... on Message { body } } }`;
  expect((await parley.run(eve, entity, { id: message.id })).data._entities).toEqual([null]);
  expect((await parley.run(hub, entity, { id: message.id })).data._entities).toEqual([{ body: 'hello' }]);
  expect(codes(await parley.run(nobody, entity, { id: message.id }))).toEqual(['UNAUTHENTICATED']);
  expect((await conversation(eve, id, 'id cursor lastMessage { body }')).data).toBeNull();
  const changes = await parley.run(
    eve,
    'query ($after: [String!]!) { conversationChanges(after: $after) { cursor } }',
    {
      after: [cursor],
    },
  );
  expect(changes.data.conversationChanges).toEqual([null]);
  expect(await parley.subgraph.feed.open(eve.userId, id, cursor)).toBeNull();
});

test('pages lead through all messages in both directions, and say truly whether there are more', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await sendMany(ann, id, 7);
  const forwards: number[] = [];
  let after: unknown = null;
  for (let hasMore = true; hasMore;) {
    const { data } = await conversation(ann, id, MESSAGES, { first: 3, after });
    expect(data.messages.pageInfo.hasPreviousPage).toBe(forwards.length > 0);
    forwards.push(...seqs(data.messages));
    after = data.messages.pageInfo.endCursor;
    hasMore = data.messages.pageInfo.hasNextPage;
  }
  expect(forwards).toEqual([1, 2, 3, 4, 5, 6, 7]);
  const backwards: number[] = [];
  let before: unknown = null;
  for (let hasMore = true; hasMore;) {
    const { data } = await conversation(ann, id, MESSAGES, { last: 3, before });
    expect(data.messages.pageInfo.hasNextPage).toBe(backwards.length > 0);
    backwards.unshift(...seqs(data.messages));
    before = data.messages.pageInfo.startCursor;
    hasMore = data.messages.pageInfo.hasPreviousPage;
  }
  expect(backwards).toEqual(forwards);
  const between = await conversation(ann, id, MESSAGES, { first: 10, before });
  expect(seqs(between.data.messages)).toEqual([]);
  expect(between.data.messages.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  for (const wrong of [{}, { first: 1, last: 1 }, { first: 0 }, { last: 101 }, { first: 1, after: 'x' }])
    expect(codes(await conversation(ann, id, MESSAGES, wrong))).toEqual(['BAD_USER_INPUT']);
});

test('a member reads within their spans only', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId);
  await sendMany(ann, id, 2);
  await parley.join(id, bob.userId);
  await sendMany(ann, id, 2); // 3, 4
  await parley.leave(id, bob.userId);
  await sendMany(ann, id, 2); // 5, 6
  const hidden = await send(ann, id); // 7
  await parley.join(id, bob.userId);
  const last = async () => (await conversation(bob, id, 'lastMessage { seq }')).data.lastMessage;
  expect(await last()).toEqual({ seq: 4 });
  await sendMany(ann, id, 2); // 8, 9
  expect(await last()).toEqual({ seq: 9 });
  const page = (await conversation(bob, id, MESSAGES, { first: 10 })).data.messages;
  expect(seqs(page)).toEqual([3, 4, 8, 9]);
  expect(page.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  const around = await conversation(bob, id, `messagesAround(seq: $seq, before: 1, after: 1) { ${PAGE} }`, { seq: 4 });
  expect(seqs(around.data.messagesAround)).toEqual([3, 4, 8]);
  expect(around.data.messagesAround.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const jump = `messagesAround(messageId: $messageId) { ${PAGE} }`;
  expect(codes(await conversation(bob, id, jump, { messageId: hidden.message.id }))).toEqual(['NOT_FOUND']);
  expect(seqs((await conversation(ann, id, jump, { messageId: hidden.message.id })).data.messagesAround)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  // Filtered after paging: short pages, none of them lost, and the same cursors for everybody.
  const { cursor } = (await conversation({ ...bob, startedAt: 0 }, id, 'cursor')).data;
  const CHANGES =
    'changes(after: $cursor, first: 5) { hasMore cursor events { ... on MessageChanged { message { seq } } } }';
  const told: number[] = [];
  for (let after = cursor, hasMore = true; hasMore;) {
    const { changes } = (await conversation(bob, id, CHANGES, { cursor: after })).data;
    expect((await conversation(ann, id, CHANGES, { cursor: after })).data.changes.cursor).toBe(changes.cursor);
    told.push(...changes.events.flatMap((event: { message?: { seq: number } }) => event.message?.seq ?? []));
    after = changes.cursor;
    hasMore = changes.hasMore;
  }
  expect(told).toEqual([3, 4, 8, 9]);
});

test('what a cursor missed and the old state make the fresh state, in pages of any size', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await parley.newConversation(ann.userId);
  await sendMany(ann, id, 3);
  const early: Person = { ...ann, startedAt: Date.now() + 6_000 };
  const { cursor } = (await conversation(early, id, 'cursor')).data;
  await parley.join(id, bob.userId);
  await sendMany(bob, id, 4);
  await parley.leave(id, bob.userId);
  await sendMany(ann, id, 2);
  const CHANGES = `changes(after: $cursor, first: $first) { hasMore cursor events { __typename cursor conversationId
    ... on MessageChanged { reason message { seq } } ... on MemberChanged { userId isMember member { role } } } }`;
  for (const first of [1, 3, 100]) {
    const events = [];
    let after = cursor;
    for (let hasMore = true; hasMore;) {
      const { changes } = (await conversation(ann, id, CHANGES, { cursor: after, first })).data;
      events.push(...changes.events);
      after = changes.cursor;
      hasMore = changes.hasMore;
    }
    // Bob's joining is told as what became of it.
    expect(events).toMatchObject([
      ...[4, 5, 6, 7].map((seq) => ({ __typename: 'MessageChanged', reason: 'SENT', message: { seq } })),
      { __typename: 'MemberChanged', userId: toPublicId('user', bob.userId), isMember: false, member: null },
      ...[8, 9].map((seq) => ({ __typename: 'MessageChanged', reason: 'SENT', message: { seq } })),
    ]);
    const { head } = (await parley.subgraph.feed.open(ann.userId, id, after))!;
    expect(await parley.subgraph.feed.open(ann.userId, id, after)).toMatchObject({ after: head });
    expect((await conversation(ann, id, CHANGES, { cursor: after, first })).data.changes).toEqual({
      hasMore: false,
      cursor: after,
      events: [],
    });
  }
  expect((await conversation(ann, id, CHANGES, { cursor, first: 0 })).errors?.[0]?.extensions.code).toBe(
    'BAD_USER_INPUT',
  );
});

test('a cursor of an operation reaches back to before it began', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await sendMany(ann, id, 2);
  const { cursor } = (await conversation({ ...ann, startedAt: Date.now() }, id, 'cursor')).data;
  const later = (await conversation({ ...ann, startedAt: Date.now() + 6_000 }, id, 'cursor')).data.cursor;
  const { feed } = parley.subgraph;
  expect(await feed.open(ann.userId, id, cursor)).toMatchObject({ after: 0, head: 4 });
  expect(await feed.open(ann.userId, id, later)).toMatchObject({ after: 4, head: 4 });
});

test('cursors of another conversation, of another field, or tampered with are refused; of another epoch they start again', async () => {
  const ann = somebody();
  const [one, two] = [await parley.newConversation(ann.userId), await parley.newConversation(ann.userId)];
  await sendMany(ann, one, 1);
  const late = { ...ann, startedAt: Date.now() + 6_000 };
  const { cursor, messages } = (await conversation(late, one, `cursor ${MESSAGES}`, { first: 1 })).data;
  const other = (await conversation(late, two, 'cursor')).data.cursor;
  const tampered = (cursor[0] === 'A' ? 'B' : 'A') + cursor.slice(1);
  const CHANGES = 'changes(after: $cursor) { cursor }';
  for (const wrong of [other, tampered, messages.pageInfo.endCursor, ''])
    expect(codes(await conversation(ann, one, CHANGES, { cursor: wrong }))).toEqual(['BAD_USER_INPUT']);
  for (const wrong of [cursor, messages.pageInfo.endCursor])
    expect(codes(await conversation(ann, two, MESSAGES, { first: 1, after: wrong }))).toEqual(['BAD_USER_INPUT']);
  await expect(parley.subgraph.feed.open(ann.userId, one, other)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  const many = await parley.run(
    ann,
    'query ($after: [String!]!) { conversationChanges(after: $after) { conversationId } }',
    {
      after: [other, tampered, cursor],
    },
  );
  expect(many.data.conversationChanges).toEqual([{ conversationId: cnv(two) }, null, { conversationId: cnv(one) }]);
  expect(many.errors).toMatchObject([{ path: ['conversationChanges', 1], extensions: { code: 'BAD_USER_INPUT' } }]);

  const shard = parley.shards.of(one);
  shard.epoch++;
  try {
    expect(await parley.subgraph.feed.open(ann.userId, one, cursor)).toMatchObject({ after: 0 });
  } finally {
    shard.epoch--;
  }
});

test('an inbox of 30 conversations costs one statement per shard for its last messages, and one for what is hidden', async () => {
  const ann = somebody();
  const ids = await Promise.all(Array.from({ length: 30 }, () => parley.newConversation(ann.userId)));
  await Promise.all(ids.map((id, i) => send(ann, id, `in ${i}`)));
  const representations = ids.map((id) => ({ __typename: 'InboxItem', id: inboxItemId(ann, id) }));
  const document = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on InboxItem { lastMessage { body } } } }`;
  let statements = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const originals = parley.shards.all.map(({ db }) => db.$queryRaw);
  for (const { db } of parley.shards.all) {
    const original = db.$queryRaw.bind(db);
    Object.defineProperty(db, '$queryRaw', {
      configurable: true,
      writable: true,
      value: (...args: Parameters<typeof original>) => (statements++, original(...args)),
    });
  }
  const answer = await parley.run(ann, document, { representations });
  parley.shards.all.forEach(({ db }, i) =>
    Object.defineProperty(db, '$queryRaw', { configurable: true, writable: true, value: originals[i] }),
  );
  expect(answer.data._entities).toEqual(ids.map((_, i) => ({ lastMessage: { body: `in ${i}` } })));
  expect(statements).toBe(3);
  expect((await parley.run(somebody(), document, { representations })).data._entities).toEqual(ids.map(() => null));
});

const inboxItemId = (viewer: Person, id: string) =>
  `inb_${toPublicId('user', viewer.userId).slice(4)}_${toPublicId('user', id).slice(4)}`;

test('a subscription is executed on the event it is handed, without a viewer and without a database', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await send(ann, id, 'live');
  const page = await parley.subgraph.feed.changes(id, 2, 10);
  const event = page.events[0] as MessageFeedEvent;
  const document = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename conversationId cursor
    ... on MessageChanged { reason message { body seq sender { id } conversation { id } } } } }`;
  const live = await parley.run(hub, document, { id: cnv(id) }, { conversationEvents: { type: 'change', event } });
  expect(live).toEqual({
    data: {
      conversationEvents: {
        __typename: 'MessageChanged',
        conversationId: cnv(id),
        cursor: expect.any(String),
        reason: 'SENT',
        message: {
          body: 'live',
          seq: 1,
          sender: { id: toPublicId('user', ann.userId) },
          conversation: { id: cnv(id) },
        },
      },
    },
  });
  const at = await parley.subgraph.feed.open(ann.userId, id, live.data.conversationEvents.cursor);
  expect(at?.after).toBe(event.version);

  const inbox = `subscription { inboxEvents { __typename ... on InboxItemChanged { conversationId cursor isRemoved item { id lastMessage { body } } }
    ... on InboxCaughtUp { cursor } ... on MessageChanged { cursor message { body } } } }`;
  const item = await parley.run(
    ann,
    inbox,
    {},
    {
      inboxEvents: {
        type: 'inboxItem',
        event: { kind: 'inbox', userId: ann.userId, conversationId: id, inboxVersion: 3, isRemoved: false },
      },
    },
  );
  expect(item.data.inboxEvents).toMatchObject({
    __typename: 'InboxItemChanged',
    item: { id: inboxItemId(ann, id), lastMessage: { body: 'live' } },
  });
  const caughtUp = await parley.run(
    ann,
    inbox,
    {},
    { inboxEvents: { type: 'inboxCaughtUp', userId: ann.userId, version: 3 } },
  );
  expect(caughtUp.data.inboxEvents).toEqual({ __typename: 'InboxCaughtUp', cursor: item.data.inboxEvents.cursor });
  const change = await parley.run(hub, inbox, {}, { inboxEvents: { type: 'change', event } });
  expect(change.data.inboxEvents).toEqual({
    __typename: 'MessageChanged',
    cursor: live.data.conversationEvents.cursor,
    message: { body: 'live' },
  });
});

test('heads are told for the conversations that there are', async () => {
  const ann = somebody();
  const id = await parley.newConversation(ann.userId);
  await send(ann, id);
  expect(await parley.subgraph.feed.heads([id, ann.userId])).toEqual(new Map([[id, 3]]));
});
