import { Cost, ListSize } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { requireViewer, type Person } from '../../platform/auth/caller.js';
import { Fault } from '../../platform/errors/errors.js';
import { fromPairId, fromPublicId } from '../../platform/ids/ids.js';
import { under } from '../../platform/subgraph/subscribe.js';
import type { StreamEvent } from '../../schema/feeds.js';
import { loadMessage } from './access.js';
import type { MessagesContext } from './context.js';
import { ConversationChanges, ConversationEvent, InboxEvent } from './event-types.js';
import type { FeedCursors } from './feed-cursors.js';
import { ConversationView, InboxItemView, MemberView, MessageView, toStreamEvent } from './present.js';
import { toChanges } from './pages.js';
import type { Reading } from './reading.js';
import { InboxItem, Message } from './schema.js';
import type { Streams } from './streams.js';

@Resolver()
export class MessagesResolver {
  constructor(
    private readonly reading: Reading,
    private readonly cursors: FeedCursors,
  ) {}

  @ListSize('assumedSize: 100')
  @Cost(10)
  @Query(() => [ConversationChanges], {
    nullable: 'items',
    description:
      'Catches up many conversations in one request: a page of changes for each cursor, in the order given; null where the viewer may not read it any more. At most 100.',
  })
  async conversationChanges(
    @Arg('after', () => [String]) after: string[],
    @Arg('first', () => Int, { defaultValue: 100 }) first: number,
    @Ctx() { caller }: MessagesContext,
  ) {
    const pages = await this.reading.changesOfMany(requireViewer(caller), after, first);
    return pages.map((page) => (page && !(page instanceof Error) ? toChanges(page, this.cursors) : page));
  }

  @Query(() => Message, {
    nullable: true,
    description: 'Null unless the viewer may read its conversation.',
  })
  message(@Arg('id', () => ID) id: string, @Ctx() context: MessagesContext) {
    requireViewer(context.caller);
    return loadMessage(context, id);
  }
}

@Resolver()
export class StreamsResolver {
  constructor(private readonly cursors: FeedCursors) {}

  /** Executed on one event at a time: by the hub, or for a subscription that this subgraph serves itself. */
  @Subscription(() => ConversationEvent, {
    subscribe: ({ args, context }) => {
      const { streams, viewer } = streamsFor(context as MessagesContext);
      const { conversationId, after } = args as { conversationId: string; after?: string | null };
      const uuid = fromPublicId('conversation', conversationId);
      return under('conversationEvents', streams.conversationEvents(viewer, uuid, after ?? null));
    },
    description:
      'Every change of one conversation, in order, none left out: first what changed after the cursor, then live. Without a cursor: live only.',
  })
  conversationEvents(
    @Root('conversationEvents') event: StreamEvent,
    @Arg('conversationId', () => ID) _conversationId: string,
    @Arg('after', () => String, { nullable: true }) _after: string | null,
  ): ConversationEvent {
    return toStreamEvent(event, this.cursors) as unknown as ConversationEvent;
  }

  @Subscription(() => InboxEvent, {
    subscribe: ({ args, context }) => {
      const { streams, viewer } = streamsFor(context as MessagesContext);
      return under('inboxEvents', streams.inboxEvents(viewer, (args as { after?: string | null }).after ?? null));
    },
    description:
      "Every change of the viewer's own inbox on any device, and every change of the conversations that fan out on write. After a cursor: first, once each, what changed in the inbox since (InboxItemChanged, MessageHidden), then InboxCaughtUp, then live. Compare conversation.cursor with what the client holds, and fetch the rest with conversationChanges.",
  })
  inboxEvents(
    @Root('inboxEvents') event: StreamEvent,
    @Arg('after', () => String, { nullable: true }) _after: string | null,
  ): typeof InboxEvent {
    return toStreamEvent(event, this.cursors);
  }
}

@Resolver(() => InboxItem)
export class InboxItemResolver {
  @FieldResolver(() => Message, { nullable: true })
  async lastMessage(@Root() item: InboxItemView, @Ctx() { caller, loaders }: MessagesContext) {
    if (requireViewer(caller).userId !== item.userId) return null;
    const message = await loaders.lastMessage.load(item.conversationId);
    return message && new MessageView(message);
  }
}

/** Entities that other subgraphs refer to, by their public ids. Null where the caller may not see them. */
export const references = {
  Message: ({ id }: { id: string }, context: MessagesContext) => loadMessage(context, id),

  Conversation: async ({ id }: { id: string }, { caller, loaders }: MessagesContext) => {
    const uuid = fromPublicId('conversation', id);
    if (!uuid) return null;
    if (caller.kind === 'hub') return new ConversationView(uuid);
    return (await loaders.access.load(uuid)) && new ConversationView(uuid);
  },

  /** Its owner only. */
  InboxItem: ({ id }: { id: string }, { caller }: MessagesContext) => {
    const pair = fromPairId('inb', id);
    return pair && caller.kind === 'person' && pair[0] === caller.userId ? new InboxItemView(...pair) : null;
  },

  Member: async (key: { conversationId: string; userId: string }, { loaders }: MessagesContext) => {
    const conversationId = fromPublicId('conversation', key.conversationId);
    const userId = fromPublicId('user', key.userId);
    const member = conversationId && userId && (await loaders.member.load(`${conversationId} ${userId}`));
    return conversationId && member ? new MemberView(conversationId, member) : null;
  },
};

function streamsFor({ caller, streams }: MessagesContext): { streams: Streams; viewer: Person } {
  if (!streams) throw new Fault('UNAVAILABLE', 'Subscribe through the router.');
  return { streams, viewer: requireViewer(caller) };
}
