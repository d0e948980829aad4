import { LRUCache } from 'lru-cache';
import type { Memberships } from '../../schema/memberships.js';
import type { People } from '../../schema/people.js';
import type { PresenceService } from './service.js';
import type { PresenceStore } from './store.js';

/** Up to so many members are counted. */
const COUNTED = 256;
/** For how long an estimate is shown again, ms. */
const SHOWN_FOR = 10_000;

export interface OnlineCountDeps {
  people: People;
  memberships: Memberships;
  presence: PresenceService;
  store: PresenceStore;
}

/**
 * How many members are online. The same for all who ask, so it leaves out those who do not show their presence to
 * everyone, and tells nothing of two people of whom one has blocked the other.
 */
export class OnlineCounts {
  private readonly estimates = new LRUCache<string, Promise<number>>({ max: 10_000, ttl: SHOWN_FOR });

  constructor(private readonly deps: OnlineCountDeps) {}

  async of(conversationId: string): Promise<number> {
    const estimated = this.estimates.get(conversationId);
    if (estimated) return estimated;
    const { memberships, people } = this.deps;
    const members = await memberships.membersOf(conversationId, COUNTED + 1);
    if (members.length > COUNTED) return this.estimate(conversationId);
    const [one, other, ...more] = members;
    if (one && other && more.length === 0 && (await people.blocked(one, [other])).size > 0) return 0;
    return this.count(members);
  }

  private estimate(conversationId: string): Promise<number> {
    const estimating = this.deps.store.sampleMembers(conversationId).then(async ({ memberCount, userIds }) => {
      if (userIds.length === 0) return 0;
      return Math.round(((await this.count(userIds)) / userIds.length) * memberCount);
    });
    this.estimates.set(conversationId, estimating);
    estimating.catch(() => this.estimates.delete(conversationId));
    return estimating;
  }

  private async count(userIds: string[]): Promise<number> {
    const [recent, privacy] = await Promise.all([
      this.deps.presence.recent(userIds),
      this.deps.people.privacy(userIds),
    ]);
    return userIds.filter(
      (userId) => recent.get(userId)?.status === 'ONLINE' && privacy.get(userId)?.lastSeen === 'EVERYONE',
    ).length;
  }
}
