import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { cnv, codes, openConversations, systemKind, usr } from './testing.js';

let parley: Awaited<ReturnType<typeof openConversations>>;
beforeAll(async () => {
  parley = await openConversations();
});
afterAll(() => parley.close());

const add = (actor: Person, id: string, ...people: Person[]) =>
  parley.change(actor, 'addMembers', { conversationId: cnv(id), userIds: people.map(usr) });
const remove = (actor: Person, id: string, ...people: Person[]) =>
  parley.change(actor, 'removeMembers', { conversationId: cnv(id), userIds: people.map(usr) });
const leave = (actor: Person, id: string) => parley.change(actor, 'leaveConversation', { conversationId: cnv(id) });

/** Role by user id of the current members. */
async function roles(id: string): Promise<Record<string, string>> {
  const rows = await parley.shards.of(id).db.member.findMany({ where: { conversationId: id, leftAt: null } });
  return Object.fromEntries(rows.map((row) => [row.userId, row.role]));
}

/** Versions are dense, each told once; folding what was told over nothing gives what is stored. */
async function expectConsistent(id: string): Promise<void> {
  const { db } = parley.shards.of(id);
  const head = await db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } });
  const told = await parley.told(id);
  expect(told.map((event) => event.conversationVersion)).toEqual(
    Array.from({ length: Number(head.version) }, (_, i) => i + 1),
  );
  expect(new Set(told.map((event) => event.id)).size).toBe(told.length);
  const folded = new Map<string, { role: string; joinedAt: string; version: number } | { version: number }>();
  for (const event of told) {
    expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const version = event.conversationVersion;
    if (event.type === 'MemberLeft') folded.set(event.userId, { version });
    if (event.type === 'MemberJoined' || event.type === 'MemberRoleChanged') {
      const { userId, role, joinedAt } = event.member;
      folded.set(userId, { role, joinedAt, version });
    }
  }
  const stored = await db.member.findMany({ where: { conversationId: id } });
  expect(
    new Map(
      stored.map((row) => {
        const version = Number(row.version);
        return [
          row.userId,
          row.leftAt ? { version } : { role: row.role, joinedAt: row.joinedAt.toISOString(), version },
        ];
      }),
    ),
  ).toEqual(folded);
  expect(head.memberCount).toBe(stored.filter((row) => !row.leftAt).length);
}

test('twenty opens at once, from both sides, lead to one direct conversation of two members', async () => {
  const [ann, bob] = [parley.somebody(), parley.somebody()];
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      i % 2
        ? parley.change(ann, 'openDirectConversation', { userId: usr(bob) })
        : parley.change(bob, 'openDirectConversation', { userId: usr(ann) }),
    ),
  );
  expect(answers.flatMap(codes)).toEqual([]);
  const ids = new Set(answers.map(({ uuid }) => uuid!));
  expect(ids.size).toBe(1);
  const [id = ''] = ids;
  expect(await roles(id)).toEqual({ [ann.userId]: 'MEMBER', [bob.userId]: 'MEMBER' });
  await expectConsistent(id);
  const told = await parley.told(id);
  expect(told.map((event) => event.type)).toEqual(['ConversationCreated', 'MemberJoined', 'MemberJoined']);
  expect(parley.published).toContain(`outbox:${parley.shards.of(id).name}`);

  const seen = await parley.run(
    ann,
    `query ($id: ID!) { conversation(id: $id) { kind title memberCount otherUser { id } } }`,
    {
      id: cnv(id),
    },
  );
  expect(seen.data.conversation).toEqual({ kind: 'DIRECT', title: null, memberCount: 2, otherUser: { id: usr(bob) } });
});

test('a direct conversation needs another person, who exists', async () => {
  const ann = parley.somebody();
  const open = (userId: string) => parley.change(ann, 'openDirectConversation', { userId });
  expect((await open(usr(ann))).errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['userId'] }]);
  expect((await open(toPublicId('user', newUuid(1)))).errors).toMatchObject([{ code: 'NOT_FOUND', path: ['userId'] }]);
  expect(codes(await open('me'))).toEqual(['NOT_FOUND']);
});

