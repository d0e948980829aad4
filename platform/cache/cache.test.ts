import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { EmbeddedEphemeral } from '../ephemeral/embedded.js';
import { Cache } from './cache.js';

let ephemeral: EmbeddedEphemeral;
let registry: Registry;
let cache: Cache<{ name: string }>;
beforeEach(() => {
  [ephemeral, registry] = [new EmbeddedEphemeral(), new Registry()];
  cache = new Cache({ name: 'profile', ephemeral, ttlMs: 60_000, registry });
});
afterEach(() => ephemeral.close());

const counted = async (metric: string) => (await registry.getSingleMetric(metric)!.get()).values[0]?.value;
function loader() {
  const calls: string[][] = [];
  const load = async (ids: string[]) => {
    const call = calls.push(ids);
    await new Promise((resolve) => setImmediate(resolve));
    return new Map(ids.filter((id) => id !== 'nobody').map((id) => [id, { name: `${id} ${call}` }]));
  };
  return { calls, load };
}

describe('a cache', () => {
  test('loads what is missing, once, and counts', async () => {
    const { calls, load } = loader();
    expect([...(await cache.getMany(['a', 'b', 'a'], load)).keys()]).toEqual(['a', 'b']);
    expect([...(await cache.getMany(['b', 'c', 'nobody'], load)).keys()].sort()).toEqual(['b', 'c']);
    await cache.getMany(['nobody'], load);
    expect(calls).toEqual([['a', 'b'], ['c', 'nobody'], ['nobody']]);
    expect([await counted('cache_requests_total'), await counted('cache_hits_total')]).toEqual([6, 1]);
  });

  test('has one load under way for an id', async () => {
    const { calls, load } = loader();
    const answers = await Promise.all([cache.getMany(['a'], load), cache.getMany(['a', 'b'], load)]);
    expect(calls).toEqual([['a'], ['b']]);
    expect(answers[1].get('a')).toEqual({ name: 'a 1' });
  });

  test('does not keep what was read before a change, nor hand it to those who ask after it', async () => {
    const { calls, load } = loader();
    const before = cache.getMany(['a'], load);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    await cache.drop('a');
    const after = await cache.getMany(['a'], load);
    await before;
    expect(after.get('a')).toEqual({ name: 'a 2' });
    expect((await cache.getMany(['a'], load)).get('a')).toEqual({ name: 'a 2' });
    expect(calls).toHaveLength(2);
  });

  test('passes a failure on, and tries again the next time', async () => {
    await expect(cache.getMany(['a'], () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect((await cache.getMany(['a'], loader().load)).size).toBe(1);
  });

  test('loads everything while the store cannot be reached', async () => {
    const down = () => Promise.reject(new Error('no connection'));
    cache = new Cache({
      name: 'profile',
      ephemeral: { ...ephemeral, getMany: down, set: down } as never,
      ttlMs: 1_000,
    });
    const { calls, load } = loader();
    await cache.getMany(['a'], load);
    await cache.getMany(['a'], load);
    expect(calls).toEqual([['a'], ['a']]);
  });
});
