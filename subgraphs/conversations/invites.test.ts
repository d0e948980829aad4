import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { bucketOf, fromPublicId, newUuid, toPublicId } from '../../platform/ids/ids.js';
import { inviteIdIn, newInvite } from './invite-code.js';
import { cnv, codes, openConversations, usr } from './testing.js';

let parley: Awaited<ReturnType<typeof openConversations>>;
let ann: Person, bob: Person, cid: Person, dan: Person, removed: Person;
let group: string;
beforeAll(async () => {
  parley = await openConversations();
});
afterAll(() => parley.close());
beforeEach(async () => {
  [ann, bob, cid, dan, removed] = Array.from({ length: 5 }, () => parley.somebody()) as [
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  group = await parley.newGroup(ann, bob, removed);
  await parley.change(ann, 'removeMembers', { conversationId: cnv(group), userIds: [usr(removed)] });
});

const inviteFields = 'id code url createdBy { id } needsApproval maxUses useCount expiresAt';
async function create(actor: Person, input: Record<string, unknown> = {}) {
  const { data } = await parley.run(
    actor,
    `mutation ($input: CreateInviteInput!) { createInvite(input: $input) { invite { ${inviteFields} } errors { code path } } }`,
    { input: { clientMutationId: newUuid(0), conversationId: cnv(group), ...input } },
  );
  return data.createInvite;
}
const codeOf = async (input: Record<string, unknown> = {}) => (await create(ann, input)).invite.code as string;
async function accept(person: Person, code: string) {
  const { data, errors } = await parley.run(
    person,
    `mutation ($code: String!) { acceptInvite(input: { code: $code }) {
      conversation { id } joinRequest { id user { id } } errors { code path } } }`,
    { code },
  );
  expect(errors).toBeUndefined();
  return data.acceptInvite;
}
async function revoke(actor: Person, inviteId: string) {
  const { data } = await parley.run(
    actor,
    'mutation ($id: ID!) { revokeInvite(input: { inviteId: $id }) { invite { id } errors { code } } }',
    { id: inviteId },
  );
  return data.revokeInvite;
}
const decide = (actor: Person, joinRequestId: string, approve: boolean) =>
  parley.change(actor, 'decideJoinRequest', { joinRequestId, approve });
async function listed(person: Person) {
  const { data } = await parley.run(
    person,
    `query ($id: ID!) { conversation(id: $id) { invites { code useCount } joinRequests { edges { node { id user { id } } } } } }`,
    { id: cnv(group) },
  );
  return data.conversation;
}
const isIn = async (person: Person) => person.userId in (await parley.roles(group));

test('an invite joins whoever holds its code, who sees the message of their joining; again changes nothing', async () => {
  await parley.send(group, ann);
  const { invite, errors } = await create(ann, { maxUses: 5 });
  expect(errors).toEqual([]);
  expect(invite).toMatchObject({
    url: `https://parley.example/invite/${invite.code}`,
    createdBy: { id: usr(ann) },
    needsApproval: false,
    maxUses: 5,
    useCount: 0,
    expiresAt: null,
  });
  expect(bucketOf(fromPublicId('invite', invite.id)!)).toBe(bucketOf(group));
  for (let i = 0; i < 2; i++)
    expect(await accept(cid, invite.code)).toEqual({ conversation: { id: cnv(group) }, joinRequest: null, errors: [] });
  expect((await listed(ann)).invites).toEqual([{ code: invite.code, useCount: 1 }]);
  expect((await parley.announced(group)).at(-1)).toMatchObject({
    kind: 'MEMBERS_JOINED',
    actorId: cid.userId,
    subjectIds: [cid.userId],
  });
  const { db } = parley.shards.of(group);
  const [span] = await db.memberSpan.findMany({ where: { conversationId: group, userId: cid.userId } });
  const head = await db.conversationHead.findUniqueOrThrow({ where: { conversationId: group } });
  expect(span).toMatchObject({ fromSeq: head.lastSeq, toSeq: null });
});

test('a retried createInvite gives the first invite, also after it could not be made any more', async () => {
  const input = { clientMutationId: 'same', maxUses: 1 };
  const answers = await Promise.all(Array.from({ length: 6 }, () => create(ann, input)));
  expect(new Set(answers.map(({ invite }) => invite.code)).size).toBe(1);
  expect((await create(bob, input)).invite.code).not.toBe(answers[0].invite.code);
  await parley.change(ann, 'updateConversation', { conversationId: cnv(group), policy: { whoCanInvite: 'ADMIN' } });
  expect((await create(bob, input)).errors).toEqual([]);
  expect((await create(bob)).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
});

test('who may not, or asks for nonsense, makes no invite', async () => {
  for (const person of [cid, removed])
    expect((await create(person)).errors).toEqual([{ code: 'NOT_A_MEMBER', path: ['conversationId'] }]);
  expect((await create(ann, { conversationId: 'x' })).errors).toMatchObject([{ code: 'NOT_A_MEMBER' }]);
  for (const [input, path] of [
    [{ maxUses: 0 }, 'maxUses'],
    [{ maxUses: 100_001 }, 'maxUses'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ clientMutationId: '' }, 'clientMutationId'],
  ] as const)
    expect((await create(ann, input)).errors).toEqual([{ code: 'INVALID_INPUT', path: [path] }]);
  const { uuid } = await parley.change(ann, 'openDirectConversation', { userId: usr(bob) });
  expect((await create(ann, { conversationId: cnv(uuid!) })).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
});

test('a code that was made up, cut or changed leads nowhere', async () => {
  const code = await codeOf();
  const flipped = `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`;
  for (const bad of [flipped, code.slice(1), '', 'x', `${code}=`, newInvite(group).code, 'é'.repeat(40)]) {
    expect((await accept(cid, bad)).errors).toEqual([{ code: 'NOT_FOUND', path: ['code'] }]);
    expect((await parley.run(cid, 'query ($c: String!) { invite(code: $c) { title } }', { c: bad })).data).toEqual({
      invite: null,
    });
  }
  expect(inviteIdIn(code)).not.toBeNull();
  expect(await isIn(cid)).toBe(false);
});

test('of twenty at once, as many join as the invite allows', async () => {
  const code = await codeOf({ maxUses: 3 });
  const people = Array.from({ length: 20 }, () => parley.somebody());
  const answers = await Promise.all(people.map((person) => accept(person, code)));
  expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(3);
  expect(new Set(answers.flatMap(codes))).toEqual(new Set(['INVITE_EXPIRED']));
  expect(Object.keys(await parley.roles(group))).toHaveLength(2 + 3);
});

test('one person who accepts ten times at once takes one use', async () => {
  const code = await codeOf({ maxUses: 2 });
  const answers = await Promise.all(Array.from({ length: 10 }, () => accept(cid, code)));
  expect(answers.flatMap(codes)).toEqual([]);
  expect((await listed(ann)).invites).toEqual([{ code, useCount: 1 }]);
});

test('an expired and a revoked invite are of no use, and no longer listed; a member sees where it led', async () => {
  const preview = async (person: Person, code: string) =>
    (await parley.run(person, 'query ($c: String!) { invite(code: $c) { title viewerIsMember } }', { c: code })).data
      .invite;
  const expired = await codeOf({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
  expect(await preview(cid, expired)).toEqual({ title: 'Group', viewerIsMember: false });
  await parley.shards.of(group).db.invite.updateMany({ where: { code: expired }, data: { expiresAt: new Date(0) } });
  const { invite } = await create(bob);
  expect(await revoke(cid, invite.id)).toMatchObject({ invite: null, errors: [{ code: 'NOT_FOUND' }] });
  for (let i = 0; i < 2; i++)
    expect(await revoke(bob, invite.id)).toMatchObject({ invite: { id: invite.id }, errors: [] });
  for (const code of [expired, invite.code]) {
    expect((await accept(cid, code)).errors).toEqual([{ code: 'INVITE_EXPIRED', path: ['code'] }]);
    expect(await preview(cid, code)).toBeNull();
    expect(await preview(bob, code)).toEqual({ title: 'Group', viewerIsMember: true });
  }
  expect((await listed(ann)).invites).toEqual([]);
});

test('a member revokes their own invites, an admin all; nobody else hears of them', async () => {
  const { invite } = await create(ann);
  expect((await revoke(bob, invite.id)).errors).toEqual([{ code: 'FORBIDDEN' }]);
  expect((await revoke(removed, invite.id)).errors).toEqual([{ code: 'NOT_FOUND' }]);
  expect((await revoke(ann, toPublicId('invite', newUuid(1)))).errors).toEqual([{ code: 'NOT_FOUND' }]);
  expect(await listed(bob)).toEqual({ invites: [], joinRequests: { edges: [] } });
  await parley.promote(group, bob);
  expect((await listed(bob)).invites).toHaveLength(1);
  expect((await revoke(bob, invite.id)).errors).toEqual([]);
});

test('whom an admin removed does not come back by any plain invite; who left does', async () => {
  const code = await codeOf();
  expect((await accept(removed, code)).errors).toEqual([{ code: 'FORBIDDEN', path: ['code'] }]);
  expect((await accept(removed, (await create(bob)).invite.code)).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
  await parley.change(bob, 'leaveConversation', { conversationId: cnv(group) });
  expect((await accept(bob, code)).errors).toEqual([]);
});

test('an invite that needs approval makes a request, once, which an admin decides', async () => {
  const code = await codeOf({ needsApproval: true });
  const [first, second] = [await accept(cid, code), await accept(cid, code)];
  expect(first).toMatchObject({ conversation: null, joinRequest: { user: { id: usr(cid) } }, errors: [] });
  expect(second).toEqual(first);
  const { id } = first.joinRequest;
  expect(await isIn(cid)).toBe(false);
  expect((await listed(ann)).joinRequests.edges).toEqual([{ node: { id, user: { id: usr(cid) } } }]);
  for (const person of [cid, dan, removed]) expect(codes(await decide(person, id, true))).toEqual(['NOT_FOUND']);
  expect(codes(await decide(bob, id, true))).toEqual(['FORBIDDEN']);
  for (let i = 0; i < 2; i++) expect(await decide(ann, id, true)).toEqual({ uuid: group, errors: [] });
  expect(codes(await decide(ann, id, false))).toEqual(['CONFLICT']);
  expect(await isIn(cid)).toBe(true);
  expect(await listed(ann)).toEqual({ invites: [{ code, useCount: 1 }], joinRequests: { edges: [] } });
  expect((await parley.announced(group)).at(-1)).toMatchObject({ kind: 'MEMBERS_JOINED', actorId: ann.userId });
});

test('who was declined cannot ask by the same invite again, and the use goes to somebody else', async () => {
  const code = await codeOf({ needsApproval: true, maxUses: 1 });
  const { joinRequest } = await accept(cid, code);
  expect((await accept(dan, code)).errors).toMatchObject([{ code: 'INVITE_EXPIRED' }]);
  for (let i = 0; i < 2; i++) expect(codes(await decide(ann, joinRequest.id, false))).toEqual([]);
  expect((await accept(cid, code)).errors).toEqual([{ code: 'FORBIDDEN', path: ['code'] }]);
  expect((await accept(dan, code)).joinRequest).not.toBeNull();
  expect(await isIn(cid)).toBe(false);
});

test('one admin approves while another declines: one of them is heard', async () => {
  await parley.promote(group, bob);
  const { joinRequest } = await accept(cid, await codeOf({ needsApproval: true }));
  const answers = await parley.allAtOnce(group, [
    () => decide(ann, joinRequest.id, true),
    () => decide(bob, joinRequest.id, false),
  ]);
  expect(answers.flatMap(codes)).toEqual(['CONFLICT']);
  expect(await isIn(cid)).toBe(answers[0]!.errors.length === 0);
});

test('the removed may ask by an invite that needs approval; who is added meanwhile no longer waits', async () => {
  const code = await codeOf({ needsApproval: true });
  const { joinRequest } = await accept(removed, code);
  expect(joinRequest).not.toBeNull();
  await accept(cid, code);
  await parley.change(bob, 'addMembers', { conversationId: cnv(group), userIds: [usr(cid)] });
  const { joinRequests } = await listed(ann);
  expect(joinRequests.edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual([joinRequest.id]);
  expect(codes(await decide(ann, joinRequest.id, true))).toEqual([]);
  expect(await isIn(removed)).toBe(true);
});

test('requests come in pages, oldest first', async () => {
  const code = await codeOf({ needsApproval: true });
  const people = Array.from({ length: 5 }, () => parley.somebody());
  for (const person of people) await accept(person, code);
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { data } = await parley.run(
      ann,
      `query ($id: ID!, $after: String) { conversation(id: $id) { joinRequests(first: 2, after: $after) {
        edges { node { user { id } } } pageInfo { hasNextPage endCursor } } } }`,
      { id: cnv(group), after },
    );
    const { edges, pageInfo } = data.conversation.joinRequests;
    seen.push(...edges.map((edge: { node: { user: { id: string } } }) => edge.node.user.id));
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  expect(seen).toEqual(people.map(usr));
});

test('a full group lets nobody in, by whichever way', async () => {
  const [plain, asking] = [await codeOf(), await codeOf({ needsApproval: true })];
  const { joinRequest } = await accept(cid, asking);
  await parley.crowd(group, 254);
  expect((await accept(dan, plain)).errors).toEqual([{ code: 'CONVERSATION_FULL', path: ['code'] }]);
  expect(codes(await decide(ann, joinRequest.id, true))).toEqual(['CONVERSATION_FULL']);
});

test('a conversation has fifty invites at a time', async () => {
  for (let i = 0; i < 50; i++) expect((await create(ann)).errors).toEqual([]);
  const { id } = (await create(ann)).invite ?? { id: null };
  expect(id).toBeNull();
  expect((await create(ann)).errors).toMatchObject([{ code: 'QUOTA_EXCEEDED' }]);
});
