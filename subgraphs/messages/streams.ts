import { randomUUID } from 'node:crypto';
import type { Person } from '../../platform/auth/caller.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import { Fault } from '../../platform/errors/errors.js';
import { Heard, toldOf } from '../../platform/pubsub/heard.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Log } from '../../platform/telemetry/log.js';
import type { ConversationFeed, InboxFeed, OpenConversation, StreamEvent } from '../../schema/feeds.js';
import { channels, keys, type FeedEvent, type InboxDelivery, type InboxFeedEvent } from '../../schema/live.js';
import { followFeed, type Change } from './follow-feed.js';

export interface StreamsDeps {
  feed: ConversationFeed;
  inboxes: InboxFeed;
  pubsub: PubSub;
  ephemeral: Ephemeral;
  log: Log;
}

type Events = AsyncIterableIterator<StreamEvent>;

/** As the hub renews what others know of a router, see keys.routersOf. */
const HEARTBEAT_MS = 15_000;

/**
 * Live streams of this subgraph for routers that know nothing of Parley's hub: each subscription follows its feed by itself,
 * and is executed for its viewer alone. Who may see what is decided as the hub does.
 */
export class Streams {
  constructor(private readonly deps: StreamsDeps) {}

  async conversationEvents(viewer: Person, conversationId: string | null, after: string | null): Promise<Events> {
    if (!conversationId) throw notAMember();
    const { feed, pubsub, log } = this.deps;
    const { userId } = viewer;
    const heard = await Heard.open(pubsub, [channels.conversation(conversationId)]);
    const open = await opened(heard, async () => {
      const found = await feed.open(userId, conversationId, after);
      if (!found) throw notAMember();
      return found;
    });
    const access = new Access(open, () => feed.open(userId, conversationId, null));
    const events = followFeed({
      after: open.after,
      heard,
      changes: async (version, first) => {
        await access.refresh();
        const page = await feed.changes(conversationId, version, first);
        return { ...page, events: page.events.map(toChange) };
      },
      read: async (text) => {
        const event = JSON.parse(text) as FeedEvent;
        // What was just sent cannot have been hidden yet.
        if (event.kind === 'message' && event.reason !== 'SENT') await access.refresh();
        return [toChange(event)];
      },
      caughtUp: (version) => ({ type: 'caughtUp', conversationId, version }),
      log,
    });
    return toldOf(heard, asMember(events, userId, access));
  }

  async inboxEvents({ userId }: Person, after: string | null): Promise<Events> {
    const { inboxes, pubsub, ephemeral, log } = this.deps;
    // The deliver worker takes it for a router that serves this one person.
    const routerId = `stream-${randomUUID()}`;
    const register = () => ephemeral.addMember(keys.routersOf(userId), routerId, 3 * HEARTBEAT_MS);
    const heard = await Heard.open(pubsub, [channels.inbox(routerId)]);
    const open = await opened(heard, async () => {
      await register();
      return inboxes.open(userId, after);
    });
    const inBackground = (work: Promise<unknown>) =>
      work.catch((error: unknown) => log.warn({ err: error }, 'an inbox stream was not registered'));
    const heartbeat = setInterval(() => void inBackground(register()), HEARTBEAT_MS);
    const events = followFeed({
      after: open.after,
      heard,
      changes: async (version, first) => {
        const page = await inboxes.changes(userId, version, first);
        return { ...page, events: page.events.map(toInboxChange) };
      },
      read: (text) => ofPerson(JSON.parse(text) as InboxDelivery, userId),
      caughtUp: (version) => ({ type: 'inboxCaughtUp', userId, version }),
      log,
    });
    return toldOf(heard, events, () => {
      clearInterval(heartbeat);
      void inBackground(ephemeral.removeMember(keys.routersOf(userId), routerId));
    });
  }
}

/** What a member may see of a conversation, as it was last read. */
class Access {
  private spans: OpenConversation['spans'];
  private hidden: Set<number>;

  constructor(
    open: OpenConversation,
    private readonly read: () => Promise<OpenConversation | null>,
  ) {
    this.spans = open.spans;
    this.hidden = new Set(open.hidden);
  }

  /** Somebody who is no member any more sees nothing from then on; that they were removed is told all the same. */
  async refresh(): Promise<void> {
    const now = await this.read();
    this.spans = now?.spans ?? [];
    this.hidden = new Set(now?.hidden);
  }

  maySee(seq: number): boolean {
    const isWithin = this.spans.some(({ fromSeq, toSeq }) => fromSeq <= seq && (toSeq === null || seq <= toSeq));
    return isWithin && !this.hidden.has(seq);
  }

  get isMember(): boolean {
    return this.spans.some(({ toSeq }) => toSeq === null);
  }
}

async function* asMember(
  events: AsyncGenerator<StreamEvent, void>,
  userId: string,
  access: Access,
): AsyncGenerator<StreamEvent, void> {
  for await (const stream of events) {
    const event = stream.type === 'change' ? stream.event : null;
    if (event?.kind === 'member' && event.userId === userId && event.member === null) {
      yield stream;
      return;
    }
    if (event?.kind === 'message' ? access.maySee(event.message.seq) : access.isMember) yield stream;
  }
}

/** Stops listening where the stream is refused. */
async function opened<T>(heard: Heard, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await heard.close();
    throw error;
  }
}

function toChange(event: FeedEvent): Change {
  const { version } = event;
  return {
    fromVersion: event.kind === 'watermarks' ? event.fromVersion : version,
    version,
    stream: { type: 'change', event },
  };
}

function toInboxChange(event: InboxFeedEvent): Change {
  const { inboxVersion: version } = event;
  return { fromVersion: version, version, stream: { type: 'inboxItem', event } };
}

function ofPerson({ event, recipients, own }: InboxDelivery, userId: string): Change[] {
  const changes = own.filter((each) => each.userId === userId).map(toInboxChange);
  for (const [recipient, version] of recipients)
    if (recipient === userId && event)
      changes.push({ fromVersion: version, version, stream: { type: 'change', event } });
  return changes.sort((a, b) => a.version - b.version);
}

function notAMember(): Fault {
  return new Fault('FORBIDDEN', 'You are not in this conversation.');
}
