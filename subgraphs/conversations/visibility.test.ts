import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Caller, Person } from '../../platform/auth/caller.js';
import type { ShardClient } from '../../platform/database/port.js';
import { newUuid, toPairId, toPublicId } from '../../platform/ids/ids.js';
import { cnv, codes, openConversations, usr } from './testing.js';

let parley: Awaited<ReturnType<typeof openConversations>>;
let ann: Person, bob: Person, cid: Person, stranger: Person, removed: Person;
let group: string;
beforeAll(async () => {
  parley = await openConversations();
  [ann, bob, cid, stranger, removed] = Array.from({ length: 5 }, () => parley.somebody()) as [
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  group = await parley.newGroup(ann, bob, cid, removed);
  await parley.change(ann, 'removeMembers', { conversationId: cnv(group), userIds: [usr(removed)] });
  let version = 0;
  for (const person of [ann, bob]) await parley.deliver(person, group, { version: ++version, at: new Date() });
});
afterAll(() => parley.close());

const hub: Caller = { kind: 'hub', startedAt: 0 };
const nobody: Caller = { kind: 'nobody', startedAt: 0 };

const entities = `query ($keys: [_Any!]!) { _entities(representations: $keys) {
  __typename
  ... on Conversation { id kind title memberCount createdAt createdBy { id } members { edges { node { userId } } } }
  ... on Member { id role joinedAt user { id } }
  ... on InboxItem { id unreadCount }
  ... on Viewer { id unreadCount }
} }`;
const conversationKey = (id: string) => ({ __typename: 'Conversation', id: cnv(id) });
const memberKey = (id: string, person: Person) => ({
  __typename: 'Member',
  conversationId: cnv(id),
  userId: usr(person),
});
const inboxKey = (id: string, person: Person) => ({ __typename: 'InboxItem', id: toPairId('inb', person.userId, id) });
const viewerKey = (person: Person) => ({ __typename: 'Viewer', id: toPublicId('viewer', person.userId) });

test('a member reads the conversation and its members', async () => {
  const answer = await parley.run(
    bob,
    `query ($id: ID!) { conversation(id: $id) { id memberCount viewerMember { id role } otherUser { id }
      members { edges { node { userId } } } } }`,
    { id: cnv(group) },
  );
  expect(answer.errors).toBeUndefined();
  expect(answer.data.conversation).toMatchObject({
    id: cnv(group),
    memberCount: 3,
    viewerMember: { id: toPairId('mbr', group, bob.userId), role: 'MEMBER' },
    otherUser: null,
  });
  const ids = answer.data.conversation.members.edges.map((edge: { node: { userId: string } }) => edge.node.userId);
  expect(ids.sort()).toEqual([ann, bob, cid].map(usr).sort());
});

test('strangers and the removed get null from every way in', async () => {
  for (const caller of [stranger, removed]) {
    const query = `query ($id: ID!) { conversation(id: $id) { title } viewer { inboxItem(conversationId: $id) { id } } }`;
    const answer = await parley.run(caller, query, { id: cnv(group) });
    expect(answer).toEqual({ data: { conversation: null, viewer: { inboxItem: null } } });
    const keys = [
      conversationKey(group),
      memberKey(group, ann),
      memberKey(group, caller),
      inboxKey(group, ann),
      viewerKey(ann),
    ];
    expect(await parley.run(caller, entities, { keys })).toEqual({
      data: { _entities: [null, null, null, null, null] },
    });
    for (const name of ['addMembers', 'removeMembers'])
      expect(await parley.change(caller, name, { conversationId: cnv(group), userIds: [usr(ann)] })).toMatchObject({
        uuid: null,
        errors: [{ code: 'NOT_A_MEMBER', path: ['conversationId'] }],
      });
  }
});

test('entities: a member reads the conversation, every member, and of inboxes and viewers only their own', async () => {
  const keys = [
    conversationKey(group),
    memberKey(group, ann),
    memberKey(group, removed),
    inboxKey(group, bob),
    inboxKey(group, ann),
    viewerKey(bob),
    viewerKey(ann),
    { __typename: 'Conversation', id: 'cnv_nonsense' },
    { __typename: 'Member', conversationId: cnv(group), userId: 'nonsense' },
    { __typename: 'InboxItem', id: 'inb_nonsense' },
  ];
  const { data, errors } = await parley.run(bob, entities, { keys });
  expect(errors).toBeUndefined();
  expect(data._entities).toMatchObject([
    { __typename: 'Conversation', memberCount: 3 },
    { __typename: 'Member', role: 'OWNER', user: { id: usr(ann) } },
    null,
    { __typename: 'InboxItem' },
    null,
    { __typename: 'Viewer' },
    ...[null, null, null, null],
  ]);
});

test('the hub reads conversations and members; what is per viewer fails', async () => {
  const keys = [conversationKey(group), memberKey(group, ann)];
  const { data, errors } = await parley.run(hub, entities, { keys });
  expect(errors).toBeUndefined();
  expect(data._entities).toMatchObject([{ memberCount: 3 }, { role: 'OWNER' }]);
  const perViewer = `query ($keys: [_Any!]!) { _entities(representations: $keys) {
    ... on Conversation { id viewerMember { id } otherUser { id } } } }`;
  const answer = await parley.run(hub, perViewer, { keys: [conversationKey(group)] });
  expect(codes(answer)).toEqual(['INTERNAL', 'INTERNAL']);
  expect(answer.data._entities).toEqual([{ id: cnv(group), viewerMember: null, otherUser: null }]);
});

test('nobody is told to sign in', async () => {
  const query = `query ($id: ID!) { viewer { id } conversation(id: $id) { id } }`;
  expect(codes(await parley.run(nobody, query, { id: cnv(group) }))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  const keys = [conversationKey(group), memberKey(group, ann), inboxKey(group, ann), viewerKey(ann)];
  const answer = await parley.run(nobody, entities, { keys });
  expect(new Set(codes(answer))).toEqual(new Set(['UNAUTHENTICATED']));
  expect(answer.data._entities).toEqual([null, null, null, null]);
  const leave = `mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { errors { code } } }`;
  expect(codes(await parley.run(nobody, leave, { id: cnv(group) }))).toEqual(['UNAUTHENTICATED']);
});

test('members come in pages, each once, and by role; a cursor of elsewhere is refused', async () => {
  const others = Array.from({ length: 24 }, () => parley.somebody());
  const id = await parley.newGroup(ann, ...others);
  await parley.promote(id, others[3]!);
  const page = async (of: string, args: string) =>
    parley.run(
      ann,
      `query ($id: ID!) { conversation(id: $id) { members(${args}) {
        edges { cursor node { userId role } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`,
      { id: cnv(of) },
    );
  const seen: string[] = [];
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const { data } = await page(id, after ? `first: 10, after: "${after}"` : 'first: 10');
    const { edges, pageInfo } = data.conversation.members;
    seen.push(...edges.map((edge: { node: { userId: string } }) => edge.node.userId));
    expect(pageInfo).toMatchObject({ hasPreviousPage: !isFirst, hasNextPage: seen.length < 25 });
    after = pageInfo.hasNextPage ? (pageInfo.endCursor as string) : null;
  }
  expect(seen).toHaveLength(25);
  expect(new Set(seen)).toEqual(new Set([ann, ...others].map(usr)));
  const stored = await parley.shards.of(id).db.member.findMany({
    where: { conversationId: id },
    orderBy: [{ joinedAt: 'asc' }, { userId: 'asc' }],
  });
  expect(seen).toEqual(stored.map((row) => toPublicId('user', row.userId)));

  const { data } = await page(id, 'role: ADMIN');
  expect(data.conversation.members.edges).toMatchObject([{ node: { userId: usr(others[3]!), role: 'ADMIN' } }]);
  const cursor = data.conversation.members.edges[0].cursor as string;
  for (const args of [`after: "${cursor}"`, 'after: "x"', 'after: ""', 'first: 0', 'first: 101', 'first: -1'])
    expect(codes(await page(group, args))).toEqual(['BAD_USER_INPUT']);
});

test('later fields of one operation see what its earlier mutations changed', async () => {
  const id = await parley.newGroup(ann, bob);
  const document = `mutation ($id: ID!, $one: [ID!]!, $two: [ID!]!) {
    one: addMembers(input: { conversationId: $id, userIds: $one }) { conversation { memberCount } errors { code } }
    two: addMembers(input: { conversationId: $id, userIds: $two }) { conversation { memberCount } errors { code } }
    three: leaveConversation(input: { conversationId: $id }) { conversation { id } errors { code } }
    four: addMembers(input: { conversationId: $id, userIds: $one }) { conversation { id } errors { code } }
  }`;
  const { data } = await parley.run(ann, document, { id: cnv(id), one: [usr(cid)], two: [usr(stranger)] });
  expect(data).toEqual({
    one: { conversation: { memberCount: 3 }, errors: [] },
    two: { conversation: { memberCount: 4 }, errors: [] },
    three: { conversation: null, errors: [] },
    four: { conversation: null, errors: [{ code: 'NOT_A_MEMBER' }] },
  });
});

test('many entities cost one statement a shard for each thing, and a lost shard fails its own only', async () => {
  const ids: string[] = [];
  const shardNames = () => new Set(ids.map((id) => parley.shards.of(id).name));
  while (ids.length < 12 || shardNames().size < 2) ids.push(await parley.newGroup(ann, bob));
  const [, lost] = parley.shards.all;
  const before = parley.shards.all.map(({ db }) => db);
  const keys = ids.map(conversationKey);
  let statements = 0;
  const watch = (db: ShardClient, isLost: boolean) =>
    new Proxy(db, {
      get(target, name) {
        if (name !== '$queryRaw') return Reflect.get(target, name) as unknown;
        return (...args: Parameters<ShardClient['$queryRaw']>) => {
          statements++;
          return isLost ? Promise.reject(new Error('Connection terminated')) : target.$queryRaw(...args);
        };
      },
    });
  try {
    for (const shard of parley.shards.all) shard.db = watch(shard.db, false);
    expect((await parley.run(ann, entities, { keys })).errors).toBeUndefined();
    expect(statements).toBe(2 * 3); // membership, conversation, members
    lost!.db = watch(lost!.db, true);
    const { data, errors } = await parley.run(ann, entities, { keys });
    const onLost = ids.map((id) => parley.shards.of(id) === lost);
    expect(data._entities.map((entity: unknown) => entity === null)).toEqual(onLost);
    expect(codes({ errors })).toEqual(onLost.filter(Boolean).map(() => 'UNAVAILABLE'));
  } finally {
    parley.shards.all.forEach((shard, i) => (shard.db = before[i]!));
  }
});

test('an id that is nowhere gives null', async () => {
  const query = `query ($id: ID!) { conversation(id: $id) { id } }`;
  for (const id of [cnv(newUuid(7)), usr(ann), '', 'cnv_'])
    expect(await parley.run(ann, query, { id })).toEqual({ data: { conversation: null } });
});
