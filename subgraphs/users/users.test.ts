import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import type { Databases } from '../../platform/database/port.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { hub, nobody, openUsers } from './testing.js';

let databases: Databases;
let users: Awaited<ReturnType<typeof openUsers>>;
beforeAll(async () => {
  databases = await openTestDatabases();
  users = await openUsers(databases.directory);
});
afterAll(() => databases.close());

const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) {
  session { accessToken refreshToken device { id isCurrent network } }
  viewer { id email user { id handle displayName bio createdAt } devices { id name platform isCurrent } }
  errors { code path message retryAt } } }`;

function draft(handle: string, more: object = {}) {
  return {
    email: `${handle}@Example.org`,
    password: 'correct horse',
    handle,
    displayName: ' Ann ',
    device: { name: 'Laptop', platform: 'WEB' },
    ...more,
  };
}

async function signUp(handle: string): Promise<Person & { publicId: string; viewerId: string }> {
  const { data } = await users.run(nobody, SIGN_UP, { input: draft(handle) });
  const claims = await users.accessTokens.verify(data.signUp.session.accessToken);
  const { userId, deviceId } = claims!;
  const ids = { publicId: toPublicId('user', userId), viewerId: toPublicId('viewer', userId) };
  return { kind: 'person', userId, deviceId, startedAt: 0, ...ids };
}

test('signing up makes an account, a session, and an event for the relay', async () => {
  const { data, errors } = await users.run(nobody, SIGN_UP, { input: draft('ann') });
  expect(errors).toBeUndefined();
  const { session, viewer } = data.signUp;
  expect(data.signUp.errors).toEqual([]);
  expect(viewer).toMatchObject({
    email: 'ann@example.org',
    user: { handle: 'ann', displayName: 'Ann', bio: null },
    devices: [{ id: session.device.id, name: 'Laptop', platform: 'WEB', isCurrent: true }],
  });
  expect(session.device).toMatchObject({ isCurrent: true, network: '192.0.2.0/24' });
  const claims = await users.accessTokens.verify(session.accessToken);
  expect(viewer.user.id).toBe(toPublicId('user', claims!.userId));
  expect(session.device.id).toBe(toPublicId('device', claims!.deviceId));
  const [row] = await databases.directory.outbox.findMany({ where: { key: claims!.userId } });
  expect(row?.topic).toBe('parley.user');
  expect(JSON.parse(row!.payload)).toMatchObject({ type: 'UserSignedUp', version: 1, userId: claims!.userId });
  expect(users.published).toContainEqual({ channel: 'outbox:directory', message: '' });
});

test('a taken address or handle is told, whatever the case, and of two at once one wins', async () => {
  await signUp('tess');
  const again = await users.run(nobody, SIGN_UP, { input: draft('tess2', { email: 'TESS@example.ORG' }) });
  expect(again.data.signUp).toMatchObject({
    session: null,
    viewer: null,
    errors: [{ code: 'EMAIL_TAKEN', path: ['email'] }],
  });
  const both = ['x@example.org', 'y@example.org'].map((email) =>
    users.run(nobody, SIGN_UP, { input: draft('twin', { email }) }),
  );
  const codes = (await Promise.all(both)).map(({ data }) => data.signUp.errors[0]?.code ?? 'ok');
  expect(codes.sort()).toEqual(['HANDLE_TAKEN', 'ok']);
});

test.each([
  [{ password: 'short' }, 'WEAK_PASSWORD', ['password']],
  [{ password: 'x'.repeat(129) }, 'INVALID_INPUT', ['password']],
  [{ handle: 'Ann' }, 'INVALID_INPUT', ['handle']],
  [{ handle: 'ab' }, 'INVALID_INPUT', ['handle']],
  [{ displayName: '  ' }, 'INVALID_INPUT', ['displayName']],
  [{ displayName: 'A\0n' }, 'INVALID_INPUT', ['displayName']],
  [{ password: 'long enough\0' }, 'INVALID_INPUT', ['password']],
  [{ device: { name: 'é'.repeat(81), platform: 'WEB' } }, 'INVALID_INPUT', ['device', 'name']],
  [
    { device: { name: 'x', platform: 'WEB', installationId: 'i'.repeat(129) } },
    'INVALID_INPUT',
    ['device', 'installationId'],
  ],
])('signing up with %j is refused', async (more, code, path) => {
  const { data } = await users.run(nobody, SIGN_UP, { input: draft('refused', more) });
  expect(data.signUp).toMatchObject({ session: null, errors: [{ code, path, retryAt: null }] });
});

test('the viewer is whoever asks, and nobody is told to sign in', async () => {
  const bob = await signUp('bob');
  const { data } = await users.run(bob, '{ viewer { id user { id } } }');
  expect(data.viewer).toEqual({ id: bob.viewerId, user: { id: bob.publicId } });
  for (const query of [
    '{ viewer { id } }',
    '{ user(handle: "bob") { id } }',
    'mutation { signOut { signedOutDeviceIds } }',
  ]) {
    const refused = await users.run(nobody, query);
    expect(refused.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  }
});

test('people are found by id or by handle, exactly one of them', async () => {
  const cleo = await signUp('cleo');
  const find = async (args: string) => users.run(cleo, `{ user(${args}) { id } }`);
  expect((await find(`id: "${cleo.publicId}"`)).data.user).toEqual({ id: cleo.publicId });
  expect((await find('handle: "CLEO"')).data.user).toEqual({ id: cleo.publicId });
  for (const unknown of ['handle: "nobody_here"', 'handle: "a\\u0000b"', 'id: "junk"', `id: "${cleo.viewerId}"`])
    expect(await find(unknown)).toEqual({ data: { user: null } });
  expect((await find(`id: "${cleo.publicId}", handle: "cleo"`)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  expect((await find('id: null')).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('several people come in the order asked, up to 100', async () => {
  const dan = await signUp('dan');
  const eve = await signUp('eve');
  const query = 'query ($ids: [ID!]!) { users(ids: $ids) { handle } }';
  const ids = [eve.publicId, 'junk', toPublicId('user', newUuid(1)), dan.publicId, eve.publicId];
  const { data } = await users.run(dan, query, { ids });
  expect(data.users).toEqual([{ handle: 'eve' }, null, null, { handle: 'dan' }, { handle: 'eve' }]);
  const tooMany = await users.run(dan, query, { ids: new Array(101).fill(dan.publicId) });
  expect(tooMany.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('entities: people for the signed-in and the hub, the viewer only for themself', async () => {
  const fay = await signUp('fay');
  const gus = await signUp('gus');
  const query = `query ($reps: [_Any!]!) { _entities(representations: $reps) {
    ... on User { handle } ... on Viewer { email } } }`;
  const user = (id: string) => ({ __typename: 'User', id });
  const viewer = (id: string) => ({ __typename: 'Viewer', id });
  const reps = [user(gus.publicId), user('junk'), viewer(fay.viewerId), viewer(gus.viewerId)];
  const own = await users.run(fay, query, { reps });
  expect(own.data._entities).toEqual([{ handle: 'gus' }, null, { email: 'fay@example.org' }, null]);
  const shared = await users.run(hub, query, { reps });
  expect(shared.data._entities).toEqual([{ handle: 'gus' }, null, null, null]);
  const refused = await users.run(nobody, query, { reps: [user(gus.publicId)] });
  expect(refused.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
});

test('several people cost one query for them and one for blocks', async () => {
  const people = await Promise.all(['h1_', 'h2_', 'h3_'].map(signUp));
  let queries = 0;
  const counting = await openUsers(
    databases.directory.$extends({
      query: { $allOperations: ({ args, query }) => (queries++, query(args)) },
    }) as unknown as Databases['directory'],
  );
  const { data } = await counting.run(people[0]!, 'query ($ids: [ID!]!) { users(ids: $ids) { handle } }', {
    ids: people.map((person) => person.publicId),
  });
  expect(data.users).toHaveLength(3);
  expect(queries).toBe(2);
});

const UPDATE = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
  viewer { user { handle displayName bio } } errors { code path } } }`;

