import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { presencesContract } from '../../platform/ephemeral/presence-contract.js';
import { OFFLINE_DELAY_MS, type Swept } from '../../platform/ephemeral/presence-port.js';
import { RedisPresences } from '../../platform/ephemeral/redis-presence.js';
import { openRedis, type RedisConnections } from '../../platform/redis/connection.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { waitFor } from '../wait-for.js';
import { redisCli, startRedis, type RedisServers } from './servers/redis.js';

jest.setTimeout(120_000);

describe.each([['a server'], ['a Cluster of three']])('on %s', (kind) => {
  let servers: RedisServers;
  let redis: RedisConnections;
  beforeAll(async () => {
    servers = await startRedis({ cluster: kind !== 'a server' });
    redis = openRedis({ url: servers.url, log: silentLog() });
  });
  afterAll(async () => {
    await redis.close();
    await servers.stop();
  });
  const flush = () => {
    for (const port of servers.ports) redisCli(port, 'flushall');
  };

  // The scripts run inside Redis; they are told when it is, so that minutes can pass at once.
  let time = Date.parse('2026-01-01T00:00:00Z');
  const now = () => time;
  const open = async () => {
    flush();
    return new RedisPresences(redis, now);
  };
  const pass = async (ms: number) => void (time += ms);
  presencesContract(`Redis, ${kind}`, open, { pass, now });

  describe('by its own time', () => {
    const seed = { isInvisible: false, lastSeenAt: null };
    const ann = { userId: 'ann', deviceId: 'phone', source: 'r1', seed };
    let presences: RedisPresences;
    beforeEach(() => {
      flush();
      presences = new RedisPresences(redis);
    });

    test('tells that somebody went, once though many sweep', async () => {
      const from = Date.now();
      const touched = await presences.touch({ ...ann, ttlMs: 200 });
      const swept: Swept[] = [];
      const gone = async () => {
        swept.push(...(await Promise.all(Array.from({ length: 5 }, () => presences.sweep(1_000)))));
        return swept.find(({ updates }) => updates.length > 0)?.updates[0];
      };
      const update = await waitFor('ann has gone', gone, OFFLINE_DELAY_MS + 10_000);
      expect(touched).toMatchObject({ update: { status: 'ONLINE' }, isBack: false });
      expect(update).toMatchObject({ userId: 'ann', status: 'OFFLINE' });
      expect(update.at - from).toBeGreaterThanOrEqual(OFFLINE_DELAY_MS + 200 - 1);
      expect(Math.abs(update.lastSeenAt! - from)).toBeLessThan(2_000);
      expect(swept.flatMap(({ updates }) => updates)).toHaveLength(1);
    });

    test('loses everything at any moment, and knows again as devices come back', async () => {
      await presences.touch({ ...ann, ttlMs: 45_000 });
      await presences.sweep(1_000);
      const [before] = await presences.read(['ann']);
      const since = await presences.since();
      flush();
      expect(await presences.read(['ann'])).toEqual([null]);
      expect(await presences.sweep(1_000)).toEqual({ updates: [], online: [], offline: [], hasMore: false });
      await presences.release('ann', 'phone', 'r1');
      expect(await presences.recorded('ann', before!.number)).toBe(true);
      expect(await presences.since()).toBeGreaterThan(since);
      expect(await presences.touch({ ...ann, seed: undefined, ttlMs: 45_000 })).toBe('unknown');
      await presences.touch({ ...ann, ttlMs: 45_000 });
      const [after] = await presences.read(['ann']);
      expect(after).toMatchObject({ status: 'ONLINE' });
      expect(after!.number).toBeGreaterThan(before!.number);
    });
  });
});
