import { GraphQLError, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Caller } from '../../platform/auth/caller.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import { Fault } from '../../platform/errors/errors.js';
import type { PubSub, Unsubscribe } from '../../platform/pubsub/port.js';
import type { ConversationFeed, InboxFeed, StreamEvent } from '../../schema/feeds.js';
import { channels, type Revocation } from '../../schema/live.js';
import type { MediaFeed } from '../../schema/media.js';
import type { PresenceFeed, TypingFeed } from '../../schema/presence.js';
import type { LiveState } from '../../schema/states.js';
import type { LiveOperation, LiveStreams } from '../live-streams.js';
import { ConversationStream } from './conversation-stream.js';
import { DeviceStreams } from './device-streams.js';
import { InboxStream } from './inbox-stream.js';
import { hubMetrics } from './metrics.js';
import { MediaStream } from './media-stream.js';
import { OperationReader } from './operation-reader.js';
import { Periodic } from './periodic.js';
import { regroupByClass, type HidesReads } from './read-classes.js';
import { PresenceStream } from './presence-stream.js';
import { Renderer } from './renderer.js';
import { HEARTBEAT_MS, type RootStream } from './root-stream.js';
import { TypingStream } from './typing-stream.js';

/** A subscription that the query planner has split; see router/live-plan.ts. */
export interface EventPlan {
  /** The name of the subgraph that knows the event. */
  readonly subgraph: string;
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
  /** Executes a selection on an event in the subgraph that knows it. */
  runEvent: (
    subgraph: string,
    request: { query: string; variables: Record<string, unknown>; operationName?: string },
    caller: Caller,
    rootValue: Record<string, StreamEvent | LiveState>,
  ) => Promise<ExecutionResult>;
  conversations: ConversationFeed;
  inboxes: InboxFeed;
  presence: PresenceFeed;
  typing: TypingFeed;
  media: MediaFeed;
  pubsub: PubSub;
  ephemeral: Ephemeral;
  isSignedIn: (deviceId: string) => Promise<boolean>;
  hidesReads: HidesReads;
  registry: Registry;
  log: Logger;
}

const RECONCILE_MS = 5_000;
/** How long a version may be on its way to this router before the hub reads it from the feed. */
const GRACE_MS = 500;
const RECHECK_MS = 60_000;

/**
 * Live subscriptions of one router. Pubsub brings changes quickly but may lose them; the feeds in the database say what
 * is missing. See docs/architecture.md, "Live streams".
 */
export class Hub implements LiveStreams {
  /** By the name of their field in Subscription. */
  private readonly streams: Map<string, RootStream>;
  private reader: OperationReader;
  private readonly devices: DeviceStreams;
  private readonly periodic: Periodic;
  private subscriptions: Unsubscribe[] = [];

  constructor(private readonly deps: HubDependencies) {
    const { routerId, conversations, inboxes, pubsub, ephemeral, registry, log } = deps;
    const renderer = rendererFor(deps);
    const metrics = hubMetrics(deps.registry);
    const ofConversations = new ConversationStream(conversations, pubsub, renderer, metrics);
    const onHidden: ConversationStream['hide'] = (...message) => ofConversations.hide(...message);
    this.streams = new Map<string, RootStream>([
      ['conversationEvents', ofConversations],
      ['inboxEvents', new InboxStream(routerId, inboxes, pubsub, ephemeral, renderer, metrics, onHidden)],
      ['presenceChanged', new PresenceStream({ feed: deps.presence, pubsub, renderer, registry, log })],
      ['typingChanged', new TypingStream({ feed: deps.typing, pubsub, renderer, log })],
      ['mediaChanged', new MediaStream({ feed: deps.media, pubsub, renderer, log })],
    ]);
    this.reader = this.readerOf(deps.schema, deps.perViewer);
    this.devices = new DeviceStreams(deps.isSignedIn);
    this.periodic = new Periodic((error) => log.warn({ err: error }, 'live streams: a periodic check failed'));
  }

  async start(): Promise<void> {
    const streams = [...this.streams.values()];
    this.subscriptions = await Promise.all([
      this.listenForRevocations(),
      ...streams.flatMap((stream) => stream.start?.() ?? []),
    ]);
    this.periodic.every(RECONCILE_MS, () => this.reconcile());
    this.periodic.every(RECONCILE_MS, () =>
      regroupByClass(
        streams.flatMap((stream) => [...(stream.joined?.() ?? [])]),
        this.deps.hidesReads,
      ),
    );
    for (const stream of streams) {
      this.periodic.every(HEARTBEAT_MS, async () => stream.heartbeat?.());
      this.periodic.every(RECHECK_MS, async () => stream.recheck?.());
    }
  }

  /** Subscriptions that come from now on are read by another schema; those that run stay as they are. */
  replaceSchema(schema: GraphQLSchema, perViewer: Set<string>): void {
    this.reader = this.readerOf(schema, perViewer);
  }

  async stop(): Promise<void> {
    this.periodic.stop();
    await Promise.all(this.subscriptions.map((unsubscribe) => unsubscribe()));
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

  private readerOf(schema: GraphQLSchema, perViewer: Set<string>): OperationReader {
    // Whose presence a viewer may see is decided before a change is executed.
    const dependent = new Set([...perViewer].filter((field) => field !== 'PresenceChange.presence'));
    return new OperationReader(schema, dependent, async (userId) => (await this.deps.hidesReads([userId])).has(userId));
  }

  private async open(operation: LiveOperation): Promise<void> {
    const { caller, sink } = operation;
    if (caller.kind !== 'person')
      throw new Fault('UNAUTHENTICATED', 'Sign in first: send { "authorization": "Bearer …" } in connection_init.');
    const { name, args, group } = await this.reader.read(operation, caller);
    const stream = this.streams.get(name);
    if (!stream) throw new Fault('BAD_USER_INPUT', `This router does not serve the subscription ${name}.`);
    // Before it opens, so that a sign-out meanwhile ends it too.
    this.devices.add(caller.deviceId, sink);
    await stream.open({ viewer: caller, args, group, sink });
  }

  private listenForRevocations(): Promise<Unsubscribe> {
    const { pubsub, log } = this.deps;
    return pubsub.subscribe(
      channels.revocations,
      (message) => {
        for (const deviceId of (JSON.parse(message) as Revocation).deviceIds) this.devices.revoke(deviceId);
      },
      () => void this.devices.check().catch((error: unknown) => log.warn({ err: error }, 'devices not checked')),
    );
  }

  private async reconcile(): Promise<void> {
    const found = await Promise.all(
      [...this.streams.values()].map(async (stream) => (await stream.findBehind?.()) ?? []),
    );
    const repairs = found.flat();
    if (repairs.length === 0) return;
    setTimeout(() => {
      for (const repair of repairs) repair();
    }, GRACE_MS).unref();
  }
}

function rendererFor({ planOf, runEvent }: HubDependencies): Renderer {
  return new Renderer((group, variables, event, caller) => {
    const plan = planOf(group.document, group.operationName);
    return plan.execute(
      variables,
      (query, primaryVariables, operationName) =>
        runEvent(plan.subgraph, { query, variables: primaryVariables, operationName }, caller, {
          [group.rootField]: event,
        }),
      caller,
    );
  });
}
