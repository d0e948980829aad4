import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Allowance, RateLimiter, Rule } from './port.js';

/** Allowances in this process. */
export class EmbeddedRateLimiter implements RateLimiter {
  private readonly limiters = new Map<string, RateLimiterMemory>();

  async take(name: string, rule: Rule, key: string, points = 1): Promise<Allowance> {
    const limiter = this.limiterOf(name, rule);
    const left = await limiter.get(key);
    // The library counts what it refuses as well; an attempt that fails must not use up what a smaller one could have.
    if (points > (left?.remainingPoints ?? rule.points)) return toAllowance(rule, left, false);
    return limiter.consume(key, points).then(
      (taken) => toAllowance(rule, taken, true),
      (refused: unknown) => {
        if (refused instanceof RateLimiterRes) return toAllowance(rule, refused, false);
        throw refused;
      },
    );
  }

  async close(): Promise<void> {
    this.limiters.clear();
  }

  private limiterOf(name: string, rule: Rule): RateLimiterMemory {
    let limiter = this.limiters.get(name);
    if (!limiter) {
      limiter = new RateLimiterMemory({ keyPrefix: name, points: rule.points, duration: rule.seconds });
      this.limiters.set(name, limiter);
    }
    return limiter;
  }
}

function toAllowance(rule: Rule, taken: RateLimiterRes | null, isAllowed: boolean): Allowance {
  return {
    isAllowed,
    limit: rule.points,
    remaining: Math.max(0, taken?.remainingPoints ?? rule.points),
    resetAt: Date.now() + (taken?.msBeforeNext ?? rule.seconds * 1_000),
  };
}
