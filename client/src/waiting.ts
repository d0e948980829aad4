import { delayOf, type Backoff } from './backoff.js';
import type { Environment } from './environment.js';
import type { ParleyError } from './errors.js';

/** Waits between attempts, until somebody says that it is worth while to try at once. */
export class Waiting {
  private better = new AbortController();

  constructor(
    private readonly environment: Pick<Environment, 'now' | 'random' | 'sleep'>,
    private readonly backoff: Backoff,
  ) {}

  /** Before the attempt after so many failures in a row; not before the problem's `retryAt`. */
  async before(problem: ParleyError, failures: number, signal: AbortSignal): Promise<void> {
    const { now, random, sleep } = this.environment;
    const delay = delayOf(failures, this.backoff, random);
    const wait = problem.retryAt === null ? delay : Math.max(delay, problem.retryAt - now());
    await sleep(wait, AbortSignal.any([this.better.signal, signal])).catch(() => undefined);
  }

  hurry(): void {
    this.better.abort();
    this.better = new AbortController();
  }
}
