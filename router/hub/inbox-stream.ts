import type { Ephemeral } from '../../platform/ephemeral/port.js';
import type { PubSub, Unsubscribe } from '../../platform/pubsub/port.js';
import { continueTrace } from '../../platform/telemetry/tracing.js';
import type { InboxFeed } from '../../schema/feeds.js';
import { channels, keys, type InboxDelivery, type InboxFeedEvent } from '../../schema/live.js';
import { FeedTopic, type TopicEvent, type TopicKind, type TopicMetrics } from './feed-topic.js';
import type { Renderer } from './renderer.js';
import { HEARTBEAT_MS, type Joined, type Repair, type RootStream, type StreamRequest } from './root-stream.js';
import { Topics, type TopicEntry } from './topics.js';

/**
 * inboxEvents: a topic a person, fed by one channel of this router. The deliver worker finds the router by the
 * registration of each person that it serves.
 */
export class InboxStream implements RootStream {
  private readonly topics = new Topics((entry) => this.register(entry));

  constructor(
    private readonly routerId: string,
    private readonly feed: InboxFeed,
    private readonly pubsub: PubSub,
    private readonly ephemeral: Ephemeral,
    private readonly renderer: Renderer,
    private readonly metrics: TopicMetrics,
    /** Told of every message that a person hides while a stream of theirs runs here. */
    private readonly onHidden: (userId: string, conversationId: string, messageId: string) => void,
  ) {}

  start(): Promise<Unsubscribe> {
    return this.pubsub.subscribe(
      channels.inbox(this.routerId),
      (message) => this.receive(JSON.parse(message) as InboxDelivery),
      () => {
        for (const entry of this.topics.all()) entry.topic?.repair();
      },
    );
  }

  async open({ viewer, args, group, sink }: StreamRequest): Promise<void> {
    const { userId } = viewer;
    const after = typeof args.after === 'string' ? args.after : null;
    const { entry, open } = await this.topics.hold(userId, () => this.feed.open(userId, after));
    const topic = this.topics.open(entry, () => this.topic(userId, open.head));
    this.topics.join(entry, topic, { viewer, group, sink, version: open.after, spans: null, closed: false });
  }

  joined(): Iterable<Joined> {
    return this.topics.joined();
  }

  findBehind(): Promise<Repair[]> {
    return this.topics.findBehind((ids) => this.feed.heads(ids));
  }

  async heartbeat(): Promise<void> {
    for (const entry of this.topics.all())
      await this.ephemeral.addMember(keys.routersOf(entry.key), this.routerId, 3 * HEARTBEAT_MS);
  }

  private async register(entry: TopicEntry): Promise<Unsubscribe> {
    const { ephemeral, routerId } = this;
    await ephemeral.addMember(keys.routersOf(entry.key), routerId, 3 * HEARTBEAT_MS);
    return async () => {
      if (!this.topics.get(entry.key)) await ephemeral.removeMember(keys.routersOf(entry.key), routerId);
    };
  }

  private receive({ event, recipients, own }: InboxDelivery): void {
    for (const [userId, version] of recipients) {
      const entry = this.topics.get(userId);
      if (!entry || !event) continue;
      const span = continueTrace(event.traceparent, 'inboxEvents to sockets');
      this.topics.receive(entry, { version, stream: { type: 'change', event }, span });
    }
    for (const change of own) {
      if (change.hiddenMessageId !== undefined)
        this.onHidden(change.userId, change.conversationId, change.hiddenMessageId);
      const entry = this.topics.get(change.userId);
      if (entry) this.topics.receive(entry, toTopicEvent(change));
    }
  }

  private topic(userId: string, position: number): FeedTopic {
    const kind: TopicKind = {
      changes: async (after, first) => {
        const page = await this.feed.changes(userId, after, first);
        return { ...page, events: page.events.map(toTopicEvent) };
      },
      caughtUp: (version) => ({ type: 'inboxCaughtUp', userId, version }),
      maySee: () => true,
      ends: () => false,
    };
    return new FeedTopic(position, kind, this.renderer, this.metrics);
  }
}

function toTopicEvent(event: InboxFeedEvent): TopicEvent {
  return { version: event.inboxVersion, stream: { type: 'inboxItem', event } };
}
