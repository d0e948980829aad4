import { setTimeout as delay } from 'node:timers/promises';
import { isUnavailable } from '../database/unavailable.js';

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

export class AttemptTimedOut extends Error {
  override readonly name = 'AttemptTimedOut';
  constructor(ms: number) {
    super(`The handler did not end within ${ms} ms.`);
  }
}

/**
 * Whether nothing of this kind can succeed now, whatever the event: the database is away, or a circuit breaker is open.
 * That is no fault of the event. A bucket on the move (PY001) is one of a few keys only.
 */
export function isOutage(error: unknown): boolean {
  if ((error as { isBrokenCircuitError?: boolean } | null)?.isBrokenCircuitError === true) return true;
  return isUnavailable(error) && !String(error).includes('PY001');
}

export interface Attempts {
  retry: Retry;
  /** Once aborted, nothing is tried again. */
  stopping: AbortSignal;
  onFailure: (error: unknown) => void;
}

/**
 * Calls until it succeeds, at most 1 + `inPlace` times, and returns what failed otherwise. A call that takes too long is
 * told so by its signal, counts as failed, and is not repeated here: others would wait for it. An outage counts as no
 * attempt: it is waited for. Throws the last error once `stopping` is aborted.
 */
export async function attempt(
  call: (signal: AbortSignal) => Promise<void>,
  inPlace: number,
  { retry, stopping, onFailure }: Attempts,
): Promise<Failure | null> {
  let failure = null as Failure | null;
  for (let pauses = 0; ; pauses++) {
    try {
      await withTimeLimit(call, retry.attemptMs);
      return null;
    } catch (error) {
      onFailure(error);
      const longest = Math.min(retry.longestPauseMs, retry.firstPauseMs * 2 ** Math.min(pauses, 20));
      if (!isOutage(error)) {
        const now = Date.now();
        failure = { error, attempts: (failure?.attempts ?? 0) + 1, firstAt: failure?.firstAt ?? now, lastAt: now };
        if (failure.attempts > inPlace || error instanceof AttemptTimedOut) return failure;
      }
      await delay(longest * Math.random(), undefined, { signal: stopping }).catch(() => undefined);
      if (stopping.aborted) throw error;
    }
  }
}

async function withTimeLimit(call: (signal: AbortSignal) => Promise<void>, ms: number): Promise<void> {
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new AttemptTimedOut(ms);
      reject(error);
      limit.abort(error);
    }, ms);
  });
  try {
    await Promise.race([call(limit.signal), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
