import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { topics } from '../../schema/events.js';
import { channels } from '../../schema/live.js';
import { openTestDatabases, type TestDatabases } from '../database/testing.js';
import { newUuid } from '../ids/ids.js';
import { EmbeddedPubSub } from '../pubsub/embedded.js';
import { Shards } from '../shards/shards.js';
import { silentLog } from '../telemetry/log.js';
import { eventually } from '../../tests/wait-for.js';
import { eventLogContract } from './contract.js';
import type { StoredRecord } from './port.js';
import { EmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded.js';

let databases: TestDatabases;
let shards: Shards;
let pubsub: EmbeddedPubSub;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
  pubsub = new EmbeddedPubSub();
});
afterAll(async () => {
  await pubsub.close();
  await databases.close();
});
const opened: EmbeddedEventLog[] = [];
function openLog(options: Partial<EmbeddedEventLogOptions> = {}): EmbeddedEventLog {
  const log = new EmbeddedEventLog({
    directory: databases.directory,
    shards,
    pubsub,
    log: silentLog(),
    leaseMs: 600,
    pollMs: 100,
    ...options,
  });
  opened.push(log);
  return log;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
});

eventLogContract('embedded', async () => openLog());

const conversation = newUuid(0); // on shard0
const record = (value: string) => ({ topic: topics.conversation, key: conversation, value });
const newGroup = () => `group-${newUuid(0)}`;

function collect(
  log: EmbeddedEventLog,
  group: string,
  onRecord: (value: string) => Promise<void> | void = () => undefined,
  withinMs?: number,
) {
  const seen: string[] = [];
  const consumer = log.consume({
    group,
    topics: [topics.conversation],
    maxBatch: 10,
    ...(withinMs !== undefined && { withinMs }),
    handle: async (records) => {
      for (const { key, value } of records) {
        if (key !== conversation) continue;
        await onRecord(value);
        seen.push(value);
      }
    },
  });
  return { seen, consumer };
}

test('a position is never passed over: a reader waits for an appender that commits late', async () => {
  const log = openLog();
  const { seen, consumer } = collect(log, newGroup());
  await consumer;
  const slow = new Client({ connectionString: databases.url('shard0') });
  await slow.connect();
  await slow.query('begin');
  await slow.query('select append_events($1::text[], $2::uuid[], $3::text[])', [
    [topics.conversation],
    [conversation],
    ['slow'],
  ]);
  const quick = log.append([record('quick')]);
  // The quick one stands behind the lock, so it cannot become visible first.
  await eventually(async () => {
    const { rows } = await slow.query(
      `select 1 from pg_locks where locktype = 'advisory' and objid = 72707371 and not granted`,
    );
    expect(rows.length).toBe(1);
  });
  await slow.query('commit');
  await slow.end();
  await quick;
  await eventually(async () => expect(seen).toEqual(expect.arrayContaining(['slow', 'quick'])));
  expect(seen.indexOf('slow')).toBeLessThan(seen.indexOf('quick'));
});

test('a row that is told of while somebody is at the outbox comes once that one is done, without another word', async () => {
  const log = openLog({ pollMs: 60_000, leaseMs: 600_000 });
  const { seen, consumer } = collect(log, newGroup());
  await consumer;
  await log.append([record('before')]);
  await eventually(async () => expect(seen).toContain('before'));
  const other = new Client({ connectionString: databases.url('shard0') });
  await other.connect();
  await other.query('begin');
  await other.query('select pg_advisory_xact_lock(72707371)');
  await databases.shards.get('shard0')!.$executeRaw`
    insert into outbox (topic, key, payload) values (${topics.conversation}, ${conversation}::uuid, 'told of once')`;
  await pubsub.publish(channels.outbox('shard0'), '');
  await eventually(async () => {
    const { rows } = await other.query(
      `select 1 from pg_locks where locktype = 'advisory' and objid = 72707371 and not granted`,
    );
    expect(rows.length).toBe(1);
  });
  await other.query('commit');
  await other.end();
  await eventually(async () => expect(seen).toContain('told of once'));
});

