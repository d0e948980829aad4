import '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPairId, fromPublicId } from '../../platform/ids/ids.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import { mayRead, readConversation } from './access.js';
import type { ConversationsContext } from './context.js';
import { forget } from './loaders.js';
import { toInboxItem, toMember, toUser, toViewer, type ConversationSource } from './present.js';
import {
  AddMembersInput,
  AddMembersPayload,
  Conversation,
  CreateGroupInput,
  CreateGroupPayload,
  LeaveConversationInput,
  LeaveConversationPayload,
  Member,
  MemberConnection,
  MemberRole,
  OpenDirectConversationInput,
  OpenDirectConversationPayload,
  RemoveMembersInput,
  RemoveMembersPayload,
  User,
} from './schema.js';
import { checkFirst, type Conversations } from './service.js';

@Resolver(() => Conversation)
export class ConversationResolver {
  constructor(
    private readonly conversations: Conversations,
    private readonly cursors: Cursors,
  ) {}

  @Query(() => Conversation, { nullable: true, description: 'Null unless the viewer is a member.' })
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

  @Mutation(() => AddMembersPayload, {
    description: 'Adds people to a group; those who are in already stay as they are.',
  })
  addMembers(@Arg('input', () => AddMembersInput) input: AddMembersInput, @Ctx() context: ConversationsContext) {
    const id = fromPublicId('conversation', input.conversationId);
    return changed(context, this.conversations.addMembers(requireViewer(context.caller), id, toUuids(input.userIds)));
  }

  @Mutation(() => RemoveMembersPayload, {
    description: 'Removes people; their live streams of it stop within a second.',
  })
  removeMembers(
    @Arg('input', () => RemoveMembersInput) input: RemoveMembersInput,
    @Ctx() context: ConversationsContext,
  ) {
    const id = fromPublicId('conversation', input.conversationId);
    return changed(
      context,
      this.conversations.removeMembers(requireViewer(context.caller), id, toUuids(input.userIds)),
    );
  }

  @Mutation(() => LeaveConversationPayload, {
    description: 'Leaves a group. When the owner leaves, the admin of longest standing becomes owner, else the member.',
  })
  async leaveConversation(
    @Arg('input', () => LeaveConversationInput) input: LeaveConversationInput,
    @Ctx() context: ConversationsContext,
  ) {
    const id = fromPublicId('conversation', input.conversationId);
    const { errors } = await asPayload('left', this.conversations.leave(requireViewer(context.caller), id));
    forget(context.loaders);
    return { conversation: null, errors };
  }

  @FieldResolver(() => MemberConnection)
  async members(
    @Root() { uuid }: ConversationSource,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('role', () => MemberRole, { nullable: true }) role: MemberRole | null,
    @Ctx() { loaders }: ConversationsContext,
  ) {
    checkFirst(first);
    const [joinedAt = '', userId = ''] = after == null ? [] : this.cursors.open('members', uuid, after);
    const page = await loaders.memberPage.load({
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
    if (!conversationId || !userId || !(await mayRead(context, conversationId))) return null;
    const row = await context.loaders.member.load(`${conversationId} ${userId}`);
    return row && toMember(row);
  },
  InboxItem: async ({ id }: { id: string }, { caller, loaders }: ConversationsContext) => {
    const pair = fromPairId('inb', id);
    if (!pair || pair[0] !== requireViewer(caller).userId) return null;
    const row = await loaders.inboxItem.load(pair.join(' '));
    return row && toInboxItem(row);
  },
  // Asynchronous like the others: a reference that throws at once would take the whole list of entities with it.
  Viewer: async ({ id }: { id: string }, { caller }: ConversationsContext) => {
    const { userId } = requireViewer(caller);
    return fromPublicId('viewer', id) === userId ? toViewer(userId) : null;
  },
};

async function changed(context: ConversationsContext, work: Promise<string>) {
  const { conversationId, errors } = await asPayload('conversationId', work);
  forget(context.loaders);
  return { conversation: await readConversation(context, conversationId), errors };
}

function toUuids(ids: string[]): (string | null)[] {
  return ids.map((id) => fromPublicId('user', id));
}
