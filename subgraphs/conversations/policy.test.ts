import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { cnv, codes, openConversations, usr } from './testing.js';

let parley: Awaited<ReturnType<typeof openConversations>>;
let ann: Person, bob: Person, stranger: Person, removed: Person;
let group: string;
beforeAll(async () => {
  parley = await openConversations();
});
afterAll(() => parley.close());
beforeEach(async () => {
  [ann, bob, stranger, removed] = Array.from({ length: 4 }, () => parley.somebody()) as [
    Person,
    Person,
    Person,
    Person,
  ];
  group = await parley.newGroup(ann, bob, removed);
  await parley.change(ann, 'removeMembers', { conversationId: cnv(group), userIds: [usr(removed)] });
});

const fields = `kind title description visibility fanOut avatar { id } avatarUrl
  policy { whoCanSend whoCanInvite editWindowSeconds deleteWindowSeconds slowModeSeconds messageTtlSeconds }`;
async function read(person: Person, id: string) {
  const { data } = await parley.run(person, `query ($id: ID!) { conversation(id: $id) { ${fields} } }`, {
    id: cnv(id),
  });
  return data.conversation;
}
const update = (actor: Person, id: string, input: Record<string, unknown>) =>
  parley.change(actor, 'updateConversation', { conversationId: cnv(id), ...input });
const versionOf = async (id: string) =>
  (await parley.shards.of(id).db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } })).version;

const defaults = {
  whoCanSend: 'MEMBER',
  whoCanInvite: 'MEMBER',
  editWindowSeconds: 86_400,
  deleteWindowSeconds: 86_400,
  slowModeSeconds: 0,
  messageTtlSeconds: null,
};

test('a group and a channel take their policy when they are made; what is left out takes the default', async () => {
  expect(await read(ann, group)).toEqual({
    kind: 'GROUP',
    title: 'Group',
    description: null,
    visibility: 'PRIVATE',
    fanOut: 'ON_WRITE',
    avatar: null,
    avatarUrl: null,
    policy: defaults,
  });
  const policy = { whoCanSend: 'ADMIN', slowModeSeconds: 30, messageTtlSeconds: 60, whoCanInvite: null };
  const channel = await parley.newChannel(ann, { title: ' News ', description: ' ', visibility: 'PRIVATE', policy });
  expect(await read(ann, channel)).toMatchObject({
    kind: 'CHANNEL',
    title: 'News',
    description: null,
    visibility: 'PRIVATE',
    policy: { ...defaults, whoCanSend: 'ADMIN', slowModeSeconds: 30, messageTtlSeconds: 60 },
  });
  expect(await parley.roles(channel)).toEqual({ [ann.userId]: 'OWNER' });
  expect(await parley.announced(channel)).toEqual([
    { kind: 'CONVERSATION_CREATED', actorId: ann.userId, subjectIds: [], text: null },
  ]);
});

test('createChannel retried at once gives one channel, and its keys are apart from those of groups', async () => {
  const input = { clientMutationId: 'same', title: 'News' };
  const answers = await Promise.all(Array.from({ length: 8 }, () => parley.change(ann, 'createChannel', input)));
  expect(answers.flatMap(codes)).toEqual([]);
  expect(new Set(answers.map(({ uuid }) => uuid)).size).toBe(1);
  const other = await parley.change(ann, 'createGroup', { ...input, memberIds: [] });
  expect(other.uuid).not.toBe(answers[0]!.uuid);
  expect(await read(ann, other.uuid!)).toMatchObject({ kind: 'GROUP' });
});

test('admins and the owner update; members, strangers and the removed do not', async () => {
  expect(codes(await update(bob, group, { title: 'Mine' }))).toEqual(['FORBIDDEN']);
  for (const person of [stranger, removed])
    expect(codes(await update(person, group, { title: 'Mine' }))).toEqual(['NOT_A_MEMBER']);
  expect(codes(await update(ann, newUuid(1), { title: 'Mine' }))).toEqual(['NOT_A_MEMBER']);
  await parley.promote(group, bob);
  expect(codes(await update(bob, group, { title: 'Ours', description: 'all of us' }))).toEqual([]);
  expect(await read(ann, group)).toMatchObject({ title: 'Ours', description: 'all of us', policy: defaults });
});

