import type { RedisConnections } from '../redis/connection.js';
import { script } from '../redis/script.js';
import type { Ephemeral } from './port.js';

/** Redis's own time in ms: the clocks of those who ask need not agree. */
const now = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const addMember = script(`${now}
local key, member, ttl = KEYS[1], ARGV[1], tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
local added = redis.call('ZADD', key, now + ttl, member)
if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, ttl) end
return added`);

const removeMember = script(`${now}
local expiry = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
return expiry and tonumber(expiry) > now and 1 or 0`);

const members = script(`${now}
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')`);

const lifetimes = script(`${now}
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES')
for i = 2, #found, 2 do found[i] = tonumber(found[i]) - now end
return found`);

/**
 * Values are strings that Redis expires. A set is a sorted set by the time at which each member expires, and goes as a
 * whole with the last. Every command is about one key, so that keys may lie on any node of a Cluster.
 */
export class RedisEphemeral implements Ephemeral {
  constructor(private readonly redis: RedisConnections) {}

  get(key: string): Promise<string | null> {
    return this.redis.run((client) => client.get(key));
  }

  getMany(keys: readonly string[]): Promise<(string | null)[]> {
    return this.redis.run((client) => Promise.all(keys.map((key) => client.get(key))));
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.redis.run((client) => client.set(key, value, 'PX', wholeMs(ttlMs)));
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    return (await this.redis.run((client) => client.set(key, value, 'PX', wholeMs(ttlMs), 'NX'))) === 'OK';
  }

  async delete(...keys: string[]): Promise<void> {
    await this.redis.run((client) => Promise.all(keys.map((key) => client.unlink(key))));
  }

  async addMember(key: string, member: string, ttlMs: number): Promise<boolean> {
    return (await this.redis.evaluate(addMember, [key], [member, wholeMs(ttlMs)])) === 1;
  }

  async removeMember(key: string, member: string): Promise<boolean> {
    return (await this.redis.evaluate(removeMember, [key], [member])) === 1;
  }

  members(keys: readonly string[]): Promise<string[][]> {
    return Promise.all(keys.map((key) => this.redis.evaluate(members, [key], []) as Promise<string[]>));
  }

  async lifetimes(key: string): Promise<Map<string, number>> {
    const found = (await this.redis.evaluate(lifetimes, [key], [])) as (string | number)[];
    const living = new Map<string, number>();
    for (let i = 0; i < found.length; i += 2) living.set(String(found[i]), Number(found[i + 1]));
    return living;
  }

  /** Ends nothing: the connections belong to whoever opened them. */
  async close(): Promise<void> {}
}

/** Redis takes whole ms, and refuses 0. */
function wholeMs(ttlMs: number): number {
  return Math.max(1, Math.ceil(ttlMs));
}
