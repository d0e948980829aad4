import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { cnv, codes, openConversations } from './testing.js';

let parley: Awaited<ReturnType<typeof openConversations>>;
let ann: Person;
let ids: string[];
beforeAll(async () => {
  parley = await openConversations();
});
afterAll(() => parley.close());
beforeEach(async () => {
  ann = parley.somebody();
  ids = [];
  for (let n = 0; n < 4; n++) {
    const id = await parley.newGroup(ann);
    await parley.deliver(ann, id, { version: 1, seq: n, at: minute(n) });
    ids.push(id);
  }
});

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));
const inHours = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString();
const itemFields = 'unreadCount unreadMentionCount isMuted mutedUntil pinnedAt archivedAt';

async function set(id: string, input: Record<string, unknown>, person = ann) {
  const { data, errors } = await parley.run(
    person,
    `mutation ($input: UpdateInboxItemInput!) { updateInboxItem(input: $input) {
      inboxItem { conversationId ${itemFields} } errors { code path } } }`,
    { input: { conversationId: cnv(id), ...input } },
  );
  expect(errors).toBeUndefined();
  return data.updateInboxItem;
}
async function viewer(fields: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await parley.run(
    ann,
    `query ${variables.after === undefined ? '' : '($after: String!)'} { viewer { ${fields} } }`,
    variables,
  );
  expect(errors).toBeUndefined();
  return data.viewer;
}
async function list(filter = '{}', page = 2): Promise<number[]> {
  const seen: number[] = [];
  for (let after = 'null', more = true; more;) {
    const { inbox } = await viewer(`inbox(first: ${page}, after: ${after}, filter: ${filter}) {
      edges { node { conversationId } } pageInfo { hasNextPage endCursor } }`);
    seen.push(
      ...inbox.edges.map(({ node }: { node: { conversationId: string } }) => ids.map(cnv).indexOf(node.conversationId)),
    );
    [after, more] = [JSON.stringify(inbox.pageInfo.endCursor), inbox.pageInfo.hasNextPage];
  }
  return seen;
}
async function told() {
  const rows = await parley.shards.of(ann.userId).db.outbox.findMany({ where: { key: ann.userId } });
  return rows.map(({ topic, payload }) => ({ topic, ...(JSON.parse(payload) as { inboxVersion: number }) }));
}

test('pinned ones come first, each kind by last activity, in pages', async () => {
  await set(ids[0]!, { pinned: true });
  await set(ids[2]!, { pinned: true });
  expect(await list()).toEqual([2, 0, 3, 1]);
  await set(ids[2]!, { pinned: null });
  expect(await list('{}', 1)).toEqual([0, 3, 2, 1]);
});

test('archived ones are listed where they are asked for, and stay so when a message comes', async () => {
  await set(ids[1]!, { archived: true });
  await set(ids[3]!, { archived: true, pinned: true });
  await parley.deliver(ann, ids[1]!, { version: 2, seq: 2, at: minute(9) });
  expect(await list()).toEqual([2, 0]);
  expect(await list('{ archived: true }', 1)).toEqual([3, 1]);
  await set(ids[1]!, { archived: false });
  expect(await list()).toEqual([1, 2, 0]);
});

test('unread of muted and archived ones does not count, and counts again once the mute has ended', async () => {
  const count = async () => (await viewer('unreadCount')).unreadCount as number;
  expect(await count()).toBe(0 + 1 + 2 + 3);
  await set(ids[3]!, { archived: true });
  await set(ids[1]!, { muted: true });
  expect((await set(ids[2]!, { muted: true, mutedUntil: inHours(1) })).inboxItem).toMatchObject({ isMuted: true });
  expect(await count()).toBe(0);
  const { db } = parley.shards.of(ann.userId);
  await db.inbox.updateMany({ where: { userId: ann.userId, isMuted: true }, data: { mutedUntil: new Date(0) } });
  expect(await count()).toBe(1 + 2);
  const { inbox } = await viewer('inbox { edges { node { isMuted mutedUntil } } }');
  expect(inbox.edges.map(({ node }: { node: unknown }) => node)).toEqual(
    Array.from({ length: 3 }, () => ({ isMuted: false, mutedUntil: null })),
  );
  await parley.deliver(ann, ids[1]!, { version: 2, seq: 1, read: 1 });
  expect(await list('{ unreadOnly: true }')).toEqual([2]);
  expect(await list('{ unreadOnly: true, archived: true }')).toEqual([3]);
});

test('what is left out stays, and null clears', async () => {
  const [id = ''] = ids;
  const until = inHours(1);
  await set(id, { muted: true, mutedUntil: until });
  expect((await set(id, { pinned: true })).inboxItem).toMatchObject({ isMuted: true, mutedUntil: until });
  expect((await set(id, { muted: true })).inboxItem).toMatchObject({ mutedUntil: until });
  expect((await set(id, { mutedUntil: null })).inboxItem).toMatchObject({ isMuted: true, mutedUntil: null });
  expect((await set(id, { mutedUntil: until })).inboxItem).toMatchObject({ isMuted: true, mutedUntil: until });
  expect((await set(id, { muted: null })).inboxItem).toMatchObject({ isMuted: false, mutedUntil: null });
  const { inboxItem } = await set(id, { muted: true, pinned: false });
  expect(inboxItem).toMatchObject({ isMuted: true, mutedUntil: null, pinnedAt: null, archivedAt: null });
});

