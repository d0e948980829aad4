import type { MoveSession } from '../database/move-session.js';
import type { BucketRange } from '../database/move-tables.js';
import { lagOf } from '../database/replicate-range.js';
import { currentMove } from './move.js';
import { readMap } from './shard-map.js';

export interface ListedShard {
  name: string;
  ranges: BucketRange[];
  isReachable: boolean;
  bytes: number;
  /** As the statistics have it. */
  conversations: number;
  /** Of a move away from it that is under way: what its target has not confirmed. */
  lagBytes: number | null;
}

/** All shards, those that cannot be reached as well. */
export async function listShards(
  directory: MoveSession,
  connect: (shard: string) => Promise<MoveSession>,
): Promise<ListedShard[]> {
  const map = await readMap(directory);
  const move = await currentMove(directory);
  const shards = await directory.rows<{ name: string }>('select name from shard order by added_at, name');
  return Promise.all(
    shards.map(async ({ name }): Promise<ListedShard> => {
      const ranges = map.filter(({ shard }) => shard === name);
      const unknown = { name, ranges, isReachable: false, bytes: 0, conversations: 0, lagBytes: null };
      const session = await connect(name).catch(() => null);
      if (!session) return unknown;
      try {
        const { bytes, conversations } = await session.one<{ bytes: number; conversations: number }>(
          `select pg_database_size(current_database())::float8 as bytes, greatest(reltuples, 0)::int as conversations
           from pg_class where oid = 'conversation'::regclass`,
        );
        const lagBytes = move?.source === name ? await lagOf({ moveId: move.moveId, source: session }) : null;
        return { ...unknown, isReachable: true, bytes, conversations, lagBytes };
      } catch {
        return unknown;
      } finally {
        await session.close();
      }
    }),
  );
}
