/** So many points in a window of so many seconds. */
export interface Rule {
  points: number;
  seconds: number;
}

/** What is left of an allowance after an attempt to take from it. */
export interface Allowance {
  isAllowed: boolean;
  limit: number;
  remaining: number;
  /** When the window ends and the whole allowance is back; Unix ms. */
  resetAt: number;
}

/**
 * Counts what is taken by each key, over all processes that share the store. A key's window begins with the first take and
 * lasts as long as the rule says. An unreachable store throws: the caller decides whether that refuses.
 */
export interface RateLimiter {
  /**
   * Takes points from the allowance of `key` under the rule named `name`: all of them, or none where fewer are left. Atomic
   * among all processes. A name always comes with the same rule. More points than the rule has are never allowed.
   */
  take(name: string, rule: Rule, key: string, points?: number): Promise<Allowance>;
  close(): Promise<void>;
}
