import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { newUuid, toPairId, toPublicId } from '../../platform/ids/ids.js';
import { cnv, codes, openConversations } from './testing.js';

let parley: Awaited<ReturnType<typeof openConversations>>;
let ann: Person;
beforeAll(async () => {
  parley = await openConversations();
});
afterAll(() => parley.close());
beforeEach(() => {
  ann = parley.somebody();
});

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));

/** Groups of Ann's, each with a row of her inbox; the later, the more recently active. */
async function groups(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const id = await parley.newGroup(ann);
    await parley.deliver(ann, id, { version: 1, at: minute(n) });
    ids.push(id);
  }
  return ids;
}

async function viewer(fields: string, variables: Record<string, unknown> = {}, caller: Person = ann) {
  const types = Object.keys(variables).map((name) => `$${name}: ${name === 'id' ? 'ID!' : 'String!'}`);
  const answer = await parley.run(
    caller,
    `query ${types.length > 0 ? `(${types.join(', ')})` : ''} { viewer { ${fields} } }`,
    variables,
  );
  return { ...answer, viewer: answer.data?.viewer };
}

async function changes(after: string, first = 100) {
  const { viewer: answered, errors } = await viewer(
    `inboxChanges(after: $after, first: ${first}) { items { conversationId unreadCount } removedConversationIds cursor hasMore }`,
    { after },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return answered.inboxChanges as {
    items: { conversationId: string; unreadCount: number }[];
    removedConversationIds: string[];
    cursor: string;
    hasMore: boolean;
  };
}

/** The cursor of an operation that begins a minute from now, when nothing is too recent. */
const laterCursor = async () =>
  (await viewer('inboxCursor', {}, { ...ann, startedAt: Date.now() + 60_000 })).viewer.inboxCursor as string;

test('the list goes by last activity, in pages, each conversation once', async () => {
  const ids = await groups(7);
  await parley.deliver(ann, ids[2]!, { version: 2, seq: 1, at: minute(60) });
  // Two of one moment, so that the order needs the id.
  await parley.deliver(ann, ids[4]!, { version: 2, seq: 1, at: minute(30) });
  await parley.deliver(ann, ids[5]!, { version: 2, seq: 1, at: minute(30) });
  const seen: string[] = [];
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const args = after ? `first: 2, after: "${after}"` : 'first: 2';
    const { viewer: answered } = await viewer(
      `inbox(${args}) { edges { node { id conversationId lastActivityAt conversation { id } } } pageInfo { hasNextPage endCursor } }`,
    );
    for (const { node } of answered.inbox.edges) {
      expect(node.conversation).toEqual({ id: node.conversationId });
      seen.push(node.conversationId as string);
    }
    after = answered.inbox.pageInfo.hasNextPage ? (answered.inbox.pageInfo.endCursor as string) : null;
  }
  const twins = [ids[4]!, ids[5]!].sort().reverse();
  expect(seen).toEqual([ids[2]!, ...twins, ids[6]!, ids[3]!, ids[1]!, ids[0]!].map(cnv));
});

test('unread is what came after the last read, per conversation and in total', async () => {
  const [first = '', second = ''] = await groups(2);
  await parley.deliver(ann, first, { version: 2, seq: 1, at: minute(10) });
  await parley.deliver(ann, first, { version: 3, seq: 2, at: minute(11) });
  await parley.deliver(ann, second, { version: 2, seq: 1, at: minute(12) });
  const fields =
    'unreadCount inbox { edges { node { unreadCount } } } inboxItem(conversationId: $id) { id unreadCount }';
  const before = await viewer(fields, { id: cnv(first) });
  expect(before.viewer).toEqual({
    unreadCount: 3,
    inbox: { edges: [{ node: { unreadCount: 1 } }, { node: { unreadCount: 2 } }] },
    inboxItem: { id: toPairId('inb', ann.userId, first), unreadCount: 2 },
  });
  await parley.deliver(ann, first, { version: 4, seq: 3, read: 3, at: minute(13) });
  const after = await viewer(fields, { id: cnv(first) });
  expect(after.viewer).toMatchObject({ unreadCount: 1, inboxItem: { unreadCount: 0 } });
});

test('a conversation that was left goes from the list and its unread, and is told as removed', async () => {
  const [kept = '', left = ''] = await groups(2);
  await parley.deliver(ann, left, { version: 2, seq: 1, at: minute(5) });
  const cursor = await laterCursor();
  await parley.deliver(ann, left, { version: 3, isRemoval: true });
  const fields = 'unreadCount inbox { edges { node { conversationId } } } inboxItem(conversationId: $id) { id }';
  expect((await viewer(fields, { id: cnv(left) })).viewer).toEqual({
    unreadCount: 0,
    inbox: { edges: [{ node: { conversationId: cnv(kept) } }] },
    inboxItem: null,
  });
  expect(await changes(cursor)).toMatchObject({ items: [], removedConversationIds: [cnv(left)], hasMore: false });
  await parley.deliver(ann, left, { version: 4, at: minute(6) });
  expect(await changes(cursor)).toMatchObject({ items: [{ conversationId: cnv(left) }], removedConversationIds: [] });
});

