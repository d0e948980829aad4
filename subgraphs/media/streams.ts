import type { Person } from '../../platform/auth/caller.js';
import { Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { Heard, toldOf } from '../../platform/pubsub/heard.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Log } from '../../platform/telemetry/log.js';
import { isSettled, mediaChannels, type MediaEvent, type MediaFeed } from '../../schema/media.js';

export interface StreamsDeps {
  feed: MediaFeed;
  pubsub: PubSub;
  log: Log;
}

/** What is published may be lost: so often the state is read anew. */
const LOOK_MS = 5_000;
const RETRY_MS = 1_000;

/** mediaChanged for routers that know nothing of Parley's hub. */
export class Streams {
  constructor(private readonly deps: StreamsDeps) {}

  async mediaChanged({ userId }: Person, publicId: string): Promise<AsyncIterableIterator<MediaEvent>> {
    const mediaId = fromPublicId('media', publicId);
    if (!mediaId) throw notFound();
    const { feed, pubsub } = this.deps;
    const heard = await Heard.open(pubsub, [mediaChannels.media(mediaId)]);
    try {
      if (!(await feed.visible(userId, [mediaId])).has(mediaId)) throw notFound();
    } catch (error) {
      await heard.close();
      throw error;
    }
    return toldOf(heard, this.states(heard, userId, mediaId));
  }

  /** Ends where it is settled, is gone, or may not be seen any more. */
  private async *states(heard: Heard, userId: string, mediaId: string): AsyncGenerator<MediaEvent, void> {
    const { feed, log } = this.deps;
    let told = 0;
    while (!heard.isClosed) {
      let waitMs = LOOK_MS;
      try {
        const state = (await feed.states([mediaId])).get(mediaId);
        // Read last: whoever has lost it meanwhile is not told.
        if (!(await feed.visible(userId, [mediaId])).has(mediaId)) return;
        if (state && state.version > told) {
          told = state.version;
          yield { type: 'media', mediaId, version: state.version };
        }
        if (state && isSettled(state)) return;
      } catch (error) {
        log.warn({ err: error }, 'a live stream could not be read; trying again');
        waitMs = RETRY_MS;
      }
      await heard.next(waitMs);
    }
  }
}

function notFound(): Fault {
  return new Fault('NOT_FOUND', 'There is no such media, or you may not see it.');
}
