import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Databases } from '../../platform/database/port.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { defaultPrivacy } from '../../schema/people.js';
import { hub, nobody, openUsers, type TestPerson } from './testing.js';

let databases: Databases;
let users: Awaited<ReturnType<typeof openUsers>>;
beforeAll(async () => {
  databases = await openTestDatabases();
  users = await openUsers(databases.directory);
});
afterAll(() => databases.close());

const USER = 'user { id handle viewerHasBlocked viewerHasMuted }';
const act =
  (name: string) =>
  (person: TestPerson, userId: string, more: object = {}) =>
    users.mutate(person, name, { userId, ...more }, USER);
const [block, unblock, mute, unmute] = ['blockUser', 'unblockUser', 'muteUser', 'unmuteUser'].map(act) as [
  ReturnType<typeof act>,
  ReturnType<typeof act>,
  ReturnType<typeof act>,
  ReturnType<typeof act>,
];
const finds = async (person: TestPerson, other: TestPerson): Promise<unknown> =>
  (await users.run(person, '{ user(id: "' + other.publicId + '") { handle } }')).data.user;
interface Page {
  edges: { node: { handle: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
}
async function blockEvents(userId: string) {
  const rows = await databases.directory.outbox.findMany({
    where: { key: userId, payload: { contains: 'blockVersion' } },
    orderBy: { id: 'asc' },
  });
  return rows.map(
    ({ payload }) => JSON.parse(payload) as { type: string; blockedUserId: string; blockVersion: number },
  );
}

test('a block hides the two from each other, and unblocking shows them again', async () => {
  const [ann, bob] = [await users.signUp('ann'), await users.signUp('bob')];
  const { user, errors } = await block(ann, bob.publicId);
  expect(errors).toEqual([]);
  expect(user).toEqual({ id: bob.publicId, handle: 'bob', viewerHasBlocked: true, viewerHasMuted: false });
  for (const [from, to] of [
    [ann, bob],
    [bob, ann],
  ] as const) {
    expect(await finds(from, to)).toBeNull();
    const query = 'query ($ids: [ID!]!, $handle: String!) { users(ids: $ids) { id } user(handle: $handle) { id } }';
    const { data } = await users.run(from, query, {
      ids: [to.publicId, from.publicId],
      handle: to === bob ? 'bob' : 'ann',
    });
    expect(data).toEqual({ users: [null, { id: from.publicId }], user: null });
  }
  expect((await unblock(ann, bob.publicId)).user.viewerHasBlocked).toBe(false);
  expect(await finds(bob, ann)).toEqual({ handle: 'ann' });
});

test('what people wrote keeps its names: entities resolve across a block', async () => {
  const [cleo, dan] = [await users.signUp('cleo'), await users.signUp('dan')];
  await block(cleo, dan.publicId);
  const query = `query ($reps: [_Any!]!) { _entities(representations: $reps) { ... on User { handle viewerHasBlocked } } }`;
  const entity = async (person: TestPerson, other: TestPerson) =>
    (await users.run(person, query, { reps: [{ __typename: 'User', id: other.publicId }] })).data._entities;
  expect(await entity(cleo, dan)).toEqual([{ handle: 'dan', viewerHasBlocked: true }]);
  expect(await entity(dan, cleo)).toEqual([{ handle: 'cleo', viewerHasBlocked: false }]);
});

test('the hub, which is nobody, cannot ask what depends on the viewer', async () => {
  const eve = await users.signUp('eve');
  const query = `query ($reps: [_Any!]!) { _entities(representations: $reps) { ... on User { viewerHasMuted } } }`;
  const { errors } = await users.run(hub, query, { reps: [{ __typename: 'User', id: eve.publicId }] });
  expect(errors).toHaveLength(1);
});

test('blocking twice is blocking once; each change is told with a version that grows', async () => {
  const [fay, gus] = [await users.signUp('fay'), await users.signUp('gus')];
  for (let i = 0; i < 2; i++) await block(fay, gus.publicId);
  for (let i = 0; i < 2; i++) await unblock(fay, gus.publicId);
  await block(fay, gus.publicId);
  const told = await blockEvents(fay.userId);
  expect(told.map(({ type }) => type)).toEqual(['UserBlocked', 'UserUnblocked', 'UserBlocked']);
  const versions = told.map(({ blockVersion }) => blockVersion);
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(told.every(({ blockedUserId }) => blockedUserId === gus.userId)).toBe(true);
});

test('blocks and unblocks at once: the highest version tells how it ended', async () => {
  const [hal, ian] = [await users.signUp('hal'), await users.signUp('ian')];
  for (let round = 0; round < 5; round++) {
    await Promise.all([block, unblock, block, unblock, block].map((change) => change(hal, ian.publicId)));
    const told = await blockEvents(hal.userId);
    const last = told.reduce((a, b) => (a.blockVersion > b.blockVersion ? a : b));
    const isBlocked = (await users.people.blocked(hal.userId, [ian.userId])).size === 1;
    expect(last.type === 'UserBlocked').toBe(isBlocked);
    expect(new Set(told.map(({ blockVersion }) => blockVersion)).size).toBe(told.length);
  }
});

test('two people who block each other: taking one back leaves the other', async () => {
  const [jan, kim] = [await users.signUp('jan'), await users.signUp('kim')];
  await Promise.all([block(jan, kim.publicId), block(kim, jan.publicId)]);
  expect((await unblock(jan, kim.publicId)).errors).toEqual([]);
  expect(await finds(jan, kim)).toBeNull();
  expect(await finds(kim, jan)).toBeNull();
  await unblock(kim, jan.publicId);
  expect(await finds(jan, kim)).toEqual({ handle: 'kim' });
});

test('oneself, nobody and junk are refused, each with what is wrong', async () => {
  const lea = await users.signUp('lea');
  for (const change of [block, unblock, mute, unmute]) {
    expect((await change(lea, lea.publicId)).errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['userId'] }]);
    for (const unknown of ['junk', toPublicId('user', newUuid(3))])
      expect((await change(lea, unknown)).errors).toMatchObject([{ code: 'NOT_FOUND', path: ['userId'] }]);
  }
  const { errors } = await users.run(nobody, `mutation { blockUser(input: { userId: "x" }) { errors { code } } }`);
  expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
});

