import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { KeptRenderings } from './kept-renderings.js';

const KEEP_MS = 1_000;
const bytes = Buffer.alloc(100);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('is kept for its time, and let go after twice that, though nobody asks', () => {
  const kept = new KeptRenderings(KEEP_MS, 10_000);
  jest.advanceTimersByTime(KEEP_MS * 0.9);
  kept.set('a', bytes);
  jest.advanceTimersByTime(KEEP_MS);
  expect(kept.get('a')).toBe(bytes);
  jest.advanceTimersByTime(KEEP_MS);
  expect(kept.size).toBe(0);
  jest.advanceTimersByTime(KEEP_MS);
  expect(jest.getTimerCount()).toBe(0);
});

test('all of them take no more than they may, and the newest are there', () => {
  const kept = new KeptRenderings(KEEP_MS, 1_000);
  for (let i = 0; i < 100; i++) {
    kept.set(String(i), bytes);
    expect(kept.size * bytes.length).toBeLessThanOrEqual(1_000);
    expect(kept.get(String(i))).toBe(bytes);
  }
  expect(kept.get('0')).toBeUndefined();
});

test('one that fills half of it alone is not kept', () => {
  const kept = new KeptRenderings(KEEP_MS, 199);
  kept.set('a', bytes);
  expect(kept.size).toBe(0);
});
