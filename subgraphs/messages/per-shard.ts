import type { ShardClient } from '../../platform/database/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import { groupBy } from '../../platform/worker/group-by.js';

/** Reads what many keys name, with one statement for each shard that has some of them. */
export async function perShard<Key, Row>(
  shards: Shards,
  keys: readonly Key[],
  uuidOf: (key: Key) => string,
  read: (db: ShardClient, keys: Key[]) => PromiseLike<Row[]>,
): Promise<Row[]> {
  const groups = groupBy(keys, (key) => shards.of(uuidOf(key)));
  const parts = await Promise.all([...groups].map(([{ db }, own]) => read(db, own)));
  return parts.flat();
}