test('a picture is one of the person’s own images; null takes it away', async () => {
  const [ira, jon] = [await signUp('ira'), await signUp('jon')];
  const mediaId = newUuid(1);
  const avatarMediaId = toPublicId('media', mediaId);
  users.images.add(`${jon.userId} ${mediaId}`);
  const document = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
    viewer { user { bio avatar { id } avatarUrl } } errors { code path } } }`;
  const update = async (person: Person, input: object) =>
    (await users.run(person, document, { input })).data.updateProfile;
  for (const given of [avatarMediaId, toPublicId('media', newUuid(1)), ira.userId])
    expect((await update(ira, { avatarMediaId: given })).errors).toEqual([
      { code: 'NOT_FOUND', path: ['avatarMediaId'] },
    ]);
  const avatarUrl = `https://store.example.org/media/${mediaId}/thumbnail-128`;
  const shown = { bio: null, avatar: { id: avatarMediaId }, avatarUrl };
  expect((await update(jon, { avatarMediaId })).viewer.user).toEqual(shown);
  expect((await update(jon, { bio: 'Hi' })).viewer.user).toEqual({ ...shown, bio: 'Hi' });
  expect((await update(jon, { avatarMediaId: null })).viewer.user).toMatchObject({ avatar: null, avatarUrl: null });
});

test('a profile: what is left out stays, null clears the bio, and the change is told', async () => {
  const ian = await signUp('ian');
  await signUp('jan');
  const update = async (input: object) => (await users.run(ian, UPDATE, { input })).data.updateProfile;
  expect(await update({ bio: 'Hi' })).toEqual({
    viewer: { user: { handle: 'ian', displayName: 'Ann', bio: 'Hi' } },
    errors: [],
  });
  expect((await update({ displayName: 'Ian' })).viewer.user).toEqual({ handle: 'ian', displayName: 'Ian', bio: 'Hi' });
  expect((await update({ bio: null, handle: 'ian_2' })).viewer.user).toEqual({
    handle: 'ian_2',
    displayName: 'Ian',
    bio: null,
  });
  expect((await update({})).viewer.user).toMatchObject({ handle: 'ian_2' });
  expect(await update({ handle: 'jan' })).toEqual({
    viewer: null,
    errors: [{ code: 'HANDLE_TAKEN', path: ['handle'] }],
  });
  expect((await update({ displayName: null })).errors).toEqual([{ code: 'INVALID_INPUT', path: ['displayName'] }]);
  expect((await update({ bio: 'x'.repeat(501) })).errors).toEqual([{ code: 'INVALID_INPUT', path: ['bio'] }]);
  const rows = await databases.directory.outbox.findMany({
    where: { key: ian.userId, payload: { contains: 'UserUpdated' } },
  });
  expect(rows).toHaveLength(3);
});
