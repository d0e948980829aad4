import { Key, ListSize, PerViewer, Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum PresenceStatus {
  ONLINE = 'ONLINE',
  AWAY = 'AWAY',
  OFFLINE = 'OFFLINE',
}
registerEnumType(PresenceStatus, {
  name: 'PresenceStatus',
  description: 'ONLINE if any device is; AWAY if all live devices are idle.',
});

export enum PresenceIntent {
  ONLINE = 'ONLINE',
  AWAY = 'AWAY',
  INVISIBLE = 'INVISIBLE',
}
registerEnumType(PresenceIntent, { name: 'PresenceIntent' });

export enum UserErrorCode {
  INVALID_INPUT = 'INVALID_INPUT',
  NOT_FOUND = 'NOT_FOUND',
  FORBIDDEN = 'FORBIDDEN',
  NOT_A_MEMBER = 'NOT_A_MEMBER',
  RATE_LIMITED = 'RATE_LIMITED',
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

@ObjectType()
export class Presence {
  @Field(() => PresenceStatus)
  status!: PresenceStatus;
  @Field(() => Date, { nullable: true, description: 'Null while online, or hidden.' })
  lastSeenAt!: Date | null;
}

@Key('id')
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
  @PerViewer()
  @Field(() => Presence, {
    nullable: true,
    description: "Null where the person's privacy or a block hides it from the viewer.",
  })
  presence?: Presence | null;
}

@Key('id')
@ObjectType()
export class Conversation {
  @Field(() => ID)
  id!: string;
  @ListSize('assumedSize: 10')
  @PerViewer()
  @Field(() => [User])
  typingUsers?: User[];
  @Field(() => Int, { description: 'Members online now; approximate where it fans out on read.' })
  onlineCount?: number;
}

@ObjectType()
export class PresenceChange {
  @Field(() => ID)
  userId!: string;
  @Field(() => User, { nullable: true })
  user!: User | null;
  @PerViewer()
  @Field(() => Presence, { nullable: true })
  presence!: Presence | null;
}

@ObjectType()
export class TypingChange {
  @Field(() => ID)
  conversationId!: string;
  @Field(() => [ID])
  userIds!: string[];
  @ListSize('assumedSize: 10')
  @Field(() => [User], { nullable: 'items' })
  users!: (User | null)[];
}

@InputType()
export class SetTypingInput {
  @Field(() => ID)
  conversationId!: string;
  @Field(() => Boolean)
  isTyping!: boolean;
}

@InputType()
export class SetPresenceInput {
  @Field(() => PresenceIntent)
  intent!: PresenceIntent;
}

@ObjectType()
class Payload {
  @Field(() => [UserError])
  errors!: UserError[];
}
@ObjectType()
export class SetTypingPayload extends Payload {}
@ObjectType()
export class SetPresencePayload extends Payload {}
@ObjectType()
export class HeartbeatPayload extends Payload {}
