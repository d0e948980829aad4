import type { Registry } from 'prom-client';
import { topicOf, type EventOf, type EventType } from '../../schema/events.js';
import type { Consumer, EventLog, Holding, StoredRecord } from '../event-log/port.js';
import type { Log } from '../telemetry/log.js';
import { continueTrace, within } from '../telemetry/tracing.js';
import { attempt, defaultRetry, type Failure, type Retry } from './attempts.js';
import type { Breaker } from './breaker.js';
import { handleRecords, type Handling, type Item } from './handle-records.js';
import { Unreadable } from './parked-lane.js';
import { ParkingLot } from './parking-lot.js';
import { readEvent } from './read-event.js';
import { workerMetrics } from './worker-metrics.js';

interface Definition<Type extends EventType> {
  /** Also the name of its group in the event log. Without a dot. */
  name: string;
  /** Other events of the same topics pass by. */
  events: readonly Type[];
  /**
   * True where an event may be handled after later ones of its key, because the handler drops by version what is older:
   * while one is parked, those go on. Otherwise they queue behind it.
   */
  anyOrder?: boolean;
  retry?: Partial<Retry>;
  /** Of the outside service that the handler calls: while it is out, events wait, and nothing is held against them. */
  breaker?: Breaker;
  /**
   * Called when an event has failed for good, before it is a dead letter. At least once; repeated until it succeeds, and the
   * key's later events wait for it where their order counts.
   */
  onDead?: (event: EventOf<Type>, error: Error) => Promise<void>;
}
export interface EventDefinition<Type extends EventType> extends Definition<Type> {
  batch?: undefined;
  /** As with batches, for what is in no hurry. */
  within?: number;
  /** Keys side by side, at most; events of one key come one after the other. */
  concurrency: number;
  /**
   * At least once: it may see an event again, and must do nothing twice. Once `signal` is aborted the attempt counts as
   * failed, and the next may begin: it should stop.
   */
  handle(event: EventOf<Type>, signal: AbortSignal): Promise<void>;
}
export interface BatchDefinition<Type extends EventType> extends Definition<Type> {
  /** Events at most. */
  batch: {
    size: number;
    /** For how long events gather after a batch, ms. The first after a silence is handled at once. */
    within?: number;
  };
  /**
   * Events of one partition, those of one key in order and never in two calls at once. At least once: it may see events
   * again, alone or in other company, and must do nothing twice. `signal`: as above.
   */
  handle(events: EventOf<Type>[], signal: AbortSignal): Promise<void>;
}

export interface WorkerRuntime {
  eventLog: EventLog;
  log: Log;
  registry?: Registry;
}

/** What a process starts. */
export interface Worker {
  name: string;
  /** Resolves once events from now on will be handled. stop() waits for the calls that run, but for no retry. */
  start(runtime: WorkerRuntime): Promise<Consumer>;
}

/** How many events a worker that takes them singly reads at once. */
const READ_SIZE = 100;
/** Keys side by side, where a worker takes batches and one has failed. */
const SPLIT_CONCURRENCY = 8;
const LAG_EVERY_MS = 10_000;

/**
 * A consumer of events, validated on the way in, of which none is ever skipped. What fails is tried again in place, then
 * parked in `<topic>.<name>.retry` and tried over an hour, then kept in `<topic>.<name>.dlq` with its error until somebody
 * replays or discards it; what cannot be read goes there at once. Meanwhile other keys go on. While the database is away,
 * or the breaker says that a service is, all wait, and nothing counts as failed.
 */
export function defineWorker<Type extends EventType>(definition: EventDefinition<Type>): Worker;
export function defineWorker<Type extends EventType>(definition: BatchDefinition<Type>): Worker;
export function defineWorker<Type extends EventType>(
  definition: EventDefinition<Type> | BatchDefinition<Type>,
): Worker {
  const { name, onDead } = definition;
  const asked: ReadonlySet<string> = new Set(definition.events);
  const sources = [...new Set(definition.events.map((type) => topicOf[type]))];
  const retry = { ...defaultRetry, ...definition.retry };
  const batchSize = definition.batch?.size ?? 1;
  const concurrency = definition.batch ? SPLIT_CONCURRENCY : definition.concurrency;
  const read = (record: StoredRecord) => readEvent<Type>(record, asked);
  const call = async (items: Item<Type>[], signal: AbortSignal): Promise<void> => {
    const spans = items.map(({ event }) =>
      continueTrace(event.traceparent, `${name} ${event.type}`, { kind: 'CONSUMER' }),
    );
    try {
      const [first] = items;
      if (definition.batch)
        await definition.handle(
          items.map(({ event }) => event),
          signal,
        );
      else if (first) await within(spans[0] ?? null, () => definition.handle(first.event, signal));
    } finally {
      for (const span of spans) span?.end();
    }
  };

  const start = async ({ eventLog, log, registry }: WorkerRuntime): Promise<Consumer> => {
    const metrics = workerMetrics(name, registry);
    const stopping = new AbortController();
    const attempts = {
      retry,
      stopping: stopping.signal,
      breaker: definition.breaker,
      onFailure: (error: unknown) => {
        metrics.failed();
        log.warn({ err: error, worker: name }, 'an event failed');
      },
    };
    const handling: Handling<Type> = {
      isBatch: definition.batch !== undefined,
      concurrency,
      read,
      inPlace: retry.inPlace,
      attempt: (items, inPlace) => attempt((signal) => call(items, signal), inPlace, attempts),
    };
    const retryParked = async (records: StoredRecord[]): Promise<Failure | null> => {
      const items: Item<Type>[] = [];
      for (const record of records) {
        const reading = read(record);
        if (reading.kind === 'event') items.push({ record, event: reading.event });
        else if (reading.kind === 'unreadable') return unreadable(reading.error);
      }
      return items.length === 0 ? null : handling.attempt(items, 0);
    };

    const lots = new Map<string, ParkingLot>();
    const openLot = async (holding: Holding) => {
      await lots.get(holding.partition)?.stop();
      const lot = await ParkingLot.open({
        holding,
        kept: eventLog.kept,
        worker: name,
        sources,
        isOrdered: definition.anyOrder !== true,
        batchSize,
        concurrency,
        pausesMs: retry.parkedMs,
        lookMs: retry.lookMs,
        attempt: retryParked,
        onDead:
          onDead === undefined
            ? null
            : async (record, error) => {
                const reading = read(record);
                if (reading.kind === 'event') await onDead(reading.event, error);
              },
        metrics,
        log,
      });
      lots.set(holding.partition, lot);
    };
    const stopLots = () => Promise.all([...lots.values()].map((lot) => lot.stop()));

    const consumer = await eventLog.consume({
      group: name,
      topics: sources,
      maxBatch: definition.batch?.size ?? READ_SIZE,
      withinMs: definition.batch ? definition.batch.within : definition.within,
      assigned: openLot,
      handle: async (records) => {
        if (records.length === 0) return;
        const lot = lots.get(records[0]?.partition ?? '');
        if (!lot) throw new Error(`${name} was not told that it has partition ${records[0]?.partition}.`);
        await handleRecords(records, handling, lot);
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
        // First these: the partition is still held, so nobody else tries the same.
        await stopLots();
        await consumer.stop();
        await stopLots();
      },
    };
  };
  return { name, start };
}

function unreadable(error: Error): Failure {
  const now = Date.now();
  return { error: new Unreadable(error.message), attempts: 0, firstAt: now, lastAt: now };
}
