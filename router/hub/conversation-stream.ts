import { Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { PubSub, Unsubscribe } from '../../platform/pubsub/port.js';
import { continueTrace } from '../../platform/telemetry/tracing.js';
import type { ConversationFeed, Span } from '../../schema/feeds.js';
import { channels, type FeedEvent, type LiveEvent } from '../../schema/live.js';
import { FeedTopic, type TopicEvent, type TopicKind, type TopicMetrics } from './feed-topic.js';
import type { Renderer } from './renderer.js';
import type { Joined, Repair, RootStream, StreamRequest } from './root-stream.js';
import type { Subscriber } from './subscriber.js';
import { Topics, type TopicEntry } from './topics.js';

/** conversationEvents: a topic a conversation, fed by the conversation's channel. */
export class ConversationStream implements RootStream {
  private readonly topics = new Topics((entry) => this.listen(entry));
  /** By topic, then by viewer. */
  private readonly hidden = new WeakMap<TopicEntry, Map<string, Set<number | string>>>();

  constructor(
    private readonly feed: ConversationFeed,
    private readonly pubsub: PubSub,
    private readonly renderer: Renderer,
    private readonly metrics: TopicMetrics,
  ) {}

  async open({ viewer, args, group, sink }: StreamRequest): Promise<void> {
    const conversationId = fromPublicId('conversation', String(args.conversationId));
    if (!conversationId) throw notAMember();
    const after = typeof args.after === 'string' ? args.after : null;
    const { entry, open } = await this.topics.hold(conversationId, async () => {
      const opened = await this.feed.open(viewer.userId, conversationId, after);
      if (!opened) throw notAMember();
      return opened;
    });
    const topic = this.topics.open(entry, () => this.topic(conversationId, open.head));
    this.topics.join(entry, topic, {
      viewer,
      group,
      sink,
      version: open.after,
      spans: open.spans,
      hidden: this.hiddenFrom(entry, viewer.userId, open.hidden),
      closed: false,
    });
  }

  joined(): Iterable<Joined> {
    return this.topics.joined();
  }

  findBehind(): Promise<Repair[]> {
    return this.topics.findBehind((ids) => this.feed.heads(ids));
  }

  /** This viewer has deleted this message for themselves just now. */
  hide(userId: string, conversationId: string, messageId: string): void {
    const entry = this.topics.get(conversationId);
    if (entry) this.hidden.get(entry)?.get(userId)?.add(messageId);
  }

  private hiddenFrom(entry: TopicEntry, userId: string, seqs: number[]): Set<number | string> {
    const byViewer = this.hidden.get(entry) ?? new Map<string, Set<number | string>>();
    this.hidden.set(entry, byViewer);
    const hidden = byViewer.get(userId) ?? new Set<number | string>();
    byViewer.set(userId, hidden);
    for (const seq of seqs) hidden.add(seq);
    return hidden;
  }

  private listen(entry: TopicEntry): Promise<Unsubscribe> {
    return this.pubsub.subscribe(
      channels.conversation(entry.key),
      (message) => this.topics.receive(entry, live(JSON.parse(message) as LiveEvent)),
      () => entry.topic?.repair(),
    );
  }

  private topic(conversationId: string, position: number): FeedTopic {
    const kind: TopicKind = {
      changes: async (after, first) => {
        const page = await this.feed.changes(conversationId, after, first);
        return { ...page, events: page.events.map(toTopicEvent) };
      },
      caughtUp: (version) => ({ type: 'caughtUp', conversationId, version }),
      maySee: (subscriber, { stream }) =>
        stream.type !== 'change' ||
        stream.event.kind !== 'message' ||
        (isWithin(subscriber.spans ?? [], stream.event.message.seq) && !isHidden(subscriber, stream.event.message)),
      ends: (subscriber, { stream }) =>
        stream.type === 'change' &&
        stream.event.kind === 'member' &&
        stream.event.member === null &&
        stream.event.userId === subscriber.viewer.userId,
    };
    return new FeedTopic(position, kind, this.renderer, this.metrics);
  }
}

function live(event: LiveEvent): TopicEvent {
  return { ...toTopicEvent(event), span: continueTrace(event.traceparent, 'conversationEvents to sockets') };
}

function toTopicEvent(event: FeedEvent): TopicEvent {
  const { version } = event;
  const fromVersion = event.kind === 'watermarks' ? event.fromVersion : version;
  return { version, fromVersion, stream: { type: 'change', event } };
}

function isWithin(spans: Span[], seq: number): boolean {
  return spans.some((span) => span.fromSeq <= seq && (span.toSeq === null || seq <= span.toSeq));
}

function isHidden({ hidden }: Subscriber, { seq, id }: { seq: number; id: string }): boolean {
  return hidden !== undefined && (hidden.has(seq) || hidden.has(id));
}

function notAMember(): Fault {
  return new Fault('FORBIDDEN', 'You are not in this conversation.');
}