test('an update is told once, with a message of the new title, and one that changes nothing is not', async () => {
  const before = await parley.told(group);
  const change = { title: ' Friends ', policy: { editWindowSeconds: 0 } };
  expect(codes(await update(ann, group, change))).toEqual([]);
  expect(codes(await update(ann, group, change))).toEqual([]); // a retry
  expect(codes(await update(ann, group, {}))).toEqual([]);
  expect((await parley.told(group)).slice(before.length)).toMatchObject([
    { type: 'ConversationUpdated' },
    {
      type: 'MessageSent',
      message: { kind: 'SYSTEM', systemEvent: { kind: 'TITLE_CHANGED', actorId: ann.userId, text: 'Friends' } },
    },
  ]);
  const { db } = parley.shards.of(group);
  const row = await db.conversation.findUniqueOrThrow({ where: { conversationId: group } });
  expect(row.version).toBe((await versionOf(group)) - 1n);
});

test('what is left out stays, and null clears what can be cleared', async () => {
  await update(ann, group, { description: 'x', policy: { messageTtlSeconds: 60, slowModeSeconds: 5 } });
  await update(ann, group, { policy: { slowModeSeconds: null, whoCanSend: 'ADMIN' } });
  expect(await read(ann, group)).toMatchObject({
    description: 'x',
    policy: { messageTtlSeconds: 60, slowModeSeconds: 5, whoCanSend: 'ADMIN' },
  });
  await update(ann, group, { description: null, policy: { messageTtlSeconds: null } });
  expect(await read(ann, group)).toMatchObject({ description: null, policy: { messageTtlSeconds: null } });
});

test.each([
  ['a blank title', { title: ' ' }, ['title']],
  ['no title', { title: null }, ['title']],
  ['a title of 101 characters', { title: 'x'.repeat(101) }, ['title']],
  ['U+0000 in the description', { description: 'a\0' }, ['description']],
  ['no visibility', { visibility: null }, ['visibility']],
  ['a public group', { visibility: 'PUBLIC' }, ['visibility']],
  ['a negative edit window', { policy: { editWindowSeconds: -1 } }, ['policy', 'editWindowSeconds']],
  ['a delete window of a century', { policy: { deleteWindowSeconds: 2 ** 31 - 1 } }, ['policy', 'deleteWindowSeconds']],
  ['slow mode of two days', { policy: { slowModeSeconds: 172_800 } }, ['policy', 'slowModeSeconds']],
  ['messages that live for 0 s', { policy: { messageTtlSeconds: 0 } }, ['policy', 'messageTtlSeconds']],
])('updateConversation refuses %s', async (_what, input, path) => {
  const before = await versionOf(group);
  expect((await update(ann, group, input)).errors).toMatchObject([{ code: 'INVALID_INPUT', path }]);
  expect(await versionOf(group)).toBe(before);
});

