import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ephemeralContract } from './contract.js';
import { EmbeddedEphemeral } from './embedded.js';

beforeAll(() => {
  jest.useFakeTimers();
});
afterAll(() => {
  jest.useRealTimers();
});

ephemeralContract(
  'embedded',
  async () => new EmbeddedEphemeral(),
  async (ms) => {
    jest.advanceTimersByTime(ms);
  },
);

test('what expired leaves memory though nobody asks for it', async () => {
  const store = new EmbeddedEphemeral();
  for (let i = 0; i < 1_000; i++) {
    await store.set(`v${i}`, 'x', 1_000);
    await store.addMember(`s${i % 10}`, String(i), 1_000);
  }
  await store.set('kept', 'x', 120_000);
  expect(store.size).toBe(2_001);
  jest.advanceTimersByTime(31_000);
  expect(store.size).toBe(1);
  await store.close();
});
