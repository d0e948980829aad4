import type { Registry } from 'prom-client';
import { Fault } from '../platform/errors/errors.js';
import type { Log } from '../platform/telemetry/log.js';
import { createBreaker, type Breaker } from '../platform/worker/breaker.js';

/** An attempt takes longer than the index may: one that hangs is away, which is held against no event. */
export const indexRetry = { attemptMs: 30_000 };

/** The search index cannot be reached. Not that a shard cannot, which is another matter. */
class IndexIsAway extends Error {
  /** As isUnavailable has it: workers wait for it, and hold it against no event. */
  readonly code = 'ECONNREFUSED';
}

/** Awaits what the index was asked. That it is away is then told from other failures. */
export async function kept(asked: Promise<void>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'UNAVAILABLE') throw error;
    throw new IndexIsAway('the search index cannot be reached', { cause: error });
  }
}

/** One for all workers that write to the index. */
export function indexBreaker(log: Log, registry?: Registry): Breaker {
  return createBreaker({
    name: 'search-index',
    isFailure: (error) => error instanceof IndexIsAway,
    log,
    registry,
  });
}
