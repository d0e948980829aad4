import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Caller } from '../auth/caller.js';
import { packageRoot } from '../config/package-root.js';
import { newUuid } from '../ids/ids.js';
import { silentLog, type Log } from '../telemetry/log.js';
import { EmbeddedRateLimiter } from './embedded.js';
import { Limits } from './limits.js';
import { defaultRules, parseRules, type Rules } from './rules.js';

const person = (isNewcomer = false): Caller => ({
  kind: 'person',
  userId: newUuid(1),
  deviceId: newUuid(1),
  startedAt: Date.now(),
  network: '192.0.2.0/24',
  isNewcomer,
});
const open = (rules: Rules) => new Limits(new EmbeddedRateLimiter(), rules, silentLog());

describe('limits', () => {
  test('refuse with when a retry can succeed, one person and conversation apart from the others', async () => {
    const limits = open(parseRules('sendMessage.person=3/60, sendMessage.conversation=5/60'));
    const [ann, bob] = [person(), person()];
    for (let i = 0; i < 3; i++) await limits.spend('sendMessage', ann, { conversationId: 'a' });
    await expect(limits.spend('sendMessage', ann, { conversationId: 'b' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAt: expect.any(Date),
    });
    for (let i = 0; i < 2; i++) await limits.spend('sendMessage', bob, { conversationId: 'a' });
    await expect(limits.spend('sendMessage', bob, { conversationId: 'a' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  test('give new and unverified accounts a tenth', async () => {
    const limits = open(parseRules('sendMessage.person=20/60'));
    const newcomer = person(true);
    for (let i = 0; i < 2; i++) await limits.spend('sendMessage', newcomer);
    await expect(limits.spend('sendMessage', newcomer)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('count those who are not signed in by their network, and sign-ins by name however it is written', async () => {
    const limits = open(parseRules('signIn.login=2/60,signIn.network=3/60'));
    const nobody = (network: string): Caller => ({ kind: 'nobody', startedAt: Date.now(), network });
    await limits.spend('signIn', nobody('192.0.2.0/24'), { login: 'Ann' });
    await limits.spend('signIn', nobody('192.0.2.0/24'), { login: ' ann' });
    await expect(limits.spend('signIn', nobody('198.51.100.0/24'), { login: 'ANN' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
    await limits.spend('signIn', nobody('192.0.2.0/24'), { login: 'bob' });
    await expect(limits.spend('signIn', nobody('192.0.2.0/24'), { login: 'cid' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
  });

  test('limit nobody when they are off, or while the store cannot be reached', async () => {
    const broken = { take: () => Promise.reject(new Error('no connection')), close: async () => undefined };
    for (const limits of [open(null), new Limits(broken, { ...defaultRules }, silentLog())])
      for (let i = 0; i < 500; i++) await limits.spend('createGroup', person());
  });

  test('say once that the store cannot be reached, not at each action', async () => {
    const broken = { take: () => Promise.reject(new Error('no connection')), close: async () => undefined };
    const warnings: unknown[] = [];
    const log = { ...silentLog(), warn: (...said: unknown[]) => warnings.push(said) } as unknown as Log;
    const limits = new Limits(broken, { ...defaultRules }, log);
    for (let i = 0; i < 100; i++) await limits.spend('createGroup', person());
    expect(warnings).toHaveLength(1);
  });
});

test('a bad PARLEY_RATE_LIMITS is told with what to write', () => {
  for (const text of ['sendMessage', 'sendMessage.person=0/60', 'nothing.person=1/1', 'sendMessage.person=1'])
    expect(() => parseRules(text)).toThrow(/^PARLEY_RATE_LIMITS is not valid: .+ Write "off", or/);
});

test('docs/limits.md shows the rules as they are', () => {
  const document = readFileSync(join(packageRoot, 'docs', 'limits.md'), 'utf8');
  const shown = [...document.matchAll(/^\| `([\w.]+)` +\| ([\d,]+) +\| (\d+) s +\|/gm)].map(
    ([, name, points, seconds]) => [name, { points: Number(points?.replaceAll(',', '')), seconds: Number(seconds) }],
  );
  expect(Object.fromEntries(shown)).toEqual(defaultRules);
});
