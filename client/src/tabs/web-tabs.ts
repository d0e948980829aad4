import type { Tabs } from '../environment.js';

interface Locks {
  request<T>(
    name: string,
    options: { mode?: 'shared'; ifAvailable?: boolean; signal?: AbortSignal },
    work: (lock: object | null) => Promise<T>,
  ): Promise<T>;
}

/** Web Locks and a BroadcastChannel; null where the platform lacks one of them. */
export function webTabs(name: string): Tabs | null {
  const locks = (globalThis as { navigator?: { locks?: Locks } }).navigator?.locks;
  if (!locks || typeof BroadcastChannel === 'undefined') return null;
  const channel = new BroadcastChannel(name);
  const listeners = new Set<(message: unknown) => void>();
  channel.onmessage = (event: unknown) => {
    const { data } = event as { data: unknown };
    for (const listener of [...listeners]) listener(data);
  };
  const lockOf = (lock: string) => `${name}/${lock}`;
  return {
    alone: (lock, work, signal) => locks.request(lockOf(lock), signal ? { signal } : {}, work),
    shared: (lock, work) => locks.request(lockOf(lock), { mode: 'shared' }, work),
    ifFree: (lock, work) =>
      locks.request(lockOf(lock), { ifAvailable: true }, async (held) => (held ? work() : undefined)),
    post: (message) => channel.postMessage(message),
    onMessage: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => channel.close(),
  };
}
