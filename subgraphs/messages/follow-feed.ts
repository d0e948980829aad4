import type { Heard } from '../../platform/pubsub/heard.js';
import type { Log } from '../../platform/telemetry/log.js';
import type { FeedPage, StreamEvent } from '../../schema/feeds.js';

/** One change of a feed: the versions that it covers, and how a stream tells it. */
export interface Change {
  fromVersion: number;
  version: number;
  stream: StreamEvent;
}

export interface Feed {
  /** The first version that was told already. */
  after: number;
  heard: Heard;
  changes: (after: number, first: number) => Promise<FeedPage<Change>>;
  /** What a published message tells. */
  read: (text: string) => Promise<Change[]> | Change[];
  caughtUp: (version: number) => StreamEvent;
  log: Log;
}

/** The last event of a feed has no successor that would show its loss: so often the feed itself is asked. */
const LOOK_MS = 5_000;
const RETRY_MS = 1_000;
const PAGE = 100;

/**
 * A feed from a version on: first what changed since, then CaughtUp, then live, each version once and in order. What is
 * published is told where it has the next version; whatever else comes, the feed is read.
 */
export async function* followFeed({
  after,
  heard,
  changes,
  read,
  caughtUp,
  log,
}: Feed): AsyncGenerator<StreamEvent, void> {
  let told = after;
  let isBehind = true;
  let isCaughtUp = false;
  while (!heard.isClosed) {
    let found: Change[];
    let end = told;
    try {
      if (isBehind) {
        const page = await changes(told, PAGE);
        found = page.events.filter(({ version }) => version > told);
        end = page.version;
        isBehind = page.hasMore;
      } else {
        const message = await heard.next(LOOK_MS);
        found = message ? (await read(message.text)).filter(({ version }) => version > told) : [];
        isBehind = !message || !isNext(found, told);
        if (isBehind) continue;
      }
    } catch (error) {
      if (heard.isClosed) return;
      log.warn({ err: error }, 'a live stream could not be read; trying again');
      isBehind = true;
      await heard.next(RETRY_MS);
      continue;
    }
    for (const { version, stream } of found) {
      told = version;
      yield stream;
    }
    told = Math.max(told, end);
    if (isBehind || isCaughtUp) continue;
    isCaughtUp = true;
    yield caughtUp(told);
  }
}

function isNext(changes: Change[], told: number): boolean {
  let last = told;
  for (const { fromVersion, version } of changes) {
    if (fromVersion !== last + 1) return false;
    last = version;
  }
  return true;
}
