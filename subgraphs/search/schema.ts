import { Key, ListSize } from '../../platform/subgraph/directives.js';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';

/** Entities of other subgraphs, which this one only refers to. */
@Key('id', { resolvable: false })
@ObjectType()
export class Message {
  @Field(() => ID)
  id!: string;
}

@Key('id', { resolvable: false })
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}

@Key('id', { resolvable: false })
@ObjectType()
export class Conversation {
  @Field(() => ID)
  id!: string;
}

/** Of its own: two subgraphs that deploy apart must never disagree on an enum that both take. */
export enum SearchMediaKind {
  IMAGE = 'IMAGE',
  VIDEO = 'VIDEO',
  AUDIO = 'AUDIO',
  VOICE = 'VOICE',
  FILE = 'FILE',
}
registerEnumType(SearchMediaKind, { name: 'SearchMediaKind' });

@InputType({ description: 'What a message must be to be found; all of it.' })
export class MessageSearchFilter {
  @Field(() => ID, { nullable: true })
  conversationId?: string | null;
  @Field(() => ID, { nullable: true })
  senderId?: string | null;
  @Field(() => Date, { nullable: true, description: 'At this instant or later.' })
  sentAfter?: Date | null;
  @Field(() => Date, { nullable: true, description: 'At this instant or before.' })
  sentBefore?: Date | null;
  @Field(() => Boolean, { nullable: true, description: 'True: with attachments; false: without.' })
  hasMedia?: boolean | null;
  @Field(() => [SearchMediaKind], { nullable: true, description: 'With an attachment of one of these kinds.' })
  mediaKinds?: SearchMediaKind[] | null;
  @Field(() => Boolean, { nullable: true, description: 'True: those that mention the viewer.' })
  mentionsViewer?: boolean | null;
}

@ObjectType()
export class TextRange {
  @Field(() => Int)
  start!: number;
  @Field(() => Int)
  end!: number;
}

@ObjectType({ description: 'ranges are [start, end) in UTF-16 units of text: no markup to escape.' })
export class Highlight {
  @Field(() => String)
  text!: string;
  @ListSize('assumedSize: 5')
  @Field(() => [TextRange])
  ranges!: TextRange[];
}

@ObjectType()
export class MessageSearchEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => Message, { nullable: true, description: 'Null where it is gone by now.' })
  node!: Message | null;
  @ListSize('assumedSize: 3')
  @Field(() => [Highlight], { description: 'Parts of the body around the hits.' })
  highlights!: Highlight[];
}
@ObjectType()
export class MessageSearchConnection {
  @Field(() => [MessageSearchEdge])
  edges!: MessageSearchEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
  @Field(() => Int, { description: 'At most 10,000.' })
  totalCount!: number;
}

@ObjectType()
export class UserSearchEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => User, { nullable: true })
  node!: User | null;
}
@ObjectType()
export class UserSearchConnection {
  @Field(() => [UserSearchEdge])
  edges!: UserSearchEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType()
export class ConversationSearchEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => Conversation, { nullable: true })
  node!: Conversation | null;
}
@ObjectType()
export class ConversationSearchConnection {
  @Field(() => [ConversationSearchEdge])
  edges!: ConversationSearchEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
