import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { eventually } from '../../tests/wait-for.js';
import { newUuid } from '../ids/ids.js';
import { openTestDatabases, type TestDatabases } from './testing.js';
import { countWrites } from './write-metrics.js';

let databases: TestDatabases;
beforeAll(async () => {
  databases = await openTestDatabases();
});
afterAll(() => databases.close());

test('rows written are counted per database, and never twice', async () => {
  const registry = new Registry();
  const [shard0] = databases.shards.values();
  const all = [...databases.shards].map(([name, db]) => ({ name, db }));
  countWrites(() => all, registry);
  const writes = async (database: string) => {
    const metric = await registry.getSingleMetric('db_writes_total')!.get();
    return metric.values.find(({ labels }) => labels.database === database)?.value ?? 0;
  };
  const [before, other] = [await writes('shard0'), await writes('shard1')];
  await shard0!.$executeRaw`
    insert into outbox (topic, key, payload) select 'parley.user', ${newUuid(0)}::uuid, '{}' from generate_series(1, 50)`;
  // Postgres counts what a session did within a second of its end.
  await eventually(async () => expect(await writes('shard0')).toBeGreaterThanOrEqual(before + 50));
  expect(await writes('shard0')).toBeLessThan(before + 100);
  expect(await writes('shard1')).toBe(other);
});
