import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { Cache } from '../../platform/cache/cache.js';
import { RedisEphemeral } from '../../platform/ephemeral/redis.js';
import { openRedis, type RedisConnections } from '../../platform/redis/connection.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { redisCli, startRedis, type RedisServers } from './servers/redis.js';

let servers: RedisServers;
let processes: RedisConnections[];
beforeAll(async () => {
  servers = await startRedis({ cluster: true });
  processes = [1, 2].map(() => openRedis({ url: servers.url, log: silentLog() }));
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map((each) => each.close()));
  await servers.stop();
});

test('a cache is shared by processes, dropped for all of them, loads while Redis is away, and counts its hits', async () => {
  await Promise.all(processes.map((each) => each.connected()));
  const registry = new Registry();
  const [here, there] = processes.map(
    (each) =>
      new Cache<{ name: string }>({ name: 'profile', ephemeral: new RedisEphemeral(each), ttlMs: 60_000, registry }),
  );
  const ids = Array.from({ length: 50 }, (_, i) => `u${i}`);
  let loaded: string[] = [];
  const load = async (missing: string[]) => {
    loaded.push(...missing);
    return new Map(missing.map((id) => [id, { name: `${id} ünï` }]));
  };
  const loads = async (cache: Cache<{ name: string }>) => {
    loaded = [];
    const found = await cache.getMany(ids, load);
    expect(found.get('u7')).toEqual({ name: 'u7 ünï' });
    expect(found.size).toBe(50);
    return loaded.length;
  };

  expect(await loads(here!)).toBe(50);
  expect(await loads(there!)).toBe(0);
  await there!.drop('u7', 'u8');
  expect(await loads(here!)).toBe(2);
  const counted = async (metric: string) => (await registry.getSingleMetric(metric)!.get()).values[0]?.value;
  expect([await counted('cache_requests_total'), await counted('cache_hits_total')]).toEqual([150, 98]);

  for (const port of servers.ports) redisCli(port, 'flushall');
  expect(await loads(there!)).toBe(50);
  await servers.kill();
  expect(await loads(here!)).toBe(50);
});
