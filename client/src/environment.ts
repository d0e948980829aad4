/**
 * What the client needs of the place where it runs, so that it is the same in a browser, in Node and in a test that has
 * two tabs.
 */
export interface Environment {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Sends bytes and resolves with the status. Rejects with NO_ANSWER, or with what the signal was aborted with. */
  put: (url: string, sending: Sending) => Promise<number>;
  /** A WebSocket constructor. */
  WebSocket: unknown;
  /** In ms since 1970. */
  now: () => number;
  /** From 0 to 1. */
  random: () => number;
  /** A UUID. */
  uuid: () => string;
  /** Resolves after so many ms; rejects when the signal is aborted. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** What the tabs that share a storage have in common, by the name of that storage; null where there are no others. */
  tabs: (name: string) => Tabs | null;
  /** Whether the person sees the page. */
  isVisible: () => boolean;
  /** Calls back when the page is shown or hidden, and when the network is back. Returns what ends that. */
  onAttention: (listener: () => void) => () => void;
}

export interface Sending {
  method: string;
  headers: Record<string, string>;
  body: Blob;
  signal: AbortSignal;
  /** Bytes that have gone, now and then, where the platform tells. */
  onProgress: (sent: number) => void;
}

/** Between the tabs of one origin: Web Locks and a BroadcastChannel. */
export interface Tabs {
  /** Runs `work` while it holds the lock of that name, alone among all tabs; waits until it can. */
  alone<T>(lock: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** As `alone`, beside others that share the lock. */
  shared<T>(lock: string, work: () => Promise<T>): Promise<T>;
  /** Runs `work` alone where nobody holds the lock now. */
  ifFree(lock: string, work: () => Promise<void>): Promise<void>;
  /** Sends to the other tabs; lost where there are none. The message can be cloned. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): () => void;
  close(): void;
}

export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
