import { Key, Paged } from '../../platform/subgraph/directives.js';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';
import { Conversation, ConversationKind } from './schema.js';

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
  @Field(() => Int)
  unreadMentionCount!: number;
  @Field(() => Boolean)
  isMuted!: boolean;
  @Field(() => Date, { nullable: true, description: 'Null while muted: until unmuted.' })
  mutedUntil!: Date | null;
  @Field(() => Date, { nullable: true })
  pinnedAt!: Date | null;
  @Field(() => Date, { nullable: true })
  archivedAt!: Date | null;
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
  @Field(() => [ID], { description: 'Messages the viewer deleted for themselves on another device.' })
  hiddenMessageIds!: string[];
  @Field(() => String)
  cursor!: string;
  @Field(() => Boolean)
  hasMore!: boolean;
}

@InputType()
export class InboxFilter {
  @Field(() => Boolean, { defaultValue: false })
  unreadOnly!: boolean;
  @Field(() => Boolean, { defaultValue: false })
  archived!: boolean;
  @Field(() => [ConversationKind], { nullable: true })
  kinds?: ConversationKind[] | null;
}

@Key('id')
@ObjectType({ description: 'What only the signed-in person sees of themselves.' })
export class Viewer {
  @Field(() => ID)
  id!: string;
  @Paged()
  @Field(() => InboxConnection, { description: 'The conversation list: pinned first, then by last activity.' })
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
  @Field(() => Int, { description: 'Unread messages over all conversations that are neither muted nor archived.' })
  unreadCount!: number;
}