test('changes come oldest first, each conversation once, and end at the newest change of all', async () => {
  const start = await laterCursor();
  const ids = await groups(5);
  await parley.deliver(ann, ids[1]!, { version: 2, seq: 1, at: minute(9) });
  const pages = [];
  for (let cursor = start, hasMore = true; hasMore;) {
    const page = await changes(cursor, 2);
    pages.push(page.items.map(({ conversationId }) => conversationId));
    ({ cursor, hasMore } = page);
    if (!hasMore)
      expect(await changes(cursor)).toEqual({ items: [], removedConversationIds: [], cursor, hasMore: false });
  }
  expect(pages).toEqual([[ids[0]!, ids[2]!], [ids[3]!, ids[4]!], [ids[1]!]].map((page) => page.map(cnv)));
});

test('inboxCursor reaches back before the operation began', async () => {
  const [id = ''] = await groups(1);
  // It changed within the last five seconds, so an operation of now may have read older state elsewhere.
  const now = (await viewer('inboxCursor')).viewer.inboxCursor as string;
  expect((await changes(now)).items).toEqual([{ conversationId: cnv(id), unreadCount: 0 }]);
  expect((await changes(await laterCursor())).items).toEqual([]);
});

test('a cursor of an older epoch is answered from the start; one of somebody else is refused', async () => {
  const [id = ''] = await groups(1);
  const cursor = await laterCursor();
  const stranger = parley.somebody();
  const theirs = await viewer('inboxChanges(after: $after) { hasMore }', { after: cursor }, stranger);
  expect(codes(theirs)).toEqual(['BAD_USER_INPUT']);
  expect((await changes(cursor)).items).toEqual([]);
  const shard = parley.shards.of(ann.userId);
  shard.epoch++;
  try {
    expect((await changes(cursor)).items).toEqual([{ conversationId: cnv(id), unreadCount: 0 }]);
    expect(await parley.inboxFeed.open(ann.userId, cursor)).toEqual({ head: 1, after: 0 });
  } finally {
    shard.epoch--;
  }
  for (const fields of [
    'inbox(first: 0) { edges { cursor } }',
    'inbox(first: 101) { edges { cursor } }',
    'inbox(after: "x") { edges { cursor } }',
  ])
    expect(codes(await viewer(fields))).toEqual(['BAD_USER_INPUT']);
  for (const first of [0, 101])
    expect(codes(await viewer(`inboxChanges(after: $after, first: ${first}) { hasMore }`, { after: cursor }))).toEqual([
      'BAD_USER_INPUT',
    ]);
});

test('the feed for the hub: where it stands, what changed, and heads', async () => {
  const [first = '', second = ''] = await groups(2);
  await parley.deliver(ann, first, { version: 2, isRemoval: true });
  const { inboxFeed } = parley;
  expect(await inboxFeed.open(ann.userId, null)).toEqual({ head: 3, after: 3 });
  const event = { kind: 'inbox', userId: ann.userId };
  expect(await inboxFeed.changes(ann.userId, 0, 1)).toEqual({
    events: [{ ...event, conversationId: second, inboxVersion: 2, isRemoved: false }],
    version: 2,
    hasMore: true,
  });
  expect(await inboxFeed.changes(ann.userId, 2, 1)).toEqual({
    events: [{ ...event, conversationId: first, inboxVersion: 3, isRemoved: true }],
    version: 3,
    hasMore: false,
  });
  const fresh = parley.somebody();
  expect(await inboxFeed.open(fresh.userId, null)).toEqual({ head: 0, after: 0 });
  expect(await inboxFeed.changes(fresh.userId, 0, 10)).toEqual({ events: [], version: 0, hasMore: false });
  expect(await inboxFeed.heads([ann.userId, fresh.userId, newUuid(9)])).toEqual(new Map([[ann.userId, 3]]));
});

test('an inbox of somebody new is empty', async () => {
  const { viewer: answered } = await viewer(
    'id unreadCount inbox { edges { cursor } pageInfo { hasNextPage endCursor } }',
  );
  expect(answered).toEqual({
    id: toPublicId('viewer', ann.userId),
    unreadCount: 0,
    inbox: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } },
  });
});

test('a message that was hidden is a change of the feed, and none of the list', async () => {
  const [id = ''] = await groups(1);
  const message = newUuid(1);
  const after = await laterCursor();
  const { head: before } = await parley.inboxFeed.open(ann.userId, null);
  await parley.shards.of(ann.userId).db.$queryRaw`
    select hide_message(${ann.userId}::uuid, ${message}::uuid, ${id}::uuid, 1, 10)`;
  const event = { kind: 'inbox', userId: ann.userId, conversationId: id, isRemoved: false };
  const hidden = { ...event, inboxVersion: before + 1, hiddenMessageId: message };
  const { inboxFeed } = parley;
  expect(await inboxFeed.changes(ann.userId, before, 10)).toEqual({
    events: [hidden, { ...event, inboxVersion: before + 2 }],
    version: before + 2,
    hasMore: false,
  });
  expect(await inboxFeed.changes(ann.userId, before, 1)).toEqual({
    events: [hidden],
    version: before + 1,
    hasMore: true,
  });
  expect(await changes(after)).toMatchObject({ items: [{ conversationId: cnv(id) }], hasMore: false });
  expect(await changes(after, 1)).toMatchObject({ items: [], hasMore: true });
});
