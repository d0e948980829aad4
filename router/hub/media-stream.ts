import type { Logger } from 'pino';
import { Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { PubSub, Unsubscribe } from '../../platform/pubsub/port.js';
import { isSettled, mediaChannels, type MediaFeed, type MediaState } from '../../schema/media.js';
import { HeldByKey, type Held } from './held-by-key.js';
import type { Renderer } from './renderer.js';
import type { Repair, RootStream, StreamRequest } from './root-stream.js';
import { StateSubscriber, type State } from './state-subscriber.js';

/** The one thing that a subscriber is told of. */
const STATE = 'state';

interface Listener {
  subscriber: StateSubscriber;
  end: () => void;
}

/** A media that at least one subscriber waits for. */
interface Watched extends Held {
  mediaId: string;
  listeners: Set<Listener>;
  /** As it was last read. */
  state: MediaState | null;
  reading: Promise<void>;
  /** A read is waiting to begin, and will see what there is to see. */
  willRead: boolean;
  isGone: boolean;
}

export interface MediaStreamDeps {
  feed: MediaFeed;
  pubsub: PubSub;
  renderer: Renderer;
  log: Logger;
}

/**
 * mediaChanged for all subscribers of one router. What is published says only that something changed: how it stands is read
 * then, and who may see it. A stream ends when there is nothing more to tell, or its viewer may not see it any more.
 */
export class MediaStream implements RootStream {
  private readonly watched: HeldByKey<Watched>;

  constructor(private readonly deps: MediaStreamDeps) {
    this.watched = new HeldByKey<Watched>(
      (mediaId, held) => ({
        ...held,
        mediaId,
        listeners: new Set(),
        state: null,
        reading: Promise.resolve(),
        willRead: false,
        isGone: false,
      }),
      (media) => this.listen(media),
      (media) => {
        media.isGone = true;
      },
    );
  }

  /** Listens first, then asks who may. */
  async open(request: StreamRequest): Promise<void> {
    const mediaId = fromPublicId('media', String(request.args.id));
    if (!mediaId) throw notFound();
    const media = this.watched.hold(mediaId);
    const listener: Listener = {
      subscriber: new StateSubscriber(request, this.deps.renderer, () => this.inBackground(this.tell(media, listener))),
      end: () => request.sink.end(),
    };
    media.listeners.add(listener);
    const close = () => {
      if (listener.subscriber.closed) return;
      listener.subscriber.closed = true;
      media.listeners.delete(listener);
      this.watched.release(mediaId, media);
    };
    try {
      await media.listening;
      if (!(await this.maySee(media, listener))) throw notFound();
    } catch (error) {
      close();
      throw error;
    }
    request.sink.onClose(close);
    this.refresh(media);
  }

  /** What was published may be lost. */
  async findBehind(): Promise<Repair[]> {
    const all = [...this.watched.all()];
    if (all.length === 0) return [];
    const states = await this.deps.feed.states(all.map(({ mediaId }) => mediaId));
    return all
      .filter((media) => states.get(media.mediaId)?.version !== media.state?.version || isBehind(media))
      .map((media) => () => this.refresh(media));
  }

  /** Who may see it is asked anew for all. */
  async recheck(): Promise<void> {
    for (const media of this.watched.all()) this.refresh(media);
  }

  private listen(media: Watched): Promise<Unsubscribe> {
    const refresh = () => this.refresh(media);
    return this.deps.pubsub.subscribe(mediaChannels.media(media.mediaId), refresh, refresh);
  }

  private refresh(media: Watched): void {
    if (media.willRead) return;
    media.willRead = true;
    media.reading = media.reading.then(async () => {
      media.willRead = false;
      if (media.isGone) return;
      try {
        const { mediaId } = media;
        media.state = (await this.deps.feed.states([mediaId])).get(mediaId) ?? null;
        await Promise.all([...media.listeners].map((listener) => this.tell(media, listener)));
      } catch (error) {
        // It is found behind within seconds.
        this.deps.log.warn({ err: error }, 'media: a state could not be read');
      }
    });
  }

  private async tell(media: Watched, listener: Listener): Promise<void> {
    if (!(await this.maySee(media, listener))) return listener.end();
    const { subscriber } = listener;
    subscriber.isBehind = false;
    let told: MediaState | null = null;
    const current = () => {
      told = media.state;
      return stateOf(media);
    };
    const wasTold = await subscriber.tell(STATE, current);
    if (wasTold && told && isSettled(told)) listener.end();
  }

  private async maySee({ mediaId }: Watched, { subscriber }: Listener): Promise<boolean> {
    return (await this.deps.feed.visible(subscriber.viewer.userId, [mediaId])).has(mediaId);
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.deps.log.warn({ err: error }, 'media: a change could not be told'));
  }
}

function stateOf({ mediaId, state }: Watched): State | null {
  if (!state) return null;
  const { version } = state;
  return { identity: String(version), event: { type: 'media', mediaId, version } };
}

const isBehind = ({ listeners }: Watched) => [...listeners].some(({ subscriber }) => subscriber.isBehind);

function notFound(): Fault {
  return new Fault('NOT_FOUND', 'There is no such media, or you may not see it.');
}