test('a mute until the past, or without a mute, is refused', async () => {
  const refused = [{ code: 'INVALID_INPUT', path: ['mutedUntil'] }];
  for (const input of [
    { muted: true, mutedUntil: '2020-01-01T00:00:00Z' },
    { mutedUntil: inHours(1) },
    { muted: false, mutedUntil: inHours(1) },
  ])
    expect(await set(ids[0]!, input)).toEqual({ inboxItem: null, errors: refused });
  expect(await told()).toEqual([]);
});

test('each change takes one inbox version and is told once; what changes nothing is not told', async () => {
  await set(ids[0]!, { pinned: true, archived: true });
  await set(ids[0]!, { pinned: true, archived: true }); // a retry
  await set(ids[0]!, {});
  await Promise.all(ids.map((id) => set(id, { muted: true })));
  const events = await told();
  expect(events.map(({ inboxVersion }) => inboxVersion).sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9]);
  expect(events[0]).toMatchObject({ topic: 'parley.inbox', type: 'InboxItemUpdated', userId: ann.userId });
  expect(parley.published).toContain(`outbox:${parley.shards.of(ann.userId).name}`);
});

test('who is not in, or was removed, has nothing to set; who has just joined does', async () => {
  const [stranger, bob] = [parley.somebody(), parley.somebody()];
  const group = await parley.newGroup(ann, bob);
  expect(codes(await set(group, { muted: true }, stranger))).toEqual(['NOT_A_MEMBER']);
  // Nothing has been delivered to Bob's inbox yet.
  expect((await set(group, { muted: true }, bob)).inboxItem).toMatchObject({ isMuted: true, unreadCount: 0 });
  await parley.deliver(bob, group, { version: 3, seq: 1, read: 0, at: minute(1) });
  expect((await set(group, { pinned: true }, bob)).inboxItem).toMatchObject({ isMuted: true, unreadCount: 1 });
  await parley.change(ann, 'removeMembers', { conversationId: cnv(group), userIds: [toPublicId('user', bob.userId)] });
  await parley.deliver(bob, group, { version: 5, isRemoval: true });
  expect(codes(await set(group, { muted: false }, bob))).toEqual(['NOT_A_MEMBER']);
});

test('changes bring settings and hidden messages in the order of their versions, and in pages', async () => {
  const { db } = parley.shards.of(ann.userId);
  const start = parley.inboxFeed;
  const { head } = await start.open(ann.userId, null);
  const hide = async () => {
    const messageId = newUuid(0);
    await db.$queryRaw`
      with v as (select take_inbox_version(${ann.userId}::uuid) as version)
      insert into hidden_message (user_id, message_id, conversation_id, seq, version, changed_at)
      select ${ann.userId}::uuid, ${messageId}::uuid, ${ids[0]}::uuid, 1, version, now() from v returning 1`;
    return messageId;
  };
  const first = await hide();
  await set(ids[2]!, { pinned: true });
  const second = await hide();
  const page = await start.changes(ann.userId, head, 2);
  expect(page).toEqual({
    events: [
      {
        kind: 'inbox',
        userId: ann.userId,
        conversationId: ids[0],
        inboxVersion: head + 1,
        isRemoved: false,
        hiddenMessageId: first,
      },
      { kind: 'inbox', userId: ann.userId, conversationId: ids[2], inboxVersion: head + 2, isRemoved: false },
    ],
    version: head + 2,
    hasMore: true,
  });
  const cursor = (await viewer('inboxChanges(after: $after, first: 100) { cursor }', { after: await cursorAt(0) }))
    .inboxChanges.cursor as string;
  const all = await viewer(
    'inboxChanges(after: $after) { items { conversationId } hiddenMessageIds removedConversationIds hasMore }',
    { after: await cursorAt(0) },
  );
  expect(all.inboxChanges).toEqual({
    items: [0, 1, 3, 2].map((n) => ({ conversationId: cnv(ids[n]!) })),
    hiddenMessageIds: [first, second].map((id) => toPublicId('message', id)),
    removedConversationIds: [],
    hasMore: false,
  });
  expect(
    (await viewer('inboxChanges(after: $after) { items { conversationId } hiddenMessageIds }', { after: cursor }))
      .inboxChanges,
  ).toEqual({ items: [], hiddenMessageIds: [] });
});

/** A cursor from before anything happened: that of an operation at the start of time. */
async function cursorAt(startedAt: number): Promise<string> {
  const { data } = await parley.run({ ...ann, startedAt }, '{ viewer { inboxCursor } }');
  return data.viewer.inboxCursor as string;
}

test('mentions count until they are read', async () => {
  const [, , , id = ''] = ids;
  await parley.shards.of(ann.userId).db.mention.createMany({
    data: [1, 3].map((seq) => ({ userId: ann.userId, conversationId: id, seq })),
  });
  const mentions = async () => (await set(id, {})).inboxItem.unreadMentionCount as number;
  expect(await mentions()).toBe(2);
  await parley.deliver(ann, id, { version: 2, seq: 3, read: 2 });
  expect(await mentions()).toBe(1);
});
