import type { ShardClient } from '../../platform/database/port.js';
import type { Shards } from '../../platform/shards/shards.js';

/** Reads what many keys name, with one statement for each shard that has some of them. */
export async function perShard<Key, Row>(
  shards: Shards,
  keys: readonly Key[],
  uuidOf: (key: Key) => string,
  read: (db: ShardClient, keys: Key[]) => PromiseLike<Row[]>,
): Promise<Row[]> {
  return shards.gather(keys, uuidOf, ({ db }, own) => read(db, own));
}

/** Loads all at once. Where a shard cannot answer, shard by shard: it fails its own keys, not those of others. */
export async function partly<Key, Value>(
  shards: Shards,
  keys: readonly Key[],
  uuidOf: (key: Key) => string,
  load: (keys: readonly Key[]) => Promise<Value[]>,
): Promise<(Value | Error)[]> {
  try {
    return await load(keys);
  } catch (error) {
    if (keys.length === 1) throw error;
  }
  const values = new Array<Value | Error>(keys.length);
  const answers = await shards.each(
    keys.keys(),
    (index) => uuidOf(keys[index]!),
    (_, indices) => load(indices.map((index) => keys[index]!)),
  );
  for (const answer of answers)
    answer.keys.forEach((index, i) => (values[index] = 'error' in answer ? answer.error : answer.result[i]!));
  return values;
}
