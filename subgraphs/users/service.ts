import { requireViewer, type Caller, type Person } from '../../platform/auth/caller.js';
import { Fault } from '../../platform/errors/errors.js';
import type { Announcements } from './announcements.js';
import { checkBio, checkHandle, checkName, invalid, isHandle } from './checks.js';
import { handleTaken } from './sessions.js';
import type { Account, AccountStore, ProfileChanges } from './store.js';

/** Throws UNAUTHENTICATED for nobody. People who signed in see each other, and so does the hub for them. */
export function requireSomebody(caller: Caller): void {
  if (caller.kind !== 'hub') requireViewer(caller);
}

/** People and their profiles. */
export class Accounts {
  constructor(
    private readonly store: AccountStore,
    private readonly announcements: Announcements,
  ) {}

  /** The id of the person with this handle, however it is capitalised. */
  async idByHandle(handle: string): Promise<string | null> {
    const wanted = handle.toLowerCase();
    return isHandle(wanted) ? this.store.idByHandle(wanted) : null;
  }

  /** A field left out stays as it is; null clears the bio, the only one that can be empty. */
  async updateProfile(
    person: Person,
    draft: { handle?: string | null; displayName?: string | null; bio?: string | null },
  ): Promise<Account> {
    const changes = checkChanges(draft);
    if (Object.keys(changes).length === 0) {
      const [account] = await this.store.byIds([person.userId]);
      return account ?? gone();
    }
    const account = await this.store.update(person.userId, changes);
    if (account === 'handleTaken') throw handleTaken();
    this.announcements.outboxHasNews();
    return account ?? gone();
  }
}

function checkChanges({
  handle,
  displayName,
  bio,
}: {
  handle?: string | null;
  displayName?: string | null;
  bio?: string | null;
}) {
  const changes: ProfileChanges = {};
  if (handle === null) throw invalid(['handle'], 'A handle can be changed, not removed.');
  if (displayName === null) throw invalid(['displayName'], 'A display name can be changed, not removed.');
  if (handle !== undefined) changes.handle = checkHandle(handle);
  if (displayName !== undefined) changes.displayName = checkName(['displayName'], 'A display name', displayName);
  if (bio !== undefined) changes.bio = checkBio(bio);
  return changes;
}

/** The access token outlived the account. */
export function gone(): never {
  throw new Fault('UNAUTHENTICATED', 'This account does not exist any more.');
}
