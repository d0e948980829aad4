import type { Person } from '../../platform/auth/caller.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import { checkNoNul } from './checks.js';
import { wrongPassword } from './credentials.js';
import type { CredentialStore } from './credential-store.js';
import { deleteAccount } from './deletion-store.js';
import type { Passwords } from './passwords.js';
import type { Sessions } from './sessions.js';
import type { AccountStore } from './store.js';

/** How people leave. */
export class Deletion {
  constructor(
    private readonly deps: {
      directory: DirectoryClient;
      credentials: CredentialStore;
      accounts: AccountStore;
      passwords: Passwords;
      sessions: Sessions;
    },
  ) {}

  /** Does nothing where it is done already. */
  async delete(person: Person, draft: { password?: string | null; eraseMessages: boolean }): Promise<void> {
    const { directory, credentials, accounts, passwords, sessions } = this.deps;
    const password = checkNoNul(['password'], draft.password ?? '');
    const account = await credentials.byId(person.userId);
    if (!account) return;
    const { passwordHash } = account;
    if (passwordHash !== null && !(await passwords.matches(passwordHash, password))) throw wrongPassword(['password']);
    const outcome = await deleteAccount(directory, person.userId, passwordHash, draft.eraseMessages);
    if (outcome === 'changed') throw wrongPassword(['password']);
    for (const { userId, deviceIds } of outcome) {
      await accounts.forget(userId);
      await sessions.tellSignedOut(userId, deviceIds);
    }
  }
}
