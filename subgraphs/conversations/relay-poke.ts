import type { PubSub } from '../../platform/pubsub/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import { channels } from '../../schema/live.js';

/** Tells the relay of the shard of this id that its outbox has news. */
export type RelayPoke = (id: string) => Promise<void>;

/** What was committed is relayed anyway within 250 ms: a failure here is nobody's error. */
export function relayPoke(shards: Shards, pubsub: PubSub): RelayPoke {
  return (id) => pubsub.publish(channels.outbox(shards.of(id).name), '').catch(() => undefined);
}