test('muting lasts until it is taken back or its time is over, and only the viewer sees it', async () => {
  const [mia, noa] = [await users.signUp('mia'), await users.signUp('noa')];
  expect((await mute(mia, noa.publicId)).user.viewerHasMuted).toBe(true);
  expect(await finds(mia, noa)).toEqual({ handle: 'noa' });
  const seenByNoa = await users.run(noa, '{ user(handle: "mia") { viewerHasMuted } }');
  expect(seenByNoa.data.user.viewerHasMuted).toBe(false);
  expect((await unmute(mia, noa.publicId)).user.viewerHasMuted).toBe(false);
  expect((await unmute(mia, noa.publicId)).errors).toEqual([]);
  const until = new Date(Date.now() + 60_000).toISOString();
  expect((await mute(mia, noa.publicId, { until })).user.viewerHasMuted).toBe(true);
  await databases.directory.mute.updateMany({ where: { userId: mia.userId }, data: { until: new Date() } });
  const again = await users.run(
    mia,
    '{ user(handle: "noa") { viewerHasMuted } viewer { mutedUsers { edges { cursor } } } }',
  );
  expect(again.data).toEqual({ user: { viewerHasMuted: false }, viewer: { mutedUsers: { edges: [] } } });
  expect((await mute(mia, noa.publicId, { until: new Date(0).toISOString() })).errors).toMatchObject([
    { code: 'INVALID_INPUT', path: ['until'] },
  ]);
});

