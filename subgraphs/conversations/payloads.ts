import '../../platform/subgraph/directives.js';
import { Field, ObjectType } from 'type-graphql';
import { InboxItem } from './inbox-schema.js';
import { Invite, JoinRequest } from './invite-schema.js';
import { Conversation } from './schema.js';
import { UserError } from './user-error.js';

@ObjectType()
class Payload {
  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
class ConversationPayload extends Payload {
  @Field(() => Conversation, { nullable: true })
  conversation!: Conversation | null;
}
@ObjectType()
export class OpenDirectConversationPayload extends ConversationPayload {}
@ObjectType()
export class CreateGroupPayload extends ConversationPayload {}
@ObjectType()
export class CreateChannelPayload extends ConversationPayload {}
@ObjectType()
export class UpdateConversationPayload extends ConversationPayload {}
@ObjectType()
export class AddMembersPayload extends ConversationPayload {}
@ObjectType()
export class RemoveMembersPayload extends ConversationPayload {}
@ObjectType()
export class LeaveConversationPayload extends ConversationPayload {}
@ObjectType()
export class SetMemberRolePayload extends ConversationPayload {}
@ObjectType()
export class JoinChannelPayload extends ConversationPayload {}
@ObjectType()
export class DecideJoinRequestPayload extends ConversationPayload {}

@ObjectType()
export class AcceptInvitePayload extends ConversationPayload {
  @Field(() => JoinRequest, { nullable: true, description: 'Set where the invite needs approval.' })
  joinRequest!: JoinRequest | null;
}

@ObjectType()
class InvitePayload extends Payload {
  @Field(() => Invite, { nullable: true })
  invite!: Invite | null;
}
@ObjectType()
export class CreateInvitePayload extends InvitePayload {}
@ObjectType()
export class RevokeInvitePayload extends InvitePayload {}

@ObjectType()
export class UpdateInboxItemPayload extends Payload {
  @Field(() => InboxItem, { nullable: true })
  inboxItem!: InboxItem | null;
}
