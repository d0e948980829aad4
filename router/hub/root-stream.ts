import type { Person } from '../../platform/auth/caller.js';
import type { Unsubscribe } from '../../platform/pubsub/port.js';
import type { Sink } from '../live-streams.js';
import type { FeedTopic } from './feed-topic.js';
import type { RenderGroup } from './renderer.js';
import type { Subscriber } from './subscriber.js';

/** One subscription to open: who asks, the coerced arguments of its root field, and where its events go. */
export interface StreamRequest {
  viewer: Person;
  args: Record<string, unknown>;
  group: RenderGroup;
  sink: Sink;
}

/** What serves one root field of Subscription. The hub knows it by the field's name. */
export interface RootStream {
  /** Resolves once the stream runs; throws a GraphQLError where it is refused. The sink may have closed meanwhile. */
  open(request: StreamRequest): Promise<void>;
  /** Listens for what all its subscriptions share; resolves with what ends that. */
  start?(): Promise<Unsubscribe>;
  /** Its subscriptions that run on a topic, for what may change of their viewers. */
  joined?(): Iterable<Joined>;
  /** Every 5 s: which subscriptions stand behind what the database has, as repairs to run after a grace. */
  findBehind?(): Promise<Repair[]>;
  /** Every 15 s: renews what others know of this router and forget when it dies. */
  heartbeat?(): Promise<void>;
  /** Every minute: looks anew at who may see what. */
  recheck?(): Promise<void>;
}

export interface Joined {
  topic: FeedTopic;
  subscriber: Subscriber;
}

/** Does nothing where what was missing has come meanwhile. */
export type Repair = () => void;

export const HEARTBEAT_MS = 15_000;
