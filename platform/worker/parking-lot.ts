import type { Holding, KeptRecord, KeptTopics, StoredRecord } from '../event-log/port.js';
import type { Log } from '../telemetry/log.js';
import type { Failure } from './attempts.js';
import { groupBy } from './group-by.js';
import { deadTopic, failed, retryTopic, toKept, waiting } from './letter.js';
import { workOff, type Lane, type LaneRules } from './parked-lane.js';
import type { WorkerMetrics } from './worker-metrics.js';

export interface LotOptions extends LaneRules {
  holding: Holding;
  kept: KeptTopics;
  worker: string;
  /** Whose events it takes. */
  sources: readonly string[];
  /** Keys worked off side by side, at most. */
  concurrency: number;
  /** How often to look for what was put here by others: dead letters to replay. */
  lookMs: number;
  metrics: WorkerMetrics;
  log: Log;
}

/** After the log or onDead failed. */
const AGAIN_MS = 1_000;

/**
 * The events of one partition that a worker has parked: they lie in its retry topics, under the positions they came from,
 * and are tried again when their time comes, those of one key in order. While a worker that needs the order has something
 * parked of a key, what comes later of it queues here, too. Only the member that holds the partition has a lot of it.
 *
 * In memory it has the keys alone; records are read when they are due. A key leaves once a read finds nothing of it and
 * nothing was added meanwhile.
 */
export class ParkingLot {
  private readonly lanes = new Map<string, Lane>();
  private readonly running = new Set<Promise<void>>();
  private readonly retryTopics: string[];
  /** Being handled outside of here right now. */
  private busy: ReadonlySet<string> = new Set();
  private looking: Promise<void> | null = null;
  private looker: { stop(): void } | undefined;
  private waker: NodeJS.Timeout | undefined;
  private isEnded = false;
  private count = 0;

  private constructor(private readonly options: LotOptions) {
    this.retryTopics = options.sources.map((source) => retryTopic(source, options.worker));
  }

  /** Resolves once it knows which keys are parked. */
  static async open(options: LotOptions): Promise<ParkingLot> {
    const lot = new ParkingLot(options);
    await lot.look();
    lot.looker = atMultiplesOf(options.lookMs, () => void lot.lookAgain());
    return lot;
  }

  /** Whether later events of the key must come here. */
  isParked(key: string): boolean {
    return this.options.isOrdered && this.lanes.has(key);
  }

  /** No parked event of these keys is tried until the returned function is called. */
  occupy(keys: Iterable<string>): () => void {
    if (this.options.isOrdered) this.busy = new Set(keys);
    return () => {
      if (this.busy.size === 0) return;
      this.busy = new Set();
      this.startDue();
    };
  }

  /** For an event that has failed in place. */
  async park(record: StoredRecord, failure: Failure): Promise<void> {
    const { worker, pausesMs, log } = this.options;
    log.error({ err: failure.error, worker, key: record.key, position: String(record.position) }, 'an event is parked');
    const letter = { ...failed(waiting(record.value), failure), pauses: 1 };
    await this.add([toKept(record, retryTopic(record.topic, worker), letter, Date.now() + (pausesMs[0] ?? 0))]);
  }

  /** For events whose key is parked. What is before the first parked one was finished earlier, and comes once more. */
  async follow(records: StoredRecord[]): Promise<void> {
    const open = records.filter(({ key, position }) => position >= (this.lanes.get(key)?.first ?? 0n));
    const now = Date.now();
    await this.add(
      open.map((record) => toKept(record, retryTopic(record.topic, this.options.worker), waiting(record.value), now)),
    );
  }

  /** For what nobody can read: straight to the dead letters. */
  async bury(records: { record: StoredRecord; error: Error }[]): Promise<void> {
    const { kept, holding, worker, metrics, log } = this.options;
    const now = Date.now();
    const add = records.map(({ record, error }) => {
      const letter = failed(waiting(record.value), { error, attempts: 0, firstAt: now, lastAt: now });
      return toKept(record, deadTopic(record.topic, worker), letter, now);
    });
    await kept.change(holding.partition, { add });
    metrics.died(records.length);
    for (const { record, error } of records)
      log.error(
        { err: error, worker, key: record.key, position: String(record.position) },
        'an event is a dead letter',
      );
  }

  /** Waits for the attempts that run. */
  async stop(): Promise<void> {
    this.isEnded = true;
    this.looker?.stop();
    clearTimeout(this.waker);
    await this.looking?.catch(() => undefined);
    await Promise.all(this.running);
    this.options.metrics.parked(this.options.holding.partition, 0);
  }

