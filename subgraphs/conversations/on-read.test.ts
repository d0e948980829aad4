import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { cnv, codes, openConversations, systemKind, usr } from './testing.js';

/* Conversations of more than 256 members. */

let parley: Awaited<ReturnType<typeof openConversations>>;
let ann: Person, bob: Person, cid: Person;
beforeAll(async () => {
  parley = await openConversations();
});
afterAll(() => parley.close());
beforeEach(() => {
  [ann, bob, cid] = Array.from({ length: 3 }, () => parley.somebody()) as [Person, Person, Person];
});

const join = (person: Person, id: string) => parley.change(person, 'joinChannel', { conversationId: cnv(id) });
const leave = (person: Person, id: string) => parley.change(person, 'leaveConversation', { conversationId: cnv(id) });
const add = (actor: Person, id: string, ...people: Person[]) =>
  parley.change(actor, 'addMembers', { conversationId: cnv(id), userIds: people.map(usr) });
const spansOf = async (person: Person, id: string) =>
  (
    await parley.shards.of(id).db.memberSpan.findMany({
      where: { conversationId: id, userId: person.userId },
      orderBy: { fromSeq: 'asc' },
    })
  ).map(({ fromSeq, toSeq }) => [fromSeq, toSeq]);
const toldOf = async (id: string) => (await parley.told(id)).map((event) => systemKind(event) ?? event.type);

test('who joins a public channel reads it from the first message, and has nothing to catch up on', async () => {
  const channel = await parley.newChannel(ann);
  await parley.send(channel, ann);
  for (let i = 0; i < 2; i++) expect(await join(bob, channel)).toEqual({ uuid: channel, errors: [] });
  expect(await spansOf(bob, channel)).toEqual([[1, null]]);
  expect((await toldOf(channel)).slice(-2)).toEqual(['MemberJoined', 'MEMBERS_JOINED']);
  const row = await parley.shards.of(channel).db.member.findFirstOrThrow({ where: { userId: bob.userId } });
  expect(row).toMatchObject({ readSeq: 3, role: 'MEMBER' });
});

test('there is no joining of what is private, a group, direct or nothing', async () => {
  const group = await parley.newGroup(ann);
  const hidden = await parley.newChannel(ann, { visibility: 'PRIVATE' });
  const { uuid: direct } = await parley.change(ann, 'openDirectConversation', { userId: usr(bob) });
  for (const id of [group, hidden, direct!])
    expect((await join(cid, id)).errors).toMatchObject([{ code: 'NOT_FOUND', path: ['conversationId'] }]);
  expect(codes(await parley.change(cid, 'joinChannel', { conversationId: 'x' }))).toEqual(['NOT_FOUND']);
});

test('who left a channel comes back to all of it; who was removed only when an admin lets them, without the gap', async () => {
  const channel = await parley.newChannel(ann);
  await join(bob, channel);
  await leave(bob, channel);
  await parley.send(channel, ann);
  await join(bob, channel);
  expect(await spansOf(bob, channel)).toEqual([[1, null]]);
  await parley.change(ann, 'removeMembers', { conversationId: cnv(channel), userIds: [usr(bob)] });
  expect((await join(bob, channel)).errors).toMatchObject([{ code: 'FORBIDDEN', path: ['conversationId'] }]);
  const [[, toSeq = null] = []] = await spansOf(bob, channel);
  await parley.send(channel, ann);
  await add(ann, channel, bob);
  const { lastSeq } = await parley.shards
    .of(channel)
    .db.conversationHead.findUniqueOrThrow({ where: { conversationId: channel } });
  expect(await spansOf(bob, channel)).toEqual([
    [1, toSeq],
    [lastSeq, null],
  ]);
});

test('the join that passes 256 switches the channel, for ever; joins and leaves are announced no more', async () => {
  const channel = await parley.newChannel(ann);
  await parley.crowd(channel, 254);
  await join(bob, channel);
  await join(cid, channel);
  await leave(cid, channel);
  await leave(bob, channel);
  await parley.send(channel, ann);
  await parley.change(ann, 'updateConversation', { conversationId: cnv(channel), title: 'Big' });
  const told = (await parley.told(channel)).slice(3);
  expect(told.map((event) => [systemKind(event) ?? event.type, event.fanOut])).toEqual([
    ['MemberJoined', undefined],
    ['MEMBERS_JOINED', undefined],
    ['ConversationUpdated', undefined],
    ['MemberJoined', 'ON_READ'],
    ['MemberLeft', 'ON_READ'],
    ['MemberLeft', 'ON_READ'],
    ['MessageSent', 'ON_READ'],
    ['ConversationUpdated', 'ON_READ'],
    ['TITLE_CHANGED', 'ON_READ'],
  ]);
  expect(told[2]).toMatchObject({ switchedTo: 'ON_READ' });
  const { data } = await parley.run(ann, 'query ($id: ID!) { conversation(id: $id) { fanOut memberCount } }', {
    id: cnv(channel),
  });
  expect(data.conversation).toEqual({ fanOut: 'ON_READ', memberCount: 255 });
});

test('joins that race past 256 switch it once', async () => {
  const channel = await parley.newChannel(ann);
  await parley.crowd(channel, 254);
  const people = Array.from({ length: 4 }, () => parley.somebody());
  const answers = await parley.allAtOnce(
    channel,
    people.map((person) => () => join(person, channel)),
  );
  expect(answers.flatMap(codes)).toEqual([]);
  const told = await parley.told(channel);
  expect(told.filter((event) => event.type === 'ConversationUpdated')).toHaveLength(1);
  expect(told.map((event) => event.conversationVersion)).toEqual(told.map((_, i) => i + 1));
});

