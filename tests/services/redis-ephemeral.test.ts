import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { ephemeralContract } from '../../platform/ephemeral/contract.js';
import { RedisEphemeral } from '../../platform/ephemeral/redis.js';
import { openRedis, type RedisConnections } from '../../platform/redis/connection.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { redisCli, startRedis, type RedisServers } from './servers/redis.js';

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

  const open = async () => {
    for (const port of servers.ports) redisCli(port, 'flushall');
    return new RedisEphemeral(redis);
  };
  ephemeralContract(`Redis, ${kind}`, open, (ms) => pause(ms), 300);
});
