import { expect, test } from '@jest/globals';
import { openRedis } from '../../platform/redis/connection.js';
import { createLog, silentLog } from '../../platform/telemetry/log.js';
import { redisCli, startRedis } from './servers/redis.js';

test.each([[false], [true]])(
  'signs in with the name and password of the address; Cluster: %s',
  async (cluster) => {
    const servers = await startRedis({ cluster });
    for (const port of servers.ports) redisCli(port, 'acl', 'setuser', 'parley', 'on', '>p@ss', '~*', '&*', '+@all');
    for (const port of servers.ports) redisCli(port, 'acl', 'setuser', 'default', 'off');
    const lines: string[] = [];
    const log = createLog('trace', { write: (line) => void lines.push(line) });
    const right = openRedis({ url: servers.url.replaceAll('redis://', 'redis://parley:p%40ss@'), log });
    const wrong = openRedis({ url: servers.url.replaceAll('redis://', 'redis://parley:wr0ng@'), log });
    try {
      await right.connected();
      await expect(wrong.connected(500)).rejects.toThrow(/PARLEY_REDIS_URL.+password/);
      expect(lines.join('')).not.toMatch(/p@ss|p%40ss|wr0ng/);
    } finally {
      await Promise.all([right.close(), wrong.close()]);
      await servers.stop();
    }
  },
  60_000,
);

test.each([
  ['localhost', 'it is not a URL'],
  ['redis://127.0.0.1/x', 'not a database number'],
])('refuses %s at the start, and says what to write', (url, why) => {
  expect(() => openRedis({ url, log: silentLog() })).toThrow(new RegExp(`PARLEY_REDIS_URL.+${why}.+Write redis://`));
});

test('names a CA file that cannot be read', () => {
  expect(() => openRedis({ url: 'rediss://127.0.0.1', caFile: '/none/ca.pem', log: silentLog() })).toThrow(
    /PARLEY_REDIS_CA_FILE names \/none\/ca.pem, which cannot be read/,
  );
});