test('what comes after a batch gathers for as long as the group gives it; meanwhile the batch is committed', async () => {
  const log = openLog();
  const group = newGroup();
  const shard = databases.shards.get('shard0')!;
  const batches: string[][] = [];
  await log.append([record('first')]);
  await log.consume({
    group,
    topics: [topics.conversation],
    maxBatch: 1_000,
    withinMs: 2_000,
    handle: async (records) => {
      if (records.some(({ key }) => key === conversation)) batches.push(records.map(({ value }) => value));
    },
  });
  await eventually(async () => expect(batches).toHaveLength(1));
  await log.append([record('second')]);
  await eventually(async () => {
    const [row] = await shard.$queryRaw<{ behind: number }[]>`
      select count(*)::int as behind from event_log l, event_log_group g where g.name = ${group} and l.position > g.position`;
    expect(row!.behind).toBe(1);
  });
  await log.append([record('third')]);
  await eventually(async () => expect(batches.slice(1)).toEqual([['second', 'third']]));
});

test('what comes while a batch is handled gathers too, and comes without another word', async () => {
  const log = openLog({ pollMs: 60_000, leaseMs: 600_000 });
  let isUnderWay = false;
  let go = () => undefined as void;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const { seen, consumer } = collect(
    log,
    newGroup(),
    (value) => {
      if (value !== 'takes its time') return;
      isUnderWay = true;
      return gate;
    },
    500,
  );
  await consumer;
  await log.append([record('before')]);
  await eventually(async () => expect(seen).toContain('before'));
  await log.append([record('takes its time')]);
  await eventually(async () => expect(isUnderWay).toBe(true));
  let isTold = false;
  const told = () => void (isTold = true);
  const unsubscribe = await pubsub.subscribe('event-log:shard0', told, told);
  await log.append([record('meanwhile')]);
  await eventually(async () => expect(isTold).toBe(true));
  await unsubscribe();
  go();
  await eventually(async () => expect(seen).toContain('meanwhile'));
});

test('groups of one process are handed the same records, each from its own place', async () => {
  const log = openLog();
  const values = Array.from({ length: 30 }, (_, i) => `shared ${i}`);
  const taken: StoredRecord[][] = [[], [], []];
  const consume = (index: number, maxBatch: number, withinMs?: number) =>
    log.consume({
      group: newGroup(),
      topics: [topics.conversation],
      maxBatch,
      ...(withinMs !== undefined && { withinMs }),
      handle: async (records) => {
        taken[index]!.push(...records.filter(({ value }) => value.startsWith('shared ')));
      },
    });
  await Promise.all([consume(0, 7), consume(1, 500, 50), consume(2, 3, 20)]);
  for (const value of values) await log.append([record(value)]);
  await eventually(async () => {
    for (const records of taken) expect(records.map(({ value }) => value)).toEqual(values);
  });
  expect(taken[1]!.filter((one) => taken[0]!.includes(one)).length).toBeGreaterThan(0);
});

test('what one group moves, the others of the same process hear of', async () => {
  const owner = newUuid(0);
  const waiting = openLog({ owner, pollMs: 60_000, leaseMs: 600_000 });
  const { seen, consumer } = collect(waiting, newGroup(), () => undefined, 10);
  await consumer;
  await waiting.append([record('before')]);
  await eventually(async () => expect(seen).toContain('before'));
  await collect(openLog({ owner }), newGroup()).consumer;
  // Nobody tells of it: the other group finds and moves it.
  await databases.shards.get('shard0')!.$executeRaw`
    insert into outbox (topic, key, payload) values (${topics.conversation}, ${conversation}::uuid, 'found')`;
  await eventually(async () => expect(seen).toContain('found'));
});

test('a member that went silent loses its partition when its lease ends', async () => {
  const group = newGroup();
  const [log, other] = [openLog(), openLog()];
  const two = collect(other, group);
  const consumer = await two.consumer;
  await consumer.stop();
  // As a killed process leaves it.
  await databases.shards.get('shard0')!.$executeRaw`
    update event_log_group set owner = 'dead', leased_until = now() + interval '700 milliseconds' where name = ${group}`;
  const one = collect(log, group);
  await one.consumer;
  await log.append([record('waits')]);
  expect(one.seen).not.toContain('waits');
  await eventually(async () => expect(one.seen).toContain('waits'));
});

