import type { MoveSession } from '../database/move-session.js';

/**
 * For data that came back from a backup: versions that devices have seen since are given again, to other changes. Makes every
 * cursor of before void, so that devices read all anew instead of missing those. Returns the shards' names; once more does no
 * harm.
 */
export async function voidCursors(
  directory: MoveSession,
  connect: (shard: string) => Promise<MoveSession>,
): Promise<string[]> {
  const shards = await directory.rows<{ name: string }>('select name from shard order by added_at, name');
  for (const { name } of shards) {
    const session = await connect(name);
    try {
      await session.run('update shard_state set epoch = epoch + 1');
    } finally {
      await session.close();
    }
  }
  // Last: each process that notices reads the epochs anew.
  await directory.run('update shard_map_version set version = version + 1');
  return shards.map(({ name }) => name);
}
