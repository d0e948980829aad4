import { sleep, type Environment } from './environment.js';
import { webTabs } from './tabs/web-tabs.js';
import { put } from './transport/put.js';

/** The part of the web platform that may be missing. */
interface Globals {
  WebSocket?: unknown;
  crypto: { randomUUID(): string };
  document?: { visibilityState: string } & Listening;
  addEventListener?: Listening['addEventListener'];
  removeEventListener?: Listening['removeEventListener'];
}
interface Listening {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** The browser, or Node, where a WebSocket has to be given before Node 22. */
export function webEnvironment(): Environment {
  const globals = globalThis as unknown as Globals;
  const { document } = globals;
  return {
    fetch: (url, init) => fetch(url, init),
    put,
    WebSocket: globals.WebSocket,
    now: () => Date.now(),
    random: () => Math.random(),
    uuid: () => globals.crypto.randomUUID(),
    sleep,
    tabs: webTabs,
    isVisible: () => document?.visibilityState !== 'hidden',
    onAttention: (listener) => {
      document?.addEventListener('visibilitychange', listener);
      globals.addEventListener?.('online', listener);
      return () => {
        document?.removeEventListener('visibilitychange', listener);
        globals.removeEventListener?.('online', listener);
      };
    },
  };
}
