import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Databases } from '../../platform/database/port.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { newUuid, toPublicId } from '../../platform/ids/ids.js';
import { keys } from '../../schema/live.js';
import { device, nobody, openUsers, password, type TestPerson } from './testing.js';

let databases: Databases;
let users: Awaited<ReturnType<typeof openUsers>>;
beforeAll(async () => {
  databases = await openTestDatabases();
  users = await openUsers(databases.directory);
});
afterAll(() => databases.close());

const remove = (person: TestPerson, input: object = { password }) => users.mutate(person, 'deleteAccount', input, '');
const told = async (userId: string) => {
  const rows = await databases.directory.outbox.findMany({
    where: { key: userId, payload: { contains: 'UserDeleted' } },
  });
  return rows.map(({ payload }) => JSON.parse(payload) as { eraseMessages: boolean });
};
const signUp = (handle: string, email: string) =>
  users.mutate(nobody, 'signUp', { email, password, handle, displayName: 'x', device }, 'session { accessToken }');

test('everything of the person is gone at once, and others see a placeholder', async () => {
  const [ann, bob] = [await users.signUp('ann'), await users.signUp('bob')];
  const picture = newUuid(1);
  users.images.add(`${ann.userId} ${picture}`);
  const profile = { bio: 'I was here', avatarMediaId: toPublicId('media', picture) };
  await users.mutate(ann, 'updateProfile', profile, 'viewer { id }');
  await users.mutate(ann, 'blockUser', { userId: bob.publicId }, 'user { id }');
  await users.mutate(bob, 'blockUser', { userId: ann.publicId }, 'user { id }');
  await users.mutate(bob, 'muteUser', { userId: ann.publicId }, 'user { id }');
  expect(await remove(ann)).toEqual({ errors: [] });

  const row = await databases.directory.user.findUniqueOrThrow({
    where: { userId: ann.userId },
    include: { devices: true, codes: true, blocks: true },
  });
  expect(row).toMatchObject({
    email: null,
    passwordHash: null,
    bio: null,
    avatarMediaId: null,
    displayName: '',
    devices: [],
    codes: [],
    blocks: [],
  });
  expect(users.remembered.has(keys.revokedDevice(ann.deviceId))).toBe(true);
  for (const query of [`user(id: "${ann.publicId}")`, 'user(handle: "ann")'])
    expect((await users.run(bob, `{ ${query} { id } }`)).data.user).toBeNull();
  const { data } = await users.run(
    bob,
    `query ($reps: [_Any!]!) { _entities(representations: $reps) { ... on User { handle displayName bio isDeleted isVerified } }
      viewer { blockedUsers { edges { node { isDeleted } } } } }`,
    { reps: [{ __typename: 'User', id: ann.publicId }] },
  );
  expect(data._entities[0]).toEqual({
    handle: expect.stringMatching(/^deleted_[0-9a-f]{16}$/),
    displayName: 'Deleted account',
    bio: null,
    isDeleted: true,
    isVerified: false,
  });
  expect(data.viewer.blockedUsers.edges).toEqual([{ node: { isDeleted: true } }]);
  expect(await users.people.known([ann.userId, bob.userId])).toEqual(new Set([bob.userId]));
  expect((await users.run(ann, '{ viewer { user { id } } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  for (const [name, code] of [
    ['unblockUser', undefined],
    ['unmuteUser', undefined],
    ['blockUser', 'NOT_FOUND'],
  ] as const)
    expect((await users.mutate(bob, name, { userId: ann.publicId }, 'user { id }')).errors[0]?.code).toBe(code);
});

test('the password is checked; twice, and several times at once, is once', async () => {
  const cleo = await users.signUp('cleo');
  for (const input of [{}, { password: 'wrong password' }, { password: null }])
    expect((await remove(cleo, input)).errors).toMatchObject([{ code: 'WRONG_CREDENTIALS', path: ['password'] }]);
  expect(await told(cleo.userId)).toEqual([]);
  const input = { password, eraseMessages: true };
  const answers = await Promise.all([remove(cleo, input), remove(cleo, input), remove(cleo, input)]);
  expect(answers).toEqual([{ errors: [] }, { errors: [] }, { errors: [] }]);
  expect(await remove(cleo)).toEqual({ errors: [] });
  expect(await told(cleo.userId)).toMatchObject([{ eraseMessages: true }]);
});

test('messages stay unless the person says otherwise', async () => {
  const dan = await users.signUp('dan');
  await remove(dan);
  expect(await told(dan.userId)).toMatchObject([{ eraseMessages: false }]);
});

test('the address is free at once, the handle after 90 days', async () => {
  const eve = await users.signUp('eve');
  await remove(eve);
  expect(
    (await users.mutate(nobody, 'signIn', { login: 'eve', password, device }, 'session { accessToken }')).errors,
  ).toMatchObject([{ code: 'WRONG_CREDENTIALS' }]);
  expect((await signUp('eve', 'eve2@example.org')).errors).toMatchObject([{ code: 'HANDLE_TAKEN' }]);
  const again = await users.personOf((await signUp('eve_2', 'eve@example.org')).session);
  const wish = { handle: 'eve' };
  expect((await users.mutate(again, 'updateProfile', wish, 'viewer { id }')).errors[0].code).toBe('HANDLE_TAKEN');
  await databases.directory.user.update({
    where: { userId: eve.userId },
    data: { deletedAt: new Date(Date.now() - 91 * 86_400_000) },
  });
  expect((await users.mutate(again, 'updateProfile', wish, 'viewer { user { handle } }')).viewer.user.handle).toBe(
    'eve',
  );
});

test('nobody signs up as a deleted account, and a letter for one is not answered', async () => {
  expect((await signUp('deleted_1', 'x@example.org')).errors).toMatchObject([
    { code: 'INVALID_INPUT', path: ['handle'] },
  ]);
  const fay = await users.signUp('fay');
  const before = await users.actionFor('fay@example.org', 'code');
  await remove(fay);
  expect((await users.mutate(fay, 'verifyEmail', { code: before }, 'viewer { id }')).errors[0].code).toBe(
    'CODE_EXPIRED',
  );
  await users.mutate(nobody, 'requestPasswordReset', { email: 'fay@example.org' }, '');
  await users.mailed();
  expect(users.letters.filter(({ to }) => to === 'fay@example.org')).toHaveLength(1);
});

test('a sign-in that races with the deletion leaves no session behind', async () => {
  for (const handle of ['gus', 'hal', 'ian']) {
    const person = await users.signUp(handle);
    const signIn = () => users.mutate(nobody, 'signIn', { login: handle, password, device }, 'session { accessToken }');
    await Promise.all([signIn(), remove(person), signIn()]);
    expect(await databases.directory.device.count({ where: { userId: person.userId } })).toBe(0);
  }
});

test('whoever signs up gets a handle that has been free for long', async () => {
  const jan = await users.signUp('jan');
  await remove(jan);
  await databases.directory.user.update({
    where: { userId: jan.userId },
    data: { deletedAt: new Date(Date.now() - 91 * 86_400_000) },
  });
  expect((await signUp('jan', 'jan2@example.org')).errors).toEqual([]);
});
