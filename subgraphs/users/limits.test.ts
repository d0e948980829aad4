import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../../platform/database/testing.js';
import { EmbeddedRateLimiter } from '../../platform/rate-limit/embedded.js';
import { Limits } from '../../platform/rate-limit/limits.js';
import { parseRules } from '../../platform/rate-limit/rules.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { openUsers } from './testing.js';

let databases: TestDatabases;
beforeAll(async () => {
  databases = await openTestDatabases();
});
afterAll(() => databases.close());

test('who tries too many passwords for one name is told when to try again, wherever they come from', async () => {
  const limits = new Limits(new EmbeddedRateLimiter(), parseRules('signIn.login=3/60'), silentLog());
  const users = await openUsers(databases.directory, { limits });
  const device = { name: 'Phone', platform: 'IOS' };
  const attempt = (network: string) =>
    users.mutate(
      { kind: 'nobody', startedAt: Date.now(), network },
      'signIn',
      { login: 'Somebody', password: 'wrong password', device },
      'session { accessToken }',
    );
  for (let i = 0; i < 3; i++) expect((await attempt(`192.0.${i}.0/24`)).errors[0].code).toBe('WRONG_CREDENTIALS');
  const refused = await attempt('198.51.100.0/24');
  expect(refused).toMatchObject({ session: null, errors: [{ code: 'RATE_LIMITED', path: [] }] });
  expect(Date.parse(refused.errors[0].retryAt)).toBeGreaterThan(Date.now());
});
