import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '../config/start-error.js';
import type { MoveSession } from '../database/move-session.js';
import type { BucketRange } from '../database/move-tables.js';
import {
  clearRange,
  copyProgress,
  NotLogical,
  startReplication,
  stopReplication,
  type Replication,
} from '../database/replicate-range.js';
import { handOver, release, size, takeRange } from './hand-over.js';
import { assignRange, ownersOf, readMap, writeMap } from './shard-map.js';

/**
 * The steps of a move, each recorded in the directory once it is complete:
 * prepared → copied → fenced → opened → mapped → cut → done, or aborting → aborted before it is fenced.
 */
export type Step = 'prepared' | 'copied' | 'fenced' | 'opened' | 'mapped' | 'cut' | 'done' | 'aborting' | 'aborted';

export interface StoredMove {
  moveId: string;
  range: BucketRange;
  source: string;
  target: string;
  step: Step;
  heldMs: number | null;
}

export interface MoveOptions {
  directory: MoveSession;
  /** Opens a shard by its name. Throws StartError where it cannot be reached. */
  connect: (shard: string) => Promise<MoveSession>;
  /** How the server of the target reaches a shard. */
  replicationUrl: (shard: string) => string;
  /** For how long writes may be held at the switch, ms. */
  holdMs?: number;
  say?: (line: string) => void;
  /** Told of each step that is complete, and of points within them. For tests: what it throws ends the mover there. */
  reached?: (point: Step | 'held' | 'verified' | 'gave-up') => Promise<void> | void;
}

const HOLD_MS = 800;
/** In the directory: one mover at a time. */
const LOCK = 72707372;
const LOOK_MS = 100;

/** The move that is under way, or was when its mover died. */
export async function currentMove(directory: MoveSession): Promise<StoredMove | null> {
  const [row] = await directory.rows<{ from: number; to: number } & Omit<StoredMove, 'range'>>(
    `select move_id as "moveId", from_bucket as "from", to_bucket as "to", source, target, step, held_ms as "heldMs"
     from shard_move where step not in ('done', 'aborted')`,
  );
  if (!row) return null;
  const { from, to, ...move } = row;
  return { ...move, range: { from, to } };
}

/**
 * Moves a range of buckets to a shard, or goes on with the same move where it was. Resolves once the old rows are gone.
 * Throws StartError with what to do.
 */
export async function moveBuckets(range: BucketRange, target: string, options: MoveOptions): Promise<StoredMove> {
  return alone(options.directory, async () => {
    const current = await currentMove(options.directory);
    if (current) {
      const isSame = current.range.from === range.from && current.range.to === range.to && current.target === target;
      if (!isSame || current.step === 'aborting') throw underWay(current);
      return run(current, options);
    }
    return run(await plan(range, target, options), options);
  });
}

/** Goes on with the move that is under way. */
export async function resumeMove(options: MoveOptions): Promise<StoredMove> {
  return alone(options.directory, async () => {
    const move = await currentMove(options.directory);
    if (!move) throw new StartError('No move is under way.');
    return move.step === 'aborting' ? undo(move, options) : run(move, options);
  });
}

/** Gives up the move that is under way: the source keeps the range. Throws StartError once that is too late. */
export async function abortMove(options: MoveOptions): Promise<StoredMove> {
  return alone(options.directory, async () => {
    const move = await currentMove(options.directory);
    if (!move) throw new StartError('No move is under way.');
    return undo(move, options);
  });
}

async function plan(range: BucketRange, target: string, options: MoveOptions): Promise<StoredMove> {
  const { directory, connect } = options;
  const known = await directory.rows('select from shard where name = $1', [target]);
  if (known.length === 0)
    throw new StartError(`There is no shard ${target}. \`parley shards list\` names those there are.`);
  const owners = ownersOf(await readMap(directory), range);
  const [owner] = owners;
  if (!owner) throw new StartError('The map has no shards yet. Start Parley once, then try again.');
  if (owners.length > 1)
    throw new StartError(
      `The range belongs to several shards. Move each part: ${owners.map(({ from, to, shard }) => `${from}-${to} of ${shard}`).join(', ')}.`,
    );
  if (owner.shard === target) throw new StartError(`${target} has ${range.from}-${range.to} already.`);
  for (const name of [owner.shard, target]) await (await connect(name)).close();
  const move: StoredMove = { moveId: randomUUID(), range, source: owner.shard, target, step: 'prepared', heldMs: null };
  await directory.run(
    `insert into shard_move (move_id, from_bucket, to_bucket, source, target, step) values ($1, $2, $3, $4, $5, 'prepared')`,
    [move.moveId, range.from, range.to, move.source, target],
  );
  await options.reached?.('prepared');
  return move;
}

interface Sides extends Replication {
  move: StoredMove;
}

async function run(move: StoredMove, options: MoveOptions): Promise<StoredMove> {
  return between(move, options, async (sides) => {
    // A mover that died may have left writes held, or given the range up without saying so.
    if (move.step === 'copied' && (await ownedBy(sides.source, move.range)) === 0)
      await completed(move, 'fenced', options);
    let began: number | null = null;
    while (move.step !== 'done') {
      if (move.step === 'prepared') await copy(sides, options);
      else if (move.step === 'copied') began = await switchOver(sides, options);
      else if (move.step === 'fenced') await openTarget(sides, options);
      else if (move.step === 'opened') await changeMap(sides, options, began);
      else if (move.step === 'mapped') await cut(sides, options);
      else if (move.step === 'cut') await clean(sides, options);
      else throw underWay(move);
    }
    return move;
  });
}

