import { requireViewer, type Caller, type Person } from '../../platform/auth/caller.js';
import type { Avatars } from '../../platform/avatars/avatars.js';
import { Fault } from '../../platform/errors/errors.js';
import type { Announcements } from './announcements.js';
import { checkBio, checkHandle, checkName, invalid, isHandle } from './checks.js';
import { handleTaken } from './sessions.js';
import type { Account, AccountStore, PrivacyChanges, ProfileChanges } from './store.js';

/** Throws UNAUTHENTICATED for nobody. People who signed in see each other, and so does the hub for them. */
export function requireSomebody(caller: Caller): void {
  if (caller.kind !== 'hub') requireViewer(caller);
}

/** People and their profiles. */
export class Accounts {
  constructor(
    private readonly store: AccountStore,
    private readonly announcements: Announcements,
    private readonly avatars: Avatars,
  ) {}

  /** The id of the person with this handle, however it is capitalised. */
  async idByHandle(handle: string): Promise<string | null> {
    const wanted = handle.toLowerCase();
    return isHandle(wanted) ? this.store.idByHandle(wanted) : null;
  }

  /** A field left out stays as it is; null clears the bio and the picture, which can be empty. */
  async updateProfile(person: Person, draft: ProfileDraft): Promise<Account> {
    const changes = checkChanges(draft);
    if (draft.avatarMediaId !== undefined)
      changes.avatarMediaId = await this.avatars.choose(person.userId, draft.avatarMediaId);
    return this.update(person, changes);
  }

  /** A field left out, or null, stays as it is. */
  async updatePrivacy(person: Person, draft: PrivacyDraft): Promise<Account> {
    const { lastSeen, readReceipts, typingIndicators, directMessages } = draft;
    const changes: PrivacyChanges = {};
    if (lastSeen != null) changes.lastSeen = lastSeen;
    if (readReceipts != null) changes.readReceipts = readReceipts;
    if (typingIndicators != null) changes.typingIndicators = typingIndicators;
    if (directMessages != null) changes.directMessages = directMessages;
    return this.update(person, changes);
  }

  private async update(person: Person, changes: ProfileChanges & PrivacyChanges): Promise<Account> {
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

interface ProfileDraft {
  handle?: string | null;
  displayName?: string | null;
  bio?: string | null;
  avatarMediaId?: string | null;
}
type PrivacyDraft = { [Setting in keyof PrivacyChanges]?: PrivacyChanges[Setting] | null };

function checkChanges({ handle, displayName, bio }: ProfileDraft) {
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
