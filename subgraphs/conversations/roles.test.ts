import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { cnv, codes, openConversations, usr } from './testing.js';

let parley: Awaited<ReturnType<typeof openConversations>>;
let ann: Person, bob: Person, cid: Person, dan: Person, stranger: Person, removed: Person;
let group: string;
beforeAll(async () => {
  parley = await openConversations();
});
afterAll(() => parley.close());
beforeEach(async () => {
  [ann, bob, cid, dan, stranger, removed] = Array.from({ length: 6 }, () => parley.somebody()) as [
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  group = await parley.newGroup(ann, bob, cid, dan, removed);
  await parley.change(ann, 'removeMembers', { conversationId: cnv(group), userIds: [usr(removed)] });
});

const setRole = (actor: Person, person: Person, role: string, id = group) =>
  parley.change(actor, 'setMemberRole', { conversationId: cnv(id), userId: usr(person), role });
const rolesOf = async (...people: Person[]) => {
  const roles = await parley.roles(group);
  return people.map(({ userId }) => roles[userId]);
};

test('the owner and admins make admins and undo it; a retry changes nothing', async () => {
  expect(codes(await setRole(ann, bob, 'ADMIN'))).toEqual([]);
  const told = await parley.told(group);
  expect(told.at(-1)).toMatchObject({ type: 'MemberRoleChanged', member: { userId: bob.userId, role: 'ADMIN' } });
  expect(codes(await setRole(ann, bob, 'ADMIN'))).toEqual([]);
  expect(await parley.told(group)).toHaveLength(told.length);
  expect(codes(await setRole(bob, cid, 'ADMIN'))).toEqual([]);
  expect(codes(await setRole(cid, bob, 'MEMBER'))).toEqual([]);
  expect(codes(await setRole(cid, cid, 'MEMBER'))).toEqual([]); // steps down
  expect(await rolesOf(ann, bob, cid)).toEqual(['OWNER', 'MEMBER', 'MEMBER']);
});

test('a member, a stranger and the removed give no roles; who is not in gets none', async () => {
  expect(codes(await setRole(bob, bob, 'ADMIN'))).toEqual(['FORBIDDEN']);
  expect(codes(await setRole(bob, bob, 'MEMBER'))).toEqual(['FORBIDDEN']);
  for (const person of [stranger, removed]) {
    expect(codes(await setRole(person, bob, 'ADMIN'))).toEqual(['NOT_A_MEMBER']);
    expect((await setRole(ann, person, 'ADMIN')).errors).toMatchObject([{ code: 'NOT_A_MEMBER', path: ['userId'] }]);
  }
  const nobody = await parley.change(ann, 'setMemberRole', { conversationId: cnv(group), userId: 'x', role: 'ADMIN' });
  expect(codes(nobody)).toEqual(['NOT_A_MEMBER']);
  const { uuid } = await parley.change(ann, 'openDirectConversation', { userId: usr(bob) });
  expect(codes(await setRole(ann, bob, 'ADMIN', uuid!))).toEqual(['FORBIDDEN']);
});

test('the owner hands ownership over, stays an admin, and it is told; a retry changes nothing', async () => {
  expect((await setRole(ann, ann, 'MEMBER')).errors).toMatchObject([{ code: 'LAST_OWNER', path: ['role'] }]);
  const before = await parley.told(group);
  for (let i = 0; i < 2; i++) expect(codes(await setRole(ann, bob, 'OWNER'))).toEqual([]);
  expect(await rolesOf(ann, bob)).toEqual(['ADMIN', 'OWNER']);
  expect((await parley.told(group)).slice(before.length)).toMatchObject([
    { type: 'MemberRoleChanged', member: { userId: bob.userId, role: 'OWNER' } },
    { type: 'MemberRoleChanged', member: { userId: ann.userId, role: 'ADMIN' } },
    { message: { systemEvent: { kind: 'OWNER_CHANGED', actorId: ann.userId, subjectIds: [bob.userId] } } },
  ]);
  expect(codes(await setRole(ann, ann, 'OWNER'))).toEqual(['FORBIDDEN']);
  expect(codes(await setRole(ann, bob, 'MEMBER'))).toEqual(['FORBIDDEN']);
});

test('two admins who demote each other at once leave one of them an admin', async () => {
  await setRole(ann, bob, 'ADMIN');
  await setRole(ann, cid, 'ADMIN');
  const answers = await parley.allAtOnce(group, [() => setRole(bob, cid, 'MEMBER'), () => setRole(cid, bob, 'MEMBER')]);
  expect(answers.flatMap(codes)).toEqual(['FORBIDDEN']);
  expect((await rolesOf(bob, cid)).sort()).toEqual(['ADMIN', 'MEMBER']);
});

test('an owner who hands over to two at once, and leaves, leaves one owner', async () => {
  const answers = await parley.allAtOnce(group, [
    () => setRole(ann, bob, 'OWNER'),
    () => setRole(ann, cid, 'OWNER'),
    () => parley.change(ann, 'leaveConversation', { conversationId: cnv(group) }),
  ]);
  for (const { errors } of answers)
    for (const { code } of errors) expect(['FORBIDDEN', 'NOT_A_MEMBER']).toContain(code);
  const roles = Object.values(await parley.roles(group)).sort();
  expect(roles).toEqual(['MEMBER', 'MEMBER', 'OWNER']);
});
