import { delayOf, type Backoff } from '../backoff.js';
import type { Environment } from '../environment.js';
import { TypingChangedDocument, type PersonFieldsFragment } from '../generated/graphql.js';
import { Cell, type Observable } from '../observable.js';
import type { Live } from '../transport/live.js';

const backoff: Backoff = { first: 2_000, most: 60_000 };
const nobody: readonly PersonFieldsFragment[] = [];

/** Who types in conversations that somebody looks at: one subscription for each, however many look. */
export class Typings {
  private readonly cell = new Cell<ReadonlyMap<string, readonly PersonFieldsFragment[]>>(new Map());
  private readonly watched = new Map<string, { count: number; stop: () => void }>();

  constructor(
    private readonly live: Pick<Live, 'subscribe'>,
    private readonly environment: Pick<Environment, 'sleep' | 'random'>,
    private readonly viewerId: string,
  ) {}

  /** Others than the signed-in person, by conversation id; where nobody types there is no entry. */
  get all(): Observable<ReadonlyMap<string, readonly PersonFieldsFragment[]>> {
    return this.cell;
  }

  of(conversationId: string): readonly PersonFieldsFragment[] {
    return this.cell.get().get(conversationId) ?? nobody;
  }

  /** Follows a conversation until the returned function is called. */
  watch(conversationId: string): () => void {
    const known = this.watched.get(conversationId);
    if (known) known.count++;
    else {
      this.watched.set(conversationId, { count: 1, stop: () => undefined });
      this.follow(conversationId, 0);
    }
    let isWatching = true;
    return () => {
      const watched = this.watched.get(conversationId);
      if (!isWatching || !watched) return;
      isWatching = false;
      if (--watched.count > 0) return;
      this.watched.delete(conversationId);
      watched.stop();
      this.put(conversationId, nobody);
    };
  }

  close(): void {
    for (const { stop } of this.watched.values()) stop();
    this.watched.clear();
  }

  private follow(conversationId: string, failures: number): void {
    const watched = this.watched.get(conversationId);
    if (!watched) return;
    watched.stop = this.live.subscribe(
      TypingChangedDocument,
      { conversationId },
      {
        next: ({ typingChanged: { users } }) => {
          const others = users.flatMap((user) => (user && user.id !== this.viewerId ? [user] : []));
          this.put(conversationId, others);
        },
        end: (end) => {
          this.put(conversationId, nobody);
          if (end.kind === 'lost') return this.follow(conversationId, 0);
          // Who was removed has nobody to see there.
          if (end.kind === 'complete' || !end.error.retryable) return;
          const pause = new AbortController();
          watched.stop = () => pause.abort();
          const { sleep, random } = this.environment;
          sleep(delayOf(failures, backoff, random), pause.signal).then(
            () => this.follow(conversationId, failures + 1),
            () => undefined,
          );
        },
      },
    );
  }

  private put(conversationId: string, people: readonly PersonFieldsFragment[]): void {
    if (people.length === 0 && !this.cell.get().has(conversationId)) return;
    const all = new Map(this.cell.get());
    if (people.length > 0) all.set(conversationId, people);
    else all.delete(conversationId);
    this.cell.set(all);
  }
}