/** A conversation of Ann's that fans out on read, with her inbox row as deliver leaves it. */
async function bigChannel(...others: Person[]): Promise<string> {
  const channel = await parley.newChannel(ann);
  await parley.crowd(channel, 256);
  await join(bob, channel);
  for (const person of others) await join(person, channel);
  for (const person of [ann, ...others]) {
    await parley.deliver(person, channel, { version: 1, seq: 1, read: 1, at: new Date(0) });
    await parley.shards.of(person.userId).db.inbox.updateMany({
      where: { userId: person.userId, conversationId: channel },
      data: { fanOut: 'ON_READ', kind: 'CHANNEL' },
    });
  }
  return channel;
}

test('the list, its unread and its order come from where the conversations are, together with the others', async () => {
  const channels: string[] = [];
  const shardNames = () => new Set(channels.map((id) => parley.shards.of(id).name));
  while (channels.length < 3 || shardNames().size < 2) channels.push(await bigChannel());
  const groups: string[] = [];
  const send = async (id: string) => {
    await parley.send(id, bob);
    const message = await parley.shards
      .of(id)
      .db.message.findFirstOrThrow({ where: { conversationId: id }, orderBy: { seq: 'desc' } });
    return message.createdAt;
  };
  const expected: string[] = [];
  for (const channel of channels) {
    const group = await parley.newGroup(ann, bob);
    groups.push(group);
    await parley.deliver(ann, group, { version: 4, seq: 1, read: 1, at: new Date(0) });
    await parley.deliver(ann, group, { version: 5, seq: 2, at: await send(group) });
    await send(channel);
    await send(channel);
    expected.unshift(channel, group);
  }
  const seen: { conversationId: string; unreadCount: number }[] = [];
  for (let after = 'null', more = true; more;) {
    const { data } = await parley.run(
      ann,
      `{ viewer { unreadCount inbox(first: 2, after: ${after}) {
        edges { node { conversationId unreadCount } } pageInfo { hasNextPage endCursor } } } }`,
    );
    const { inbox, unreadCount } = data.viewer;
    expect(unreadCount).toBe(channels.length * 3);
    seen.push(...inbox.edges.map((edge: { node: unknown }) => edge.node));
    [after, more] = [JSON.stringify(inbox.pageInfo.endCursor), inbox.pageInfo.hasNextPage];
  }
  expect(seen).toEqual(expected.map((id) => ({ conversationId: cnv(id), unreadCount: channels.includes(id) ? 2 : 1 })));
  const kinds = async (filter: string) =>
    (await parley.run(ann, `{ viewer { inbox(first: 50, filter: ${filter}) { edges { node { conversationId } } } } }`))
      .data.viewer.inbox.edges.length as number;
  expect(await kinds('{ kinds: [CHANNEL], unreadOnly: true }')).toBe(channels.length);
  expect(await kinds('{ kinds: [DIRECT] }')).toBe(0);
});

test('read state is that of the member, settings are those of the row', async () => {
  const channel = await bigChannel();
  await parley.send(channel, bob);
  const { db } = parley.shards.of(channel);
  const item = async () =>
    (
      await parley.run(
        ann,
        'query ($id: ID!) { viewer { unreadCount inboxItem(conversationId: $id) { unreadCount unreadMentionCount isMuted } } }',
        { id: cnv(channel) },
      )
    ).data.viewer;
  await parley.shards
    .of(ann.userId)
    .db.mention.create({ data: { userId: ann.userId, conversationId: channel, seq: 2 } });
  expect(await item()).toEqual({
    unreadCount: 1,
    inboxItem: { unreadCount: 1, unreadMentionCount: 1, isMuted: false },
  });
  const mute =
    'mutation ($id: ID!) { updateInboxItem(input: { conversationId: $id, muted: true }) { inboxItem { unreadCount } } }';
  const muted = await parley.run(ann, mute, { id: cnv(channel) });
  expect(muted.data.updateInboxItem.inboxItem).toEqual({ unreadCount: 1 });
  expect(await item()).toMatchObject({ unreadCount: 0, inboxItem: { unreadCount: 1, isMuted: true } });
  await db.member.updateMany({ where: { conversationId: channel, userId: ann.userId }, data: { readSeq: 9 } });
  expect(await item()).toMatchObject({ inboxItem: { unreadCount: 0, unreadMentionCount: 0 } });
});

test('a shard that is lost leaves the list with what was last known', async () => {
  const [here, there] = parley.shards.all;
  const shard = parley.shards.of(ann.userId) === here ? there! : here!;
  let channel = await bigChannel();
  while (parley.shards.of(channel) !== shard) {
    await parley.shards.of(ann.userId).db.inbox.deleteMany({ where: { userId: ann.userId } });
    channel = await bigChannel();
  }
  const { db } = shard;
  await parley.send(channel, bob);
  shard.db = new Proxy(db, {
    get(target, name) {
      if (name !== '$queryRaw') return Reflect.get(target, name) as unknown;
      return () => Promise.reject(new Error('Connection terminated'));
    },
  });
  try {
    const { data, errors } = await parley.run(ann, '{ viewer { inbox { edges { node { conversationId } } } } }');
    expect(errors).toBeUndefined();
    expect(data.viewer.inbox.edges).toEqual([{ node: { conversationId: cnv(channel) } }]);
  } finally {
    shard.db = db;
  }
});
