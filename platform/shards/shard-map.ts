import type { MoveSession } from '../database/move-session.js';
import type { BucketRange } from '../database/move-tables.js';

export interface MappedRange extends BucketRange {
  shard: string;
}

/** Ranges in order, both ends included. */
export async function readMap(directory: MoveSession): Promise<MappedRange[]> {
  return directory.rows<MappedRange & Record<string, unknown>>(
    'select from_bucket as "from", to_bucket as "to", shard from shard_map order by from_bucket',
  );
}

/** The map in which a range belongs to a shard. Ranges of one shard that touch are one. */
export function assignRange(map: readonly MappedRange[], range: BucketRange, shard: string): MappedRange[] {
  const rest = map.flatMap((each) => [
    { ...each, to: Math.min(each.to, range.from - 1) },
    { ...each, from: Math.max(each.from, range.to + 1) },
  ]);
  const pieces = [...rest, { ...range, shard }].filter(({ from, to }) => from <= to).sort((a, b) => a.from - b.from);
  const merged: MappedRange[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (last?.shard === piece.shard && last.to + 1 === piece.from) last.to = piece.to;
    else merged.push({ ...piece });
  }
  return merged;
}

/** Who has a range: more than one where it crosses a border. */
export function ownersOf(map: readonly MappedRange[], range: BucketRange): MappedRange[] {
  return map
    .filter(({ from, to }) => from <= range.to && to >= range.from)
    .map((each) => ({ ...each, from: Math.max(each.from, range.from), to: Math.min(each.to, range.to) }));
}

/** Writes the map with its next version, and what belongs to the same moment, in one transaction. */
export async function writeMap(
  directory: MoveSession,
  map: readonly MappedRange[],
  also: { text: string; values: unknown[] },
): Promise<void> {
  await directory.run('begin');
  try {
    await directory.run('delete from shard_map');
    await directory.run(
      'insert into shard_map (from_bucket, to_bucket, shard) select * from unnest($1::int[], $2::int[], $3::text[])',
      [map.map(({ from }) => from), map.map(({ to }) => to), map.map(({ shard }) => shard)],
    );
    await directory.run('update shard_map_version set version = version + 1');
    await directory.run(also.text, also.values);
    await directory.run('commit');
  } catch (error) {
    await directory.run('rollback').catch(() => undefined);
    throw error;
  }
}
