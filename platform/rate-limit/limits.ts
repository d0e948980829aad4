import type { Caller } from '../auth/caller.js';
import { UserFault } from '../errors/errors.js';
import type { Log } from '../telemetry/log.js';
import type { Allowance, RateLimiter, Rule } from './port.js';
import type { RuleName, Rules } from './rules.js';

/** What an action is limited by, besides who asks. */
export interface Subject {
  conversationId?: string;
  /** What somebody tries to sign in with. */
  login?: string;
}

const dimensions = ['person', 'network', 'conversation', 'login'] as const;
type Dimension = (typeof dimensions)[number];

/** New and unverified accounts may do one so-many-th of what others may. */
const NEWCOMER = 10;
/** During an outage every action would say the same. */
const WARN_EVERY_MS = 5_000;

/** The rules of one Parley, applied to those who ask. A store that cannot be reached limits nobody. */
export class Limits {
  private readonly byAction = new Map<string, readonly [Dimension, RuleName, Rule][]>();
  private warnedAt = -Infinity;

  constructor(
    private readonly limiter: RateLimiter,
    private readonly rules: Rules,
    private readonly log: Log,
  ) {}

  /** Whether anything limits the action. */
  has(action: string): boolean {
    return this.rulesOf(action).length > 0;
  }

  /** Takes one action, or so many points of it; the tightest allowance that came out. Null where nothing limits it. */
  async take(action: string, caller: Caller, subject: Subject = {}, points = 1): Promise<Allowance | null> {
    let tightest: Allowance | null = null;
    for (const [dimension, name, rule] of this.rulesOf(action)) {
      const key = keyOf(dimension, caller, subject);
      if (key === null) continue;
      const allowance = await this.takeOne(name, ruleFor(rule, dimension, caller), key, points);
      if (!allowance) continue;
      if (!allowance.isAllowed) return allowance;
      if (!tightest || allowance.remaining / allowance.limit < tightest.remaining / tightest.limit)
        tightest = allowance;
    }
    return tightest;
  }

  /** Throws RATE_LIMITED, with when a retry can succeed. */
  async spend(action: string, caller: Caller, subject: Subject = {}): Promise<void> {
    const allowance = await this.take(action, caller, subject);
    if (allowance && !allowance.isAllowed) throw rateLimited(allowance);
  }

  /** Remembered: every operation asks for its own. */
  private rulesOf(action: string): readonly [Dimension, RuleName, Rule][] {
    let known = this.byAction.get(action);
    if (!known) {
      const { rules } = this;
      known = dimensions.flatMap((dimension): [Dimension, RuleName, Rule][] => {
        const name = `${action}.${dimension}` as RuleName;
        const rule = rules?.[name];
        return rule ? [[dimension, name, rule]] : [];
      });
      this.byAction.set(action, known);
    }
    return known;
  }

  private async takeOne(name: string, rule: Rule, key: string, points: number): Promise<Allowance | null> {
    try {
      return await this.limiter.take(`${name}:${rule.points}`, rule, key, points);
    } catch (error) {
      this.warn(error, name);
      return null;
    }
  }

  private warn(error: unknown, rule: string): void {
    const now = performance.now();
    if (now - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = now;
    this.log.warn({ err: error, rule }, 'rate limits cannot be looked up, so they do not apply');
  }
}

export function rateLimited({ resetAt }: Allowance): UserFault<'RATE_LIMITED'> {
  const seconds = Math.max(1, Math.ceil((resetAt - Date.now()) / 1_000));
  return new UserFault('RATE_LIMITED', [], `Too many of these. Try again in ${seconds} s.`, new Date(resetAt));
}

function ruleFor(rule: Rule, dimension: Dimension, caller: Caller): Rule {
  if (dimension !== 'person' || caller.kind !== 'person' || !caller.isNewcomer) return rule;
  return { ...rule, points: Math.max(1, Math.floor(rule.points / NEWCOMER)) };
}

/** Null where this cannot be told. */
function keyOf(dimension: Dimension, caller: Caller, subject: Subject): string | null {
  switch (dimension) {
    case 'person':
      return caller.kind === 'person' ? caller.userId : null;
    case 'network':
      return caller.kind === 'nobody' ? (caller.network ?? null) : null;
    case 'conversation':
      return subject.conversationId ?? null;
    case 'login':
      return subject.login?.trim().toLowerCase().slice(0, 320) ?? null;
  }
}
