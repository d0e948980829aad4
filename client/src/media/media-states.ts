import { delayOf, type Backoff } from '../backoff.js';
import type { Environment } from '../environment.js';
import { MediaChangedDocument, MediaDocument, type MediaFieldsFragment } from '../generated/graphql.js';
import { Cell, until, type Observable } from '../observable.js';
import type { Live } from '../transport/live.js';
import type { Requests } from '../transport/requests.js';

/** An upload as its owner, and who reads a message that carries it, sees it. */
export type Media = MediaFieldsFragment;

export const isSettled = ({ status }: Pick<Media, 'status'>): boolean => status === 'READY' || status === 'REJECTED';

const backoff: Backoff = { first: 1_000, most: 60_000 };
/** Those that nobody watches are forgotten, the oldest first, beyond so many. */
const MOST = 300;

/** What became of media since their message was read: looked at by the server, or with new links. */
export class MediaStates {
  private readonly cell = new Cell<ReadonlyMap<string, Media>>(new Map());
  private readonly watched = new Map<string, { count: number; stop: () => void }>();
  private readonly asked = new Map<string, Promise<Media | null>>();
  private readonly closed = new AbortController();

  constructor(
    private readonly live: Pick<Live, 'subscribe'>,
    private readonly requests: Pick<Requests, 'ask'>,
    private readonly environment: Environment,
    /** Is told of each new state. */
    private readonly onState: (media: Media) => void = () => undefined,
  ) {}

  /** The newest states, by media id, of those that were watched or read anew. */
  get all(): Observable<ReadonlyMap<string, Media>> {
    return this.cell;
  }

  /** Follows one that the server still looks at, until it is READY or REJECTED or the returned function is called. */
  watch(media: Pick<Media, 'id' | 'status'>): () => void {
    if (isSettled(this.cell.get().get(media.id) ?? media)) return () => undefined;
    const { id } = media;
    const known = this.watched.get(id);
    if (known) known.count++;
    else {
      this.watched.set(id, { count: 1, stop: () => undefined });
      this.follow(id, 0);
    }
    let isWatching = true;
    return () => {
      const watched = this.watched.get(id);
      if (!isWatching || !watched) return;
      isWatching = false;
      if (--watched.count > 0) return;
      watched.stop();
      this.watched.delete(id);
    };
  }

  /** Resolves with it as it is once the server has looked. Rejects when the signal is aborted. */
  async settled(media: Media, signal: AbortSignal): Promise<Media> {
    if (isSettled(media)) return media;
    const stop = this.watch(media);
    try {
      const states = await until(this.cell, (all) => isSettled(all.get(media.id) ?? media), signal);
      return states.get(media.id)!;
    } finally {
      stop();
    }
  }

  /** Reads it anew: its links have ended. Null where it is not there for this person, or cannot be read now. */
  refresh(id: string): Promise<Media | null> {
    const asking = this.asked.get(id) ?? this.read(id).finally(() => this.asked.delete(id));
    this.asked.set(id, asking);
    return asking;
  }

  close(): void {
    this.closed.abort();
    for (const { stop } of this.watched.values()) stop();
    this.watched.clear();
  }

  private follow(id: string, failures: number): void {
    const watched = this.watched.get(id);
    if (!watched) return;
    watched.stop = this.live.subscribe(
      MediaChangedDocument,
      { id },
      {
        next: ({ mediaChanged }) => this.put(mediaChanged),
        end: (end) => {
          watched.stop = () => undefined;
          const known = this.cell.get().get(id);
          if (known && isSettled(known)) return;
          if (end.kind === 'lost') return this.follow(id, failures);
          if (end.kind === 'refused' && !end.error.retryable) return;
          const { sleep, random } = this.environment;
          void sleep(delayOf(failures, backoff, random), this.closed.signal)
            .then(() => this.follow(id, failures + 1))
            .catch(() => undefined);
        },
      },
    );
  }

  private async read(id: string): Promise<Media | null> {
    const answer = await this.requests.ask(MediaDocument, { id }).catch(() => null);
    if (answer?.media) this.put(answer.media);
    return answer?.media ?? null;
  }

  private put(media: Media): void {
    const states = new Map(this.cell.get());
    // Anew, so that it is the last to be forgotten.
    states.delete(media.id);
    states.set(media.id, media);
    for (const id of states.keys()) {
      if (states.size <= MOST) break;
      if (!this.watched.has(id)) states.delete(id);
    }
    this.cell.set(states);
    this.onState(media);
  }
}
