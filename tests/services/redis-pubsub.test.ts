import { afterAll, beforeAll, describe } from '@jest/globals';
import { pubsubContract } from '../../platform/pubsub/contract.js';
import { RedisPubSub } from '../../platform/pubsub/redis.js';
import { openRedis, type RedisConnections } from '../../platform/redis/connection.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { startRedis, type RedisServers } from './servers/redis.js';

describe.each([['a server'], ['a Cluster of three']])('on %s', (kind) => {
  let servers: RedisServers;
  let redis: RedisConnections;
  beforeAll(async () => {
    servers = await startRedis({ cluster: kind !== 'a server' });
    redis = openRedis({ url: servers.url, log: silentLog() });
  }, 60_000);
  afterAll(async () => {
    await redis.close();
    await servers.stop();
  });

  pubsubContract(`Redis, ${kind}`, async () => new RedisPubSub(redis, silentLog()));
});
