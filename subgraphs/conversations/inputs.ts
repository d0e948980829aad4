import '../../platform/subgraph/directives.js';
import { Field, ID, InputType, Int } from 'type-graphql';
import { MemberRole, Visibility } from './schema.js';

@InputType({ description: 'A field left out stays as it is, or takes the default; null clears messageTtlSeconds.' })
export class ConversationPolicyInput {
  @Field(() => MemberRole, { nullable: true })
  whoCanSend?: MemberRole | null;
  @Field(() => MemberRole, { nullable: true })
  whoCanInvite?: MemberRole | null;
  @Field(() => Int, { nullable: true })
  editWindowSeconds?: number | null;
  @Field(() => Int, { nullable: true })
  deleteWindowSeconds?: number | null;
  @Field(() => Int, { nullable: true })
  slowModeSeconds?: number | null;
  @Field(() => Int, { nullable: true })
  messageTtlSeconds?: number | null;
}

@InputType()
export class OpenDirectConversationInput {
  @Field(() => ID)
  userId!: string;
}

@InputType()
class NewConversationInput {
  @Field(() => ID, { description: 'Makes a retry return the first result.' })
  clientMutationId!: string;
  @Field(() => String)
  title!: string;
  @Field(() => String, { nullable: true })
  description?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'A READY image of the viewer; the picture goes when that is deleted.',
  })
  avatarMediaId?: string | null;
  @Field(() => ConversationPolicyInput, { nullable: true })
  policy?: ConversationPolicyInput | null;
}
@InputType()
export class CreateGroupInput extends NewConversationInput {
  @Field(() => [ID])
  memberIds!: string[];
}
@InputType()
export class CreateChannelInput extends NewConversationInput {
  @Field(() => Visibility, { defaultValue: Visibility.PRIVATE })
  visibility!: Visibility;
}

@InputType({ description: 'A field left out stays as it is; null clears it.' })
export class UpdateConversationInput {
  @Field(() => ID)
  conversationId!: string;
  @Field(() => String, { nullable: true })
  title?: string | null;
  @Field(() => String, { nullable: true })
  description?: string | null;
  @Field(() => Visibility, { nullable: true })
  visibility?: Visibility | null;
  @Field(() => ID, {
    nullable: true,
    description: 'A READY image of the viewer; the picture goes when that is deleted.',
  })
  avatarMediaId?: string | null;
  @Field(() => ConversationPolicyInput, { nullable: true })
  policy?: ConversationPolicyInput | null;
}

@InputType()
class MembersInput {
  @Field(() => ID)
  conversationId!: string;
  @Field(() => [ID])
  userIds!: string[];
}
@InputType()
export class AddMembersInput extends MembersInput {}
@InputType()
export class RemoveMembersInput extends MembersInput {}

@InputType()
export class LeaveConversationInput {
  @Field(() => ID)
  conversationId!: string;
}

@InputType()
export class SetMemberRoleInput {
  @Field(() => ID)
  conversationId!: string;
  @Field(() => ID)
  userId!: string;
  @Field(() => MemberRole, { description: 'OWNER hands ownership over.' })
  role!: MemberRole;
}

@InputType()
export class JoinChannelInput {
  @Field(() => ID)
  conversationId!: string;
}

@InputType()
export class CreateInviteInput {
  @Field(() => ID, { description: 'Makes a retry return the first result.' })
  clientMutationId!: string;
  @Field(() => ID)
  conversationId!: string;
  @Field(() => Boolean, { defaultValue: false })
  needsApproval!: boolean;
  @Field(() => Int, { nullable: true })
  maxUses?: number | null;
  @Field(() => Date, { nullable: true })
  expiresAt?: Date | null;
}

@InputType()
export class RevokeInviteInput {
  @Field(() => ID)
  inviteId!: string;
}

@InputType()
export class AcceptInviteInput {
  @Field(() => String)
  code!: string;
}

@InputType()
export class DecideJoinRequestInput {
  @Field(() => ID)
  joinRequestId!: string;
  @Field(() => Boolean)
  approve!: boolean;
}

@InputType({ description: 'A field left out stays as it is; null clears it.' })
export class UpdateInboxItemInput {
  @Field(() => ID)
  conversationId!: string;
  @Field(() => Boolean, { nullable: true })
  muted?: boolean | null;
  @Field(() => Date, { nullable: true, description: 'With muted: true; null is until unmuted.' })
  mutedUntil?: Date | null;
  @Field(() => Boolean, { nullable: true })
  pinned?: boolean | null;
  @Field(() => Boolean, { nullable: true })
  archived?: boolean | null;
}
