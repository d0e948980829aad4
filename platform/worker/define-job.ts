import { randomUUID } from 'node:crypto';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { DirectoryClient } from '../database/port.js';
import type { Log } from '../telemetry/log.js';
import { startLoop } from './loop.js';

export interface JobDefinition {
  name: string;
  /** From the end of a run to the next, a tenth more or less. */
  everyMs: number;
  /**
   * Repeats what a run that died left half done. Once `signal` is aborted, the process stops or another one may have taken
   * the job: it should end soon.
   */
  run(signal: AbortSignal): Promise<void>;
  /** For how long a runner that went silent keeps the job. */
  leaseMs?: number;
}

export interface JobRuntime {
  directory: DirectoryClient;
  log: Log;
  registry?: Registry;
  /** Names this process; random unless told. See EmbeddedEventLogOptions.owner. */
  owner?: string;
}

/** What a process starts. */
export interface Job {
  name: string;
  /** stop() aborts the run that is under way and waits for it. */
  start(runtime: JobRuntime): Promise<{ stop(): Promise<void> }>;
}

const LEASE_MS = 15_000;
/** A run that failed is repeated after this, where the next one would be later. */
const AGAIN_MS = 60_000;
/** How often to look at most, and at least. */
const [SHORTEST_MS, LONGEST_MS] = [50, 60_000];

/**
 * Work that is repeated, by one process at a time of all that start it: who finds it due takes a lease in the directory.
 * A run whose process dies is repeated by another once the lease has ended.
 */
export function defineJob(definition: JobDefinition): Job {
  const { name, everyMs, leaseMs = LEASE_MS } = definition;
  const lease = `${leaseMs} milliseconds`;

  const start = async ({ directory, log, registry, owner = randomUUID() }: JobRuntime) => {
    const metrics = jobMetrics(name, registry);
    const stopping = new AbortController();
    let waker: NodeJS.Timeout | undefined;

    const takeWhenDue = async (): Promise<boolean> => {
      const rows = await directory.$queryRaw<{ due_in: number | null; succeeded_at: number | null }[]>`
        select extract(epoch from due_in)::float8 * 1000 as due_in, extract(epoch from succeeded_at)::float8 as succeeded_at
        from take_job(${name}, ${owner}, ${lease}::interval)`;
      const { due_in: dueIn = 0, succeeded_at: succeededAt = null } = rows[0] ?? {};
      if (succeededAt !== null) metrics.succeededAt(succeededAt);
      if (dueIn === null) return true;
      // Never longer than a period: whoever runs it now may end, or stop, long before its lease does.
      lookIn(Math.min(dueIn, everyMs));
      return false;
    };

    const lookIn = (ms: number) => {
      clearTimeout(waker);
      waker = setTimeout(() => loop.poke(), Math.max(SHORTEST_MS, Math.min(ms, LONGEST_MS))).unref();
    };

    /** Also ends the run when the lease is lost. */
    const runLeased = async (): Promise<boolean> => {
      const ended = new AbortController();
      const abort = () => ended.abort();
      stopping.signal.addEventListener('abort', abort);
      const renewal = setInterval(() => {
        directory.$executeRaw`
          update job set leased_until = clock_timestamp() + ${lease}::interval where name = ${name} and owner = ${owner}`.then(
          (count) => count === 0 && abort(),
          () => undefined,
        );
      }, leaseMs / 3).unref();
      metrics.ran();
      try {
        await definition.run(ended.signal);
        return !ended.signal.aborted;
      } catch (error) {
        if (!ended.signal.aborted) {
          metrics.failed();
          log.error({ err: error, job: name }, 'a job failed; it is repeated');
        }
        return false;
      } finally {
        clearInterval(renewal);
        stopping.signal.removeEventListener('abort', abort);
      }
    };

    const turn = async (): Promise<boolean> => {
      if (!(await takeWhenDue())) return false;
      const hasSucceeded = await runLeased();
      // A run that was cut short is due at once, for whoever goes on.
      const pauseMs = stopping.signal.aborted ? 0 : hasSucceeded ? everyMs : Math.min(everyMs, AGAIN_MS);
      const nextIn = Math.round(pauseMs * (0.9 + Math.random() / 5));
      await directory.$queryRaw`
        select end_job(${name}, ${owner}, ${hasSucceeded}, ${`${nextIn} milliseconds`}::interval)`;
      if (hasSucceeded) metrics.succeededAt(Date.now() / 1_000);
      lookIn(nextIn);
      return false;
    };

    const loop = startLoop({ name: `job ${name}`, turn, pollMs: LONGEST_MS, log });
    return {
      stop: async () => {
        stopping.abort();
        await loop.stop();
        clearTimeout(waker);
      },
    };
  };
  return { name, start };
}

function jobMetrics(job: string, registry: Registry | undefined) {
  const registers = registry ? [registry] : [];
  const counter = (name: string, help: string) =>
    (registry?.getSingleMetric(name) as Counter | undefined) ??
    new Counter({ name, help, labelNames: ['job'], registers });
  const runs = counter('job_runs_total', 'Runs of a job that this process has begun');
  const failures = counter('job_failures_total', 'Runs of a job that failed');
  const lastSuccess =
    (registry?.getSingleMetric('job_last_success_timestamp_seconds') as Gauge | undefined) ??
    new Gauge({
      name: 'job_last_success_timestamp_seconds',
      help: 'When a job last succeeded, in any process',
      labelNames: ['job'],
      registers,
    });
  runs.inc({ job }, 0);
  failures.inc({ job }, 0);
  return {
    ran: () => runs.inc({ job }),
    failed: () => failures.inc({ job }),
    succeededAt: (seconds: number) => lastSuccess.set({ job }, seconds),
  };
}