async function copy(sides: Sides, options: MoveOptions): Promise<void> {
  const { move, source, target } = sides;
  if ((await ownedBy(target, move.range)) > 0)
    throw new StartError(`${move.target} says that it owns buckets of this range already.`);
  if ((await ownedBy(source, move.range)) !== size(move.range))
    throw new StartError(`${move.source} does not own all of this range.`);
  await startReplication(sides).catch((error: unknown) => {
    if (!(error instanceof NotLogical)) throw error;
    throw new StartError(
      `The server of ${move.source} does not replicate rows. Set wal_level = logical there, restart it, and try again.`,
    );
  });
  for (let told = -1; ; await delay(LOOK_MS)) {
    const { tables, ready } = await copyProgress(sides);
    if (ready !== told) options.say?.(`copying: ${ready} of ${tables} tables are there`);
    told = ready;
    if (tables > 0 && ready === tables) break;
  }
  await target.run('analyze');
  await completed(move, 'copied', options);
}

async function switchOver(sides: Sides, options: MoveOptions): Promise<number> {
  const began = await handOver(sides, {
    holdMs: options.holdMs ?? HOLD_MS,
    say: (line) => options.say?.(line),
    reached: (point) => options.reached?.(point),
  });
  await completed(sides.move, 'fenced', options);
  return began;
}

async function openTarget({ move, source, target }: Sides, options: MoveOptions): Promise<void> {
  // A cursor that an epoch of the source has made void may not become good again on the target.
  const { epoch } = await source.one<{ epoch: number }>('select epoch from shard_state');
  await target.run('update shard_state set epoch = $1 where epoch < $1', [epoch]);
  await takeRange(target, move.range);
  await completed(move, 'opened', options);
}

async function changeMap({ move }: Sides, options: MoveOptions, began: number | null): Promise<void> {
  const { directory } = options;
  const map = assignRange(await readMap(directory), move.range, move.target);
  const heldMs = began === null ? null : Math.round(performance.now() - began);
  await writeMap(directory, map, {
    text: `update shard_move set step = 'mapped', held_ms = $2, changed_at = now() where move_id = $1`,
    values: [move.moveId, heldMs],
  });
  move.step = 'mapped';
  move.heldMs = heldMs;
  if (heldMs !== null)
    options.say?.(`${move.range.from}-${move.range.to} is on ${move.target}; writes were held for ${heldMs} ms`);
  await options.reached?.('mapped');
}

async function cut(sides: Sides, options: MoveOptions): Promise<void> {
  await stopReplication(sides);
  await completed(sides.move, 'cut', options);
}

async function clean({ move, source }: Sides, options: MoveOptions): Promise<void> {
  if ((await ownedBy(source, move.range)) > 0) throw new Error('The source owns the range again; its rows stay.');
  await clearRange(source, move.range);
  await completed(move, 'done', options);
}

async function undo(move: StoredMove, options: MoveOptions): Promise<StoredMove> {
  return between(move, options, async (sides) => {
    if (!['prepared', 'copied', 'aborting'].includes(move.step) || (await ownedBy(sides.source, move.range)) === 0)
      throw new StartError(
        `The move is past the switch: ${move.target} has the range. \`parley shards move --resume\` ends it.`,
      );
    await completed(move, 'aborting', options);
    await release(sides);
    await stopReplication(sides);
    if ((await ownedBy(sides.target, move.range)) > 0) throw new Error('The target owns the range; its rows stay.');
    await clearRange(sides.target, move.range);
    await completed(move, 'aborted', options);
    return move;
  });
}

async function between<T>(move: StoredMove, options: MoveOptions, work: (sides: Sides) => Promise<T>): Promise<T> {
  const source = await options.connect(move.source);
  try {
    const target = await options.connect(move.target);
    try {
      const { moveId, range } = move;
      return await work({ move, moveId, range, source, target, sourceUrl: options.replicationUrl(move.source) });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function completed(move: StoredMove, step: Step, options: MoveOptions): Promise<void> {
  await options.directory.run('update shard_move set step = $2, changed_at = now() where move_id = $1', [
    move.moveId,
    step,
  ]);
  move.step = step;
  await options.reached?.(step);
}

async function ownedBy(session: MoveSession, { from, to }: BucketRange): Promise<number> {
  const { owned } = await session.one<{ owned: number }>(
    'select count(*)::int as owned from bucket_owner where bucket between $1 and $2',
    [from, to],
  );
  return owned;
}

async function alone<T>(directory: MoveSession, work: () => Promise<T>): Promise<T> {
  const { got } = await directory.one<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [LOCK]);
  if (!got) throw new StartError('Another mover is at work. `parley shards list` shows how far it is.');
  try {
    return await work();
  } finally {
    await directory.rows('select pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
  }
}

const underWay = ({ range, source, target, step }: StoredMove) =>
  new StartError(
    `A move of ${range.from}-${range.to} from ${source} to ${target} is under way (${step}). End it first: \`parley shards move --resume\`, or --abort.`,
  );
