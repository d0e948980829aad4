import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import type { DirectoryClient, ShardClient } from '../platform/database/port.js';
import type { EventLog } from '../platform/event-log/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import { channels } from '../schema/live.js';

const BATCH = 1_000;
const POLL_MS = 250;

export interface RelayOptions {
  /** 'directory', 'shard0', … */
  database: string;
  db: DirectoryClient | ShardClient;
  eventLog: EventLog;
  pubsub: PubSub;
  log: Logger;
  age: Gauge;
}

/** outbox_age_seconds, one series a database: how long the oldest event has waited to be relayed. */
export function outboxAge(registry: Registry): Gauge {
  return new Gauge({
    name: 'outbox_age_seconds',
    help: 'For how long the outbox of a database has not been emptied',
    labelNames: ['database'],
    registers: [registry],
  });
}

/**
 * Moves the outbox of one database to the event log: reads in id order, appends, then deletes exactly what it appended (a
 * lower id may commit later). When it dies between the two, the same events are appended again, and consumers drop them
 * by version.
 */
export async function startRelay(options: RelayOptions): Promise<{ stop(): Promise<void> }> {
  const { database, db, eventLog, pubsub, log } = options;
  const state = { isStopped: false, hasNews: false, wake: () => undefined as void };
  const poke = () => {
    state.hasNews = true;
    state.wake();
  };
  const unsubscribe = await pubsub.subscribe(channels.outbox(database), poke, poke);
  let emptyAt = Date.now();

  const pause = async (ms: number) => {
    if (state.hasNews || state.isStopped) return;
    const abort = new AbortController();
    state.wake = () => abort.abort();
    await delay(ms, undefined, { signal: abort.signal, ref: false }).catch(() => undefined);
    state.wake = () => undefined;
  };

  const moveBatch = async (): Promise<number> => {
    const rows = await db.$queryRaw<{ id: bigint; topic: string; key: string; payload: string }[]>`
      select id, topic, key::text as key, payload from outbox order by id limit ${BATCH}`;
    if (rows.length === 0) return 0;
    await eventLog.append(rows.map(({ topic, key, payload }) => ({ topic, key, value: payload })));
    const ids = rows.map((row) => row.id);
    // Not waited for on the disk: a deletion that a crash forgets means appending again.
    await db.$executeRaw`
      delete from outbox where id = any (${ids}::bigint[]) and (select set_config('synchronous_commit', 'off', true)) is not null`;
    return rows.length;
  };

  const run = async () => {
    for (let failures = 0; !state.isStopped; ) {
      try {
        state.hasNews = false;
        const moved = await moveBatch();
        failures = 0;
        if (moved < BATCH) {
          emptyAt = Date.now();
          await pause(POLL_MS);
        }
      } catch (error) {
        log.warn({ err: error, database }, 'relay: a batch failed and is tried again');
        state.hasNews = false;
        await pause(Math.min(5_000, 100 * 2 ** failures++));
      }
      options.age.set({ database }, (Date.now() - emptyAt) / 1000);
    }
  };

  const running = run();
  return {
    stop: async () => {
      state.isStopped = true;
      state.wake();
      await unsubscribe();
      await running;
    },
  };
}
