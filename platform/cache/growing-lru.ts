import { LRUCache } from 'lru-cache';

/**
 * Keeps `most` entries, and forgets first what was used longest ago; `ttl` in ms. It takes room as it fills, where LRUCache
 * with a `max` takes all of it when it is made: megabytes, written and collected at each start.
 */
export function growingLru<Value extends object | number | boolean>(most: number, ttl = 0): LRUCache<string, Value> {
  return new LRUCache<string, Value>({ maxSize: most, sizeCalculation: () => 1, ttl });
}
