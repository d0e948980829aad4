import { setTimeout as delay } from 'node:timers/promises';
import type { MoveSession } from './move-session.js';
import { inRange, movedTables, type BucketRange } from './move-tables.js';

/** A move, as its two databases know it. */
export interface Replication {
  moveId: string;
  range: BucketRange;
  source: MoveSession;
  target: MoveSession;
  /** How the target's server reaches the source. */
  sourceUrl: string;
}

const LOOK_MS = 10;

/** Of the publication, the slot and the subscription: on servers that hold several databases they must not meet. */
const nameOf = ({ moveId }: Pick<Replication, 'moveId'>) => `parley_move_${moveId.replaceAll('-', '')}`;

/**
 * Makes what is missing of the replication of a range. The slot is made apart from the subscription: a server that
 * subscribes to itself would wait for itself.
 */
export async function startReplication(replication: Replication): Promise<void> {
  const { source, target, range, sourceUrl, moveId } = replication;
  const name = nameOf(replication);
  const { level } = await source.one<{ level: string }>(`select current_setting('wal_level') as level`);
  if (level !== 'logical') throw new NotLogical();
  const { known } = await target.one<{ known: number }>(
    'select count(*)::int as known from pg_subscription where subname = $1',
    [name],
  );
  if (known > 0) {
    await target.run(`alter subscription ${name} connection ${target.literal(sourceUrl)}`);
    return;
  }
  await stopSource(replication);
  await clearRange(target, range);
  const tables = Object.entries(movedTables).map(([table, column]) => `${table} where (${inRange(column, range)})`);
  await source.run(
    `create publication ${name} for table ${tables.join(', ')}, move_mark where (move_id = ${source.literal(moveId)}::uuid)`,
  );
  await source.rows(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [name]);
  await target.run(
    `create subscription ${name} connection ${target.literal(sourceUrl)} publication ${name} with (create_slot = false, slot_name = ${name})`,
  );
}

/** The embedded server has it; of others it is the operator's to set. */
export class NotLogical extends Error {}

/** How far the initial copy is. */
export async function copyProgress(replication: Replication): Promise<{ tables: number; ready: number }> {
  return replication.target.one(
    `select count(*)::int as tables, count(*) filter (where srsubstate = 'r')::int as ready
     from pg_subscription_rel r join pg_subscription s on s.oid = r.srsubid where s.subname = $1`,
    [nameOf(replication)],
  );
}

/** Resolves once all that was committed on the source before this call is on the target. False after `limitMs`. */
export async function catchUp({ source, target, moveId }: Replication, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  const { mark } = await source.one<{ mark: number }>(
    `insert into move_mark as m (move_id, mark) values ($1, 1) on conflict (move_id) do update set mark = m.mark + 1 returning mark`,
    [moveId],
  );
  for (;;) {
    const [row] = await target.rows<{ mark: number }>('select mark from move_mark where move_id = $1', [moveId]);
    if ((row?.mark ?? 0) >= mark) return true;
    if (performance.now() > end) return false;
    await delay(LOOK_MS);
  }
}

/** Bytes of the source's log that the target has not confirmed; null while there is no slot. */
export async function lagOf(replication: Pick<Replication, 'moveId' | 'source'>): Promise<number | null> {
  const [row] = await replication.source.rows<{ lag: number }>(
    'select (pg_current_wal_lsn() - confirmed_flush_lsn)::float8 as lag from pg_replication_slots where slot_name = $1',
    [nameOf(replication)],
  );
  return row?.lag ?? null;
}

/** Ends the replication for good. The subscription goes first: what is deleted on the source must not be deleted there. */
export async function stopReplication(replication: Replication): Promise<void> {
  const name = nameOf(replication);
  const { target } = replication;
  const { known } = await target.one<{ known: number }>(
    'select count(*)::int as known from pg_subscription where subname = $1',
    [name],
  );
  if (known > 0) {
    await target.run(`alter subscription ${name} disable`);
    await target.run(`alter subscription ${name} set (slot_name = none)`);
    await target.run(`drop subscription ${name}`);
  }
  await stopSource(replication);
  await target.run('delete from move_mark where move_id = $1', [replication.moveId]);
}

async function stopSource(replication: Pick<Replication, 'moveId' | 'source'>): Promise<void> {
  const name = nameOf(replication);
  const { source } = replication;
  for (const end = performance.now() + 10_000; ; await delay(50)) {
    // Those of the initial copy of tables are the server's own and go with it. A worker that is still ending holds the slot.
    await source.rows(
      `select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active_pid is not null`,
      [name],
    );
    try {
      await source.rows('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [
        name,
      ]);
      break;
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || performance.now() > end) throw error; // object_in_use
    }
  }
  await source.run(`drop publication if exists ${name}`);
  await source.run('delete from move_mark where move_id = $1', [replication.moveId]);
}

/** 4 MB of a table. */
const BLOCKS = 512;

/** Deletes all rows of a range, a piece of each table at a time. What it finds half done it ends. */
export async function clearRange(session: MoveSession, range: BucketRange): Promise<void> {
  for (const [table, column] of Object.entries(movedTables)) {
    const { blocks } = await session.one<{ blocks: number }>(
      `select (pg_relation_size('${table}') / current_setting('block_size')::int)::int as blocks`,
    );
    for (let from = 0; from < blocks; from += BLOCKS)
      await session.run(
        `delete from ${table} where ctid >= '(${from},0)' and ctid < '(${from + BLOCKS},0)' and ${inRange(column, range)}`,
      );
  }
}

/**
 * By table: how many rows a range has, and a sum over what they hold that does not depend on their order. The large tables
 * are reached through the heads of the range, so that it costs what the range holds, not what the shard holds.
 */
export async function checksums(session: MoveSession, range: BucketRange): Promise<Map<string, string>> {
  const parts = Object.entries(movedTables).map(
    ([table, column]) =>
      `select '${table}' as name, count(*) || ' rows, sum ' || coalesce(sum(hashtextextended(t::text, 0)), 0) as sum
       from ${table} t where ${large.has(table) ? throughHeads(column, range) : inRange(column, range)}`,
  );
  const rows = await session.rows<{ name: string; sum: string }>(parts.join(' union all '));
  return new Map(rows.map(({ name, sum }) => [name, sum]));
}

const large = new Set(['message', 'reaction', 'member', 'member_span', 'conversation_media', 'inbox']);
const throughHeads = (column: string, range: BucketRange) =>
  `${column} in (select ${column} from ${column === 'user_id' ? 'inbox_head' : 'conversation_head'} where ${inRange(column, range)})`;
