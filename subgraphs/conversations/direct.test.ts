import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { cnv, codes, openConversations, usr } from './testing.js';

let parley: Awaited<ReturnType<typeof openConversations>>;
let ann: Person, bob: Person, cid: Person;
beforeAll(async () => {
  parley = await openConversations();
});
afterAll(() => parley.close());
beforeEach(() => {
  [ann, bob, cid] = Array.from({ length: 3 }, () => parley.somebody()) as [Person, Person, Person];
});

const open = (person: Person, other: Person) => parley.change(person, 'openDirectConversation', { userId: usr(other) });

test('neither opens a conversation with the other where one of them has blocked the other', async () => {
  parley.blocks.add(`${ann.userId} ${bob.userId}`);
  for (const [one, other] of [
    [ann, bob],
    [bob, ann],
  ] as const)
    expect((await open(one, other)).errors).toMatchObject([{ code: 'BLOCKED', path: ['userId'] }]);
  parley.blocks.clear();
  expect(codes(await open(bob, ann))).toEqual([]);
});

test('a block that falls between the question and the new conversation is on it all the same', async () => {
  const { blocks } = parley;
  const has = blocks.has.bind(blocks);
  let asked = 0;
  // Two look-ups for each question: in the first one there is no block yet.
  blocks.has = (pair) => ++asked > 2 && pair === `${bob.userId} ${ann.userId}`;
  try {
    expect(codes(await open(ann, bob))).toEqual(['BLOCKED']);
  } finally {
    blocks.has = has;
  }
  const { uuid } = await open(ann, bob);
  const rows = await parley.shards.of(uuid!).db.member.findMany({ where: { conversationId: uuid! } });
  expect(rows.map(({ isBlocked }) => isBlocked)).toEqual([true, true]);
});

test('whoever takes messages from direct contacts, or from nobody, keeps the conversations they have', async () => {
  const { uuid } = await open(ann, bob);
  for (const audience of ['DIRECT_CONTACTS', 'NOBODY'] as const) {
    parley.audiences.set(bob.userId, audience);
    expect(await open(ann, bob)).toEqual({ uuid, errors: [] });
    expect((await open(cid, bob)).errors).toMatchObject([{ code: 'FORBIDDEN', path: ['userId'] }]);
  }
  expect(codes(await open(bob, cid))).toEqual([]); // they write first
  expect(codes(await open(cid, bob))).toEqual([]);
});

test('memberships: who is in, and who writes with whom', async () => {
  const { memberships } = parley;
  const group = await parley.newGroup(ann, bob, cid);
  await parley.change(cid, 'leaveConversation', { conversationId: cnv(group) });
  expect(await memberships.isMember(group, bob.userId)).toBe(true);
  expect(await memberships.isMember(group, cid.userId)).toBe(false);
  // Both joined in one transaction, often within a millisecond.
  expect(new Set(await memberships.membersOf(group, 10))).toEqual(new Set([ann.userId, bob.userId]));
  expect(await memberships.membersOf(group, 1)).toHaveLength(1);
  await open(ann, bob);
  const others = [bob.userId, cid.userId, ann.userId];
  expect(await memberships.directContacts(ann.userId, others)).toEqual(new Set([bob.userId]));
  expect(await memberships.directContacts(bob.userId, [ann.userId])).toEqual(new Set([ann.userId]));
  expect(await memberships.directContacts(cid.userId, [])).toEqual(new Set());
});
