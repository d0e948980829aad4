import '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import { administers, isInside, readConversation } from './access.js';
import { changed } from './changed.js';
import { checkFirst } from './checks.js';
import type { ConversationsContext } from './context.js';
import { AcceptInviteInput, CreateInviteInput, DecideJoinRequestInput, RevokeInviteInput } from './inputs.js';
import { Invite, InvitePreview, JoinRequestConnection } from './invite-schema.js';
import type { Invites } from './invites.js';
import { forget } from './loaders.js';
import { AcceptInvitePayload, CreateInvitePayload, DecideJoinRequestPayload, RevokeInvitePayload } from './payloads.js';
import {
  toInvite,
  toInvitePreview,
  toJoinRequest,
  type ConversationSource,
  type InvitePreviewSource,
} from './present.js';
import { Conversation } from './schema.js';

/** Where people open an invite. */
export type InviteUrl = (code: string) => string;

@Resolver(() => InvitePreview)
export class InviteResolver {
  constructor(
    private readonly invites: Invites,
    private readonly urlOf: InviteUrl,
  ) {}

  @Query(() => InvitePreview, {
    nullable: true,
    description: 'What an invite link leads to, before joining it. Null once it cannot be used, but for members.',
  })
  async invite(@Arg('code', () => String) code: string, @Ctx() context: ConversationsContext) {
    requireViewer(context.caller);
    const invite = await this.invites.find(code);
    if (!invite || !(invite.isUsable || (await isInside(context, invite.conversationId)))) return null;
    const conversation = await context.loaders.conversation.load(invite.conversationId);
    return conversation && toInvitePreview(invite, conversation);
  }

  @FieldResolver(() => Boolean)
  async viewerIsMember(@Root() { conversationUuid }: InvitePreviewSource, @Ctx() context: ConversationsContext) {
    requireViewer(context.caller);
    return isInside(context, conversationUuid);
  }

  @Mutation(() => CreateInvitePayload, { description: 'By those whose role is policy.whoCanInvite or higher.' })
  async createInvite(
    @Arg('input', () => CreateInviteInput) input: CreateInviteInput,
    @Ctx() context: ConversationsContext,
  ) {
    const id = fromPublicId('conversation', input.conversationId);
    const work = this.invites.create(requireViewer(context.caller), id, input);
    return asPayload('invite', this.shown(context, work));
  }

  @Mutation(() => RevokeInvitePayload, { description: 'By admins, and who made it. Nobody joins by it from then on.' })
  async revokeInvite(
    @Arg('input', () => RevokeInviteInput) { inviteId }: RevokeInviteInput,
    @Ctx() context: ConversationsContext,
  ) {
    const work = this.invites.revoke(requireViewer(context.caller), fromPublicId('invite', inviteId));
    return asPayload('invite', this.shown(context, work));
  }

  @Mutation(() => AcceptInvitePayload, { description: 'Joins, or asks to join where the invite needs approval.' })
  async acceptInvite(
    @Arg('input', () => AcceptInviteInput) { code }: AcceptInviteInput,
    @Ctx() context: ConversationsContext,
  ) {
    const { accepted, errors } = await asPayload('accepted', this.invites.accept(requireViewer(context.caller), code));
    forget(context.loaders);
    return {
      conversation: await readConversation(context, accepted?.conversationId ?? null),
      joinRequest: accepted?.joinRequest ? toJoinRequest(accepted.joinRequest) : null,
      errors,
    };
  }

  @Mutation(() => DecideJoinRequestPayload, { description: 'By admins and the owner.' })
  decideJoinRequest(
    @Arg('input', () => DecideJoinRequestInput) { joinRequestId, approve }: DecideJoinRequestInput,
    @Ctx() context: ConversationsContext,
  ) {
    const id = fromPublicId('joinRequest', joinRequestId);
    return changed(context, this.invites.decide(requireViewer(context.caller), id, approve));
  }

  private async shown(context: ConversationsContext, work: ReturnType<Invites['create']>) {
    const invite = await work;
    forget(context.loaders);
    return toInvite(invite, this.urlOf);
  }
}

/** What admins see of a conversation's invites. Others get empty lists: a screen that selects both is not lost to them. */
@Resolver(() => Conversation)
export class ConversationInvitesResolver {
  constructor(
    private readonly cursors: Cursors,
    private readonly urlOf: InviteUrl,
  ) {}

  @FieldResolver(() => [Invite])
  async invites(@Root() { uuid }: ConversationSource, @Ctx() context: ConversationsContext) {
    if (!(await administers(context, uuid))) return [];
    return ((await context.loaders.invites.load(uuid)) ?? []).map((row) => toInvite(row, this.urlOf));
  }

  @FieldResolver(() => JoinRequestConnection)
  async joinRequests(
    @Root() { uuid }: ConversationSource,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: ConversationsContext,
  ) {
    checkFirst(first);
    const [requestedAt = '', joinRequestId = ''] = after == null ? [] : this.cursors.open('join-requests', uuid, after);
    if (!(await administers(context, uuid))) return toConnection([], { hasNextPage: false, hasPreviousPage: false });
    const page = await context.loaders.joinRequestPage.load({
      conversationId: uuid,
      first: first + 1,
      after: after == null ? null : { requestedAt: new Date(Number(requestedAt)), joinRequestId },
    });
    const rows = page ?? [];
    const edges = rows.slice(0, first).map((row) => ({
      cursor: this.cursors.seal('join-requests', uuid, [row.requestedAt.getTime(), row.joinRequestId]),
      node: toJoinRequest(row),
    }));
    return toConnection(edges, { hasNextPage: rows.length > first, hasPreviousPage: after != null });
  }
}