test.each([
  ['blockedUsers', block],
  ['mutedUsers', mute],
] as const)('%s comes in pages, the last first, each person once', async (field, add) => {
  const prefix = field.slice(0, 2);
  const ola = await users.signUp(`${prefix}_ola`);
  const others = [];
  for (let i = 0; i < 5; i++) others.push(await users.signUp(`${prefix}_${i}_`));
  for (const other of others) await add(ola, other.publicId);
  const document = `query ($after: String) { viewer { list: ${field}(first: 2, after: $after) {
    edges { cursor node { handle } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;
  const handles: string[] = [];
  let after: string | null = null;
  for (let pages = 1; ; pages++) {
    const answer = await users.run(ola, document, { after });
    const { list } = answer.data.viewer as { list: Page };
    handles.push(...list.edges.map((edge) => edge.node.handle));
    expect(list.pageInfo.hasPreviousPage).toBe(pages > 1);
    after = list.pageInfo.endCursor;
    if (!list.pageInfo.hasNextPage) break;
    expect(pages).toBeLessThan(4);
  }
  expect(handles).toEqual([4, 3, 2, 1, 0].map((i) => `${prefix}_${i}_`));
  // A cursor is the person's own, and nobody else's.
  const { errors } = await users.run(others[0]!, document, { after });
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  for (const first of [0, 101]) {
    const outside = await users.run(ola, `{ viewer { ${field}(first: ${first}) { edges { cursor } } } }`);
    expect(outside.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  }
});

test('privacy: what is left out stays, and the change is told and seen at once', async () => {
  const pam = await users.signUp('pam');
  const PRIVACY = 'viewer { privacy { lastSeen readReceipts typingIndicators directMessages } }';
  expect((await users.run(pam, `{ ${PRIVACY} }`)).data.viewer.privacy).toEqual(defaultPrivacy);
  expect(await users.people.privacy([pam.userId])).toEqual(new Map([[pam.userId, defaultPrivacy]]));
  const update = (input: object) => users.mutate(pam, 'updatePrivacy', input, PRIVACY);
  const changed = { ...defaultPrivacy, readReceipts: false, directMessages: 'DIRECT_CONTACTS' };
  expect((await update({ readReceipts: false, directMessages: 'DIRECT_CONTACTS' })).viewer.privacy).toEqual(changed);
  expect((await update({})).viewer.privacy).toEqual(changed);
  expect((await update({ lastSeen: 'NOBODY' })).viewer.privacy).toEqual({ ...changed, lastSeen: 'NOBODY' });
  expect((await users.people.privacy([pam.userId])).get(pam.userId)).toEqual({ ...changed, lastSeen: 'NOBODY' });
  const told = await databases.directory.outbox.findMany({
    where: { key: pam.userId, payload: { contains: 'UserUpdated' } },
  });
  expect(told).toHaveLength(2);
});

test('other subgraphs learn who is known and who is cut off from whom', async () => {
  const [quin, ray, sue] = [await users.signUp('quin'), await users.signUp('ray'), await users.signUp('sue')];
  const stranger = newUuid(5);
  expect(await users.people.known([quin.userId, stranger])).toEqual(new Set([quin.userId]));
  await block(quin, ray.publicId);
  expect(await users.people.blocked(quin.userId, [ray.userId, sue.userId])).toEqual(new Set([ray.userId]));
  expect(await users.people.blocked(ray.userId, [quin.userId, sue.userId])).toEqual(new Set([quin.userId]));
  expect(await users.people.blocked(sue.userId, [])).toEqual(new Set());
  expect((await users.people.privacy([stranger])).get(stranger)).toEqual(defaultPrivacy);
});

test('a person comes across those in good standing, whom no block keeps from them', async () => {
  const [ann, bob, cid, dan, eve] = await Promise.all(
    ['ann_find', 'bob_find', 'cid_find', 'dan_find', 'eve_find'].map((handle) => users.signUp(handle)),
  );
  await block(ann!, bob!.publicId);
  await block(cid!, ann!.publicId);
  const { directory } = databases;
  await directory.user.update({ where: { userId: dan!.userId }, data: { suspendedAt: new Date() } });
  const all = [ann, bob, cid, dan, eve].map((person) => person!.userId);
  const findable = (person: TestPerson) => users.people.findable(person.userId, [...all, newUuid(1)]);
  expect(await findable(ann!)).toEqual(new Set([ann!.userId, eve!.userId]));
  expect(await findable(eve!)).toEqual(new Set([ann, bob, cid, eve].map((person) => person!.userId)));
  await directory.user.update({ where: { userId: eve!.userId }, data: { deletedAt: new Date() } });
  expect(await findable(ann!)).toEqual(new Set([ann!.userId]));
});

test('each change of an account is later than the state before, whatever the clocks say', async () => {
  const { userId } = await users.signUp('clock_1');
  const { user } = databases.directory;
  const at = async () => (await user.findUniqueOrThrow({ where: { userId } })).changedAt.getTime();
  let last = await at();
  for (const changedAt of [new Date(0), new Date(last), new Date(last + 60_000), new Date(last)]) {
    await user.update({ where: { userId }, data: { displayName: `at ${changedAt.getTime()}`, changedAt } });
    expect(await at()).toBeGreaterThan(last);
    last = await at();
  }
});
