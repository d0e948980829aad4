import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { Registry, type Gauge } from 'prom-client';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { EmbeddedEventLog, type EmbeddedEventLogOptions } from '../platform/event-log/embedded.js';
import type { LogRecord } from '../platform/event-log/port.js';
import { newUuid } from '../platform/ids/ids.js';
import { EmbeddedPubSub } from '../platform/pubsub/embedded.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { channels } from '../schema/live.js';
import { eventually, waitFor } from '../tests/wait-for.js';
import { outboxAge, startRelay, type RelayOptions } from './relay.js';

let databases: TestDatabases;
beforeAll(async () => {
  databases = await openTestDatabases();
});
afterAll(() => databases.close());

/** Refuses appends while `isDown`. */
class FlakyEventLog extends MemoryEventLog {
  isDown = false;
  refused = 0;
  /** Runs while the records are on their way. */
  underWay: () => Promise<void> = () => Promise.resolve();
  override async append(records: readonly LogRecord[]): Promise<void> {
    if (this.isDown) {
      this.refused++;
      throw new Error('the event log is down');
    }
    await this.underWay();
    await super.append(records);
  }
  get values(): string[] {
    return this.records.map(({ value }) => (JSON.parse(value) as { body: string }).body);
  }
}

let eventLog: FlakyEventLog;
let pubsub: EmbeddedPubSub;
let age: Gauge;
const relays: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  [eventLog, pubsub, age] = [new FlakyEventLog(), new EmbeddedPubSub(), outboxAge(new Registry())];
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await pubsub.close();
});
async function relay(options: Partial<RelayOptions> = {}) {
  const started = await startRelay({
    database: 'shard0',
    db: db(),
    eventLog,
    pubsub,
    log: silentLog(),
    age,
    leaseMs: 400,
    ...options,
  });
  relays.push(started);
  return started;
}
const db = () => databases.shards.get('shard0')!;
const key = newUuid(0);
const payload = (body: string, at = new Date()) => JSON.stringify({ type: 'X', at: at.toISOString(), body });
const write = (bodies: string[], at?: Date) =>
  db()
    .$executeRaw`insert into outbox (topic, key, payload) select 'parley.conversation', ${key}::uuid, p from unnest(${bodies.map((body) => payload(body, at))}::text[]) p`;
const leads = async () =>
  (await db().$queryRaw<object[]>`select 1 from relay_lease where owner is not null`).length === 1;
const left = () => db().outbox.count();
const vacuums = async () => {
  const rows = await db().$queryRaw<{ vacuums: bigint }[]>`
    select vacuum_count as vacuums from pg_stat_user_tables where relname = 'outbox'`;
  return Number(rows[0]?.vacuums ?? 0n);
};
const bodies = (count: number) => Array.from({ length: count }, (_, i) => String(i));

test('moves the outbox to the log in id order, more than one batch of it, and leaves nothing', async () => {
  await write(bodies(2_500));
  await relay();
  await waitFor('all relayed', () => eventLog.records.length === 2_500);
  expect(eventLog.values).toEqual(bodies(2_500));
  expect(eventLog.records[0]).toMatchObject({ topic: 'parley.conversation', key });
  await waitFor('all deleted', async () => (await left()) === 0);
});

test('what makes no sense goes along like the rest: whoever reads the log sets it aside', async () => {
  const nonsense = ['{"at":"not a moment"}', 'no JSON at all', '{"at":', ''];
  for (const text of nonsense)
    await db()
      .$executeRaw`insert into outbox (topic, key, payload) values ('parley.conversation', ${key}::uuid, ${text})`;
  await write(['behind them']);
  await relay();
  await waitFor('all have come', () => eventLog.records.length === 5);
  expect(eventLog.records.slice(0, 4).map(({ value }) => value)).toEqual(nonsense);
});

test('looks at once when poked, and by itself when it is not', async () => {
  await relay();
  await waitFor('it leads', leads);
  await write(['poked']);
  const since = performance.now();
  await pubsub.publish(channels.outbox('shard0'), '');
  await waitFor('the poked one', () => eventLog.values.includes('poked'));
  expect(performance.now() - since).toBeLessThan(2_000);
  await write(['not poked']);
  await waitFor('the other', () => eventLog.values.includes('not poked'));
});

test('deletes only what it appended: a lower id that commits meanwhile comes too', async () => {
  const slow = new Client({ connectionString: databases.url('shard0') });
  await slow.connect();
  await slow.query('begin');
  await slow.query(`insert into outbox (topic, key, payload) values ('parley.conversation', $1, $2)`, [
    key,
    payload('low'),
  ]);
  await write(['high']);
  eventLog.underWay = async () => {
    eventLog.underWay = () => Promise.resolve();
    await slow.query('commit');
  };
  await relay();
  await waitFor('the lower one', () => eventLog.values.includes('low'));
  await waitFor('both deleted', async () => (await left()) === 0);
  expect(eventLog.values).toEqual(['high', 'low']);
  await slow.end();
});

test('keeps everything while the event log is down, tells how old it is, and goes on in order', async () => {
  eventLog.isDown = true;
  await write(['a'], new Date(Date.now() - 60_000));
  await write(['b']);
  await relay();
  await waitFor('it tried', () => eventLog.refused > 1);
  expect(await left()).toBe(2);
  const oldest = async () => (await age.get()).values.find(({ labels }) => labels.database === 'shard0')?.value;
  expect(await oldest()).toBeGreaterThanOrEqual(60);
  eventLog.isDown = false;
  await waitFor('both', () => eventLog.records.length === 2);
  expect(eventLog.values).toEqual(['a', 'b']);
  await waitFor('age 0', async () => (await oldest()) === 0);
});

