import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Consumer, EventLog, StoredRecord } from '../event-log/port.js';
import { events, topicOf, type EventOf, type EventType } from '../../schema/events.js';

export interface WorkerDefinition<Type extends EventType> {
  /** Also the name of its group in the event log. */
  name: string;
  events: readonly Type[];
  /** Events handed over at once, at most. */
  batchSize: number;
  /**
   * Events of one partition in order; those of one key are never in two calls at once. At least once: it may see events
   * again, alone or in other company, and must do nothing twice.
   */
  handle(events: EventOf<Type>[]): Promise<void>;
}

export interface WorkerRuntime {
  eventLog: EventLog;
  log: Logger;
}

/** What a process starts. */
export interface Worker {
  name: string;
  start(runtime: WorkerRuntime): Promise<Consumer>;
}

const IN_PLACE = 3;
const FIRST_PAUSE_MS = 50;

/**
 * A consumer of events. A failure is tried again in place, three times with growing, jittered pauses; after that the
 * event log hands the batch over anew, later and later, and says so in the log. Nothing is skipped.
 */
export function defineWorker<Type extends EventType>(definition: WorkerDefinition<Type>): Worker {
  const { name, batchSize } = definition;
  const topics = [...new Set(definition.events.map((type) => topicOf[type]))];
  return {
    name,
    start: ({ eventLog, log }) =>
      eventLog.consume({
        group: name,
        topics,
        maxBatch: batchSize,
        handle: async (records) => {
          const batch = records.flatMap((record) => parse(definition, record));
          if (batch.length > 0) await withRetries(() => definition.handle(batch), log.child({ worker: name }));
        },
      }),
  };
}

/** The event of a record, or none when this worker does not handle its type. Throws when it is not what it claims. */
function parse<Type extends EventType>({ events: handled }: WorkerDefinition<Type>, record: StoredRecord): EventOf<Type>[] {
  const content = JSON.parse(record.value) as { type: EventType };
  if (!(content.type in events)) throw new Error(`${record.topic} ${record.position}: unknown event type ${String(content.type)}`);
  if (!handled.includes(content.type as Type)) return [];
  return [events[content.type].parse(content) as EventOf<Type>];
}

async function withRetries(work: () => Promise<void>, log: Logger): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === IN_PLACE) throw error;
      log.warn({ err: error, attempt }, 'a batch of events failed');
      await delay(FIRST_PAUSE_MS * 2 ** attempt * Math.random());
    }
  }
}
