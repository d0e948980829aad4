import { memoryStorage } from '../../client/src/index.js';
import { Session } from '../../client/src/session/session.js';
import { webEnvironment } from '../../client/src/web-environment.js';
import { Device } from '../client.js';
import type { Visitor } from './visitor.js';

/**
 * A new account, made as the app makes it; whoever opens the app then is signed in already. The device is that of the
 * browser, for what is done without its pages.
 */
export async function signUpBeforehand({ context, url, name, handle, email, password }: Visitor): Promise<Device> {
  const storage = memoryStorage();
  const browser = { deviceName: 'Chrome on Linux', platform: 'WEB' } as const;
  const session = new Session({ url, storage, environment: webEnvironment(), tabs: null, timeout: 20_000, ...browser });
  await session.signUp({ displayName: name, handle, email, password });
  const { origin } = new URL(url);
  await context.addInitScript(`(${keep})(${JSON.stringify({ origin, entries: await storage.entries('') })})`);
  const state = session.state.get();
  if (state.status !== 'signedIn') throw new Error(`${handle} is not signed in.`);
  const { userId, deviceId } = state;
  const person = { userId, handle, displayName: name, email, password };
  return new Device(url, person, {
    accessToken: await session.accessToken(),
    refreshToken: 'of the browser',
    device: { id: deviceId },
  });
}

/**
 * Runs in the browser, before the scripts of each page: the storage of client/src/storage/indexed-db.ts begins with these
 * entries, where there is none yet.
 */
const keep = `function ({ origin, entries }) {
  if (location.origin !== origin) return;
  const opening = indexedDB.open('parley');
  opening.onupgradeneeded = () => {
    const values = opening.result.createObjectStore('values');
    for (const [key, value] of entries) values.put(value, key);
  };
  opening.onsuccess = () => opening.result.close();
}`;