test('the same owner goes on at once after a crash', async () => {
  const group = newGroup();
  // As a killed process leaves it.
  for (const shard of databases.shards.values())
    await shard.$executeRaw`
      insert into event_log_group (name, owner, leased_until) values (${group}, 'this machine/1', now() + interval '1 minute')`;
  const next = openLog({ owner: 'this machine', leaseMs: 60_000 });
  const { seen, consumer } = collect(next, group);
  await consumer;
  await next.append([record('after the crash')]);
  await eventually(async () => expect(seen).toContain('after the crash'), 2_000);
});

test('a slow handler keeps its lease', async () => {
  const group = newGroup();
  const lease = async () => {
    const rows = await databases.shards.get('shard0')!.$queryRaw<{ owner: string | null; until: number }[]>`
      select owner, extract(epoch from leased_until)::float8 as until from event_log_group where name = ${group}`;
    return rows[0]!;
  };
  const log = openLog({ leaseMs: 1_500 });
  let isDone = false;
  const { seen, consumer } = collect(log, group, async (value) => {
    if (value !== 'takes long') return;
    const first = await lease();
    await eventually(async () => {
      const { owner, until } = await lease();
      expect(owner).toBe(first.owner);
      expect(until).toBeGreaterThan(first.until + 1.5); // so it has been renewed all the time
    });
    isDone = true;
  });
  await consumer;
  await log.append([record('takes long')]);
  await eventually(async () => expect(isDone).toBe(true));
  await eventually(async () => expect(Object.values(await log.lag(group))).toEqual([0]));
  expect(seen.filter((value) => value === 'takes long')).toHaveLength(1);
});

test('goes on when its connections are cut, and loses nothing', async () => {
  const log = openLog();
  const group = newGroup();
  const { seen, consumer } = collect(log, group);
  await consumer;
  const admin = new Client({ connectionString: databases.url('directory') });
  await admin.connect();
  const expected: string[] = [];
  for (let round = 0; round < 5; round++) {
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname like replace(current_database(), 'directory', 'shard%')`,
    );
    for (let i = 0; i < 5; i++) {
      const value = `cut ${round} ${i}`;
      expected.push(value);
      await eventually(() => log.append([record(value)]));
    }
  }
  await admin.end();
  await eventually(async () => expect([...new Set(seen)]).toEqual(expect.arrayContaining(expected)));
});

test('trims only what is old and passed by every group', async () => {
  const own = await openTestDatabases();
  const ownShards = await Shards.load(own.directory, own.shards);
  const log = openLog({ directory: own.directory, shards: ownShards, keepMs: 3_600_000 });
  const count = async () =>
    own.shards.get('shard0')!.$queryRaw<{ n: number }[]>`select count(*)::int as n from event_log`.then(
      (rows) => rows[0]!.n,
    );
  await log.append(Array.from({ length: 1_500 }, (_, i) => record(String(i))));
  await own.shards.get('shard0')!
    .$executeRaw`update event_log set at = now() - interval '2 hours' where value::int < 1400`;
  await log.trim();
  expect(await count()).toBe(1_500); // no group has passed anything

  const { consumer, seen } = collect(log, 'a');
  await consumer;
  await eventually(async () => expect(seen.length).toBe(1_500));
  await own.shards.get('shard0')!.$executeRaw`insert into event_log_group (name, position) values ('behind', 1100)`;
  await eventually(async () => expect(Object.values(await log.lag('a'))).toEqual([0]));
  await log.trim();
  expect(await count()).toBe(400);
  await own.shards.get('shard0')!.$executeRaw`update event_log_group set position = 1500 where name = 'behind'`;
  await log.trim();
  expect(await count()).toBe(100);
  await log.close();
  await own.close();
});
