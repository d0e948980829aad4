import { expect, test } from '@jest/globals';
import { growingLru } from './growing-lru.js';

test('keeps as many as it is told, and forgets first what was used longest ago', () => {
  const kept = growingLru<number>(3);
  for (const key of ['a', 'b', 'c']) kept.set(key, 1);
  kept.get('a');
  kept.set('d', 1);
  expect([...kept.keys()].sort()).toEqual(['a', 'c', 'd']);
});
