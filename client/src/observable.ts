/** A value that changes. What `get` returns is never changed in place: the same object means that nothing has changed. */
export interface Observable<T> {
  readonly get: () => T;
  /** Calls back after each change; returns what ends that. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** An observable that its owner sets. */
export class Cell<T> implements Observable<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  get = (): T => this.value;

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of [...this.listeners]) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
}

/** Resolves with the first value that fits, the present one included; rejects when the signal is aborted. */
export function until<T>(observable: Observable<T>, fits: (value: T) => boolean, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = observable.subscribe(look);
    const abort = () => {
      stop();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    else look();
    function look() {
      const value = observable.get();
      if (!fits(value)) return;
      // The first look may come before subscribe has returned.
      queueMicrotask(() => stop());
      signal?.removeEventListener('abort', abort);
      resolve(value);
    }
  });
}
