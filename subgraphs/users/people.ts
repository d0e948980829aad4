import type { People, Privacy } from '../../schema/people.js';
import { defaultPrivacy } from '../../schema/people.js';
import { privacyOf } from './present.js';
import type { RelationStore } from './relation-store.js';
import type { AccountStore } from './store.js';

/** What other subgraphs ask about people, from the directory. */
export class DirectoryPeople implements People {
  constructor(
    private readonly accounts: AccountStore,
    private readonly relations: RelationStore,
  ) {}

  async known(userIds: readonly string[]): Promise<Set<string>> {
    const accounts = await this.accounts.byIds(userIds);
    return new Set(accounts.flatMap((account) => (account && !account.deletedAt ? [account.userId] : [])));
  }

  blocked(userId: string, others: readonly string[]): Promise<Set<string>> {
    return this.relations.blockedEitherWay(userId, others);
  }

  findable(userId: string, others: readonly string[]): Promise<Set<string>> {
    return this.relations.findable(userId, others);
  }

  async privacy(userIds: readonly string[]): Promise<Map<string, Privacy>> {
    const accounts = await this.accounts.profilesOf(userIds);
    return new Map(
      userIds.map((userId, i) => {
        const account = accounts[i];
        return [userId, account ? privacyOf(account) : defaultPrivacy];
      }),
    );
  }
}
