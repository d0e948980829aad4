import { channels } from '../../schema/live.js';
import type { PubSub } from '../pubsub/port.js';
import type { Log } from '../telemetry/log.js';
import { startLoop, type Loop } from '../worker/loop.js';
import type { Shards } from './shards.js';

const POLL_MS = 2_000;

/**
 * Keeps the map of this process up to date: looks when told that it has changed, and every 2 s besides. Nothing depends on
 * how soon: a shard refuses what is not its own.
 */
export async function watchShards(options: { shards: Shards; pubsub: PubSub; log: Log }): Promise<Pick<Loop, 'stop'>> {
  const { shards, pubsub, log } = options;
  const turn = async () => {
    await shards.refresh();
    return false;
  };
  const loop = startLoop({ name: 'shard map', turn, pollMs: POLL_MS, log });
  const poke = () => loop.poke();
  const unsubscribe = await pubsub.subscribe(channels.shardMap, poke, poke);
  return {
    stop: async () => {
      await unsubscribe();
      await loop.stop();
    },
  };
}