test('nobody is added to, removed from or leaves a direct conversation', async () => {
  const [ann, bob, cid] = [parley.somebody(), parley.somebody(), parley.somebody()];
  const { uuid } = await parley.change(ann, 'openDirectConversation', { userId: usr(bob) });
  expect(codes(await add(ann, uuid!, cid))).toEqual(['FORBIDDEN']);
  expect(codes(await remove(ann, uuid!, bob))).toEqual(['FORBIDDEN']);
  expect(codes(await leave(ann, uuid!))).toEqual(['FORBIDDEN']);
  expect(Object.keys(await roles(uuid!))).toHaveLength(2);
  await expectConsistent(uuid!);
});

test('createGroup retried at once gives one group; the same key of somebody else another one', async () => {
  const [ann, bob, cid] = [parley.somebody(), parley.somebody(), parley.somebody()];
  const input = {
    clientMutationId: 'k',
    title: '  Friends ',
    description: 'of ours',
    memberIds: [bob, cid, bob, ann].map(usr),
  };
  const answers = await Promise.all(Array.from({ length: 10 }, () => parley.change(ann, 'createGroup', input)));
  expect(answers.flatMap(codes)).toEqual([]);
  const [id = '', ...more] = new Set(answers.map(({ uuid }) => uuid!));
  expect(more).toEqual([]);
  expect(await roles(id)).toEqual({ [ann.userId]: 'OWNER', [bob.userId]: 'MEMBER', [cid.userId]: 'MEMBER' });
  await expectConsistent(id);
  expect((await parley.told(id))[1]).toMatchObject({
    type: 'MemberJoined',
    fromSeq: 1,
    member: { userId: ann.userId },
  });
  const other = await parley.change(bob, 'createGroup', input);
  expect(other.uuid).not.toBe(id);
  const seen = await parley.run(
    bob,
    `query ($id: ID!) { conversation(id: $id) { title description createdBy { id } } }`,
    {
      id: cnv(id),
    },
  );
  expect(seen.data.conversation).toEqual({ title: 'Friends', description: 'of ours', createdBy: { id: usr(ann) } });
});

test.each([
  ['a blank title', { title: ' \n ' }, 'INVALID_INPUT', ['title']],
  ['a title of 101 characters', { title: 'é'.repeat(101) }, 'INVALID_INPUT', ['title']],
  ['U+0000 in the title', { title: 'a\0b' }, 'INVALID_INPUT', ['title']],
  ['half a character', { title: '\ud83d' }, 'INVALID_INPUT', ['title']],
  ['U+0000 in the description', { description: '\0' }, 'INVALID_INPUT', ['description']],
  ['a description of 1,001 characters', { description: 'x'.repeat(1_001) }, 'INVALID_INPUT', ['description']],
  ['an empty clientMutationId', { clientMutationId: '' }, 'INVALID_INPUT', ['clientMutationId']],
  ['a clientMutationId of 65 characters', { clientMutationId: 'x'.repeat(65) }, 'INVALID_INPUT', ['clientMutationId']],
  ['somebody unknown', { memberIds: [toPublicId('user', newUuid(1))] }, 'NOT_FOUND', ['memberIds']],
  ['an id of another kind', { memberIds: [toPublicId('conversation', newUuid(1))] }, 'NOT_FOUND', ['memberIds']],
])('createGroup refuses %s', async (_what, input, code, path) => {
  const draft = { clientMutationId: 'k', title: 'Group', memberIds: [], ...input };
  const { uuid, errors } = await parley.change(parley.somebody(), 'createGroup', draft);
  expect({ uuid, errors }).toMatchObject({ uuid: null, errors: [{ code, path }] });
});

