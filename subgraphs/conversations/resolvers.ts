import '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Avatars } from '../../platform/avatars/avatars.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { fromPairId, fromPublicId } from '../../platform/ids/ids.js';
import { UrlScalar } from '../../platform/subgraph/scalars.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import { isInside, readConversation } from './access.js';
import { changed, toUuids } from './changed.js';
import { checkFirst } from './checks.js';
import type { ConversationsContext } from './context.js';
import { readInboxItem } from './inbox-resolvers.js';
import {
  CreateChannelInput,
  CreateGroupInput,
  OpenDirectConversationInput,
  UpdateConversationInput,
} from './inputs.js';
import {
  CreateChannelPayload,
  CreateGroupPayload,
  OpenDirectConversationPayload,
  UpdateConversationPayload,
} from './payloads.js';
import { toMember, toUser, toViewer, type ConversationSource } from './present.js';
import { Conversation, Member, MemberConnection, MemberRole } from './schema.js';
import type { Conversations } from './service.js';
import { User } from './stubs.js';

@Resolver(() => Conversation)
export class ConversationResolver {
  constructor(
    private readonly conversations: Conversations,
    private readonly cursors: Cursors,
    private readonly avatars: Avatars,
  ) {}

  @Query(() => Conversation, {
    nullable: true,
    description: 'Null unless the viewer is a member, or it is a public channel.',
  })
  conversation(@Arg('id', () => ID) id: string, @Ctx() context: ConversationsContext) {
    requireViewer(context.caller);
    return readConversation(context, fromPublicId('conversation', id));
  }

  @Mutation(() => OpenDirectConversationPayload, {
    description:
      'The one conversation between the viewer and that person: the existing one, or a new one. Safe to race and to retry.',
  })
  openDirectConversation(
    @Arg('input', () => OpenDirectConversationInput) { userId }: OpenDirectConversationInput,
    @Ctx() context: ConversationsContext,
  ) {
    return changed(context, this.conversations.openDirect(requireViewer(context.caller), fromPublicId('user', userId)));
  }

  @Mutation(() => CreateGroupPayload, {
    description: 'A group of the viewer, who becomes its owner, and up to 255 others.',
  })
  createGroup(@Arg('input', () => CreateGroupInput) input: CreateGroupInput, @Ctx() context: ConversationsContext) {
    const draft = { ...input, memberIds: toUuids(input.memberIds) };
    return changed(context, this.conversations.createGroup(requireViewer(context.caller), draft));
  }

  @Mutation(() => CreateChannelPayload, { description: 'A channel of the viewer, who becomes its owner.' })
  createChannel(
    @Arg('input', () => CreateChannelInput) input: CreateChannelInput,
    @Ctx() context: ConversationsContext,
  ) {
    return changed(context, this.conversations.createChannel(requireViewer(context.caller), input));
  }

  @Mutation(() => UpdateConversationPayload, { description: 'By admins and the owner.' })
  updateConversation(
    @Arg('input', () => UpdateConversationInput) input: UpdateConversationInput,
    @Ctx() context: ConversationsContext,
  ) {
    const id = fromPublicId('conversation', input.conversationId);
    return changed(context, this.conversations.update(requireViewer(context.caller), id, input));
  }

  @FieldResolver(() => UrlScalar, { nullable: true })
  avatarUrl(@Root() { avatarMediaId }: ConversationSource) {
    return this.avatars.link(avatarMediaId);
  }

  @FieldResolver(() => MemberConnection)
  async members(
    @Root() { uuid }: ConversationSource,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('role', () => MemberRole, { nullable: true }) role: MemberRole | null,
    @Ctx() context: ConversationsContext,
  ) {
    checkFirst(first);
    const [joinedAt = '', userId = ''] = after == null ? [] : this.cursors.open('members', uuid, after);
    if (!(await isInside(context, uuid))) return toConnection([], { hasNextPage: false, hasPreviousPage: false });
    const page = await context.loaders.memberPage.load({
      conversationId: uuid,
      first: first + 1,
      role: role ?? null,
      after: after == null ? null : { joinedAt: new Date(Number(joinedAt)), userId },
    });
    const rows = page ?? [];
    const edges = rows.slice(0, first).map((row) => ({
      cursor: this.cursors.seal('members', uuid, [row.joinedAt.getTime(), row.userId]),
      node: toMember(row),
    }));
    return toConnection(edges, { hasNextPage: rows.length > first, hasPreviousPage: after != null });
  }

  @FieldResolver(() => Member, { nullable: true })
  async viewerMember(@Root() { uuid }: ConversationSource, @Ctx() { caller, loaders }: ConversationsContext) {
    const row = await loaders.member.load(`${uuid} ${requireViewer(caller).userId}`);
    return row && toMember(row);
  }

  @FieldResolver(() => User, { nullable: true })
  async otherUser(@Root() { uuid, kind }: ConversationSource, @Ctx() { caller, loaders }: ConversationsContext) {
    const { userId } = requireViewer(caller);
    const other = (kind as string) === 'DIRECT' ? await loaders.other.load(`${uuid} ${userId}`) : null;
    return other && toUser(other);
  }
}

/** `_entities`: each only for those who may see it. */
export const references = {
  Conversation: ({ id }: { id: string }, context: ConversationsContext) =>
    readConversation(context, fromPublicId('conversation', id)),
  Member: async (key: { conversationId: string; userId: string }, context: ConversationsContext) => {
    const [conversationId, userId] = [
      fromPublicId('conversation', key.conversationId),
      fromPublicId('user', key.userId),
    ];
    if (!conversationId || !userId || !(await isInside(context, conversationId))) return null;
    const row = await context.loaders.member.load(`${conversationId} ${userId}`);
    return row && toMember(row);
  },
  InboxItem: async ({ id }: { id: string }, context: ConversationsContext) => {
    const pair = fromPairId('inb', id);
    if (!pair || pair[0] !== requireViewer(context.caller).userId) return null;
    return readInboxItem(context, pair[0], pair[1]);
  },
  // Asynchronous like the others: a reference that throws at once would take the whole list of entities with it.
  Viewer: async ({ id }: { id: string }, { caller }: ConversationsContext) => {
    const { userId } = requireViewer(caller);
    return fromPublicId('viewer', id) === userId ? toViewer(userId) : null;
  },
};
