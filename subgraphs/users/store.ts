import { LRUCache } from 'lru-cache';
import type { DirectoryClient } from '../../platform/database/port.js';
import { freeHandle } from './handles.js';
import { outboxRow } from './outbox.js';

/** A row of "user", without what only signing in needs. */
export interface Account {
  userId: string;
  email: string | null;
  emailVerifiedAt: Date | null;
  handle: string;
  displayName: string;
  bio: string | null;
  role: string;
  lastSeen: string;
  readReceipts: boolean;
  typingIndicators: boolean;
  directMessages: string;
  createdAt: Date;
  deletedAt: Date | null;
}

export type ProfileChanges = Partial<Pick<Account, 'handle' | 'displayName' | 'bio'>>;
export type PrivacyChanges = Partial<
  Pick<Account, 'lastSeen' | 'readReceipts' | 'typingIndicators' | 'directMessages'>
>;

export const accountColumns = {
  userId: true,
  email: true,
  emailVerifiedAt: true,
  handle: true,
  displayName: true,
  bio: true,
  role: true,
  lastSeen: true,
  readReceipts: true,
  typingIndicators: true,
  directMessages: true,
  createdAt: true,
  deletedAt: true,
} as const;

/** For how long a profile that was read may be shown again, ms: so old can it be where another process changed it. */
const SHOWN_FOR = 5_000;

/** Accounts, as the directory has them; deleted ones too. */
export class AccountStore {
  private readonly profiles = new LRUCache<string, Account>({ max: 20_000, ttl: SHOWN_FOR });
  /** Counts changes: what was read before one is not kept after it. */
  private changes = 0;

  constructor(private readonly directory: DirectoryClient) {}

  /** As byIds, for showing: up to some seconds old. Every live event names its sender. */
  async profilesOf(userIds: readonly string[]): Promise<(Account | null)[]> {
    const found = new Map(userIds.map((userId) => [userId, this.profiles.get(userId) ?? null]));
    const missing = userIds.filter((userId) => !found.get(userId));
    if (missing.length > 0) {
      const before = this.changes;
      for (const account of await this.byIds(missing)) {
        if (!account) continue;
        found.set(account.userId, account);
        if (before === this.changes) this.profiles.set(account.userId, account);
      }
    }
    return userIds.map((userId) => found.get(userId) ?? null);
  }

  /** In the order asked; null where there is none. */
  async byIds(userIds: readonly string[]): Promise<(Account | null)[]> {
    const found = await this.directory.user.findMany({
      where: { userId: { in: [...userIds] } },
      select: accountColumns,
    });
    const byId = new Map(found.map((account) => [account.userId, account]));
    return userIds.map((id) => byId.get(id) ?? null);
  }

  async idByHandle(handle: string): Promise<string | null> {
    const found = await this.directory.user.findUnique({
      where: { handle, deletedAt: null },
      select: { userId: true },
    });
    return found?.userId ?? null;
  }

  /** Null when the account is gone; 'handleTaken' when somebody else has the handle. */
  async update(userId: string, changes: ProfileChanges & PrivacyChanges): Promise<Account | null | 'handleTaken'> {
    try {
      const [[account]] = await this.directory.$transaction([
        this.directory.user.updateManyAndReturn({
          where: { userId, deletedAt: null },
          data: { ...changes, changedAt: new Date() },
          select: accountColumns,
        }),
        this.directory.outbox.create({ data: outboxRow({ type: 'UserUpdated', userId }) }),
      ]);
      this.forget(userId);
      return account ?? null;
    } catch (error) {
      if (takenColumn(error) !== 'handle') throw error;
      return (await freeHandle(this.directory, changes.handle!)) ? this.update(userId, changes) : 'handleTaken';
    }
  }

  /** Makes the person ADMIN when a verified address or the handle is among these. */
  async promote(userId: string, admins: readonly string[]): Promise<void> {
    if (admins.length === 0) return;
    const promoted = await this.directory.$executeRaw`
      update "user" set role = 'ADMIN', changed_at = now()
      where user_id = ${userId}::uuid and role <> 'ADMIN' and deleted_at is null
        and (handle = any(${admins}::text[]) or (email = any(${admins}::text[]) and email_verified_at is not null))`;
    if (promoted > 0) this.forget(userId);
  }

  /** Shows what another store just changed. */
  forget(userId: string): void {
    this.changes++;
    this.profiles.delete(userId);
  }
}

/** The column of "user" that is taken, or the name of another unique constraint, or null when it is another error. */
export function takenColumn(error: unknown): string | null {
  const { code, meta } = (error ?? {}) as { code?: string; meta?: { driverAdapterError?: { cause?: unknown } } };
  if (code !== 'P2002') return null;
  const { constraint } = (meta?.driverAdapterError?.cause ?? {}) as { constraint?: { index?: string } };
  const index = constraint?.index ?? null;
  return index?.match(/^user_(.+)_key$/)?.[1] ?? index;
}