test('who returns reads from the next message on, and what they missed stays closed to them', async () => {
  const [ann, bob] = [parley.somebody(), parley.somebody()];
  const id = await parley.newGroup(ann, bob);
  await parley.send(id, ann);
  await parley.send(id, ann);
  await leave(bob, id);
  await parley.send(id, ann);
  await remove(ann, id, bob); // is not in: nothing happens
  await add(ann, id, bob);
  await add(ann, id, bob); // is in: nothing happens
  await parley.send(id, bob);

  const { db } = parley.shards.of(id);
  const spans = await db.memberSpan.findMany({
    where: { conversationId: id, userId: bob.userId },
    orderBy: { fromSeq: 'asc' },
  });
  expect(spans.map(({ fromSeq, toSeq }) => [fromSeq, toSeq])).toEqual([
    [1, 3],
    [6, null],
  ]);
  const member = await db.member.findUniqueOrThrow({
    where: { conversationId_userId: { conversationId: id, userId: bob.userId } },
  });
  expect(member).toMatchObject({ role: 'MEMBER', leftAt: null, readSeq: 7, deliveredSeq: 7 });
  await expectConsistent(id);
  expect((await parley.told(id)).slice(3).map((event) => systemKind(event) ?? event.type)).toEqual([
    'CONVERSATION_CREATED',
    'MessageSent',
    'MessageSent',
    'MemberLeft',
    'MEMBERS_LEFT',
    'MessageSent',
    'MemberJoined',
    'MEMBERS_JOINED',
    'MessageSent',
  ]);
  expect((await parley.told(id))[9]).toMatchObject({ fromSeq: 6, readSeq: 6, member: { userId: bob.userId } });
});

test('leaving again, as after a lost answer, succeeds and changes nothing; a stranger learns nothing by it', async () => {
  const [ann, bob, cid, eve] = [parley.somebody(), parley.somebody(), parley.somebody(), parley.somebody()];
  const id = await parley.newGroup(ann, bob, cid);
  const left = { conversation: null, errors: [] };
  const leaving = (person: Person, conversation: string) =>
    parley.run(
      person,
      'mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { conversation { id } errors { code path message } } }',
      { id: conversation },
    );
  const atOnce = await Promise.all([leaving(bob, cnv(id)), leaving(bob, cnv(id))]);
  for (const { data } of atOnce) expect(data.leaveConversation).toEqual(left);
  const told = await parley.told(id);
  expect(told.filter(({ type }) => type === 'MemberLeft')).toHaveLength(1);
  expect((await leaving(bob, cnv(id))).data.leaveConversation).toEqual(left);
  await remove(ann, id, cid);
  expect((await leaving(cid, cnv(id))).data.leaveConversation).toEqual(left);
  expect(await parley.told(id)).toHaveLength(told.length + 2); // the removal, and the message of it
  await expectConsistent(id);

  const refused = (await leaving(eve, cnv(id))).data.leaveConversation;
  expect(refused).toMatchObject({ conversation: null, errors: [{ code: 'NOT_A_MEMBER' }] });
  for (const other of [cnv(newUuid(1)), 'nonsense'])
    expect((await leaving(eve, other)).data.leaveConversation).toEqual(refused);
  // Leaving is all that who left may still do.
  expect(codes(await add(bob, id, eve))).toEqual(['NOT_A_MEMBER']);
  expect(codes(await remove(bob, id, ann))).toEqual(['NOT_A_MEMBER']);
});

test('who leaves and returns at once misses the message of their leaving alone', async () => {
  const [ann, bob] = [parley.somebody(), parley.somebody()];
  const id = await parley.newGroup(ann, bob);
  await leave(bob, id);
  await add(ann, id, bob);
  const spans = await parley.shards
    .of(id)
    .db.memberSpan.findMany({ where: { conversationId: id, userId: bob.userId } });
  expect(spans.map(({ fromSeq, toSeq }) => [fromSeq, toSeq])).toEqual([
    [1, 1],
    [3, null],
  ]);
  await expectConsistent(id);
});

