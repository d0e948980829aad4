import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../../platform/database/testing.js';
import { Cache } from '../../platform/cache/cache.js';
import { EmbeddedEphemeral } from '../../platform/ephemeral/embedded.js';
import { newUuid } from '../../platform/ids/ids.js';
import { AccountStore } from './store.js';

let databases: TestDatabases;
beforeAll(async () => {
  databases = await openTestDatabases();
});
afterAll(() => databases.close());

async function makeAccount(handle: string): Promise<string> {
  const userId = newUuid(1);
  await databases.directory.user.create({ data: { userId, handle, displayName: handle } });
  return userId;
}

const openStore = () =>
  new AccountStore(
    databases.directory,
    new Cache({ name: 'profile', ephemeral: new EmbeddedEphemeral(), ttlMs: 60_000 }),
  );

test('a profile is read once for many live events, and anew as soon as it is changed', async () => {
  const store = openStore();
  const [ann, bob] = [await makeAccount('ann'), await makeAccount('bob')];
  const reads = jest.spyOn(store, 'byIds');
  for (let i = 0; i < 3; i++)
    expect((await store.profilesOf([ann, bob])).map((each) => each?.displayName)).toEqual(['ann', 'bob']);
  expect(reads).toHaveBeenCalledTimes(1);
  await store.update(ann, { displayName: 'Ann' });
  expect((await store.profilesOf([ann, bob])).map((each) => each?.displayName)).toEqual(['Ann', 'bob']);
});

test('what was read before a change is not kept after it', async () => {
  const store = openStore();
  const cem = await makeAccount('cem');
  const read = store.profilesOf([cem]);
  await Promise.all([read, store.update(cem, { displayName: 'Cem' })]);
  expect((await store.profilesOf([cem]))[0]?.displayName).toBe('Cem');
});

test('nobody is not kept: a person who signs up is seen at once', async () => {
  const store = openStore();
  const userId = newUuid(2);
  expect(await store.profilesOf([userId])).toEqual([null]);
  await databases.directory.user.create({ data: { userId, handle: 'dee', displayName: 'Dee' } });
  expect((await store.profilesOf([userId]))[0]?.displayName).toBe('Dee');
});

test('from the cache an account is the same as from the directory', async () => {
  const store = openStore();
  const userId = await makeAccount('eve');
  const [read] = await store.byIds([userId]);
  expect(await store.profilesOf([userId])).toEqual([read]);
  expect(await store.profilesOf([userId])).toEqual([read]);
});
