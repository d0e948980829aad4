import type { DirectoryClient } from '../../platform/database/port.js';
import { outboxRow } from './outbox.js';

/** A row of "user", without what only signing in needs. */
export interface Account {
  userId: string;
  email: string | null;
  handle: string;
  displayName: string;
  bio: string | null;
  createdAt: Date;
}

export type ProfileChanges = Partial<Pick<Account, 'handle' | 'displayName' | 'bio'>>;

export const accountColumns = {
  userId: true,
  email: true,
  handle: true,
  displayName: true,
  bio: true,
  createdAt: true,
} as const;

/** Accounts, as the directory has them. */
export class AccountStore {
  constructor(private readonly directory: DirectoryClient) {}

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
    const found = await this.directory.user.findUnique({ where: { handle }, select: { userId: true } });
    return found?.userId ?? null;
  }

  /** Null when the account is gone; 'handleTaken' when somebody else has the handle. */
  async update(userId: string, changes: ProfileChanges): Promise<Account | null | 'handleTaken'> {
    try {
      const [[account]] = await this.directory.$transaction([
        this.directory.user.updateManyAndReturn({
          where: { userId },
          data: { ...changes, changedAt: new Date() },
          select: accountColumns,
        }),
        this.directory.outbox.create({ data: outboxRow({ type: 'UserUpdated', userId }) }),
      ]);
      return account ?? null;
    } catch (error) {
      if (takenColumn(error) === 'handle') return 'handleTaken';
      throw error;
    }
  }
}

/** The column whose unique constraint a Prisma error tells of, or null when it is another error. */
export function takenColumn(error: unknown): string | null {
  const { code, meta } = (error ?? {}) as { code?: string; meta?: { driverAdapterError?: { cause?: unknown } } };
  if (code !== 'P2002') return null;
  const { constraint } = (meta?.driverAdapterError?.cause ?? {}) as {
    constraint?: { fields?: string[]; index?: string };
  };
  return constraint?.fields?.[0]?.replaceAll('"', '') ?? constraint?.index?.match(/^user_(.+)_key$/)?.[1] ?? null;
}
