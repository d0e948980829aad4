import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rateLimiterContract } from '../../platform/rate-limit/contract.js';
import { Limits } from '../../platform/rate-limit/limits.js';
import { RedisRateLimiter } from '../../platform/rate-limit/redis.js';
import { parseRules } from '../../platform/rate-limit/rules.js';
import { openRedis, type RedisConnections } from '../../platform/redis/connection.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { newUuid } from '../../platform/ids/ids.js';
import { redisCli, startRedis, type RedisServers } from './servers/redis.js';

describe.each([['a server'], ['a Cluster of three']])('on %s', (kind) => {
  let servers: RedisServers;
  let redis: RedisConnections;
  beforeAll(async () => {
    servers = await startRedis({ cluster: kind !== 'a server' });
    redis = openRedis({ url: servers.url, log: silentLog() });
    await redis.connected();
  }, 60_000);
  afterAll(async () => {
    await redis.close();
    await servers.stop();
  });

  rateLimiterContract(`Redis, ${kind}`, async () => new RedisRateLimiter(redis));

  test('several processes share an allowance', async () => {
    const others = openRedis({ url: servers.url, log: silentLog() });
    await others.connected();
    const [one, two] = [new RedisRateLimiter(redis), new RedisRateLimiter(others)];
    const rule = { points: 5, seconds: 60 };
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 > 0 ? one : two).take('shared', rule, 'ann')),
    );
    expect(taken.filter(({ isAllowed }) => isAllowed)).toHaveLength(5);
    await others.close();
  });

  test('FLUSHALL gives whole allowances back, and nothing else', async () => {
    const limiter = new RedisRateLimiter(redis);
    const rule = { points: 2, seconds: 60 };
    await limiter.take('flushed', rule, 'ann', 2);
    for (const port of servers.ports) redisCli(port, 'flushall');
    for (const port of servers.ports) redisCli(port, 'script', 'flush');
    expect(await limiter.take('flushed', rule, 'ann')).toMatchObject({ isAllowed: true, remaining: 1 });
  });

  test('while Redis hangs or is away, limits let pass, and soon', async () => {
    const limits = new Limits(new RedisRateLimiter(redis), parseRules('sendMessage.person=1/60'), silentLog());
    const caller = {
      kind: 'person' as const,
      userId: newUuid(1),
      deviceId: newUuid(1),
      startedAt: Date.now(),
      network: '192.0.2.0/24',
      isNewcomer: false,
    };
    const spend = async () => {
      const from = performance.now();
      await limits.spend('sendMessage', caller);
      return performance.now() - from;
    };
    const pids = servers.pids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    expect(await spend()).toBeLessThan(1_500);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await servers.kill();
    for (let i = 0; i < 5; i++) expect(await spend()).toBeLessThan(1_500);
  });
});
