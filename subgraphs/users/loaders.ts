import DataLoader from 'dataloader';
import type { Account, AccountStore } from './store.js';

/** Made anew for each operation. */
export interface UsersLoaders {
  /** By UUID; null where there is none. */
  account: DataLoader<string, Account | null>;
}

export function usersLoaders(store: AccountStore): UsersLoaders {
  return { account: new DataLoader((userIds) => store.profilesOf(userIds), { maxBatchSize: 1000 }) };
}
