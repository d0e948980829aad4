import { randomUUID } from 'node:crypto';
import { Gauge, type Registry } from 'prom-client';
import type { Statement } from '../platform/database/hot-pool.js';
import type { DirectoryClient, ShardClient } from '../platform/database/port.js';
import type { EventLog } from '../platform/event-log/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Log } from '../platform/telemetry/log.js';
import { continueTrace, traceparentIn } from '../platform/telemetry/tracing.js';
import { startLoop } from '../platform/worker/loop.js';
import { channels } from '../schema/live.js';

const BATCH = 1_000;
const POLL_MS = 250;
/** Where the log moves rows itself as it is read: then a look finds what nobody told of, where nobody reads. */
const POLL_OF_MOVER_MS = 1_000;
/** Deleted rows after which the outbox is vacuumed: a read from its start walks over all that was deleted since. */
const VACUUM_AFTER = 20_000;

export interface RelayOptions {
  /** 'directory', 'shard0', … */
  database: string;
  db: DirectoryClient | ShardClient;
  eventLog: EventLog;
  pubsub: PubSub;
  log: Log;
  age: Gauge;
  /** Names this process as holder of the lease; random unless told. See EmbeddedEventLogOptions.owner. */
  owner?: string;
  /** For how long a relay that went silent stays the leader. */
  leaseMs?: number;
}

const takeOutbox: Statement = {
  name: 'take_outbox',
  text: 'select * from take_outbox($1::text, $2::bigint[], $3::interval, $4::int)',
};

interface OutboxRow {
  id: number;
  topic: string;
  key: string;
  payload: string;
}

/** outbox_age_seconds, one series a database: for how long the oldest event has waited for the relay. */
export function outboxAge(registry: Registry): Gauge {
  return new Gauge({
    name: 'outbox_age_seconds',
    help: 'For how long the oldest event in the outbox of a database has waited to be relayed',
    labelNames: ['database'],
    registers: [registry],
  });
}

/**
 * Moves the outbox of one database to the event log: reads in id order, appends, then deletes exactly what it appended (a
 * lower id may commit later). When it dies between the two, the same events are appended again, and consumers drop them
 * by version. One relay at a time works on a database; the others wait for its lease to end. A log that lies in the same
 * database moves the rows itself, several relays taking turns.
 */
export async function startRelay(options: RelayOptions): Promise<{ stop(): Promise<void> }> {
  const { database, db, eventLog, pubsub, log, age } = options;
  const owner = options.owner ?? randomUUID();
  const lease = `${options.leaseMs ?? 3_000} milliseconds`;
  let relayed: number[] = [];
  let deleted = 0;
  let oldest: number | null = null;
  let lookedAt = Date.now();

  const take = (count: number) => db.hot.query<OutboxRow>(takeOutbox, [owner, relayed, lease, count]);
  const move = eventLog.mover?.(database) ?? null;

  /** Moves some rows; true when there may be more. */
  const moveBatch = async (): Promise<boolean> => {
    if (move) {
      const { moved, oldest: first } = await move(BATCH);
      oldest = momentOf(first);
      lookedAt = Date.now();
      return moved === BATCH;
    }
    const rows = await take(BATCH);
    deleted += relayed.length;
    relayed = [];
    lookedAt = Date.now();
    oldest = momentOf(rows[0]?.payload ?? null);
    if (deleted >= VACUUM_AFTER) {
      deleted = 0;
      await vacuum();
    }
    if (rows.length === 0) return false;
    const spans = rows.map(({ payload }) =>
      continueTrace(traceparentIn(payload), `relay of ${database}`, { kind: 'PRODUCER' }),
    );
    await eventLog.append(rows.map(({ topic, key, payload }) => ({ topic, key, value: payload })));
    for (const span of spans) span?.end();
    // The next turn deletes them, in the same round trip that brings what came meanwhile.
    relayed = rows.map((row) => row.id);
    return true;
  };
  const vacuum = async () => {
    await db.$executeRaw`vacuum (index_cleanup on, truncate off) outbox`.catch((error: unknown) =>
      log.warn({ err: error, database }, 'the outbox was not vacuumed'),
    );
  };

  const turn = async () => {
    let hasFailed = true;
    try {
      const hasMore = await moveBatch();
      hasFailed = false;
      return hasMore;
    } finally {
      const since = oldest ?? (hasFailed ? lookedAt : null);
      age.set({ database }, since === null ? 0 : Math.max(0, Date.now() - since) / 1000);
    }
  };

  const loop = startLoop({ name: `relay of ${database}`, turn, pollMs: move ? POLL_OF_MOVER_MS : POLL_MS, log });
  const poke = () => loop.poke();
  // A log that moves rows itself does so as it is read, and needs the relay only where nobody reads.
  const unsubscribe = move ? async () => undefined : await pubsub.subscribe(channels.outbox(database), poke, poke);
  return {
    stop: async () => {
      await unsubscribe();
      await loop.stop();
      if (move) return;
      try {
        await take(0);
        await db.$executeRaw`update relay_lease set owner = null, leased_until = '-infinity' where owner = ${owner}`;
      } catch {
        // The lease ends by itself, and what was not deleted is appended once more.
      }
    },
  };
}

/** When an event happened, Unix ms; null where its payload does not say: nothing in an outbox may hold up the rest. */
function momentOf(payload: string | null): number | null {
  const moment = Date.parse(/"at": ?"([^"]*)"/.exec(payload ?? '')?.[1] ?? '');
  return Number.isNaN(moment) ? null : moment;
}
