import { Chat } from './chat.js';
import type { Environment } from './environment.js';
import type { DevicePlatform } from './generated/graphql.js';
import { Cell, type Observable } from './observable.js';
import { Session } from './session/session.js';
import { memoryStorage } from './storage/memory.js';
import { wipe } from './storage/of-person.js';
import type { Storage } from './storage/port.js';
import { webEnvironment } from './web-environment.js';

export interface ParleyOptions {
  /** Of the Parley, without a path: https://chat.example.org */
  url: string;
  /** Where session, outbox and snapshots are kept; by default in memory. In browsers: indexedDbStorage(). */
  storage?: Storage;
  /** How the person tells this device from their others, 1 to 80 characters. */
  deviceName?: string;
  platform?: DevicePlatform;
  /** For a request, in ms. */
  timeout?: number;
  /** A WebSocket constructor, where the platform has none: that of `ws` in Node 20. */
  WebSocket?: unknown;
  /** Parts of what the client takes from the platform, for tests and unusual places. */
  environment?: Partial<Environment>;
}

/** A client of one Parley, for one person at a time. */
export interface Parley {
  readonly session: Session;
  /** What the signed-in person has; null while nobody is. */
  readonly chat: Observable<Chat | null>;
  /** Ends everything here; who is signed in stays so. */
  close(): Promise<void>;
}

const TIMEOUT = 15_000;

/** Starts a client: it goes on where the storage was left, signed in and with what was on its way. */
export function createParley(options: ParleyOptions): Parley {
  const { storage = memoryStorage(), deviceName = 'A browser', platform = 'WEB', timeout = TIMEOUT } = options;
  const url = options.url.replace(/\/+$/, '');
  const given = options.WebSocket === undefined ? {} : { WebSocket: options.WebSocket };
  const environment: Environment = { ...webEnvironment(), ...given, ...options.environment };
  const tabs = storage.sharedAs === null ? null : environment.tabs(`parley/${storage.sharedAs}`);
  const session = new Session({ url, storage, environment, tabs, deviceName, platform, timeout });
  const chat = new Cell<Chat | null>(null);
  const stop = session.state.subscribe(follow);

  function follow() {
    const state = session.state.get();
    const before = chat.get();
    const userId = state.status === 'signedIn' ? state.userId : null;
    if (before?.userId === userId) return;
    chat.set(userId === null ? null : new Chat({ url, storage, environment, tabs, session, userId, timeout }));
    if (before) void before.close().then(() => wipe(storage, before.userId).catch(() => undefined));
  }

  return {
    session,
    chat,
    close: async () => {
      stop();
      session.close();
      await chat.get()?.close();
      chat.set(null);
      tabs?.close();
    },
  };
}
