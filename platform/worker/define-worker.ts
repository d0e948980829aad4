import { setTimeout as delay } from 'node:timers/promises';
import { Counter, Gauge, type Registry } from 'prom-client';
import { events, topicOf, type EventOf, type EventType } from '../../schema/events.js';
import type { Consumer, EventLog, StoredRecord } from '../event-log/port.js';
import type { Log } from '../telemetry/log.js';
import { groupBy } from './group-by.js';

interface Definition<Type extends EventType> {
  /** Also the name of its group in the event log. */
  name: string;
  /** Other events of the same topics pass by. */
  events: readonly Type[];
  retry?: Partial<Retry>;
}
export interface EventDefinition<Type extends EventType> extends Definition<Type> {
  batch?: undefined;
  /** Keys side by side, at most; events of one key come one after the other. */
  concurrency: number;
  /** At least once: it may see an event again, and must do nothing twice. */
  handle(event: EventOf<Type>): Promise<void>;
}
export interface BatchDefinition<Type extends EventType> extends Definition<Type> {
  /** Events at most. */
  batch: { size: number };
  /**
   * Events of one partition, those of one key in order and never in two calls at once. At least once: it may see events
   * again, alone or in other company, and must do nothing twice.
   */
  handle(events: EventOf<Type>[]): Promise<void>;
}

export interface Retry {
  /** How often a failure is tried again before it counts as lasting and the log calls it an error. */
  inPlace: number;
  /** Full jitter: each pause is drawn from 0 to this, which doubles with each failure. */
  firstPauseMs: number;
  longestPauseMs: number;
}
const defaultRetry: Retry = { inPlace: 3, firstPauseMs: 50, longestPauseMs: 30_000 };

export interface WorkerRuntime {
  eventLog: EventLog;
  log: Log;
  registry?: Registry;
}

/** What a process starts. */
export interface Worker {
  name: string;
  /** Resolves once events from now on will be handled. stop() waits for the call that runs, but for no retry. */
  start(runtime: WorkerRuntime): Promise<Consumer>;
}

/** How many events a worker that takes them singly reads at once. */
const READ_SIZE = 100;
const LAG_EVERY_MS = 10_000;

/**
 * A consumer of events, validated on the way in. What fails is tried again until it succeeds, with growing pauses: nothing
 * is skipped, later events of the partition wait, and the log and worker_failures_total tell of it. An event that cannot
 * be read (an unknown type or version) is such a failure.
 */
export function defineWorker<Type extends EventType>(definition: EventDefinition<Type>): Worker;
export function defineWorker<Type extends EventType>(definition: BatchDefinition<Type>): Worker;
export function defineWorker<Type extends EventType>(
  definition: EventDefinition<Type> | BatchDefinition<Type>,
): Worker {
  const { name } = definition;
  const handled: ReadonlySet<string> = new Set(definition.events);
  const retry = { ...defaultRetry, ...definition.retry };
  const read = (record: StoredRecord) => readEvent(record, handled) as EventOf<Type> | null;

  return {
    name,
    start: async ({ eventLog, log, registry }) => {
      const metrics = workerMetrics(name, registry);
      const stopping = new AbortController();
      const persist = (work: () => Promise<void>) =>
        untilItSucceeds(work, retry, stopping.signal, (error, failures) => {
          metrics.failed();
          if (failures <= retry.inPlace)
            log.warn({ err: error, worker: name, failures }, 'an event failed; trying again');
          else log.error({ err: error, worker: name, failures }, 'an event keeps failing; the events behind it wait');
        });

      const handleBatch = (batched: BatchDefinition<Type>, records: StoredRecord[]) =>
        persist(async () => {
          const batch = records.flatMap((record) => read(record) ?? []);
          if (batch.length > 0) await batched.handle(batch);
        });
      const handleByKey = async (single: EventDefinition<Type>, records: StoredRecord[]) => {
        const keys = [...groupBy(records, (record) => record.key).values()];
        await sideBySide(keys, single.concurrency, async (ofKey) => {
          for (const record of ofKey)
            await persist(async () => {
              const event = read(record);
              if (event) await single.handle(event);
            });
        });
      };

      const consumer = await eventLog.consume({
        group: name,
        topics: [...new Set(definition.events.map((type) => topicOf[type]))],
        maxBatch: definition.batch?.size ?? READ_SIZE,
        handle: async (records) => {
          await (definition.batch ? handleBatch(definition, records) : handleByKey(definition, records));
          metrics.handled(records.length);
        },
      });
      const lagTimer = setInterval(() => {
        eventLog.lag(name).then(metrics.lags, () => undefined); // unreachable: the last figures stay
      }, LAG_EVERY_MS).unref();
      return {
        stop: async () => {
          clearInterval(lagTimer);
          stopping.abort();
          await consumer.stop();
        },
      };
    },
  };
}

/** Null when the worker does not handle this type. */
function readEvent(record: StoredRecord, handled: ReadonlySet<string>): EventOf<EventType> | null {
  const where = `${record.topic} ${record.partition}/${record.position}`;
  const content = JSON.parse(record.value) as { type?: unknown; version?: unknown };
  const { type } = content;
  if (typeof type !== 'string' || !Object.hasOwn(events, type))
    throw new Error(`${where}: unknown event type ${String(type)}`);
  if (!handled.has(type)) return null;
  const result = events[type as EventType].safeParse(content);
  if (result.success) return result.data;
  throw new Error(`${where}: not a ${type} that is known here (version ${String(content.version)})`, {
    cause: result.error,
  });
}

/** Throws the last error once `stopping` is aborted. */
async function untilItSucceeds(
  work: () => Promise<void>,
  retry: Retry,
  stopping: AbortSignal,
  onFailure: (error: unknown, failures: number) => void,
): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      onFailure(error, failures);
      const longest = Math.min(retry.longestPauseMs, retry.firstPauseMs * 2 ** Math.min(failures - 1, 20));
      await delay(longest * Math.random(), undefined, { signal: stopping }).catch(() => undefined);
      if (stopping.aborted) throw error;
    }
  }
}

/** Waits for all of them, also when one throws. */
async function sideBySide<T>(items: T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
}

function workerMetrics(worker: string, registry: Registry | undefined) {
  const counter = (name: string, help: string) =>
    (registry?.getSingleMetric(name) as Counter | undefined) ??
    new Counter({ name, help, labelNames: ['worker'], registers: registry ? [registry] : [] });
  const handled = counter('worker_events_total', 'Events that a worker has read and handled or passed by');
  const failures = counter('worker_failures_total', 'Attempts of a worker that failed');
  const lag =
    (registry?.getSingleMetric('consumer_lag') as Gauge | undefined) ??
    new Gauge({
      name: 'consumer_lag',
      help: 'Records of a topic that a worker has not handled yet',
      labelNames: ['worker', 'topic'],
      registers: registry ? [registry] : [],
    });
  failures.inc({ worker }, 0);
  return {
    handled: (count: number) => handled.inc({ worker }, count),
    failed: () => failures.inc({ worker }),
    lags: (lags: Record<string, number>) => {
      for (const [topic, behind] of Object.entries(lags)) lag.set({ worker, topic }, behind);
    },
  };
}
