import { Paged } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import { checkFirst } from './checks.js';
import { loadUser, type UsersContext } from './context.js';
import type { ReportRow } from './report-store.js';
import type { Reports, Subject } from './reports.js';
import {
  Report,
  ReportConnection,
  ReportInput,
  ReportPayload,
  ReportStatus,
  ReportSubject,
  ResolveReportInput,
  ResolveReportPayload,
} from './report-types.js';
import { User } from './schema.js';

@Resolver(() => Report)
export class ReportsResolver {
  constructor(
    private readonly service: Reports,
    private readonly cursors: Cursors,
  ) {}

  @Paged()
  @Query(() => ReportConnection, { description: 'Moderators only: what people reported, oldest first.' })
  async reports(
    @Arg('status', () => ReportStatus, {
      nullable: true,
      defaultValue: ReportStatus.OPEN,
      description: 'Null: whatever their status.',
    })
    status: ReportStatus | null,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { caller }: UsersContext,
  ) {
    const viewer = requireViewer(caller);
    checkFirst(first);
    const about = status ?? '';
    const last = after == null ? null : this.cursors.open('reports', about, after)[0]!;
    const isOpen = status == null ? null : status === ReportStatus.OPEN;
    const rows = await this.service.page(viewer, isOpen, last, first + 1);
    const edges = rows
      .slice(0, first)
      .map((row) => ({ cursor: this.cursors.seal('reports', about, [row.reportId]), node: toReport(row) }));
    return toConnection(edges, { hasNextPage: rows.length > first, hasPreviousPage: after != null });
  }

  @Mutation(() => ReportPayload, {
    description: 'Tells moderators of a person, a message or a conversation that the viewer can see.',
  })
  async report(@Arg('input', () => ReportInput) input: ReportInput, @Ctx() { caller }: UsersContext) {
    const viewer = requireViewer(caller);
    const { clientMutationId, reason, comment } = input;
    const draft = { clientMutationId, reason, comment, subjects: subjectsOf(input) };
    const { report, errors } = await asPayload('report', this.service.report(viewer, draft));
    return { report: report && toReport(report), errors: errors };
  }

  @Mutation(() => ResolveReportPayload, { description: 'Moderators only.' })
  async resolveReport(@Arg('input', () => ResolveReportInput) input: ResolveReportInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    const { resolution, note } = input;
    const draft = { reportId: fromPublicId('report', input.reportId), resolution, note };
    const { report, errors } = await asPayload('report', this.service.resolve(viewer, draft));
    if (report?.authorId) context.loaders.account.clear(report.authorId);
    return { report: report && toReport(report), errors: errors };
  }

  @FieldResolver(() => ReportSubject, { nullable: true })
  async subject(@Root() { subjectKind, subjectId }: ReportSource, @Ctx() context: UsersContext) {
    switch (subjectKind) {
      case 'user': {
        const user = await loadUser(context, subjectId);
        return user && !user.isDeleted ? { ...user, __typename: 'User' } : null;
      }
      case 'message':
        return { __typename: 'Message', id: toPublicId('message', subjectId) };
      default:
        return { __typename: 'Conversation', id: toPublicId('conversation', subjectId) };
    }
  }

  @FieldResolver(() => User, { nullable: true })
  async author(@Root() { authorId }: ReportSource, @Ctx() context: UsersContext) {
    const user = await loadUser(context, authorId);
    return user && !user.isDeleted ? user : null;
  }

  @FieldResolver(() => User, { nullable: true })
  reporter(@Root() { reporterId }: ReportSource, @Ctx() context: UsersContext) {
    return loadUser(context, reporterId);
  }
}

/** What a Report resolves from. */
type ReportSource = ReturnType<typeof toReport>;

function toReport(row: ReportRow) {
  const { reportId, subjectKind, subjectId, authorId, reporterId, reason, comment, resolution, createdAt, resolvedAt } =
    row;
  return {
    id: toPublicId('report', reportId),
    subjectKind,
    subjectId,
    authorId,
    reporterId,
    excerpt: row.excerpt || null,
    reason,
    comment,
    status: resolution === null ? ReportStatus.OPEN : ReportStatus.RESOLVED,
    resolution,
    createdAt,
    resolvedAt,
  };
}

function subjectsOf({ userId, messageId, conversationId }: ReportInput): Subject[] {
  const subjects: Subject[] = [];
  if (userId != null) subjects.push({ kind: 'user', id: fromPublicId('user', userId) });
  if (messageId != null) subjects.push({ kind: 'message', id: fromPublicId('message', messageId) });
  if (conversationId != null) subjects.push({ kind: 'conversation', id: fromPublicId('conversation', conversationId) });
  return subjects;
}
