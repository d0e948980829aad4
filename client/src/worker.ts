import { PushTarget } from './push-target.js';
import { Session } from './session/session.js';
import type { Storage } from './storage/port.js';
import { Requests } from './transport/requests.js';
import { webEnvironment } from './web-environment.js';

export { indexedDbStorage } from './storage/indexed-db.js';
export type { PushTarget } from './push-target.js';
export type { Requests } from './transport/requests.js';

export interface WorkerOptions {
  /** Of the Parley, without a path. */
  url: string;
  /** That of the pages. */
  storage: Storage;
  /** For a request, in ms. */
  timeout?: number;
}

/** What a service worker can do as whoever is signed in. */
export interface SignedIn {
  requests: Requests;
  pushTarget: PushTarget;
}

const TIMEOUT = 15_000;

/**
 * Runs `work` as whom the pages with this storage have signed in, null where nobody is. It opens no socket and keeps nothing
 * open; the session is the pages' own, refreshed in turn with them.
 */
export async function asSignedIn<T>(
  { url, storage, timeout = TIMEOUT }: WorkerOptions,
  work: (signedIn: SignedIn | null) => Promise<T>,
): Promise<T> {
  const environment = webEnvironment();
  const tabs = storage.sharedAs === null ? null : environment.tabs(`parley/${storage.sharedAs}`);
  const session = new Session({ url, storage, environment, tabs, deviceName: 'A browser', platform: 'WEB', timeout });
  const requests = new Requests(url, environment, session, timeout);
  try {
    await session.loaded;
    const state = session.state.get();
    if (state.status !== 'signedIn') return await work(null);
    const { userId } = state;
    return await work({ requests, pushTarget: new PushTarget({ storage, userId, requests, session, environment }) });
  } finally {
    requests.close();
    session.close();
    tabs?.close();
  }
}
