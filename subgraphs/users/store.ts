import type { Cache } from '../../platform/cache/cache.js';
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
  avatarMediaId: string | null;
  role: string;
  lastSeen: string;
  readReceipts: boolean;
  typingIndicators: boolean;
  directMessages: string;
  createdAt: Date;
  deletedAt: Date | null;
  /** Of a bot: the person it belongs to. */
  ownerId: string | null;
}

export type ProfileChanges = Partial<Pick<Account, 'handle' | 'displayName' | 'bio' | 'avatarMediaId'>>;
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
  avatarMediaId: true,
  role: true,
  lastSeen: true,
  readReceipts: true,
  typingIndicators: true,
  directMessages: true,
  createdAt: true,
  deletedAt: true,
  ownerId: true,
} as const;

/** An account as the cache holds it: instants as Unix ms. */
export type CachedAccount = Omit<Account, 'emailVerifiedAt' | 'createdAt' | 'deletedAt'> & {
  emailVerifiedAt: number | null;
  createdAt: number;
  deletedAt: number | null;
};

/** Accounts, as the directory has them; deleted ones too. */
export class AccountStore {
  constructor(
    private readonly directory: DirectoryClient,
    private readonly profiles: Cache<CachedAccount>,
  ) {}

  /** As byIds, for showing: up to some seconds old. Every live event names its sender. */
  async profilesOf(userIds: readonly string[]): Promise<(Account | null)[]> {
    const found = await this.profiles.getMany(userIds, async (missing) => {
      const accounts = await this.byIds(missing);
      return new Map(accounts.flatMap((account) => (account ? [[account.userId, toCached(account)] as const] : [])));
    });
    return userIds.map((userId) => {
      const cached = found.get(userId);
      return cached ? fromCached(cached) : null;
    });
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
      await this.forget(userId);
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
    if (promoted > 0) await this.forget(userId);
  }

  /** After the commit of a change: the next who looks sees it, in every process. */
  forget(userId: string): Promise<void> {
    return this.profiles.drop(userId);
  }
}

function toCached(account: Account): CachedAccount {
  return {
    ...account,
    emailVerifiedAt: account.emailVerifiedAt?.getTime() ?? null,
    createdAt: account.createdAt.getTime(),
    deletedAt: account.deletedAt?.getTime() ?? null,
  };
}

function fromCached(cached: CachedAccount): Account {
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms));
  return {
    ...cached,
    emailVerifiedAt: instant(cached.emailVerifiedAt),
    createdAt: new Date(cached.createdAt),
    deletedAt: instant(cached.deletedAt),
  };
}

/** The column of "user" that is taken, or the name of another unique constraint, or null when it is another error. */
export function takenColumn(error: unknown): string | null {
  const { code, meta } = (error ?? {}) as { code?: string; meta?: { driverAdapterError?: { cause?: unknown } } };
  if (code !== 'P2002') return null;
  const { constraint } = (meta?.driverAdapterError?.cause ?? {}) as { constraint?: { index?: string } };
  const index = constraint?.index ?? null;
  return index?.match(/^user_(.+)_key$/)?.[1] ?? index;
}
