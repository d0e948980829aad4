import DataLoader from 'dataloader';
import type { Caller } from '../../platform/auth/caller.js';
import type { IdentityStore } from './identity-store.js';
import type { ApiKeyRow, BotStore } from './bot-store.js';
import type { RelationStore } from './relation-store.js';
import type { Identity } from './schema.js';
import type { Account, AccountStore } from './store.js';

/** Made anew for each operation. */
export interface UsersLoaders {
  /** By UUID; null where there is none. Deleted ones too. */
  account: DataLoader<string, Account | null>;
  /** Whether a block, either way, is between the viewer and this person. */
  isHidden: DataLoader<string, boolean>;
  viewerHasBlocked: DataLoader<string, boolean>;
  viewerHasMuted: DataLoader<string, boolean>;
  identities: DataLoader<string, Identity[]>;
  /** Of a bot. */
  apiKeys: DataLoader<string, ApiKeyRow[]>;
}

export function usersLoaders(
  store: AccountStore,
  relations: RelationStore,
  identities: IdentityStore,
  bots: BotStore,
  caller: Caller,
): UsersLoaders {
  const viewer = caller.kind === 'person' ? caller.userId : null;
  const among = (find: (viewerId: string, others: readonly string[]) => Promise<Set<string>>) =>
    new DataLoader<string, boolean>(
      async (userIds) => {
        const found = viewer === null ? new Set() : await find(viewer, userIds);
        return userIds.map((userId) => found.has(userId));
      },
      { maxBatchSize: 1000 },
    );
  return {
    account: new DataLoader((userIds) => store.profilesOf(userIds), { maxBatchSize: 1000 }),
    isHidden: among((userId, others) => relations.blockedEitherWay(userId, others)),
    viewerHasBlocked: among((userId, others) => relations.blockedBy(userId, others)),
    viewerHasMuted: among((userId, others) => relations.mutedBy(userId, others)),
    identities: new DataLoader((userIds) => identities.of(userIds), { maxBatchSize: 1000 }),
    apiKeys: new DataLoader(async (botIds) => {
      const keys = await bots.keysOf(botIds);
      return botIds.map((id) => keys.get(id) ?? []);
    }),
  };
}
