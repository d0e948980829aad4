import type { KeptRecord, KeptTopics, StoredRecord } from '../event-log/port.js';
import type { Log } from '../telemetry/log.js';
import type { Failure } from './attempts.js';
import { deadTopic, failed, letterOf, parseTopic, toKept, type Letter } from './letter.js';
import type { WorkerMetrics } from './worker-metrics.js';

/** The parked events of one key. */
export interface Lane {
  readonly key: string;
  /** All before this position is finished. */
  first: bigint;
  /** Epoch ms. */
  wakeAt: number;
  isRunning: boolean;
  /** Additions under way, and those that have ended. */
  adding: number;
  additions: number;
}

export interface LaneRules {
  /** The first event of a key comes before its others. */
  isOrdered: boolean;
  /** Events that have not failed yet and are handed over at once, at most. */
  batchSize: number;
  pausesMs: readonly number[];
  /** One attempt on source records; waits where a service is out. */
  attempt(records: StoredRecord[]): Promise<Failure | null>;
  /** Null where nobody is to be told. At least once; repeated until it succeeds. */
  onDead: ((record: StoredRecord, error: Error) => Promise<void>) | null;
  metrics: WorkerMetrics;
  log: Log;
}

export interface LaneRun extends LaneRules {
  kept: KeptTopics;
  holding: { partition: string };
  topics: readonly string[];
  goesOn(): boolean;
  /** Later events of the key need not come here any more. */
  leave(): void;
  changeCount(by: number): void;
}

const PAGE = 100;

/** Tries what is due of one key, and sets when to come again, or leaves when nothing is left of it. */
export async function workOff(lane: Lane, run: LaneRun): Promise<void> {
  let singles = 0;
  while (run.goesOn()) {
    const additionsBefore = lane.additions;
    const records = await read(lane, run);
    const [first] = records;
    if (!first) {
      if (lane.adding === 0 && lane.additions !== additionsBefore) continue;
      if (lane.adding === 0) run.leave();
      lane.wakeAt = Number.POSITIVE_INFINITY; // an addition under way sets it
      return;
    }
    if (run.isOrdered) lane.first = first.position;
    const due = run.isOrdered ? (first.dueAt <= Date.now() ? records : []) : records.filter(isDue);
    if (due.length === 0) {
      lane.wakeAt = Math.min(...(run.isOrdered ? [first] : records).map((record) => record.dueAt));
      return;
    }
    const together = singles > 0 ? due.slice(0, 1) : untried(due, run.batchSize);
    if (await handle(together, run)) singles--;
    else singles = together.length;
  }
}

const isDue = (record: KeptRecord) => record.dueAt <= Date.now();

/** The first page; where order does not matter, the first one that has something due, or else the last. */
async function read(lane: Lane, { kept, holding, topics, isOrdered }: LaneRun): Promise<KeptRecord[]> {
  for (let after: bigint | undefined; ;) {
    const page = await kept.read({ partition: holding.partition, topics, key: lane.key, after, limit: PAGE });
    if (isOrdered || page.length < PAGE || page.some(isDue)) return page;
    after = page.at(-1)!.position;
  }
}

/** The first one, or those that have all not failed yet. */
function untried(records: KeptRecord[], limit: number): KeptRecord[] {
  const tried = records.findIndex((record) => letterOf(record).attempts > 0);
  return records.slice(0, Math.max(1, Math.min(limit, tried < 0 ? records.length : tried)));
}

/** False when several failed together: then each is to be tried alone. */
async function handle(records: KeptRecord[], run: LaneRun): Promise<boolean> {
  const [record] = records as [KeptRecord];
  const letter = letterOf(record);
  if (letter.isGivenUp) await bury(record, letter, run);
  else {
    const failure = await run.attempt(records.map(sourceOf));
    if (!failure) {
      await run.kept.change(run.holding.partition, { remove: records });
      run.changeCount(-records.length);
    } else if (records.length > 1) return false;
    else await putOff(record, failed(letter, failure), failure.error, run);
  }
  return true;
}

async function putOff(record: KeptRecord, letter: Letter, error: unknown, run: LaneRun): Promise<void> {
  const pauseMs = run.pausesMs[letter.pauses];
  if (pauseMs !== undefined && !(error instanceof Unreadable)) {
    const next = toKept(record, record.topic, { ...letter, pauses: letter.pauses + 1 }, Date.now() + pauseMs);
    await run.kept.change(run.holding.partition, { replace: [next] });
    return;
  }
  // Kept first: what was given up stays so when the process dies before everybody was told.
  const givenUp = { ...letter, isGivenUp: true };
  await run.kept.change(run.holding.partition, { replace: [toKept(record, record.topic, givenUp, Date.now())] });
  await bury(record, givenUp, run);
}

/** A parked event that nobody can read. */
export class Unreadable extends Error {}

async function bury(record: KeptRecord, { isGivenUp: _, ...letter }: Letter, run: LaneRun): Promise<void> {
  const { source, worker } = parseTopic(record.topic)!;
  await run.onDead?.(sourceOf(record), new Error(letter.error?.message ?? 'unknown'));
  await run.kept.change(run.holding.partition, {
    add: [toKept(record, deadTopic(source, worker), letter, Date.now())],
    remove: [record],
  });
  run.changeCount(-1);
  run.metrics.died(1);
  const { error, attempts } = letter;
  run.log.error(
    { err: error, worker, key: record.key, position: String(record.position), attempts },
    'an event is a dead letter',
  );
}

function sourceOf({ dueAt: _, ...record }: KeptRecord): StoredRecord {
  return { ...record, topic: parseTopic(record.topic)!.source, value: letterOf({ ...record, dueAt: 0 }).value };
}
