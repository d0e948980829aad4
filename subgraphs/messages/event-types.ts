import { ListSize } from '../../platform/subgraph/directives.js';
import { createUnionType, Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { Conversation, InboxItem, Member, Message } from './schema.js';

export enum MessageChangeReason {
  SENT = 'SENT',
  EDITED = 'EDITED',
  DELETED = 'DELETED',
  REACTED = 'REACTED',
  PINNED = 'PINNED',
  EXPIRED = 'EXPIRED',
  FAILED = 'FAILED',
  CHANGED = 'CHANGED',
}
registerEnumType(MessageChangeReason, { name: 'MessageChangeReason' });

const typeOf = (value: object) => (value as { __typename: string }).__typename;

@InterfaceType({
  description: 'cursor is what to resume after; events of one conversation arrive in cursor order, none twice.',
  resolveType: typeOf,
})
export abstract class ConversationEvent {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => String)
  cursor!: string;
}

@ObjectType({ simpleResolvers: true })
export class ReactionChange {
  @Field(() => ID)
  userId!: string;

  @Field(() => String)
  emoji!: string;

  @Field(() => Boolean)
  isAdded!: boolean;
}

@ObjectType({ implements: ConversationEvent, simpleResolvers: true })
export class MessageChanged extends ConversationEvent {
  @Field(() => Message)
  message!: Message;

  @Field(() => MessageChangeReason, {
    description: 'What happened, where the event is live; CHANGED where several changes are told as one.',
  })
  reason!: MessageChangeReason;

  @Field(() => ReactionChange, { nullable: true, description: 'For REACTED.' })
  reaction!: ReactionChange | null;
}

@ObjectType({
  implements: ConversationEvent,
  simpleResolvers: true,
  description: 'A member joined, left, or changed role.',
})
export class MemberChanged extends ConversationEvent {
  @Field(() => ID)
  userId!: string;

  @Field(() => Boolean)
  isMember!: boolean;

  @Field(() => Member, { nullable: true, description: 'Null once left.' })
  member!: Member | null;
}

@ObjectType({ simpleResolvers: true })
export class Watermark {
  @Field(() => ID)
  userId!: string;

  @Field(() => Int)
  deliveredSeq!: number;
}

@ObjectType({
  implements: ConversationEvent,
  simpleResolvers: true,
  description: 'Members received or read on: many at once, so that a busy group makes few events.',
})
export class WatermarksMoved extends ConversationEvent {
  @ListSize('assumedSize: 20')
  @Field(() => [Watermark])
  watermarks!: Watermark[];
}

@ObjectType({ implements: ConversationEvent, simpleResolvers: true })
export class ConversationChanged extends ConversationEvent {
  @Field(() => Conversation, { nullable: true })
  conversation!: Conversation | null;
}

@ObjectType({
  implements: ConversationEvent,
  simpleResolvers: true,
  description:
    'All that happened before the subscription has been told; live from here. Comes once, and again after a repair that the client need not notice.',
})
export class CaughtUp extends ConversationEvent {}

@ObjectType({
  simpleResolvers: true,
  description:
    "The viewer's own state of a conversation changed: read on another device, muted, pinned, archived, joined, left.",
})
export class InboxItemChanged {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => String)
  cursor!: string;

  @Field(() => Boolean)
  isRemoved!: boolean;

  @Field(() => InboxItem, { nullable: true, description: 'Null once removed.' })
  item!: InboxItem | null;
}

@ObjectType({ simpleResolvers: true, description: 'The viewer deleted it for themselves on another device.' })
export class MessageHidden {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => ID)
  messageId!: string;

  @Field(() => String)
  cursor!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'All inbox changes after the given cursor have been told; live from here.',
})
export class InboxCaughtUp {
  @Field(() => String)
  cursor!: string;
}

export const InboxEvent = createUnionType({
  name: 'InboxEvent',
  types: () =>
    [
      MessageChanged,
      MemberChanged,
      WatermarksMoved,
      ConversationChanged,
      InboxItemChanged,
      MessageHidden,
      InboxCaughtUp,
    ] as const,
  resolveType: typeOf,
});

@ObjectType({ simpleResolvers: true })
export class ConversationChanges {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => [ConversationEvent])
  events!: ConversationEvent[];

  @Field(() => String)
  cursor!: string;

  @Field(() => Boolean)
  hasMore!: boolean;
}
