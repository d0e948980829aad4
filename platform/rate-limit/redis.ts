import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { unavailable } from '../errors/report.js';
import type { RedisClient, RedisConnections } from '../redis/connection.js';
import type { Allowance, RateLimiter, Rule } from './port.js';

/** A limit is not worth waiting for any longer, ms: whoever asks goes on without. */
const PATIENCE_MS = 250;

/**
 * Takes all of the points or none. What is refused is answered with more than the rule has, as the library expects it; how
 * much more tells what had been taken before.
 */
const takeAllOrNone = `
local points, seconds, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local taken, ttl = tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1])
if ttl < 0 then ttl = seconds * 1000 end
if taken + points > most then return { most + 1 + taken, ttl } end
redis.call('SET', KEYS[1], taken + points, 'PX', ttl)
return { taken + points, ttl }`;

/** Allowances that all processes share. A window ends by Redis's clock. */
export class RedisRateLimiter implements RateLimiter {
  private readonly limiters = new Map<string, RateLimiterRedis>();

  constructor(private readonly redis: RedisConnections) {}

  take(name: string, rule: Rule, key: string, points = 1): Promise<Allowance> {
    return inTime(
      this.redis.run((client) =>
        this.limiterOf(client, name, rule)
          .consume(key, points)
          .then(
            (taken) => toAllowance(rule, taken.remainingPoints, taken, true),
            (refused: unknown) => {
              if (!(refused instanceof RateLimiterRes)) throw refused;
              return toAllowance(rule, rule.points - (refused.consumedPoints - rule.points - 1), refused, false);
            },
          ),
      ),
    );
  }

  /** Ends nothing: the connections belong to whoever opened them. */
  async close(): Promise<void> {
    this.limiters.clear();
  }

  private limiterOf(client: RedisClient, name: string, { points, seconds }: Rule): RateLimiterRedis {
    let limiter = this.limiters.get(name);
    if (!limiter) {
      limiter = new RateLimiterRedis({
        storeClient: client,
        keyPrefix: `limit:${name}`,
        points,
        duration: seconds,
        customIncrTtlLuaScript: takeAllOrNone,
      });
      this.limiters.set(name, limiter);
    }
    return limiter;
  }
}

function toAllowance(rule: Rule, remaining: number, { msBeforeNext }: RateLimiterRes, isAllowed: boolean): Allowance {
  return { isAllowed, limit: rule.points, remaining, resetAt: Date.now() + msBeforeNext };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable(new Error('Redis did not answer in time'))), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
