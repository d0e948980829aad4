import { expect, test } from '@jest/globals';
import { sessionKey, type KeptSession } from './session/kept-session.js';
import { memoryStorage } from './storage/memory.js';
import { asSignedIn } from './worker.js';

const anns = {
  accessToken: 'token',
  deviceId: 'dev_1',
  viewer: { user: { id: 'usr_1' } },
} as KeptSession;

test('a service worker is whoever has signed in to the pages, and knows what they want', async () => {
  const storage = memoryStorage();
  const options = { url: 'http://127.0.0.1:1', storage };
  const isWanted = () => asSignedIn(options, async (signedIn) => signedIn && signedIn.pushTarget.isWanted());
  expect(await isWanted()).toBeNull();
  await storage.set(sessionKey, anns);
  expect(await isWanted()).toBe(false);
  await storage.set('of/usr_1/push', { deviceId: 'dev_1', input: {}, pushTargetId: null, at: 0 });
  expect(await isWanted()).toBe(true);
  await storage.set(sessionKey, { ...anns, deviceId: 'dev_2' });
  expect(await isWanted()).toBe(false);
});

test('what fails is the caller’s, and ends nothing', async () => {
  const storage = memoryStorage();
  await storage.set(sessionKey, anns);
  const failing = asSignedIn({ url: 'http://127.0.0.1:1', storage }, () =>
    Promise.reject(new Error('no push service')),
  );
  await expect(failing).rejects.toThrow('no push service');
  expect(await storage.get(sessionKey)).toEqual(anns);
});
