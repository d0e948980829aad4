import { delayOf, type Backoff } from '../backoff.js';
import type { Environment } from '../environment.js';
import { PresenceChangedDocument, type PresenceChangedSubscription } from '../generated/graphql.js';
import { Cell, type Observable } from '../observable.js';
import type { Live } from '../transport/live.js';

/** Null where the person's privacy or a block hides it, and while it is not known. */
export type Presence = PresenceChangedSubscription['presenceChanged']['presence'];

/** How long people gather before they are subscribed to together, in ms. */
const GATHER = 50;
/** The API takes so many at once. */
const MOST = 500;
const backoff: Backoff = { first: 2_000, most: 60_000 };

/** Who of those that somebody looks at is online: one subscription for all of them. */
export class Presences {
  private readonly cell = new Cell<ReadonlyMap<string, Presence>>(new Map());
  private readonly watched = new Map<string, number>();
  private readonly closed = new AbortController();
  private subscribed: ReadonlySet<string> = new Set();
  private stop: () => void = () => undefined;
  private isScheduled = false;
  private failures = 0;

  constructor(
    private readonly live: Pick<Live, 'subscribe'>,
    private readonly environment: Environment,
  ) {}

  /** Of those who are watched, by user id. */
  get all(): Observable<ReadonlyMap<string, Presence>> {
    return this.cell;
  }

  /** Keeps the presence of these people up to date until the returned function is called. */
  watch(userIds: readonly string[]): () => void {
    for (const id of userIds) this.watched.set(id, (this.watched.get(id) ?? 0) + 1);
    void this.schedule(GATHER);
    return () => {
      for (const id of userIds) {
        const count = (this.watched.get(id) ?? 1) - 1;
        if (count > 0) this.watched.set(id, count);
        else this.watched.delete(id);
      }
      void this.schedule(GATHER);
    };
  }

  close(): void {
    this.stop();
    this.closed.abort();
  }

  private async schedule(wait: number): Promise<void> {
    if (this.isScheduled) return;
    this.isScheduled = true;
    await this.environment.sleep(wait, this.closed.signal).catch(() => undefined);
    this.isScheduled = false;
    if (!this.closed.signal.aborted) this.subscribe();
  }

  private subscribe(): void {
    const wanted = new Set([...this.watched.keys()].slice(0, MOST));
    const isSame = wanted.size === this.subscribed.size && [...wanted].every((id) => this.subscribed.has(id));
    if (isSame) return;
    this.stop();
    this.subscribed = wanted;
    this.cell.set(new Map([...this.cell.get()].filter(([id]) => wanted.has(id))));
    if (wanted.size === 0) return;
    this.stop = this.live.subscribe(
      PresenceChangedDocument,
      { userIds: [...wanted] },
      {
        next: ({ presenceChanged: { userId, presence } }) => {
          this.failures = 0;
          this.cell.set(new Map(this.cell.get()).set(userId, presence));
        },
        end: ({ kind }) => {
          this.subscribed = new Set();
          // What is not followed is not known.
          this.cell.set(new Map());
          const wait = kind === 'lost' ? GATHER : delayOf(this.failures++, backoff, this.environment.random);
          void this.schedule(wait);
        },
      },
    );
  }
}
