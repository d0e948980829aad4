import type { Person } from '../../platform/auth/caller.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import type { SpamGuard } from './spam.js';

/** How much a person may send, besides what a conversation's own policy says. */
export class Restraints {
  constructor(
    private readonly limits: Limits | null,
    private readonly spam: SpamGuard | null,
  ) {}

  /** Throws RATE_LIMITED or SPAM_SUSPECTED. */
  async check(viewer: Person, conversationId: string, body: string): Promise<void> {
    await this.limits?.spend('sendMessage', viewer, { conversationId });
    await this.spam?.check(viewer, conversationId, body);
  }
}
