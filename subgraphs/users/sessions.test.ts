import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import type { Databases } from '../../platform/database/port.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import { keys } from '../../schema/live.js';
import { hashOf } from './refresh-tokens.js';
import { loadSignedIn } from './subgraph.js';
import { nobody, openUsers } from './testing.js';

let databases: Databases;
let users: Awaited<ReturnType<typeof openUsers>>;
beforeAll(async () => {
  databases = await openTestDatabases();
  users = await openUsers(databases.directory);
});
afterAll(() => databases.close());

const SESSION = `session { accessToken accessTokenExpiresAt refreshToken device { id name isCurrent } } viewer { user { handle } }
  errors { code path message }`;
const password = 'correct horse';

async function mutate(name: string, input: object, caller: Parameters<typeof users.run>[0] = nobody) {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const fields = name === 'signOutDevices' ? 'signedOutDeviceIds' : SESSION;
  const { data, errors } = await users.run(
    caller,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    {
      input,
    },
  );
  expect(errors).toBeUndefined();
  return data[name];
}

async function signUp(handle: string, installationId: string | null = null) {
  const device = { name: 'Laptop', platform: 'WEB', installationId };
  const { session } = await mutate('signUp', {
    email: `${handle}@example.org`,
    password,
    handle,
    displayName: handle,
    device,
  });
  return { session, person: await personOf(session) };
}

async function signIn(login: string, installationId: string | null = null, name = 'Phone') {
  return mutate('signIn', { login, password, device: { name, platform: 'IOS', installationId } });
}

const refresh = (refreshToken: string, clientMutationId: string) =>
  mutate('refreshSession', { refreshToken, clientMutationId });

async function personOf(session: { accessToken: string }): Promise<Person> {
  const { userId, deviceId } = (await users.accessTokens.verify(session.accessToken))!;
  return { kind: 'person', userId, deviceId, startedAt: 0 };
}

async function isSignedIn(deviceId: string) {
  return (await loadSignedIn(databases.directory)([deviceId])).has(deviceId);
}

const signOutEvents = (userId: string) =>
  databases.directory.outbox.findMany({ where: { key: userId, payload: { contains: 'DeviceSignedOut' } } });

const devicesOf = async (person: Person): Promise<{ name: string; isCurrent: boolean }[]> =>
  (await users.run(person, '{ viewer { devices { name isCurrent } } }')).data.viewer.devices;

test('signing in works by handle and by address in any case, on a device of its own', async () => {
  const { person } = await signUp('ann');
  for (const login of ['ann', ' Ann@Example.org ']) {
    const { session, viewer, errors } = await signIn(login);
    expect(errors).toEqual([]);
    expect(viewer.user.handle).toBe('ann');
    expect((await personOf(session)).deviceId).not.toBe(person.deviceId);
  }
  expect(await devicesOf(person)).toEqual([
    { name: 'Laptop', isCurrent: true },
    { name: 'Phone', isCurrent: false },
    { name: 'Phone', isCurrent: false },
  ]);
});

test('a wrong password and an unknown login get the same answer', async () => {
  await signUp('bob');
  const device = { name: 'x', platform: 'WEB' };
  const wrong = await mutate('signIn', { login: 'bob', password: 'correct house', device });
  expect(wrong).toMatchObject({ session: null, viewer: null, errors: [{ code: 'WRONG_CREDENTIALS' }] });
  expect(await mutate('signIn', { login: 'nobody_here', password, device })).toEqual(wrong);
  expect((await mutate('signIn', { login: 'bo\0b', password, device })).errors[0].code).toBe('INVALID_INPUT');
});

test('the same installation keeps its device, and its old refresh token ends', async () => {
  const { session, person } = await signUp('cleo', 'install-1');
  const again = await signIn('cleo', 'install-1', 'Laptop, renamed');
  expect(again.session.device).toMatchObject({ id: session.device.id, name: 'Laptop, renamed' });
  expect((await refresh(session.refreshToken, 'a')).errors[0].code).toBe('WRONG_CREDENTIALS');
  expect((await refresh(again.session.refreshToken, 'a')).errors).toEqual([]);
  expect(await devicesOf(person)).toHaveLength(1);
});

test('a signed-out installation that returns gets a new device id, which no revocation of the old one meets', async () => {
  const { session, person } = await signUp('cora', 'install-1');
  await users.run(person, 'mutation { signOut { signedOutDeviceIds } }');
  const back = await signIn('cora', 'install-1');
  expect(back.session.device.id).not.toBe(session.device.id);
  expect(await isSignedIn(person.deviceId)).toBe(false);
  expect(await devicesOf(await personOf(back.session))).toHaveLength(1);
});

test('a refresh token is rotated; the same attempt repeated gets the same successor', async () => {
  const { session } = await signUp('dan');
  const first = await refresh(session.refreshToken, 'a');
  expect(first.session.refreshToken).not.toBe(session.refreshToken);
  expect(first.session.device).toEqual(session.device);
  const repeated = await refresh(session.refreshToken, 'a');
  expect(repeated.session.refreshToken).toBe(first.session.refreshToken);
  expect((await refresh(first.session.refreshToken, 'b')).errors).toEqual([]);
});

