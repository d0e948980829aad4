import type { Observable } from './observable.js';

/**
 * A view of state that changes in place: made when somebody looks, and told at most once a turn of the event loop however
 * many changes come in it.
 */
export class View<T> implements Observable<T> {
  private readonly listeners = new Set<() => void>();
  private made: { value: T } | null = null;
  private isTelling = false;

  constructor(private readonly make: () => T) {}

  get = (): T => (this.made ??= { value: this.make() }).value;

  /** The state has changed. */
  changed(): void {
    this.made = null;
    if (this.isTelling || this.listeners.size === 0) return;
    this.isTelling = true;
    setTimeout(() => {
      this.isTelling = false;
      for (const listener of [...this.listeners]) listener();
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
}
