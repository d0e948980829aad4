import { expect, test } from '@jest/globals';
import { Passwords } from './passwords.js';

test('a password matches its own hash, however it was composed, and nothing else', async () => {
  const passwords = await Passwords.create();
  const stored = await passwords.hash('caf\u00e9 au lait');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.matches(stored, 'cafe\u0301 au lait')).toBe(true);
  expect(await passwords.matches(stored, 'cafe au lait')).toBe(false);
  expect(await passwords.matches(null, 'nobody has this password')).toBe(false);
});

test('a storm waits its turn, and past a limit is told OVERLOADED', async () => {
  const passwords = await Passwords.create();
  // Known beforehand to be no hash: each check fails at once, which keeps the storm short.
  const outcomes = await Promise.allSettled(Array.from({ length: 400 }, () => passwords.matches('junk', 'x')));
  const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.extensions?.code : 'ok'));
  expect(codes).toContain('OVERLOADED');
  expect(await passwords.matches(await passwords.hash('still works'), 'still works')).toBe(true);
});
