import { Fault } from '../../platform/errors/errors.js';

export const BUSY = Symbol('busy');

export interface GroupCommitOptions<Request, Outcome> {
  /**
   * Commits a batch; one outcome per request, in order. BUSY: nothing was done, it should go into the next batch.
   * `wait`: do not answer BUSY, wait instead. Must be idempotent: a batch whose fate is unknown is tried again.
   */
  commit: (batch: Request[], wait: boolean) => Promise<(Outcome | typeof BUSY)[]>;
  /** Whether an error says "not now" (tried again until the deadline) rather than "not this" (then the halves are tried). */
  isUnavailable: (error: unknown) => boolean;
  /** Requests in one batch at most. */
  maxBatch?: number;
  /** After so many ms a request fails with UNAVAILABLE; it may still have been committed. */
  deadlineMs?: number;
}

interface Entry<Request, Outcome> {
  request: Request;
  deadline: number;
  wasBusy: boolean;
  isSettled: boolean;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: requests gather while the previous batch commits, and go together as the next one. No timer delays
 * anything: a request that finds nothing in flight goes at once, alone. First come, first served; those that were busy
 * come before all others, so that nobody is overtaken on the same lock.
 */
export class GroupCommit<Request, Outcome> {
  private readonly maxBatch: number;
  private readonly deadlineMs: number;
  private queue: Entry<Request, Outcome>[] = [];
  private running: Promise<void> | null = null;
  private isStopped = false;

  constructor(private readonly options: GroupCommitOptions<Request, Outcome>) {
    this.maxBatch = options.maxBatch ?? 200;
    this.deadlineMs = options.deadlineMs ?? 4_000;
  }

  run(request: Request): Promise<Outcome> {
    if (this.isStopped) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + this.deadlineMs;
      this.queue.push({
        request,
        deadline,
        wasBusy: false,
        isSettled: false,
        resolve,
        reject,
      });
      this.start();
    });
  }

  /** Takes no more requests; resolves once those taken are answered, within their deadlines. */
  async stop(): Promise<void> {
    this.isStopped = true;
    while (this.running) await this.running;
  }

  private start(): void {
    this.running ??= this.drain().finally(() => {
      this.running = null;
      if (this.queue.length > 0) this.start();
    });
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      await new Promise(setImmediate); // what this turn of the event loop still brings goes along
      const batch = this.queue.splice(0, this.maxBatch);
      const left = await this.commitBatch(batch);
      if (left.length > 0) this.queue = [...left, ...this.queue];
    }
  }

  /** Answers a batch; returns those that are busy. */
  private async commitBatch(batch: Entry<Request, Outcome>[]): Promise<Entry<Request, Outcome>[]> {
    for (let attempt = 0; ; attempt++) {
      batch = batch.filter((entry) => !entry.isSettled);
      if (batch.length === 0) return [];
      try {
        return await this.tryOnce(batch);
      } catch (error) {
        if (this.options.isUnavailable(error)) {
          const pause = Math.min(25 * 2 ** Math.min(attempt, 5), 500) * (0.5 + Math.random() / 2);
          await this.untilDeadline(batch, error, (done) => setTimeout(done, pause));
        } else if (batch.length === 1) {
          for (const entry of batch) settle(entry, () => entry.reject(error));
        } else {
          const middle = Math.ceil(batch.length / 2);
          const busy = await this.commitBatch(batch.slice(0, middle));
          return [...busy, ...(await this.commitBatch(batch.slice(middle)))];
        }
      }
    }
  }

  private async tryOnce(batch: Entry<Request, Outcome>[]): Promise<Entry<Request, Outcome>[]> {
    // A batch of nothing but busy ones would only spin: then it waits for them.
    const wait = batch.every((entry) => entry.wasBusy);
    const work = this.options.commit(
      batch.map((entry) => entry.request),
      wait,
    );
    const outcomes = await this.untilDeadline<(Outcome | typeof BUSY)[]>(batch, null, (done, fail) => {
      work.then(done, fail);
    });
    const busy: Entry<Request, Outcome>[] = [];
    // No outcomes: all have passed their deadline, and what still runs is left alone.
    outcomes?.forEach((outcome, i) => {
      const entry = batch[i];
      if (!entry || entry.isSettled) return;
      if (outcome === BUSY) {
        entry.wasBusy = true;
        busy.push(entry);
      } else {
        settle(entry, () => entry.resolve(outcome));
      }
    });
    return busy;
  }

  /** Waits for something, failing the entries as their deadlines pass; undefined once all have. */
  private untilDeadline<T>(
    batch: Entry<Request, Outcome>[],
    cause: unknown,
    begin: (done: (value: T) => void, fail: (error: Error) => void) => void,
  ): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout;
      // Those that wait behind a batch that hangs have a deadline as well.
      const expire = () => {
        const now = Date.now();
        const open = [...batch, ...this.queue].filter((entry) => !entry.isSettled);
        for (const entry of open) if (entry.deadline <= now) settle(entry, () => entry.reject(unavailable(cause)));
        this.queue = this.queue.filter((entry) => !entry.isSettled);
        if (batch.every((entry) => entry.isSettled)) resolve(undefined);
        else arm();
      };
      const arm = () => {
        let next = Infinity;
        for (const entry of batch) if (!entry.isSettled && entry.deadline < next) next = entry.deadline;
        timer = setTimeout(expire, Math.max(1, next - Date.now()));
      };
      arm();
      begin(
        (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        (error) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }
}

function settle(entry: { isSettled: boolean }, answer: () => void): void {
  if (entry.isSettled) return;
  entry.isSettled = true;
  answer();
}

function unavailable(cause?: unknown): Fault {
  return new Fault(
    'UNAVAILABLE',
    'The message could not be stored right now. Try again with the same clientMessageId.',
    {
      cause,
    },
  );
}
