import type { Unsubscribe } from '../../platform/pubsub/port.js';

/** What several subscribers share as long as one of them holds it. */
export interface Held {
  holders: number;
  /** Resolves once it listens. */
  listening: Promise<void>;
  stopListening: Unsubscribe;
}

/** Things by key, each listened to from its first holder to its last. */
export class HeldByKey<T extends Held> {
  private readonly entries = new Map<string, T>();

  constructor(
    private readonly create: (key: string, held: Held) => T,
    private readonly listen: (entry: T) => Promise<Unsubscribe>,
    private readonly dropped: (entry: T) => void = () => undefined,
  ) {}

  get(key: string): T | undefined {
    return this.entries.get(key);
  }

  all(): Iterable<T> {
    return this.entries.values();
  }

  keys(): string[] {
    return [...this.entries.keys()];
  }

  hold(key: string): T {
    let entry = this.entries.get(key);
    if (!entry) {
      const created = this.create(key, {
        holders: 0,
        listening: Promise.resolve(),
        stopListening: () => Promise.resolve(),
      });
      created.listening = this.listen(created).then((stop) => {
        created.stopListening = stop;
      });
      created.listening.catch(() => {
        if (this.entries.get(key) === created) this.entries.delete(key);
      });
      this.entries.set(key, (entry = created));
    }
    entry.holders++;
    return entry;
  }

  release(key: string, entry: T): void {
    if (--entry.holders > 0) return;
    if (this.entries.get(key) === entry) this.entries.delete(key);
    this.dropped(entry);
    void entry.listening.then(() => entry.stopListening()).catch(() => undefined);
  }
}