test('one relay leads; another takes over when it stops, and when it went silent', async () => {
  const first = await relay({ leaseMs: 60_000 });
  await waitFor('the first leads', leads);
  const other = new FlakyEventLog();
  let looks = 0;
  const counting = {
    $executeRaw: db().$executeRaw.bind(db()),
    hot: {
      query: (...args: Parameters<ReturnType<typeof db>['hot']['query']>) => {
        looks++;
        return db().hot.query(...args);
      },
    },
  } as unknown as ReturnType<typeof db>;
  await relay({ eventLog: other, db: counting });
  eventLog.underWay = async () => {
    const before = looks;
    await waitFor('the other has looked', () => looks > before + 1);
  };
  await write(bodies(20));
  await waitFor('relayed', () => eventLog.records.length === 20);
  expect(other.records.length).toBe(0);
  await first.stop();
  await write(['stopped']);
  await waitFor('the other leads', () => other.values.includes('stopped'));

  // As a killed process leaves it.
  await db().$executeRaw`update relay_lease set owner = 'dead', leased_until = now() + interval '600 milliseconds'`;
  await write(['silent']);
  await waitFor('it leads again', () => other.values.includes('silent'));
  await waitFor('all deleted', async () => (await left()) === 0);
  expect([eventLog.records.length, other.records.length]).toEqual([20, 2]);
});

test('survives that its connections are cut', async () => {
  await relay();
  const admin = new Client({ connectionString: databases.url('directory') });
  await admin.connect();
  for (let round = 0; round < 5; round++) {
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = replace(current_database(), 'directory', 'shard0')`,
    );
    await eventually(() => write([`round ${round}`]));
  }
  await admin.end();
  const expected = Array.from({ length: 5 }, (_, round) => `round ${round}`);
  await waitFor('all', () => expected.every((body) => eventLog.values.includes(body)));
  // Replays are allowed, another order is not.
  expect([...new Set(eventLog.values)]).toEqual(expected);
  await waitFor('all deleted', async () => (await left()) === 0, 10_000);
});

describe('beside a log in the same database', () => {
  const open = async (options: Partial<EmbeddedEventLogOptions> = {}) => {
    const { directory } = databases;
    const shards = await Shards.load(directory, databases.shards);
    const log = new EmbeddedEventLog({ directory, shards, pubsub, log: silentLog(), pollMs: 100, ...options });
    logs.push(log);
    return log;
  };
  const logs: EmbeddedEventLog[] = [];
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
  });
  /** What is in the log, with how often. */
  const logged = async () =>
    (
      await db().$queryRaw<{ value: string }[]>`select value from event_log where key = ${key}::uuid order by position`
    ).map(({ value }) => (JSON.parse(value) as { body: string }).body);
  beforeEach(() => db().$executeRaw`truncate event_log, event_log_group`);

  test('moves rows in id order where nobody reads, once each, though two relays run', async () => {
    await write(bodies(1_500), new Date(Date.now() - 60_000));
    for (let i = 0; i < 2; i++) await relay({ eventLog: await open() });
    await waitFor('all moved', async () => (await left()) === 0);
    await write(['later']);
    await waitFor('the later one', async () => (await logged()).includes('later'));
    expect(await logged()).toEqual([...bodies(1_500), 'later']);
    await waitFor('age 0', async () => (await age.get()).values.every(({ value }) => value === 0));
  });

  test('moves what makes no sense like the rest', async () => {
    await db()
      .$executeRaw`insert into outbox (topic, key, payload) values ('parley.conversation', ${key}::uuid, '{"at":"never","body":"odd"}')`;
    await write(['behind it']);
    await relay({ eventLog: await open() });
    await waitFor('both moved', async () => (await left()) === 0);
    expect(await logged()).toEqual(['odd', 'behind it']);
  });

  test('vacuums the outbox as it goes', async () => {
    const before = await vacuums();
    await relay({ eventLog: await open() });
    for (let i = 0; i < 21; i++) await write(bodies(1_000));
    await waitFor('vacuumed', async () => (await vacuums()) > before, 20_000);
  });

  test('a reader takes along what waits in the outbox, and tells the other groups', async () => {
    const log = await open({ pollMs: 600_000 });
    const seen: string[][] = [[], []];
    for (const [n, values] of seen.entries())
      await log.consume({
        group: `group ${n}`,
        topics: ['parley.conversation'],
        maxBatch: 100,
        handle: async (records) =>
          void values.push(...records.map(({ value }) => (JSON.parse(value) as { body: string }).body)),
      });
    for (let i = 0; i < 20; i++) {
      await write([String(i)]);
      await pubsub.publish(channels.outbox('shard0'), '');
    }
    for (const values of seen) await waitFor('all', () => values.length === 20);
    expect(seen).toEqual([bodies(20), bodies(20)]);
    expect(await left()).toBe(0);
  });
});

test('vacuums the outbox as it goes, so that reading from its start stays short', async () => {
  const before = await vacuums();
  await relay();
  for (let i = 0; i < 21; i++) await write(bodies(1_000));
  await waitFor('all relayed', async () => eventLog.records.length >= 21_000 && (await left()) === 0, 20_000);
  await waitFor('vacuumed', async () => (await vacuums()) > before, 10_000);
});
