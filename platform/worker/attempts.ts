import { setTimeout as delay } from 'node:timers/promises';
import { isUnavailable } from '../database/unavailable.js';
import { isHeldBack, type Breaker } from './breaker.js';
import { AttemptTimedOut, withTimeLimit } from './time-limit.js';

export interface Retry {
  /** How often a failure is tried again at once, before the event is parked. */
  inPlace: number;
  /** Full jitter: each pause is drawn from 0 to this, which doubles with each failure. */
  firstPauseMs: number;
  /** Of those while a service is out. */
  longestPauseMs: number;
  /** For how long one call of the handler may take. */
  attemptMs: number;
  /** The pauses before each try of a parked event; after the last one it is a dead letter. */
  parkedMs: readonly number[];
  /** How often to look for dead letters that were put back to be replayed. */
  lookMs: number;
}
const [SECOND, MINUTE] = [1_000, 60_000];
export const defaultRetry: Retry = {
  inPlace: 3,
  firstPauseMs: 50,
  longestPauseMs: 30_000,
  attemptMs: 10_000,
  // An hour in all.
  parkedMs: [SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 27 * MINUTE],
  lookMs: 5_000,
};

/** A row of attempts that all failed. */
export interface Failure {
  /** The last one. */
  error: unknown;
  attempts: number;
  /** Epoch ms. */
  firstAt: number;
  lastAt: number;
}

/**
 * Whether nothing of this kind can succeed now, whatever the event: the database is away, or a circuit breaker is open.
 * That is no fault of the event. A bucket on the move (PY001) is one of a few keys only.
 */
export function isOutage(error: unknown): boolean {
  return isHeldBack(error) || (isUnavailable(error) && !String(error).includes('PY001'));
}

export interface Attempts {
  retry: Retry;
  /** Once aborted, nothing is tried again. */
  stopping: AbortSignal;
  onFailure: (error: unknown) => void;
  /** Of the outside service that is called, if one is. */
  breaker?: Breaker;
}

/**
 * Calls until it succeeds, at most 1 + `inPlace` times, and returns what failed otherwise. A call that takes too long is
 * told so by its signal, counts as failed, and is not repeated here: others would wait for it. An outage, also one that the
 * breaker tells of, counts as no attempt: it is waited for. Throws the last error once `stopping` is aborted.
 */
export async function attempt(
  call: (signal: AbortSignal) => Promise<void>,
  inPlace: number,
  { retry, stopping, onFailure, breaker }: Attempts,
): Promise<Failure | null> {
  let failure = null as Failure | null;
  for (let pauses = 0; ; pauses++) {
    await breaker?.ready(stopping);
    if (breaker && stopping.aborted) throw new Error('The worker stops.');
    try {
      const once = () => withTimeLimit(call, retry.attemptMs);
      await (breaker ? breaker.call(once) : once());
      return null;
    } catch (error) {
      if (!isHeldBack(error)) onFailure(error);
      const longest = Math.min(retry.longestPauseMs, retry.firstPauseMs * 2 ** Math.min(pauses, 20));
      if (!isOutage(error) && !breaker?.isOutage(error)) {
        const now = Date.now();
        failure = { error, attempts: (failure?.attempts ?? 0) + 1, firstAt: failure?.firstAt ?? now, lastAt: now };
        if (failure.attempts > inPlace || error instanceof AttemptTimedOut) return failure;
      }
      await delay(longest * Math.random(), undefined, { signal: stopping }).catch(() => undefined);
      if (stopping.aborted) throw error;
    }
  }
}