test('any member adds; the owner and admins remove; nobody removes the owner', async () => {
  const [ann, bob, cid, dan, eve] = Array.from({ length: 5 }, () => parley.somebody()) as [
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  const id = await parley.newGroup(ann, bob, cid);
  expect(codes(await add(eve, id, dan))).toEqual(['NOT_A_MEMBER']);
  expect(codes(await remove(eve, id, bob))).toEqual(['NOT_A_MEMBER']);
  expect(codes(await leave(eve, id))).toEqual(['NOT_A_MEMBER']);
  expect(codes(await add(bob, id, dan))).toEqual([]);
  expect(codes(await add(bob, newUuid(1), dan))).toEqual(['NOT_A_MEMBER']);
  expect(codes(await remove(bob, id, cid))).toEqual(['FORBIDDEN']);
  await parley.promote(id, bob);
  expect(codes(await remove(bob, id, dan, ann))).toEqual(['FORBIDDEN']);
  expect(Object.keys(await roles(id))).toHaveLength(4);
  expect(codes(await remove(bob, id, dan))).toEqual([]);
  expect((await parley.told(id)).slice(-2)).toMatchObject([
    { type: 'MemberLeft', userId: dan.userId, removedBy: bob.userId },
    {
      type: 'MessageSent',
      message: { systemEvent: { kind: 'MEMBERS_REMOVED', actorId: bob.userId, subjectIds: [dan.userId] } },
    },
  ]);
  expect(codes(await remove(ann, id, bob))).toEqual([]);
  expect(await roles(id)).toEqual({ [ann.userId]: 'OWNER', [cid.userId]: 'MEMBER' });
});

test('when the owner leaves, the first admin becomes owner, then the first member, then nobody is left', async () => {
  const [ann, bob, cid, dan] = Array.from({ length: 4 }, () => parley.somebody()) as [Person, Person, Person, Person];
  const id = await parley.newGroup(ann);
  for (const person of [bob, cid, dan]) await add(ann, id, person);
  await parley.promote(id, cid);
  await leave(ann, id);
  expect(await roles(id)).toEqual({ [bob.userId]: 'MEMBER', [cid.userId]: 'OWNER', [dan.userId]: 'MEMBER' });
  expect((await parley.told(id)).slice(-2)).toMatchObject([
    { type: 'MemberRoleChanged', member: { userId: cid.userId, role: 'OWNER' } },
    {
      type: 'MessageSent',
      message: { systemEvent: { kind: 'OWNER_CHANGED', actorId: ann.userId, subjectIds: [cid.userId] } },
    },
  ]);
  await add(bob, id, ann);
  await leave(cid, id);
  expect(await roles(id)).toMatchObject({ [bob.userId]: 'OWNER', [ann.userId]: 'MEMBER' });
  await expectConsistent(id);
  for (const person of [bob, dan, ann]) expect(codes(await leave(person, id))).toEqual([]);
  expect(await roles(id)).toEqual({});
  await expectConsistent(id);
});

test('a group has 256 members and no more, however many add at once', async () => {
  const ann = parley.somebody();
  const others = Array.from({ length: 253 }, () => parley.somebody());
  const id = await parley.newGroup(ann, ...others);
  const late = Array.from({ length: 4 }, () => parley.somebody());
  const answers = await parley.allAtOnce(
    id,
    late.map((person, i) => () => add(others[i]!, id, person)),
  );
  expect(answers.flatMap(codes)).toEqual(['CONVERSATION_FULL', 'CONVERSATION_FULL']);
  expect(Object.keys(await roles(id))).toHaveLength(256);
  expect(codes(await add(ann, id, others[0]!, others[1]!))).toEqual([]);
  await expectConsistent(id);
  const draft = { clientMutationId: 'k', title: 'Too many', memberIds: [...others, ...late].slice(0, 256).map(usr) };
  expect(codes(await parley.change(ann, 'createGroup', draft))).toEqual(['CONVERSATION_FULL']);
});

test('people come, go and write at once: versions stay dense and each change is told once', async () => {
  const people = Array.from({ length: 6 }, () => parley.somebody());
  const id = await parley.newGroup(people[0]!, ...people.slice(1));
  await Promise.all(
    people.map(async (person, i) => {
      const friend = people[(i + 1) % people.length]!;
      for (let round = 0; round < 5; round++) {
        await parley.send(id, person).catch(() => undefined); // not in just now
        await leave(friend, id);
        await add(person, id, friend);
      }
    }),
  );
  await expectConsistent(id);
  const left = Object.values(await roles(id));
  expect(left.filter((role) => role === 'OWNER')).toHaveLength(left.length > 0 ? 1 : 0);
});
