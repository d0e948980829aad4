import { Key, Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';

export enum MessageKind {
  TEXT = 'TEXT',
}
registerEnumType(MessageKind, { name: 'MessageKind' });

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
  NOT_A_MEMBER = 'NOT_A_MEMBER',
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

@Key('id', { resolvable: false })
@ObjectType({ simpleResolvers: true })
export class User {
  @Field(() => ID)
  id!: string;
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

  @Field(() => ID, { description: "The id that the sender's client gave it." })
  clientMessageId!: string;

  @Field(() => Date)
  createdAt!: string;
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

@InputType()
export class SendMessageInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => ID, {
    description: 'Unique per sender and conversation; a UUID is fine. At most 64 characters.',
  })
  clientMessageId!: string;

  @Field(() => String, {
    defaultValue: '',
    description: 'At most 8,000 characters; may be empty only with attachments.',
  })
  body!: string;
}

@ObjectType({ simpleResolvers: true })
export class SendMessagePayload {
  @Field(() => Message, { nullable: true })
  message!: Message | null;

  @Field(() => [UserError])
  errors!: UserError[];
}
