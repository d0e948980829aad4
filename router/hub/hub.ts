import {
  GraphQLError,
  Kind,
  getArgumentValues,
  getVariableValues,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Caller, Person } from '../../platform/auth/caller.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import { Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { PubSub, Unsubscribe } from '../../platform/pubsub/port.js';
import type { ConversationFeed, InboxFeed, Span, StreamEvent } from '../../schema/feeds.js';
import { channels, keys, type FeedEvent, type InboxDelivery, type Revocation } from '../../schema/live.js';
import type { PresenceFeed, StateEvent, TypingFeed } from '../../schema/presence.js';
import type { LiveOperation, LiveStreams, Sink } from '../live-streams.js';
import { rootField, selectsPerViewer, soleVariable } from './document.js';
import { FeedTopic, type TopicEvent, type TopicKind, type TopicMetrics } from './feed-topic.js';
import { PresenceTopic } from './presence-topic.js';
import { Renderer, type RenderGroup } from './renderer.js';
import type { StateSubscription } from './state-subscriber.js';
import type { Subscriber } from './subscriber.js';
import { Topics, type TopicEntry } from './topics.js';
import { TypingTopic } from './typing-topic.js';

/** A subscription that the query planner has split; see router/live-plan.ts. */
export interface EventPlan {
  execute(
    variables: Record<string, unknown>,
    runPrimary: (
      query: string,
      variables: Record<string, unknown>,
      operationName: string | undefined,
    ) => Promise<ExecutionResult>,
    caller: Caller,
  ): Promise<ExecutionResult>;
}

export interface HubDependencies {
  /** Names this router in the ephemeral port; unique among those that run. */
  routerId: string;
  schema: GraphQLSchema;
  perViewer: Set<string>;
  planOf: (document: LiveOperation['document'], operationName: string | null) => EventPlan;
  /** Executes a selection on an event, in the subgraph that has the root field. */
  runEvent: (
    request: { query: string; variables: Record<string, unknown>; operationName?: string },
    caller: Caller,
    rootValue: Record<string, StreamEvent | StateEvent>,
  ) => Promise<ExecutionResult>;
  conversations: ConversationFeed;
  inboxes: InboxFeed;
  presence: PresenceFeed;
  typing: TypingFeed;
  pubsub: PubSub;
  ephemeral: Ephemeral;
  isSignedIn: (deviceId: string) => Promise<boolean>;
  registry: Registry;
  log: Logger;
}

const HEARTBEAT_MS = 15_000;
const RECONCILE_MS = 5_000;
/** How long a version may be on its way to this router before the hub reads it from the feed. */
const GRACE_MS = 500;
/** How often to look anew at who may see whose presence, and who may still listen to who types. */
const RECHECK_MS = 60_000;

/**
 * Live subscriptions of one router: conversationEvents and inboxEvents. Pubsub brings changes quickly but may lose
 * them; the feeds in the database say what is missing. See docs/architecture.md, "Live streams".
 */
export class Hub implements LiveStreams {
  private readonly renderer: Renderer;
  private readonly metrics: TopicMetrics;
  private readonly conversations: Topics;
  private readonly inboxes: Topics;
  private readonly presence: PresenceTopic;
  private readonly typing: TypingTopic;
  private readonly shapes = new LRUCache<
    string,
    { group: Omit<RenderGroup, 'key' | 'variables' | 'viewer'>; perViewer: boolean }
  >({ max: 1_000 });
  private readonly byDevice = new Map<string, Set<() => void>>();
  private readonly timers: NodeJS.Timeout[] = [];
  /** Fields that are executed for each viewer. Whose presence a viewer may see is decided before a change is executed. */
  private readonly perViewer: Set<string>;
  private subscriptions: Unsubscribe[] = [];

  constructor(private readonly deps: HubDependencies) {
    this.renderer = new Renderer((group, variables, event, caller) =>
      deps
        .planOf(group.document, group.operationName)
        .execute(
          variables,
          (query, primaryVariables, operationName) =>
            deps.runEvent({ query, variables: primaryVariables, operationName }, caller, { [group.rootField]: event }),
          caller,
        ),
    );
    this.perViewer = new Set([...deps.perViewer].filter((field) => field !== 'PresenceChange.presence'));
    this.metrics = hubMetrics(deps.registry);
    this.conversations = new Topics((entry) => this.listenToConversation(entry));
    this.inboxes = new Topics((entry) => this.registerInbox(entry));
    const { pubsub, registry, log } = deps;
    this.presence = new PresenceTopic({ feed: deps.presence, pubsub, renderer: this.renderer, registry, log });
    this.typing = new TypingTopic({ feed: deps.typing, pubsub, renderer: this.renderer, log });
  }

