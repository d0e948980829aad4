import { expect, test } from '@jest/globals';
import { EmbeddedPresences } from './embedded-presence.js';
import { presencesContract } from './presence-contract.js';

let time = Date.parse('2026-01-01T00:00:00Z');
const now = () => time;
const pass = async (ms: number) => {
  time += ms;
};

presencesContract('embedded', async () => new EmbeddedPresences(now), { pass, now });

test('people who have gone and are recorded leave memory', async () => {
  const store = new EmbeddedPresences(now);
  const seed = { isInvisible: false, lastSeenAt: null };
  for (let i = 0; i < 1_000; i++)
    await store.touch({
      userId: `u${i}`,
      deviceId: 'd',
      source: 'r',
      ttlMs: 45_000,
      seed: { ...seed, isInvisible: i % 2 > 0 },
    });
  expect(store.size).toBe(1_000);
  for (let i = 0; i < 10; i++) {
    await pass(30_000);
    const { offline } = await store.sweep(10_000);
    for (const { userId, number } of offline) await store.recorded(userId, number);
  }
  expect(store.size).toBe(0);
});
