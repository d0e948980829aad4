import type { Log } from '../telemetry/log.js';
import type { Consumption, StoredRecord } from './port.js';
import type { Tenure } from './tenure.js';

export interface LaneOptions {
  /** As the port names it. */
  name: string;
  consumption: Consumption;
  /** Commits that all before this offset is handled. */
  commit(offset: bigint): Promise<void>;
  log: Log;
}

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [50, 2_000];
const UNSURE_PAUSE_MS = 50;
/** How long after a failed commit it is tried again, unless a later one comes first. */
const COMMIT_AGAIN_MS = 1_000;

/** The records of one partition on their way through the handler of a group's member, a batch at a time. */
export class KafkaLane {
  private buffer: StoredRecord[] = [];
  private tenure: Tenure | null = null;
  private isTold = false;
  private isHandling = false;
  private isStopping = false;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private failures = 0;
  private notBefore = Number.NEGATIVE_INFINITY;
  private done: bigint | null = null;
  private committing: Promise<void> | null = null;
  private wake: () => void = () => undefined;
  private readonly idlers = new Set<() => void>();
  private readonly running: Promise<void>;

  constructor(private readonly options: LaneOptions) {
    this.running = this.run();
  }

  /** The member has the partition, from now on under this tenure. What is not committed comes again. */
  begin(tenure: Tenure): void {
    this.end();
    this.tenure = tenure;
    this.wake();
  }

  /** The member may have lost it. */
  end(): void {
    this.tenure?.end();
    this.tenure = null;
    this.isTold = false;
    this.buffer = [];
    this.done = null;
    this.notice();
  }

  push(records: StoredRecord[]): void {
    if (!this.tenure || this.isStopping) return;
    this.buffer.push(...records);
    this.wake();
  }

  /** Whether there is nothing to do right now but to gather more. */
  isIdle(): boolean {
    if (this.isHandling) return false;
    return this.buffer.length === 0 || (this.options.consumption.withinMs !== undefined && !this.isFull());
  }

  /** Resolves as soon as it is idle. */
  idle(): Promise<void> {
    if (this.isIdle() || this.isStopping) return Promise.resolve();
    return new Promise((resolve) => this.idlers.add(resolve));
  }

  /** Waits for the handler that runs, and commits. The tenure ends with it. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.running;
    await this.commit();
    this.end();
  }

  private isFull(): boolean {
    return this.buffer.length >= this.options.consumption.maxBatch;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const pauseMs = this.pauseMs();
      if (pauseMs > 0) {
        this.notice();
        await this.pause(pauseMs);
        continue;
      }
      this.isHandling = true;
      try {
        await this.step();
        if (this.failures > 0) this.options.log.info(this.named(), 'works again');
        this.failures = 0;
      } catch (error) {
        if (this.failures++ === 0) this.options.log.error({ ...this.named(), err: error }, 'failed; trying again');
        this.notBefore = performance.now() + backoff(this.failures);
      } finally {
        this.isHandling = false;
      }
    }
    this.notice();
  }

  /** How long there is nothing to do, unless it is woken. */
  private pauseMs(): number {
    const { tenure } = this;
    if (!tenure) return Number.POSITIVE_INFINITY;
    // The next heartbeat says whether it is held still.
    if (!tenure.isHeld()) return UNSURE_PAUSE_MS;
    const { consumption } = this.options;
    const { withinMs } = consumption;
    const isToBeTold = !this.isTold && consumption.assigned !== undefined;
    if (this.buffer.length === 0 && !isToBeTold) return Number.POSITIVE_INFINITY;
    const gathers = !isToBeTold && withinMs !== undefined && !this.isFull();
    return Math.max(this.notBefore, gathers ? this.lookedAt + withinMs : 0) - performance.now();
  }

  private async step(): Promise<void> {
    const { consumption } = this.options;
    const { tenure } = this;
    if (!tenure) return;
    if (!this.isTold && consumption.assigned) {
      await consumption.assigned(tenure);
      if (this.tenure === tenure) this.isTold = true;
      return;
    }
    const batch = this.buffer.slice(0, consumption.maxBatch);
    this.lookedAt = performance.now();
    await consumption.handle(batch);
    if (this.tenure !== tenure) return; // passed on meanwhile: whoever has it sees them again
    this.buffer.splice(0, batch.length);
    // A position is one more than the offset, so it is the next offset.
    this.done = batch.at(-1)!.position;
    void this.commit();
  }

  /** Commits what is done; one request at a time, the newest. */
  private commit(): Promise<void> {
    if (!this.committing && this.isToCommit()) this.committing = this.commitAll();
    return this.committing ?? Promise.resolve();
  }

  private isToCommit(): boolean {
    return this.done !== null && this.tenure !== null && this.tenure.isHeld();
  }

  private async commitAll(): Promise<void> {
    try {
      while (this.isToCommit()) {
        const done = this.done!;
        await this.options.commit(done);
        if (this.done === done) this.done = null;
      }
    } catch (error) {
      this.options.log.debug({ ...this.named(), err: error }, 'a position was not committed');
      if (!this.isStopping) setTimeout(() => void this.commit(), COMMIT_AGAIN_MS).unref();
    } finally {
      this.committing = null;
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.isStopping) this.wake();
    });
  }

  private notice(): void {
    if (!this.isIdle() && !this.isStopping) return;
    for (const resolve of this.idlers) resolve();
    this.idlers.clear();
  }

  private named(): { group: string; partition: string } {
    return { group: this.options.consumption.group, partition: this.options.name };
  }
}

function backoff(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
}