  private async add(records: KeptRecord[]): Promise<void> {
    if (records.length === 0) return;
    const lanes = [...groupBy(records, (record) => record.key)].map(([key, [first]]) => this.laneOf(key, first!));
    for (const lane of lanes) lane.adding++;
    try {
      await this.options.kept.change(this.options.holding.partition, { add: records });
      this.changeCount(records.length);
    } finally {
      for (const lane of lanes) {
        lane.adding--;
        lane.additions++;
        if (lane.wakeAt === Number.POSITIVE_INFINITY) lane.wakeAt = 0;
      }
      this.startDue();
    }
  }

  private laneOf(key: string, { position, dueAt }: { position: bigint; dueAt: number }): Lane {
    let lane = this.lanes.get(key);
    if (!lane) {
      lane = { key, first: position, wakeAt: dueAt, isRunning: false, adding: 0, additions: 0 };
      this.lanes.set(key, lane);
    } else if (!this.options.isOrdered) lane.wakeAt = Math.min(lane.wakeAt, dueAt);
    return lane;
  }

  private lookAgain(): Promise<void> {
    // Another member may have it, for good: that one looks, and counts.
    if (!this.options.holding.isHeld()) {
      this.options.metrics.parked(this.options.holding.partition, 0);
      return Promise.resolve();
    }
    this.looking ??= this.look()
      .catch((error: unknown) => {
        this.options.log.warn({ err: error, worker: this.options.worker }, 'parked events were not looked for');
      })
      .finally(() => (this.looking = null));
    return this.looking;
  }

  private async look(): Promise<void> {
    const { kept, holding, isOrdered } = this.options;
    const found = new Map((await kept.keys(holding.partition, this.retryTopics)).map((each) => [each.key, each]));
    if (this.isEnded) return;
    this.count = 0;
    for (const { key, position, count, dueAt, earliestDueAt } of found.values()) {
      const lane = this.laneOf(key, { position, dueAt: isOrdered ? dueAt : earliestDueAt });
      if (!lane.isRunning) lane.wakeAt = isOrdered ? dueAt : earliestDueAt;
      if (position < lane.first) lane.first = position;
      this.count += count;
    }
    this.changeCount(0);
    // Finished elsewhere, or never kept because the log was away: the run finds out.
    for (const lane of this.lanes.values()) if (!found.has(lane.key) && !lane.isRunning) lane.wakeAt = 0;
    this.startDue();
  }

  private startDue(): void {
    clearTimeout(this.waker);
    if (this.isEnded || !this.options.holding.isHeld()) return;
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    for (const lane of this.lanes.values()) {
      if (lane.isRunning || this.busy.has(lane.key)) continue;
      if (lane.wakeAt > now) next = Math.min(next, lane.wakeAt);
      else if (this.running.size < this.options.concurrency) this.run(lane);
    }
    if (next < Number.POSITIVE_INFINITY) this.waker = setTimeout(() => this.startDue(), next - now).unref();
  }

  private run(lane: Lane): void {
    const { worker, log, holding } = this.options;
    lane.isRunning = true;
    const run = workOff(lane, {
      ...this.options,
      topics: this.retryTopics,
      goesOn: () => !this.isEnded && holding.isHeld(),
      leave: () => this.lanes.delete(lane.key),
      changeCount: (by) => this.changeCount(by),
    })
      .catch((error: unknown) => {
        lane.wakeAt = Date.now() + AGAIN_MS;
        if (!this.isEnded) log.warn({ err: error, worker }, 'a parked event was not tried; trying again');
      })
      .then(() => {
        lane.isRunning = false;
        this.running.delete(run);
        this.startDue();
      });
    this.running.add(run);
  }

  private changeCount(by: number): void {
    this.count = Math.max(0, this.count + by);
    this.options.metrics.parked(this.options.holding.partition, this.count);
  }
}

/** All lots of a process look at the same moments, which makes one question of theirs. */
function atMultiplesOf(ms: number, look: () => void): { stop(): void } {
  let timer: NodeJS.Timeout;
  const wait = () => {
    timer = setTimeout(
      () => {
        look();
        wait();
      },
      // Timers are early by a fraction of a millisecond.
      ms - (performance.now() % ms) + 1,
    ).unref();
  };
  wait();
  return { stop: () => clearTimeout(timer) };
}