test('a used refresh token with another attempt signs its device out', async () => {
  const { session, person } = await signUp('eve');
  const { session: next } = await refresh(session.refreshToken, 'a');
  const reused = await refresh(session.refreshToken, 'b');
  expect(reused).toMatchObject({ session: null, errors: [{ code: 'WRONG_CREDENTIALS', path: ['refreshToken'] }] });
  expect((await refresh(next.refreshToken, 'c')).session).toBeNull();
  expect(await isSignedIn(person.deviceId)).toBe(false);
  expect(users.remembered.get(keys.revokedDevice(person.deviceId))).toBe(660_000);
  expect(users.published.at(-1)).toEqual({
    channel: 'revocations',
    message: JSON.stringify({ userId: person.userId, deviceIds: [person.deviceId] }),
  });
  expect(await signOutEvents(person.userId)).toHaveLength(1);
});

test('after a minute even the same attempt counts as reuse', async () => {
  const { session, person } = await signUp('fay');
  await refresh(session.refreshToken, 'a');
  const tokenHash = hashOf(session.refreshToken);
  await databases.directory.refreshToken.update({
    where: { tokenHash },
    data: { usedAt: new Date(Date.now() - 61_000) },
  });
  expect((await refresh(session.refreshToken, 'a')).session).toBeNull();
  expect(await isSignedIn(person.deviceId)).toBe(false);
});

test('an expired refresh token is refused', async () => {
  const { session } = await signUp('finn');
  const tokenHash = hashOf(session.refreshToken);
  await databases.directory.refreshToken.update({
    where: { tokenHash },
    data: { expiresAt: new Date(Date.now() - 1) },
  });
  expect((await refresh(session.refreshToken, 'a')).errors[0].code).toBe('WRONG_CREDENTIALS');
});

test('the same attempt sent several times at once succeeds each time, with one successor', async () => {
  const { session, person } = await signUp('gus');
  const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(session.refreshToken, 'a')));
  expect(new Set(answers.map((answer) => answer.session?.refreshToken)).size).toBe(1);
  expect(answers[0].session.refreshToken).toBeTruthy();
  expect(await isSignedIn(person.deviceId)).toBe(true);
});

test('of different attempts at once exactly one wins, and the device is signed out', async () => {
  const { session, person } = await signUp('hal');
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((id) => refresh(session.refreshToken, id)));
  expect(answers.filter((answer) => answer.session)).toHaveLength(1);
  expect(await isSignedIn(person.deviceId)).toBe(false);
  expect(await signOutEvents(person.userId)).toHaveLength(1);
});

test('signing out ends this session once, however often it is asked for', async () => {
  const { session, person } = await signUp('ian');
  const signOut = () => users.run(person, 'mutation { signOut { signedOutDeviceIds errors { code } } }');
  for (const answer of [await signOut(), await signOut()])
    expect(answer.data.signOut).toEqual({ signedOutDeviceIds: [session.device.id], errors: [] });
  expect(await signOutEvents(person.userId)).toHaveLength(1);
  expect((await refresh(session.refreshToken, 'a')).session).toBeNull();
  expect(await isSignedIn(person.deviceId)).toBe(false);
});

test('other devices are signed out: the given ones of the viewer, or all', async () => {
  const { person } = await signUp('jan');
  const { person: other } = await signUp('joe');
  const ids: string[] = [];
  for (const name of ['One', 'Two', 'Three']) ids.push((await signIn('jan', null, name)).session.device.id);
  const deviceIds = [ids[0], toPublicId('device', other.deviceId), 'junk'];
  expect(await mutate('signOutDevices', { deviceIds }, person)).toEqual({ signedOutDeviceIds: [ids[0]] });
  expect(await isSignedIn(other.deviceId)).toBe(true);
  const rest = await mutate('signOutDevices', { deviceIds: null }, person);
  expect(rest.signedOutDeviceIds.sort()).toEqual([ids[1], ids[2]].sort());
  expect(await mutate('signOutDevices', {}, person)).toEqual({ signedOutDeviceIds: [] });
  expect(await devicesOf(person)).toEqual([{ name: 'Laptop', isCurrent: true }]);
  for (const id of ids) expect(users.remembered.has(keys.revokedDevice(fromPublicId('device', id)!))).toBe(true);
});

test('lastActiveAt moves with a refresh, at most once a minute', async () => {
  const { session, person } = await signUp('kim');
  const { deviceId } = person;
  const lastActive = async () =>
    (await databases.directory.device.findUniqueOrThrow({ where: { deviceId } })).lastActiveAt.getTime();
  const before = await lastActive();
  const { session: next } = await refresh(session.refreshToken, 'a');
  expect(await lastActive()).toBe(before);
  await databases.directory.device.update({ where: { deviceId }, data: { lastActiveAt: new Date(before - 61_000) } });
  await refresh(next.refreshToken, 'b');
  expect(await lastActive()).toBeGreaterThanOrEqual(before);
});
