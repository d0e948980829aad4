import { setTimeout as delay } from 'node:timers/promises';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import { Gauge, type Registry } from 'prom-client';
import type { Log } from '../telemetry/log.js';
import { AttemptTimedOut } from './time-limit.js';

export interface BreakerOptions {
  /** The outside service. */
  name: string;
  /**
   * Whether an error says that the service is out, as refused connections, timeouts and 5xx do, and not that it dislikes one
   * request: that must end as a dead letter.
   */
  isFailure: (error: unknown) => boolean;
  /** So many failures without a success between them open it. More than a worker's tries in place. */
  failures?: number;
  /** Then, after so long, one call is let through: it decides. */
  tryAfterMs?: number;
  log: Log;
  registry?: Registry;
}

/** Tells all who call an outside service that it is out, after a few of them have seen it. */
export interface Breaker {
  /** Rejects at once, with an error that `isHeldBack` knows, while the service is out. */
  call<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves once a call may be tried, or the signal is aborted. */
  ready(stopping: AbortSignal): Promise<void>;
  /** Whether this error came of a service that is out, so that nothing can be held against what was asked of it. */
  isOutage(error: unknown): boolean;
}

/** Whether a breaker has rejected the call without making it. */
export function isHeldBack(error: unknown): boolean {
  return (error as { isBrokenCircuitError?: boolean } | null)?.isBrokenCircuitError === true;
}

/** Of several services, each called through its own breaker: events wait while any of them is out. */
export function eachOf(breakers: readonly Breaker[]): Breaker {
  return {
    call: (work) => work(),
    ready: async (stopping) => {
      for (const breaker of breakers) await breaker.ready(stopping);
    },
    isOutage: (error) => breakers.some((breaker) => breaker.isOutage(error)),
  };
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { name, failures = 5, tryAfterMs = 5_000, log, registry } = options;
  const isFailure = (error: unknown) => error instanceof AttemptTimedOut || options.isFailure(error);
  const policy = circuitBreaker(handleWhen(isFailure), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: tryAfterMs,
  });
  const gauge =
    (registry?.getSingleMetric('circuit_breaker_open') as Gauge | undefined) ??
    new Gauge({
      name: 'circuit_breaker_open',
      help: '1 while calls of an outside service are held back because it is out',
      labelNames: ['breaker'],
      registers: registry ? [registry] : [],
    });
  gauge.set({ breaker: name }, 0);
  let openedAt = Number.NEGATIVE_INFINITY;
  let isOut = false;
  policy.onBreak((reason) => {
    openedAt = performance.now();
    gauge.set({ breaker: name }, 1);
    if (!isOut) log.warn({ breaker: name, err: 'error' in reason ? reason.error : undefined }, 'a service is out');
    isOut = true;
  });
  policy.onReset(() => {
    isOut = false;
    gauge.set({ breaker: name }, 0);
    log.info({ breaker: name }, 'a service works again');
  });

  return {
    call: (work) => policy.execute(work),
    ready: async (stopping) => {
      while (policy.state === CircuitState.Open && !stopping.aborted) {
        const leftMs = openedAt + tryAfterMs - performance.now();
        if (leftMs <= 0) return;
        // Not always the same one tries first: what it asks may be what the service cannot do.
        const jitterMs = (Math.random() * tryAfterMs) / 10;
        await delay(leftMs + jitterMs, undefined, { signal: stopping }).catch(() => undefined);
      }
    },
    isOutage: (error) => isOut && isFailure(error),
  };
}