test('admins choose a picture among their own, which is told and taken back', async () => {
  const mediaId = newUuid(1);
  const avatarMediaId = toPublicId('media', mediaId);
  const refused = [{ code: 'NOT_FOUND', path: ['avatarMediaId'] }];
  expect((await update(ann, group, { avatarMediaId })).errors).toMatchObject(refused);
  const draft = { clientMutationId: 'k', title: 'x', avatarMediaId };
  expect((await parley.change(ann, 'createChannel', draft)).errors).toMatchObject(refused);

  parley.images.add(`${ann.userId} ${mediaId}`);
  const avatarUrl = `https://store.example.org/media/${mediaId}/thumbnail-128`;
  const { uuid } = await parley.change(ann, 'createChannel', draft);
  expect(await read(ann, uuid!)).toMatchObject({ avatar: { id: avatarMediaId }, avatarUrl });
  const before = await versionOf(group);
  expect(codes(await update(ann, group, { avatarMediaId }))).toEqual([]);
  expect(await read(bob, group)).toMatchObject({ avatar: { id: avatarMediaId }, avatarUrl });
  expect(await versionOf(group)).toBe(before + 1n);
  expect(codes(await update(ann, group, { title: 'As it was, with its picture' }))).toEqual([]);
  expect(await read(bob, group)).toMatchObject({ avatarUrl });
  expect(codes(await update(ann, group, { avatarMediaId: null }))).toEqual([]);
  expect(await read(bob, group)).toMatchObject({ avatar: null, avatarUrl: null });
});

test('a direct conversation has nothing to update', async () => {
  const { uuid } = await parley.change(ann, 'openDirectConversation', { userId: usr(bob) });
  expect(codes(await update(ann, uuid!, { title: 'Us' }))).toEqual(['FORBIDDEN']);
  expect(await parley.announced(uuid!)).toEqual([]);
});

test('a public channel is seen by all, its members by members; a private one by members', async () => {
  const channel = await parley.newChannel(ann);
  const query = `query ($id: ID!) { conversation(id: $id) { title memberCount viewerMember { role } members { edges { cursor } } } }`;
  const seen = await parley.run(stranger, query, { id: cnv(channel) });
  expect(seen).toEqual({
    data: { conversation: { title: 'Channel', memberCount: 1, viewerMember: null, members: { edges: [] } } },
  });
  await update(ann, channel, { visibility: 'PRIVATE' });
  expect(await parley.run(stranger, query, { id: cnv(channel) })).toEqual({ data: { conversation: null } });
});

test('whoCanInvite says who adds people', async () => {
  await update(ann, group, { policy: { whoCanInvite: 'ADMIN' } });
  const add = (actor: Person) =>
    parley.change(actor, 'addMembers', { conversationId: cnv(group), userIds: [usr(stranger)] });
  expect(codes(await add(bob))).toEqual(['FORBIDDEN']);
  await parley.promote(group, bob);
  expect(codes(await add(bob))).toEqual([]);
});

test('whom an admin removed, a member does not add again; an admin does', async () => {
  const add = (actor: Person) =>
    parley.change(actor, 'addMembers', { conversationId: cnv(group), userIds: [usr(removed)] });
  expect((await add(bob)).errors).toMatchObject([{ code: 'FORBIDDEN', path: ['userIds'] }]);
  expect(codes(await add(ann))).toEqual([]);
  await parley.change(removed, 'leaveConversation', { conversationId: cnv(group) });
  expect(codes(await add(bob))).toEqual([]); // who left by themselves
});

test('each call is told in one message, which names the first 20 of them', async () => {
  const many = Array.from({ length: 25 }, () => parley.somebody());
  const before = (await parley.announced(group)).length;
  const userIds = many.map(usr);
  await parley.change(bob, 'addMembers', { conversationId: cnv(group), userIds });
  await parley.change(ann, 'removeMembers', { conversationId: cnv(group), userIds });
  await parley.change(bob, 'leaveConversation', { conversationId: cnv(group) });
  const first20 = many.slice(0, 20).map(({ userId }) => userId);
  const told = (await parley.announced(group)).slice(before);
  expect(told.map(({ kind, actorId, subjectIds }) => [kind, actorId, subjectIds.length])).toEqual([
    ['MEMBERS_JOINED', bob.userId, 20],
    ['MEMBERS_REMOVED', ann.userId, 20],
    ['MEMBERS_LEFT', bob.userId, 1],
  ]);
  expect(told[0]!.subjectIds).toEqual(first20);
  const seqs = await parley.shards.of(group).db.message.findMany({ where: { conversationId: group } });
  expect(seqs.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(seqs.map((_, i) => i + 1));
});
