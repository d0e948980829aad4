import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { topics } from '../../schema/events.js';
import { eventually } from '../../tests/wait-for.js';
import { openTestDatabases, type TestDatabases } from '../database/testing.js';
import { newUuid } from '../ids/ids.js';
import { EmbeddedPubSub } from '../pubsub/embedded.js';
import { Shards } from '../shards/shards.js';
import { silentLog } from '../telemetry/log.js';
import { EmbeddedEventLog } from './embedded.js';
import { keptTopicsContract } from './kept-contract.js';
import { MemoryKeptTopics } from './memory-kept-topics.fixture.js';
import type { Holding } from './port.js';

let databases: TestDatabases;
let shards: Shards;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());
const openLog = (leaseMs = 400) =>
  new EmbeddedEventLog({
    directory: databases.directory,
    shards,
    pubsub: new EmbeddedPubSub(),
    log: silentLog(),
    leaseMs,
    pollMs: 20,
    keepMs: 0,
  });

keptTopicsContract('in memory', 'memory', async () => new MemoryKeptTopics());
keptTopicsContract('embedded', 'shard1', async () => openLog().kept);

test('trimming leaves what is kept', async () => {
  const log = openLog();
  const group = newUuid(0);
  await log.append([{ topic: topics.conversation, key: newUuid(0), value: 'x' }]);
  const handled: string[] = [];
  const consumer = await log.consume({
    group,
    topics: [topics.conversation],
    maxBatch: 10,
    handle: async (records) => void handled.push(...records.map(({ value }) => value)),
  });
  // A group that has no place yet is behind with nothing.
  await eventually(async () => expect(handled).toEqual(['x']));
  await eventually(async () => expect(await log.lag(group)).toEqual({ [topics.conversation]: 0 }));
  const record = { topic: 'a.b.retry', partition: 'shard0', position: 1n, key: newUuid(0), value: 'x', dueAt: 0 };
  await log.kept.change('shard0', { add: [record] });
  await log.trim();
  const rows = await databases.shards.get('shard0')!.$queryRaw<unknown[]>`select 1 from event_log`;
  expect(rows).toEqual([]);
  expect(await log.kept.read({ partition: 'shard0', topics: ['a.b.retry'], limit: 5 })).toEqual([record]);
  await consumer.stop();
  await log.close();
});

test('a member is told of a partition before its first records, with none waiting too, and anew after another may have had it', async () => {
  const log = openLog(3_000);
  const group = newUuid(0);
  const shard0 = databases.shards.get('shard0')!;
  const told: string[] = [];
  let holding: Holding | null = null;
  const consumer = await log.consume({
    group,
    topics: [topics.conversation],
    maxBatch: 10,
    assigned: async (given) => {
      if (given.partition !== 'shard0') return;
      holding = given;
      told.push('assigned');
    },
    handle: async (records) => {
      for (const record of records) if (record.partition === 'shard0') told.push(record.value);
    },
  });
  await eventually(async () => expect(told).toEqual(['assigned']));
  const append = (value: string) => log.append([{ topic: topics.conversation, key: newUuid(0), value }]);
  await append('one');
  await append('two');
  await eventually(async () => expect(told).toEqual(['assigned', 'one', 'two']));
  expect(holding!.isHeld()).toBe(true);

  // Another member has taken it, while this one was away for longer than its lease.
  await shard0.$executeRaw`update event_log_group set owner = 'another', leased_until = now() + interval '1 second' where name = ${group}`;
  const again = () => told.filter((each) => each === 'assigned').length;
  // Nothing of this process goes on meanwhile.
  const stall = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_600);
  stall();
  expect(holding!.isHeld()).toBe(false);
  await append('three');
  await eventually(async () => expect(told.at(-1)).toBe('three'));
  expect(again()).toBe(2);
  expect(told.slice(-2)).toEqual(['assigned', 'three']);
  await consumer.stop();
  expect(holding!.isHeld()).toBe(false);
  await log.close();
});
