import type { Person } from '../../platform/auth/caller.js';
import { Fault, UserFault } from '../../platform/errors/errors.js';
import { newUuid, randomBucket } from '../../platform/ids/ids.js';
import type { ReportableKind, Reportables } from '../../schema/reportables.js';
import type { Announcements } from './announcements.js';
import { checkClientId, checkRemark, invalid, type UserErrorCode } from './checks.js';
import { warningLetter } from './letters.js';
import type { Postbox } from './postbox.js';
import type { NewReport, ReportRow, ReportStore, Resolution } from './report-store.js';
import type { Sessions } from './sessions.js';
import type { AccountStore } from './store.js';

/** What is reported. `id` null: an id that was none. */
export interface Subject {
  kind: ReportableKind;
  id: string | null;
}

/** Characters of an excerpt that are kept. */
const EXCERPT = 4_000;

/** What people tell moderators, and what these decide. */
export class Reports {
  constructor(
    private readonly deps: {
      store: ReportStore;
      accounts: AccountStore;
      sessions: Sessions;
      announcements: Announcements;
      postbox: Postbox;
      reportables: Reportables;
    },
  ) {}

  /** A retry returns the first report, also when its subject is gone meanwhile. */
  async report(
    person: Person,
    draft: { clientMutationId: string; subjects: Subject[]; reason: string; comment?: string | null },
  ): Promise<ReportRow> {
    const clientMutationId = checkClientId(['clientMutationId'], draft.clientMutationId);
    const first = await this.deps.store.byClientId(person.userId, clientMutationId);
    if (first) return first;
    const comment = checkRemark(['comment'], draft.comment);
    const [subject, ...others] = draft.subjects;
    if (!subject || others.length > 0) throw invalid([], 'Give exactly one of userId, messageId and conversationId.');
    const seen = await this.see(person, subject);
    const report: NewReport = {
      reportId: newUuid(randomBucket()),
      reporterId: person.userId,
      clientMutationId,
      ...seen,
      reason: draft.reason,
      comment,
    };
    return this.deps.store.add(report);
  }

  async page(person: Person, isOpen: boolean | null, after: string | null, limit: number): Promise<ReportRow[]> {
    if (!(await this.isModerator(person))) throw new Fault('FORBIDDEN', 'Only moderators see reports.');
    return this.deps.store.page(isOpen, after, limit);
  }

  async resolve(
    person: Person,
    draft: { reportId: string | null; resolution: Resolution; note?: string | null },
  ): Promise<ReportRow> {
    const { store, accounts, sessions, announcements } = this.deps;
    if (!(await this.isModerator(person))) throw fault('FORBIDDEN', ['reportId'], 'Only moderators resolve reports.');
    const { reportId, resolution } = draft;
    const note = checkRemark(['note'], draft.note);
    const outcome = reportId
      ? await store.resolve(reportId, person.userId, resolution, note)
      : { kind: 'unknown' as const };
    switch (outcome.kind) {
      case 'unknown':
        throw fault('NOT_FOUND', ['reportId'], 'There is no such report.');
      case 'wasResolved':
        throw fault('CONFLICT', ['reportId'], `This report was resolved before, as ${outcome.as}.`);
      case 'nobody':
        throw fault(
          'CONFLICT',
          ['resolution'],
          'No one person answers for this. Report the person, or decide otherwise.',
        );
      case 'outranked':
        throw fault(
          'FORBIDDEN',
          ['resolution'],
          'Only an admin suspends a moderator or an admin, and nobody themself.',
        );
      case 'resolved':
    }
    const { report, signedOut, isNew } = outcome;
    if (!isNew) return report;
    announcements.outboxHasNews();
    if (report.authorId) {
      await accounts.forget(report.authorId);
      if (signedOut.length > 0) await sessions.tellSignedOut(report.authorId, signedOut);
      if (resolution === 'USER_WARNED') this.warn(report.authorId);
    }
    return report;
  }

  /** The thing as it reads now, for those who may see it. */
  private async see(person: Person, { kind, id }: Subject) {
    const path = [`${kind}Id`];
    if (id === person.userId) throw invalid(path, 'This is you. Report somebody else.');
    const excerpt = id && (await this.excerptOf(kind, id, person.userId));
    if (!id || excerpt == null) throw fault('NOT_FOUND', path, 'There is no such thing that you can see.');
    const authorId = kind === 'user' ? id : await this.deps.reportables.authorOf(kind, id);
    return { subjectKind: kind, subjectId: id, authorId, excerpt: excerpt.slice(0, EXCERPT).toWellFormed() };
  }

  private async excerptOf(kind: ReportableKind, id: string, viewerUserId: string): Promise<string | null> {
    if (kind !== 'user') return this.deps.reportables.excerptOf(kind, id, viewerUserId);
    const [account] = await this.deps.accounts.byIds([id]);
    if (!account || account.deletedAt) return null;
    const { displayName, handle, bio } = account;
    return [`${displayName} (@${handle})`, bio].filter(Boolean).join('\n');
  }

  private async isModerator({ userId }: Person): Promise<boolean> {
    return ['MODERATOR', 'ADMIN'].includes((await this.deps.store.roleOf(userId)) ?? '');
  }

  private warn(userId: string): void {
    this.deps.postbox.later(async () => {
      const [account] = await this.deps.accounts.byIds([userId]);
      return account?.email ? warningLetter(account.email) : null;
    });
  }
}

function fault(code: UserErrorCode, path: string[], message: string): UserFault<UserErrorCode> {
  return new UserFault(code, path, message);
}
