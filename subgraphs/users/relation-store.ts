import type { Prisma } from '../../prisma/directory/client/client.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import { lockAccount } from './account-lock.js';
import { outboxRow } from './outbox.js';

/** A row of a list of people, and where it stands there. */
export interface Listed<Position> {
  userId: string;
  position: Position;
}
export interface MutePosition {
  createdAt: Date;
  userId: string;
}

/** Who blocked or muted whom. */
export class RelationStore {
  constructor(private readonly directory: DirectoryClient) {}

  /** Whether anything changed: false when the person was blocked already. */
  async block(userId: string, blockedUserId: string): Promise<boolean> {
    return this.change(userId, async (tx, blockVersion) => {
      const added = await tx.$executeRaw`
        insert into block (user_id, blocked_user_id, version)
        values (${userId}::uuid, ${blockedUserId}::uuid, ${blockVersion}::bigint)
        on conflict do nothing`;
      if (added > 0)
        await tx.outbox.create({ data: outboxRow({ type: 'UserBlocked', userId, blockedUserId, blockVersion }) });
      return added > 0;
    });
  }

  /** Whether anything changed. */
  async unblock(userId: string, blockedUserId: string): Promise<boolean> {
    return this.change(userId, async (tx, blockVersion) => {
      const { count } = await tx.block.deleteMany({ where: { userId, blockedUserId } });
      if (count > 0)
        await tx.outbox.create({ data: outboxRow({ type: 'UserUnblocked', userId, blockedUserId, blockVersion }) });
      return count > 0;
    });
  }

  /** Of the others, those who blocked the person or whom the person blocked. */
  async blockedEitherWay(userId: string, others: readonly string[]): Promise<Set<string>> {
    if (others.length === 0) return new Set();
    const rows = await this.directory.$queryRaw<{ userId: string }[]>`
      select blocked_user_id as "userId" from block
      where user_id = ${userId}::uuid and blocked_user_id = any(${others}::uuid[])
      union
      select user_id from block
      where blocked_user_id = ${userId}::uuid and user_id = any(${others}::uuid[])`;
    return new Set(rows.map((row) => row.userId));
  }

  /** Of the others, those with an account in good standing and no block, either way, between them and the person. */
  async findable(userId: string, others: readonly string[]): Promise<Set<string>> {
    const rows = await this.directory.$queryRaw<{ userId: string }[]>`
      select u.user_id as "userId" from "user" u
      where u.user_id = any(${others}::uuid[]) and u.deleted_at is null and u.suspended_at is null and not exists (
        select from block b
        where (b.user_id = ${userId}::uuid and b.blocked_user_id = u.user_id)
          or (b.user_id = u.user_id and b.blocked_user_id = ${userId}::uuid))`;
    return new Set(rows.map((row) => row.userId));
  }

  /** Of the others, those whom the person blocked. */
  async blockedBy(userId: string, others: readonly string[]): Promise<Set<string>> {
    const rows = await this.directory.block.findMany({
      where: { userId, blockedUserId: { in: [...others] } },
      select: { blockedUserId: true },
    });
    return new Set(rows.map((row) => row.blockedUserId));
  }

  /** The last blocked first. */
  async blockedPage(userId: string, before: bigint | null, limit: number): Promise<Listed<bigint>[]> {
    const rows = await this.directory.block.findMany({
      where: { userId, ...(before === null ? {} : { version: { lt: before } }) },
      orderBy: { version: 'desc' },
      select: { blockedUserId: true, version: true },
      take: limit,
    });
    return rows.map((row) => ({ userId: row.blockedUserId, position: row.version }));
  }

  async mute(userId: string, mutedUserId: string, until: Date | null): Promise<void> {
    await this.directory.$executeRaw`
      insert into mute (user_id, muted_user_id, until)
      values (${userId}::uuid, ${mutedUserId}::uuid, ${until}::timestamptz)
      on conflict (user_id, muted_user_id) do update set until = excluded.until`;
  }

  async unmute(userId: string, mutedUserId: string): Promise<void> {
    await this.directory.mute.deleteMany({ where: { userId, mutedUserId } });
  }

  /** Of the others, those whom the person has muted now. */
  async mutedBy(userId: string, others: readonly string[]): Promise<Set<string>> {
    const rows = await this.directory.mute.findMany({
      where: { userId, mutedUserId: { in: [...others] }, ...stillMuted() },
      select: { mutedUserId: true },
    });
    return new Set(rows.map((row) => row.mutedUserId));
  }

  /** The last muted first. */
  async mutedPage(userId: string, before: MutePosition | null, limit: number): Promise<Listed<MutePosition>[]> {
    const rows = await this.directory.$queryRaw<MutePosition[]>`
      select muted_user_id as "userId", created_at as "createdAt" from mute
      where user_id = ${userId}::uuid and (until is null or until > now())
        and (${before === null} or (created_at, muted_user_id) < (${before?.createdAt}::timestamptz, ${before?.userId}::uuid))
      order by created_at desc, muted_user_id desc
      limit ${limit}`;
    return rows.map((row) => ({ userId: row.userId, position: row }));
  }

  /** Changes of one person's blocks come one after the other, each with a number of its own. */
  private change(userId: string, work: (tx: Prisma.TransactionClient, version: number) => Promise<boolean>) {
    return this.directory.$transaction(async (tx) => {
      await lockAccount(tx, userId);
      const [row] = await tx.$queryRaw<{ version: bigint }[]>`select nextval('block_version') as version`;
      return work(tx, Number(row!.version));
    });
  }
}

function stillMuted() {
  return { OR: [{ until: null }, { until: { gt: new Date() } }] };
}
