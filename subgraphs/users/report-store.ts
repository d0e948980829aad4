import type { Prisma } from '../../prisma/directory/client/client.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import type { ReportableKind } from '../../schema/reportables.js';
import { lockAccount } from './account-lock.js';
import { stopBots } from './deletion-store.js';
import { signOutRows } from './device-rows.js';
import { outboxRow } from './outbox.js';

export type Resolution = 'DISMISSED' | 'CONTENT_REMOVED' | 'USER_WARNED' | 'USER_SUSPENDED';

/** UUIDs inside. */
export interface ReportRow {
  reportId: string;
  reporterId: string;
  subjectKind: string;
  subjectId: string;
  authorId: string | null;
  excerpt: string;
  reason: string;
  comment: string | null;
  createdAt: Date;
  resolution: string | null;
  resolvedAt: Date | null;
}

export interface NewReport {
  reportId: string;
  reporterId: string;
  clientMutationId: string;
  subjectKind: ReportableKind;
  subjectId: string;
  authorId: string | null;
  excerpt: string;
  reason: string;
  comment: string | null;
}

export type Resolved =
  | { kind: 'resolved'; report: ReportRow; signedOut: string[]; isNew: boolean }
  /** With another resolution. */
  | { kind: 'wasResolved'; as: string }
  | { kind: 'unknown' }
  /** There is nobody, or no longer, whom it could meet. */
  | { kind: 'nobody' }
  /** The person has as much to say as whoever wants to suspend them, or is the same. */
  | { kind: 'outranked' };

const columns = {
  reportId: true,
  reporterId: true,
  subjectKind: true,
  subjectId: true,
  authorId: true,
  excerpt: true,
  reason: true,
  comment: true,
  createdAt: true,
  resolution: true,
  resolvedAt: true,
} as const;

const ranks = ['MEMBER', 'MODERATOR', 'ADMIN'];

export class ReportStore {
  constructor(private readonly directory: DirectoryClient) {}

  async roleOf(userId: string): Promise<string | null> {
    const row = await this.directory.user.findUnique({ where: { userId, deletedAt: null }, select: { role: true } });
    return row?.role ?? null;
  }

  async byClientId(reporterId: string, clientMutationId: string): Promise<ReportRow | null> {
    return this.directory.report.findUnique({
      where: { reporterId_clientMutationId: { reporterId, clientMutationId } },
      select: columns,
    });
  }

  /** The report: the given one, or the one that this person made before with the same clientMutationId. */
  async add(draft: NewReport): Promise<ReportRow> {
    await this.directory.report.createMany({ data: [draft], skipDuplicates: true });
    const stored = await this.byClientId(draft.reporterId, draft.clientMutationId);
    if (!stored) throw new Error('a report that was just stored is not there');
    return stored;
  }

  /** Oldest first; null stands for both open and resolved. */
  async page(isOpen: boolean | null, after: string | null, limit: number): Promise<ReportRow[]> {
    return this.directory.report.findMany({
      where: {
        ...(isOpen === null ? {} : { resolution: isOpen ? null : { not: null } }),
        ...(after === null ? {} : { reportId: { gt: after } }),
      },
      orderBy: { reportId: 'asc' },
      select: columns,
      take: limit,
    });
  }

  /** The decision and all that follows from it here, in one transaction; the same decision again changes nothing. */
  async resolve(reportId: string, moderatorId: string, resolution: Resolution, note: string | null): Promise<Resolved> {
    return this.directory.$transaction(async (tx) => {
      await tx.$queryRaw`select 1 from report where report_id = ${reportId}::uuid for update`;
      const report = await tx.report.findUnique({ where: { reportId }, select: columns });
      if (!report) return { kind: 'unknown' };
      if (report.resolution === resolution) return { kind: 'resolved', report, signedOut: [], isNew: false };
      if (report.resolution !== null) return { kind: 'wasResolved', as: report.resolution };
      const signedOut = await this.carryOut(tx, report, moderatorId, resolution);
      if (!Array.isArray(signedOut)) return signedOut;
      const data = { resolution, note, resolvedBy: moderatorId, resolvedAt: new Date() };
      const resolved = await tx.report.update({ where: { reportId }, data, select: columns });
      const subject = { kind: report.subjectKind as ReportableKind, id: report.subjectId };
      await tx.outbox.create({
        data: outboxRow({ type: 'ReportResolved', reportId, resolution, subject, resolvedBy: moderatorId }),
      });
      return { kind: 'resolved', report: resolved, signedOut, isNew: true };
    });
  }

  /** The devices that were signed out, or why it cannot be done. */
  private async carryOut(
    tx: Prisma.TransactionClient,
    report: ReportRow,
    moderatorId: string,
    resolution: Resolution,
  ): Promise<string[] | { kind: 'nobody' | 'outranked' }> {
    const { authorId } = report;
    const isProfile = resolution === 'CONTENT_REMOVED' && report.subjectKind === 'user';
    if (resolution === 'DISMISSED' || (resolution === 'CONTENT_REMOVED' && !isProfile)) return [];
    const standing = authorId === null ? null : await lockAccount(tx, authorId);
    if (authorId === null || !standing || standing.isDeleted) return { kind: 'nobody' };
    if (isProfile) {
      await tx.$executeRaw`
        update "user" set display_name = handle, bio = null, changed_at = now() where user_id = ${authorId}::uuid`;
      await tx.outbox.create({ data: outboxRow({ type: 'UserUpdated', userId: authorId }) });
    }
    if (resolution !== 'USER_SUSPENDED') return [];
    const moderator = await tx.user.findUnique({ where: { userId: moderatorId }, select: { role: true } });
    const rank = (role: string | undefined) => ranks.indexOf(role ?? '');
    const isAbove = rank(moderator?.role) > rank(standing.role) || moderator?.role === 'ADMIN';
    if (authorId === moderatorId || !isAbove) return { kind: 'outranked' };
    await tx.$executeRaw`
      update "user" set suspended_at = coalesce(suspended_at, now()), changed_at = now() where user_id = ${authorId}::uuid`;
    await tx.outbox.create({ data: outboxRow({ type: 'UserUpdated', userId: authorId }) });
    return [...(await signOutRows(tx, authorId, null)), ...(await stopBots(tx, authorId))];
  }
}
