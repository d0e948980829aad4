import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import type { Announcements } from './announcements.js';
import { invalid, type UserErrorCode } from './checks.js';
import type { RelationStore } from './relation-store.js';
import type { AccountStore } from './store.js';

/** Whom people keep away from themselves. Each call may come twice. Ids are UUIDs; null stands for an id that was none. */
export class Relations {
  constructor(
    private readonly store: RelationStore,
    private readonly accounts: AccountStore,
    private readonly announcements: Announcements,
  ) {}

  async block(person: Person, userId: string | null): Promise<string> {
    const other = await this.requireOther(person, userId);
    if (await this.store.block(person.userId, other)) this.announcements.outboxHasNews();
    return other;
  }

  async unblock(person: Person, userId: string | null): Promise<string> {
    const other = await this.requireOther(person, userId, 'also deleted');
    if (await this.store.unblock(person.userId, other)) this.announcements.outboxHasNews();
    return other;
  }

  async mute(person: Person, userId: string | null, until: Date | null): Promise<string> {
    if (until && until.getTime() <= Date.now()) throw invalid(['until'], 'This moment has passed. Give a later one.');
    const other = await this.requireOther(person, userId);
    await this.store.mute(person.userId, other, until);
    return other;
  }

  async unmute(person: Person, userId: string | null): Promise<string> {
    const other = await this.requireOther(person, userId, 'also deleted');
    await this.store.unmute(person.userId, other);
    return other;
  }

  /** A person who blocked the viewer can be named too: one may not find them, but may know them. */
  private async requireOther(person: Person, userId: string | null, deleted?: 'also deleted'): Promise<string> {
    if (userId === person.userId) throw invalid(['userId'], 'This is you. Name somebody else.');
    const [account] = userId ? await this.accounts.byIds([userId]) : [];
    if (!account || (account.deletedAt && !deleted))
      throw new UserFault<UserErrorCode>('NOT_FOUND', ['userId'], 'There is no such person.');
    return account.userId;
  }
}
