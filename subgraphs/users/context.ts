import type { Caller } from '../../platform/auth/caller.js';
import type { UsersLoaders } from './loaders.js';
import { toUser, type UserSource } from './present.js';
import { gone } from './service.js';
import type { Account } from './store.js';

/** What resolvers get beside their arguments, fresh for each operation. */
export interface UsersContext {
  caller: Caller;
  loaders: UsersLoaders;
}

/** A person, for whoever may know them; those who deleted their account too. */
export async function loadUser({ loaders }: UsersContext, userId: string | null): Promise<UserSource | null> {
  const account = userId && (await loaders.account.load(userId));
  return account ? toUser(account) : null;
}

/** The viewer's own account. */
export async function ownAccount({ userId }: { userId: string }, { loaders }: UsersContext): Promise<Account> {
  const account = await loaders.account.load(userId);
  return account && !account.deletedAt ? account : gone();
}
