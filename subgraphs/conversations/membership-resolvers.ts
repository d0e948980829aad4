import '../../platform/subgraph/directives.js';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { changed, toUuids } from './changed.js';
import type { ConversationsContext } from './context.js';
import {
  AddMembersInput,
  JoinChannelInput,
  LeaveConversationInput,
  RemoveMembersInput,
  SetMemberRoleInput,
} from './inputs.js';
import { forget } from './loaders.js';
import type { Membership } from './membership.js';
import {
  AddMembersPayload,
  JoinChannelPayload,
  LeaveConversationPayload,
  RemoveMembersPayload,
  SetMemberRolePayload,
} from './payloads.js';

@Resolver()
export class MembershipResolver {
  constructor(private readonly membership: Membership) {}

  @Mutation(() => AddMembersPayload, {
    description:
      'Adds people; those who are in already stay as they are. Whom an admin removed, only an admin adds again.',
  })
  addMembers(@Arg('input', () => AddMembersInput) input: AddMembersInput, @Ctx() context: ConversationsContext) {
    const id = fromPublicId('conversation', input.conversationId);
    return changed(context, this.membership.add(requireViewer(context.caller), id, toUuids(input.userIds)));
  }

  @Mutation(() => RemoveMembersPayload, {
    description: 'Removes people; their live streams of it stop within a second.',
  })
  removeMembers(
    @Arg('input', () => RemoveMembersInput) input: RemoveMembersInput,
    @Ctx() context: ConversationsContext,
  ) {
    const id = fromPublicId('conversation', input.conversationId);
    return changed(context, this.membership.remove(requireViewer(context.caller), id, toUuids(input.userIds)));
  }

  @Mutation(() => LeaveConversationPayload, {
    description:
      'Leaves a group or channel. When the owner leaves, the admin of longest standing becomes owner, else the member.',
  })
  async leaveConversation(
    @Arg('input', () => LeaveConversationInput) input: LeaveConversationInput,
    @Ctx() context: ConversationsContext,
  ) {
    const id = fromPublicId('conversation', input.conversationId);
    const { errors } = await asPayload('left', this.membership.leave(requireViewer(context.caller), id));
    forget(context.loaders);
    return { conversation: null, errors };
  }

  @Mutation(() => SetMemberRolePayload, {
    description:
      'By admins and the owner. Only the owner hands ownership over, and stays an admin; nobody else changes the role of the owner.',
  })
  setMemberRole(
    @Arg('input', () => SetMemberRoleInput) input: SetMemberRoleInput,
    @Ctx() context: ConversationsContext,
  ) {
    const id = fromPublicId('conversation', input.conversationId);
    const userId = fromPublicId('user', input.userId);
    return changed(context, this.membership.setRole(requireViewer(context.caller), id, userId, input.role));
  }

  @Mutation(() => JoinChannelPayload, {
    description: 'Joins a public channel, whose messages can be read from the first one on.',
  })
  joinChannel(@Arg('input', () => JoinChannelInput) input: JoinChannelInput, @Ctx() context: ConversationsContext) {
    const id = fromPublicId('conversation', input.conversationId);
    return changed(context, this.membership.joinChannel(requireViewer(context.caller), id));
  }
}
