import { Key, Paged, PerViewer, Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';

export enum ConversationKind {
  DIRECT = 'DIRECT',
  GROUP = 'GROUP',
}
registerEnumType(ConversationKind, {
  name: 'ConversationKind',
  valuesConfig: {
    DIRECT: { description: 'Two people; at most one per pair.' },
    GROUP: { description: 'Up to 256 members.' },
  },
});

export enum MemberRole {
  OWNER = 'OWNER',
  ADMIN = 'ADMIN',
  MEMBER = 'MEMBER',
}
registerEnumType(MemberRole, { name: 'MemberRole' });

export enum UserErrorCode {
  INVALID_INPUT = 'INVALID_INPUT',
  NOT_FOUND = 'NOT_FOUND',
  FORBIDDEN = 'FORBIDDEN',
  CONFLICT = 'CONFLICT',
  RATE_LIMITED = 'RATE_LIMITED',
  QUOTA_EXCEEDED = 'QUOTA_EXCEEDED',
  NOT_A_MEMBER = 'NOT_A_MEMBER',
  CONVERSATION_FULL = 'CONVERSATION_FULL',
}
registerEnumType(UserErrorCode, { name: 'UserErrorCode' });

@Shareable()
@ObjectType({ description: 'What the person can put right. Anything else is a GraphQL error with extensions.code.' })
export class UserError {
  @Field(() => UserErrorCode)
  code!: UserErrorCode;
  @Field(() => [String], { description: 'Path to the offending input field, outermost first.' })
  path!: string[];
  @Field(() => String, { description: 'In English, fit to show.' })
  message!: string;
  @Field(() => Date, { nullable: true, description: 'For RATE_LIMITED and QUOTA_EXCEEDED: when a retry can succeed.' })
  retryAt!: Date | null;
}

@Key('id', { resolvable: false })
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}

@Key('conversationId userId')
@ObjectType({ description: 'Somebody in a conversation.' })
export class Member {
  @Shareable()
  @Field(() => ID)
  id!: string;
  @Field(() => ID)
  conversationId!: string;
  @Field(() => ID)
  userId!: string;
  @Shareable()
  @Field(() => User, { nullable: true, description: 'Null only while the users subgraph cannot answer.' })
  user!: User | null;
  @Shareable()
  @Field(() => MemberRole)
  role!: MemberRole;
  @Field(() => Date)
  joinedAt!: Date;
}

@ObjectType()
export class MemberEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => Member)
  node!: Member;
}

@ObjectType()
export class MemberConnection {
  @Field(() => [MemberEdge])
  edges!: MemberEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@Key('id')
@ObjectType({ description: 'A thread of messages between its members.' })
export class Conversation {
  @Field(() => ID)
  id!: string;
  @Field(() => ConversationKind)
  kind!: ConversationKind;
  @Field(() => String, { nullable: true, description: 'Null for DIRECT.' })
  title!: string | null;
  @Field(() => String, { nullable: true })
  description!: string | null;
  @Field(() => Date)
  createdAt!: Date;
  @Field(() => User, { nullable: true })
  createdBy!: User | null;
  @Field(() => Int)
  memberCount!: number;
  @Paged()
  @Field(() => MemberConnection, { description: 'In the order in which they joined.' })
  members!: MemberConnection;
  @PerViewer()
  @Field(() => Member, { nullable: true, description: 'Null when the viewer is not a member.' })
  viewerMember!: Member | null;
  @PerViewer()
  @Field(() => User, { nullable: true, description: 'DIRECT only: the other person.' })
  otherUser!: User | null;
}

@Key('id')
@ObjectType({ description: "One row of the viewer's conversation list." })
export class InboxItem {
  @Field(() => ID, { description: "Made from the viewer's and the conversation's." })
  id!: string;
  @Field(() => ID)
  conversationId!: string;
  @Field(() => Conversation, { nullable: true, description: 'Null only while its shard cannot answer.' })
  conversation!: Conversation | null;
  @Field(() => Date)
  lastActivityAt!: Date;
  @Field(() => Int)
  unreadCount!: number;
}

@ObjectType()
export class InboxEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => InboxItem)
  node!: InboxItem;
}

@ObjectType()
export class InboxConnection {
  @Field(() => [InboxEdge])
  edges!: InboxEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType()
export class InboxChanges {
  @Field(() => [InboxItem])
  items!: InboxItem[];
  @Field(() => [ID])
  removedConversationIds!: string[];
  @Field(() => String)
  cursor!: string;
  @Field(() => Boolean)
  hasMore!: boolean;
}

@Key('id')
@ObjectType({ description: 'What only the signed-in person sees of themselves.' })
export class Viewer {
  @Field(() => ID)
  id!: string;
  @Paged()
  @Field(() => InboxConnection, { description: 'The conversation list, by last activity.' })
  inbox!: InboxConnection;
  @Field(() => InboxItem, { nullable: true })
  inboxItem!: InboxItem | null;
  @Paged('items')
  @Field(() => InboxChanges, {
    description:
      'What changed in the list since the cursor, each conversation once, oldest change first. Compare conversation.cursor with what the client holds to see which messages to fetch.',
  })
  inboxChanges!: InboxChanges;
  @Field(() => String, {
    description: 'Where a later inboxChanges can start so that nothing after this very query is missed.',
  })
  inboxCursor!: string;
  @Field(() => Int, { description: 'Unread messages over all conversations.' })
  unreadCount!: number;
}

@InputType()
export class OpenDirectConversationInput {
  @Field(() => ID)
  userId!: string;
}

@InputType()
export class CreateGroupInput {
  @Field(() => ID, { description: 'Makes a retry return the first result.' })
  clientMutationId!: string;
  @Field(() => String)
  title!: string;
  @Field(() => String, { nullable: true })
  description?: string | null;
  @Field(() => [ID])
  memberIds!: string[];
}

@InputType()
export class MembersInput {
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

@ObjectType()
class ConversationPayload {
  @Field(() => Conversation, { nullable: true })
  conversation!: Conversation | null;
  @Field(() => [UserError])
  errors!: UserError[];
}
@ObjectType()
export class OpenDirectConversationPayload extends ConversationPayload {}
@ObjectType()
export class CreateGroupPayload extends ConversationPayload {}
@ObjectType()
export class AddMembersPayload extends ConversationPayload {}
@ObjectType()
export class RemoveMembersPayload extends ConversationPayload {}
@ObjectType()
export class LeaveConversationPayload extends ConversationPayload {}
