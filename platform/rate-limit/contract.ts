import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { waitFor } from '../../tests/wait-for.js';
import type { RateLimiter } from './port.js';

/** What every adapter of the port does. `open` gives a connection; several of them share the store. */
export function rateLimiterContract(adapter: string, open: () => Promise<RateLimiter>): void {
  describe(`rate limiter, ${adapter}`, () => {
    let limiter: RateLimiter;
    beforeEach(async () => {
      limiter = await open();
    });
    afterEach(() => limiter.close());

    const rule = { points: 5, seconds: 60 };
    const fresh = () => [`rule-${randomUUID()}`, randomUUID()] as const;

    test('allows as many points as the rule has, and tells what is left and when it is whole again', async () => {
      const [name, key] = fresh();
      const before = Date.now();
      const remaining = [];
      for (let i = 0; i < 5; i++) remaining.push((await limiter.take(name, rule, key)).remaining);
      expect(remaining).toEqual([4, 3, 2, 1, 0]);
      const refused = await limiter.take(name, rule, key);
      expect(refused).toMatchObject({ isAllowed: false, limit: 5, remaining: 0 });
      expect(refused.resetAt).toBeGreaterThan(before);
      expect(refused.resetAt).toBeLessThanOrEqual(Date.now() + 60_000);
    });

    test('takes all of the points or none', async () => {
      const [name, key] = fresh();
      expect(await limiter.take(name, rule, key, 3)).toMatchObject({ isAllowed: true, remaining: 2 });
      expect(await limiter.take(name, rule, key, 3)).toMatchObject({ isAllowed: false, remaining: 2 });
      expect(await limiter.take(name, rule, key, 2)).toMatchObject({ isAllowed: true, remaining: 0 });
      expect(await limiter.take(name, rule, randomUUID(), 6)).toMatchObject({ isAllowed: false, remaining: 5 });
    });

    test('keeps keys and rules apart', async () => {
      const [name, key] = fresh();
      await limiter.take(name, rule, key, 5);
      expect((await limiter.take(name, rule, randomUUID())).isAllowed).toBe(true);
      expect((await limiter.take(fresh()[0], rule, key)).isAllowed).toBe(true);
    });

    test('never allows more than the rule to those who take at the same moment', async () => {
      const [name, key] = fresh();
      const taken = await Promise.all(Array.from({ length: 40 }, () => limiter.take(name, rule, key)));
      expect(taken.filter(({ isAllowed }) => isAllowed)).toHaveLength(5);
    });

    test('gives the whole allowance back when the window ends', async () => {
      const [name, key] = fresh();
      const short = { points: 1, seconds: 1 };
      await limiter.take(name, short, key);
      expect((await limiter.take(name, short, key)).isAllowed).toBe(false);
      await waitFor('the window has ended', async () => (await limiter.take(name, short, key)).isAllowed, 5_000);
    });
  });
}