  async start(): Promise<void> {
    const { pubsub, routerId, log } = this.deps;
    const repairInboxes = () => {
      for (const entry of this.inboxes.all()) entry.topic?.repair();
    };
    this.subscriptions = await Promise.all([
      pubsub.subscribe(channels.inbox(routerId), (message) => this.receiveDelivery(message), repairInboxes),
      pubsub.subscribe(
        channels.revocations,
        (message) => {
          for (const deviceId of (JSON.parse(message) as Revocation).deviceIds) this.revoke(deviceId);
        },
        () => void this.checkDevices().catch((error: unknown) => log.warn({ err: error }, 'devices not checked')),
      ),
    ]);
    await Promise.all([this.presence.start(), this.typing.start()]);
    this.every(RECONCILE_MS, () => this.reconcile());
    this.every(RECONCILE_MS, () => this.presence.reconcile());
    this.every(RECHECK_MS, () => this.presence.recheckAll());
    this.every(RECHECK_MS, () => this.typing.reconcile());
    this.every(HEARTBEAT_MS, () => this.heartbeat());
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all([
      ...this.subscriptions.map((unsubscribe) => unsubscribe()),
      this.presence.stop(),
      this.typing.stop(),
    ]);
  }

  async subscribe(operation: LiveOperation): Promise<readonly GraphQLError[] | null> {
    try {
      await this.open(operation);
      return null;
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  private async open(operation: LiveOperation): Promise<void> {
    const { caller, sink } = operation;
    if (caller.kind !== 'person')
      throw new Fault('UNAUTHENTICATED', 'Sign in first: send { "authorization": "Bearer …" } in connection_init.');
    const { field, afterVariable } = rootField(operation.document, operation.operationName);
    const args = this.argumentsOf(operation, field);
    const group = this.groupOf(operation, field, afterVariable, caller);
    const after = typeof args.after === 'string' ? args.after : null;

    const states = this.statesOf(field.name.value, args);
    if (states) {
      const close = await states({ viewer: caller, group, sink });
      this.endWithDevice(caller.deviceId, sink, close);
    } else if (field.name.value === 'inboxEvents') {
      const entry = this.inboxes.hold(caller.userId);
      const open = await this.opening(this.inboxes, entry, () => this.deps.inboxes.open(caller.userId, after));
      const topic = this.inboxes.open(entry, () => this.inboxTopic(entry, open.head));
      this.join(this.inboxes, entry, topic, {
        viewer: caller,
        group,
        sink,
        version: open.after,
        spans: null,
        closed: false,
      });
    } else {
      const conversationId = fromPublicId('conversation', String(args.conversationId));
      if (!conversationId) throw notAMember();
      const entry = this.conversations.hold(conversationId);
      const open = await this.opening(this.conversations, entry, async () => {
        const opened = await this.deps.conversations.open(caller.userId, conversationId, after);
        if (!opened) throw notAMember();
        return opened;
      });
      const topic = this.conversations.open(entry, () => this.conversationTopic(entry, open.head));
      this.join(this.conversations, entry, topic, {
        viewer: caller,
        group,
        sink,
        version: open.after,
        spans: open.spans,
        closed: false,
      });
    }
  }

  /** Listens first, then reads: what is committed after the read arrives live. */
  private async opening<T>(topics: Topics, entry: TopicEntry, read: () => Promise<T>): Promise<T> {
    try {
      await entry.listening;
      return await read();
    } catch (error) {
      topics.release(entry);
      throw error;
    }
  }

  /** How a stream of states is opened, where the field is one; that resolves with what closes it. */
  private statesOf(
    field: string,
    args: Record<string, unknown>,
  ): ((subscription: StateSubscription) => Promise<() => void>) | null {
    switch (field) {
      case 'presenceChanged': {
        const userIds = (args.userIds as unknown[]).map((id) => fromPublicId('user', String(id)));
        return (subscription) => this.presence.open(subscription, userIds);
      }
      case 'typingChanged': {
        const conversationId = fromPublicId('conversation', String(args.conversationId));
        return (subscription) => this.typing.open(subscription, conversationId);
      }
      default:
        return null;
    }
  }

  private join(topics: Topics, entry: TopicEntry, topic: FeedTopic, subscriber: Subscriber): void {
    topic.add(subscriber);
    let isReleased = false;
    this.endWithDevice(subscriber.viewer.deviceId, subscriber.sink, () => {
      topic.remove(subscriber);
      if (!isReleased) topics.release(entry);
      isReleased = true;
    });
  }

  /** Calls `close` when the stream is over, and ends it when the device is signed out. */
  private endWithDevice(deviceId: string, sink: Sink, close: () => void): void {
    const revoke = () => {
      close();
      sink.fail([new Fault('UNAUTHENTICATED', 'This device was signed out.')]);
    };
    const ofDevice = this.byDevice.get(deviceId) ?? new Set();
    this.byDevice.set(deviceId, ofDevice.add(revoke));
    sink.onClose(() => {
      close();
      ofDevice.delete(revoke);
      if (ofDevice.size === 0 && this.byDevice.get(deviceId) === ofDevice) this.byDevice.delete(deviceId);
    });
  }

  private argumentsOf(operation: LiveOperation, field: ReturnType<typeof rootField>['field']): Record<string, unknown> {
    const { schema } = this.deps;
    const definition = operation.document.definitions.find(
      (node) =>
        node.kind === Kind.OPERATION_DEFINITION &&
        (operation.operationName === null || node.name?.value === operation.operationName),
    );
    if (definition?.kind !== Kind.OPERATION_DEFINITION)
      throw new Fault('BAD_USER_INPUT', 'There is no such operation.');
    const coerced = getVariableValues(schema, definition.variableDefinitions ?? [], operation.variables);
    if (coerced.errors) throw new Fault('BAD_USER_INPUT', coerced.errors[0]?.message ?? 'A variable is not valid.');
    const fieldDefinition = schema.getSubscriptionType()?.getFields()[field.name.value];
    if (!fieldDefinition) throw new Fault('BAD_USER_INPUT', 'There is no such subscription.');
    return getArgumentValues(fieldDefinition, field, coerced.coerced);
  }

  private groupOf(
    operation: LiveOperation,
    field: ReturnType<typeof rootField>['field'],
    afterVariable: string | null,
    viewer: Person,
  ): RenderGroup {
    const name = field.name.value;
    const source = operation.document.loc?.source.body ?? '';
    const shapeKey = `${operation.operationName ?? ''}\n${source}`;
    let shape = this.shapes.get(shapeKey);
    if (!shape) {
      const { document, operationName } = operation;
      shape = {
        group: { document, operationName, rootField: name },
        perViewer: selectsPerViewer(this.deps.schema, document, this.perViewer),
      };
      this.shapes.set(shapeKey, shape);
    }
    const variables = { ...operation.variables };
    if (afterVariable !== null) delete variables[afterVariable];
    // Whom a stream follows makes no difference to how one of them looks.
    const people = name === 'presenceChanged' ? soleVariable(operation.document, field, 'userIds') : null;
    if (people !== null) variables[people] = [];
    const viewerKey = shape.perViewer ? viewer.userId : '';
    return {
      ...shape.group,
      key: `${viewerKey}\n${JSON.stringify(variables)}\n${shapeKey}`,
      variables,
      viewer: shape.perViewer ? viewer : null,
    };
  }

  private conversationTopic(entry: TopicEntry, position: number): FeedTopic {
    const conversationId = entry.key;
    const kind: TopicKind = {
      changes: async (after, first) => {
        const page = await this.deps.conversations.changes(conversationId, after, first);
        return { ...page, events: page.events.map(toTopicEvent) };
      },
      caughtUp: (version) => ({ type: 'caughtUp', conversationId, version }),
      maySee: (subscriber, { stream }) =>
        stream.type !== 'change' ||
        stream.event.kind !== 'message' ||
        isWithin(subscriber.spans ?? [], stream.event.message.seq),
      ends: (subscriber, { stream }) =>
        stream.type === 'change' &&
        stream.event.kind === 'member' &&
        stream.event.member === null &&
        stream.event.userId === subscriber.viewer.userId,
    };
    return new FeedTopic(position, kind, this.renderer, this.metrics);
  }

  private inboxTopic(entry: TopicEntry, position: number): FeedTopic {
    const userId = entry.key;
    const kind: TopicKind = {
      changes: async (after, first) => {
        const page = await this.deps.inboxes.changes(userId, after, first);
        return {
          ...page,
          events: page.events.map((event) => ({
            version: event.inboxVersion,
            stream: { type: 'inboxItem', event },
          })),
        };
      },
      caughtUp: (version) => ({ type: 'inboxCaughtUp', userId, version }),
      maySee: () => true,
      ends: () => false,
    };
    return new FeedTopic(position, kind, this.renderer, this.metrics);
  }

  private async listenToConversation(entry: TopicEntry): Promise<Unsubscribe> {
    return this.deps.pubsub.subscribe(
      channels.conversation(entry.key),
      (message) => this.conversations.receive(entry, toTopicEvent(JSON.parse(message) as FeedEvent)),
      () => entry.topic?.repair(),
    );
  }

  private async registerInbox(entry: TopicEntry): Promise<Unsubscribe> {
    const { ephemeral, routerId } = this.deps;
    await ephemeral.addMember(keys.routersOf(entry.key), routerId, 3 * HEARTBEAT_MS);
    return async () => {
      if (!this.inboxes.get(entry.key)) await ephemeral.removeMember(keys.routersOf(entry.key), routerId);
    };
  }

  private receiveDelivery(message: string): void {
    const { event, recipients, own } = JSON.parse(message) as InboxDelivery;
    for (const [userId, version] of recipients) {
      const entry = this.inboxes.get(userId);
      if (entry && event) this.inboxes.receive(entry, { version, stream: { type: 'change', event } });
    }
    for (const change of own) {
      const entry = this.inboxes.get(change.userId);
      if (entry)
        this.inboxes.receive(entry, {
          version: change.inboxVersion,
          stream: { type: 'inboxItem', event: change },
        });
    }
  }

  private revoke(deviceId: string): void {
    for (const revoke of [...(this.byDevice.get(deviceId) ?? [])]) revoke();
  }

  private async checkDevices(): Promise<void> {
    for (const deviceId of [...this.byDevice.keys()])
      if (!(await this.deps.isSignedIn(deviceId))) this.revoke(deviceId);
  }

  /** The last change of a conversation has no successor that would show that it was lost: so ask the database. */
  private async reconcile(): Promise<void> {
    const ask = async (topics: Topics, heads: (keys: string[]) => Promise<Map<string, number>>) => {
      const open = [...topics.all()].filter((entry) => entry.topic);
      if (open.length === 0) return [];
      const found = await heads(open.map((entry) => entry.key));
      return open
        .filter((entry) => (found.get(entry.key) ?? 0) > (entry.topic?.position ?? 0))
        .map((entry) => {
          const head = found.get(entry.key) ?? 0;
          return () => {
            if (entry.topic && entry.topic.position < head) entry.topic.repair();
          };
        });
    };
    const behind = await Promise.all([
      ask(this.conversations, (ids) => this.deps.conversations.heads(ids)),
      ask(this.inboxes, (ids) => this.deps.inboxes.heads(ids)),
    ]);
    if (behind.every((list) => list.length === 0)) return;
    setTimeout(() => behind.flat().forEach((repair) => repair()), GRACE_MS).unref();
  }

  private async heartbeat(): Promise<void> {
    const { ephemeral, routerId } = this.deps;
    for (const entry of this.inboxes.all())
      await ephemeral.addMember(keys.routersOf(entry.key), routerId, 3 * HEARTBEAT_MS);
  }

  private every(ms: number, work: () => Promise<void> | void): void {
    let isRunning = false;
    const timer = setInterval(() => {
      if (isRunning) return;
      isRunning = true;
      Promise.resolve()
        .then(work)
        .catch((error: unknown) => this.deps.log.warn({ err: error }, 'live streams: a periodic check failed'))
        .finally(() => {
          isRunning = false;
        });
    }, ms);
    timer.unref();
    this.timers.push(timer);
  }
}

function toTopicEvent(event: FeedEvent): TopicEvent {
  return { version: event.version, stream: { type: 'change', event } };
}

function isWithin(spans: Span[], seq: number): boolean {
  return spans.some((span) => span.fromSeq <= seq && (span.toSeq === null || seq <= span.toSeq));
}

function notAMember(): Fault {
  return new Fault('FORBIDDEN', 'You are not in this conversation.');
}

function hubMetrics(registry: Registry): TopicMetrics {
  const repairs = new Counter({
    name: 'hub_gap_repairs_total',
    help: 'Times that a live stream read from the database what pubsub had not brought in order',
    registers: [registry],
  });
  const delivery = new Histogram({
    name: 'message_delivery_seconds',
    help: 'From the commit of a message to its hand-over to sockets',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30],
    registers: [registry],
  });
  return {
    repaired: () => repairs.inc(),
    wrote: ({ stream }) => {
      if (stream.type === 'change' && stream.event.kind === 'message' && stream.event.reason === 'SENT')
        delivery.observe((Date.now() - Date.parse(stream.event.message.createdAt)) / 1000);
    },
  };
}
