import { Key, ListSize, Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';
import { Mention, SystemEvent, User } from './parts-schema.js';

export enum MessageKind {
  TEXT = 'TEXT',
  MEDIA = 'MEDIA',
  VOICE = 'VOICE',
  SYSTEM = 'SYSTEM',
}
registerEnumType(MessageKind, {
  name: 'MessageKind',
  valuesConfig: { SYSTEM: { description: 'Made by the server: somebody joined, the title changed.' } },
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
  BLOCKED = 'BLOCKED',
  NOT_A_MEMBER = 'NOT_A_MEMBER',
  EDIT_WINDOW_CLOSED = 'EDIT_WINDOW_CLOSED',
  MESSAGE_DELETED = 'MESSAGE_DELETED',
  MEDIA_NOT_READY = 'MEDIA_NOT_READY',
  SPAM_SUSPECTED = 'SPAM_SUSPECTED',
  SLOW_MODE = 'SLOW_MODE',
  VERIFICATION_REQUIRED = 'VERIFICATION_REQUIRED',
}
registerEnumType(UserErrorCode, { name: 'UserErrorCode' });

@Shareable()
@ObjectType({
  description: 'What the person can put right. Anything else is a GraphQL error with extensions.code.',
})
export class UserError {
  @Field(() => UserErrorCode)
  code!: UserErrorCode;

  @Field(() => [String], {
    description: 'Path to the offending input field, outermost first.',
  })
  path!: string[];

  @Field(() => String, { description: 'In English, fit to show.' })
  message!: string;

  @Field(() => Date, {
    nullable: true,
    description: 'For RATE_LIMITED and QUOTA_EXCEEDED: when a retry can succeed.',
  })
  retryAt!: Date | null;
}

@Key('id')
@ObjectType({ simpleResolvers: true })
export class Conversation {
  @Field(() => ID)
  id!: string;
}

@Key('id')
@ObjectType({ simpleResolvers: true })
export class Message {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  conversationId!: string;

  @Field(() => Conversation, {
    nullable: true,
    description: 'Null only while the conversations subgraph cannot answer.',
  })
  conversation!: Conversation | null;

  @Field(() => Int, {
    description: '1, 2, 3 … in its conversation, no hole, no repeat.',
  })
  seq!: number;

  @Field(() => ID, { nullable: true, description: 'Null for SYSTEM.' })
  senderId!: string | null;

  @Field(() => User, { nullable: true })
  sender!: User | null;

  @Field(() => MessageKind)
  kind!: MessageKind;

  @Field(() => String, { nullable: true, description: 'Null once deleted.' })
  body!: string | null;

  @ListSize('assumedSize: 20')
  @Field(() => [Mention])
  mentions!: Mention[];

  @Field(() => SystemEvent, {
    nullable: true,
    description: 'SYSTEM only: what happened, for the client to put into words.',
  })
  systemEvent!: SystemEvent | null;

  @Field(() => User, { nullable: true })
  forwardedFrom!: User | null;

  @Field(() => ID, { description: "The id that the sender's client gave it." })
  clientMessageId!: string;

  @Field(() => Date)
  createdAt!: string;

  @Field(() => Date, { nullable: true })
  editedAt!: string | null;

  @Field(() => Date, { nullable: true })
  deletedAt!: string | null;

  @Field(() => Date, { nullable: true })
  expiresAt!: string | null;

  @Field(() => Date, { nullable: true })
  pinnedAt!: string | null;
}

@Key('conversationId userId')
@ObjectType({ simpleResolvers: true })
export class Member {
  @Shareable()
  @Field(() => ID)
  id!: string;

  @Shareable()
  @Field(() => User, { nullable: true })
  user!: User | null;

  @Shareable()
  @Field(() => MemberRole)
  role!: MemberRole;

  @Field(() => ID)
  conversationId!: string;

  @Field(() => ID)
  userId!: string;
}

@Key('id')
@ObjectType({ simpleResolvers: true })
export class InboxItem {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ simpleResolvers: true })
export class MessageEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Message)
  node!: Message;
}

@ObjectType({ simpleResolvers: true })
export class MessageConnection {
  @Field(() => [MessageEdge])
  edges!: MessageEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
