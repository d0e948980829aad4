import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../config/start-error.js';
import { inRange, type BucketRange } from '../database/move-tables.js';
import type { MoveSession } from '../database/move-session.js';
import { catchUp, checksums, type Replication } from '../database/replicate-range.js';

export interface HandOverOptions {
  /** For how long writes may be held, ms. What takes longer is given up, and tried again. */
  holdMs: number;
  say: (line: string) => void;
  /** Called while writes are held, and once the source has given the range up. */
  reached: (point: 'held' | 'verified' | 'gave-up') => Promise<void> | void;
}

/** After this the hold ends by itself: the mover may have died. Far longer than a hold may last. */
const HOLD_EXPIRES = '5 seconds';
/** Of the hold, for the relay to take what waits in the outbox. It is told later all the same, only not in this order. */
const OUTBOX_MS = 150;
const ATTEMPTS = 5;
/** Buckets whose writers are waited for at once: each takes a lock. */
const LOCKS = 256;

/**
 * Takes a range from its source, once all it has is on the target: holds its writes, waits for those under way and for the
 * replication, compares both sides, and deletes the source's ownership. Until then nothing has happened that the end of the
 * hold does not undo. Returns when the hold began (performance.now()).
 */
export async function handOver(replication: Replication, options: HandOverOptions): Promise<number> {
  const { holdMs, say } = options;
  await compareInPeace(replication, options);
  for (let attempt = 1; ; attempt++) {
    // What is behind is brought up before anybody waits for it.
    if (!(await catchUp(replication, 600_000)))
      throw new StartError('The target does not follow the source. Its server log says why.');
    const began = performance.now();
    try {
      if (await tryHandOver(replication, options, began)) return began;
    } catch (error) {
      await release(replication);
      throw error;
    }
    await release(replication);
    if (attempt === ATTEMPTS)
      throw new StartError(
        `Writes would have been held for more than ${holdMs} ms. Nothing has changed hands. Move a smaller range, move it when there is less to do, or allow more with --hold <ms>.`,
      );
    say(`not within ${holdMs} ms; writes go on, trying again`);
    await delay(200 * attempt);
  }
}

/** Whether the comparison fits into a hold, found out while nobody waits for it. */
async function compareInPeace({ source, target, range }: Replication, { holdMs }: HandOverOptions): Promise<void> {
  const began = performance.now();
  await Promise.all([checksums(source, range), checksums(target, range)]);
  const tookMs = Math.round(performance.now() - began);
  if (tookMs > 0.8 * holdMs)
    throw new StartError(
      `Comparing both sides takes ${tookMs} ms, and writes wait meanwhile. Move a smaller range, or allow more with --hold <ms>.`,
    );
}

async function tryHandOver(replication: Replication, options: HandOverOptions, began: number): Promise<boolean> {
  const { source, target, range } = replication;
  const left = () => options.holdMs - (performance.now() - began);
  const held = await source.run(
    `update bucket_owner set held_until = clock_timestamp() + interval '${HOLD_EXPIRES}' where bucket between $1 and $2`,
    [range.from, range.to],
  );
  if (held !== size(range)) throw new Error('The source does not own all of the range.');
  await options.reached('held');
  if (!(await writersAreDone(source, range, left()))) return false;
  if (!(await catchUp(replication, left()))) return false;
  await outboxIsTaken(source, range, Math.min(OUTBOX_MS, left()));
  const sums = await Promise.all([sumsWithin(source, range, left()), sumsWithin(target, range, left())]);
  if (!sums[0] || !sums[1]) return false;
  insistEqual(sums[0], sums[1]);
  await options.reached('verified');
  if (left() < 0) return false;
  return giveUp(source, range, options);
}

/** Those who saw the bucket open hold its lock until their transaction ends; who comes later sees that it is held. */
async function writersAreDone(source: MoveSession, { from, to }: BucketRange, limitMs: number): Promise<boolean> {
  await source.run(`set lock_timeout = ${Math.max(1, Math.round(limitMs))}`);
  try {
    for (let first = from; first <= to; first += LOCKS)
      await source.rows('select pg_advisory_xact_lock(72707370, b) from generate_series($1::int, $2::int) b', [
        first,
        Math.min(to, first + LOCKS - 1),
      ]);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') return false; // lock_not_available
    throw error;
  } finally {
    await source.run('set lock_timeout = 0').catch(() => undefined);
  }
}

async function outboxIsTaken(source: MoveSession, range: BucketRange, limitMs: number): Promise<void> {
  for (const end = performance.now() + limitMs; performance.now() < end; await delay(10)) {
    const { waits } = await source.one<{ waits: boolean }>(
      `select exists (select from outbox where ${inRange('key', range)}) as waits`,
    );
    if (!waits) return;
  }
}

/**
 * Deletes the ownership. Were that committed only after the hold had ended by itself, somebody could have written in
 * between: then the source takes it back, which it can as long as nobody else has it.
 */
async function giveUp(source: MoveSession, range: BucketRange, { reached }: HandOverOptions): Promise<boolean> {
  const ends = await source.rows<{ held_until: Date }>(
    'delete from bucket_owner where bucket between $1 and $2 returning held_until',
    [range.from, range.to],
  );
  const last = Math.min(...ends.map(({ held_until }) => held_until.getTime()));
  const { now } = await source.one<{ now: Date }>('select clock_timestamp() as now');
  if (now.getTime() < last && ends.length === size(range)) {
    await reached('gave-up');
    return true;
  }
  await takeRange(source, range);
  return false;
}

/** Makes a shard the owner of a range that nobody has. */
export async function takeRange(session: MoveSession, range: BucketRange): Promise<void> {
  await session.run(
    `insert into bucket_owner (bucket) select generate_series($1::int, $2::int)
     on conflict (bucket) do update set open = true, held_until = null`,
    [range.from, range.to],
  );
}

/** Ends a hold; where the source has given the range up already, there is none. */
export async function release({ source, range }: Pick<Replication, 'source' | 'range'>): Promise<void> {
  await source.run(
    'update bucket_owner set held_until = null where bucket between $1 and $2 and held_until is not null',
    [range.from, range.to],
  );
}

export const size = ({ from, to }: BucketRange) => to - from + 1;

function insistEqual(source: Map<string, string>, target: Map<string, string>): void {
  const different = [...source].filter(([table, sum]) => target.get(table) !== sum);
  if (different.length === 0) return;
  const lines = different.map(([table, sum]) => `  ${table}: ${sum} on the source, ${target.get(table)} on the target`);
  throw new StartError(
    `The copy differs from the source, so nothing has changed hands:\n${lines.join('\n')}\nEnd this move with --abort, and look at both before another one.`,
  );
}

/** Null where it takes longer. */
async function sumsWithin(
  session: MoveSession,
  range: BucketRange,
  limitMs: number,
): Promise<Map<string, string> | null> {
  await session.run(`set statement_timeout = ${Math.max(1, Math.round(limitMs))}`);
  try {
    return await checksums(session, range);
  } catch (error) {
    if ((error as { code?: string }).code === '57014') return null; // query_canceled
    throw error;
  } finally {
    await session.run('set statement_timeout = 0').catch(() => undefined);
  }
}
