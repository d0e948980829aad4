import { Cost, ListSize, PerViewer } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload, Fault } from '../../platform/errors/errors.js';
import { fromPairId, fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import type { Connection } from '../../platform/subgraph/graphql-types.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { StreamEvent } from '../../schema/feeds.js';
import type { MessagesContext } from './context.js';
import { ConversationChanges, ConversationEvent, InboxEvent } from './event-types.js';
import type { FeedCursors } from './feed-cursors.js';
import { ConversationView, InboxItemView, MemberView, MessageView, toChange, toStreamEvent } from './present.js';
import { Conversation, InboxItem, Message, MessageConnection, SendMessageInput, SendMessagePayload } from './schema.js';
import { notAMember, type ConversationChangesPage, type Messages } from './service.js';

@Resolver()
export class MessagesResolver {
  constructor(
    private readonly messages: Messages,
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
    const pages = await this.messages.changesOfMany(requireViewer(caller), after, first);
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

  @Cost(5)
  @Mutation(() => SendMessagePayload, {
    description:
      'Stores the message and returns it. Retrying with the same clientMessageId, from any node and at any later time, returns the first one.',
  })
  async sendMessage(
    @Arg('input', () => SendMessageInput) input: SendMessageInput,
    @Ctx() { caller, loaders }: MessagesContext,
  ) {
    const { message, errors } = await asPayload('message', this.messages.send(requireViewer(caller), input));
    if (message) {
      loaders.access.clear(message.conversationId);
      loaders.lastMessage.clear(message.conversationId);
    }
    return { message: message && new MessageView(message), errors };
  }
}

@Resolver()
export class StreamsResolver {
  constructor(private readonly cursors: FeedCursors) {}

  /** Executed by the hub, on one event at a time. */
  @Subscription(() => ConversationEvent, {
    subscribe: refuseToSubscribe,
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
    subscribe: refuseToSubscribe,
    description:
      "Every change of the viewer's own inbox on any device, and every change of the conversations that fan out on write. After a cursor: first, once each, what changed in the inbox since (InboxItemChanged), then InboxCaughtUp, then live. Compare conversation.cursor with what the client holds, and fetch the rest with conversationChanges.",
  })
  inboxEvents(
    @Root('inboxEvents') event: StreamEvent,
    @Arg('after', () => String, { nullable: true }) _after: string | null,
  ): typeof InboxEvent {
    return toStreamEvent(event, this.cursors);
  }
}

@Resolver(() => Conversation)
export class ConversationResolver {
  constructor(
    private readonly service: Messages,
    private readonly cursors: FeedCursors,
  ) {}

  @ListSize('slicingArguments: ["first", "last"], sizedFields: ["edges"], requireOneSlicingArgument: true')
  @PerViewer()
  @FieldResolver(() => MessageConnection, {
    description: 'By seq. Oldest first; with last/before it pages back from the newest.',
  })
  async messages(
    @Root() { uuid }: ConversationView,
    @Arg('first', () => Int, { nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('last', () => Int, { nullable: true }) last: number | null,
    @Arg('before', () => String, { nullable: true }) before: string | null,
    @Ctx() context: MessagesContext,
  ) {
    return toView(
      await this.service.page(uuid, await requireAccess(context, uuid), {
        first,
        after,
        last,
        before,
      }),
    );
  }

  @ListSize('assumedSize: 100, sizedFields: ["edges"]')
  @PerViewer()
  @FieldResolver(() => MessageConnection, {
    description:
      'The page around one message, for jumping to a search hit, a reply or the first unread: exactly one of messageId and seq. Its cursors page on in messages.',
  })
  async messagesAround(
    @Root() { uuid }: ConversationView,
    @Arg('messageId', () => ID, { nullable: true }) messageId: string | null,
    @Arg('seq', () => Int, { nullable: true }) seq: number | null,
    @Arg('before', () => Int, { defaultValue: 25 }) before: number,
    @Arg('after', () => Int, { defaultValue: 25 }) after: number,
    @Ctx() context: MessagesContext,
  ) {
    if ((messageId == null) === (seq == null))
      throw new Fault('BAD_USER_INPUT', 'Give either messageId or seq, exactly one of them.');
    const access = await requireAccess(context, uuid);
    const position = seq ?? (await seqOf(context, uuid, messageId ?? ''));
    return toView(await this.service.around(uuid, access, position, before, after));
  }

  @PerViewer()
  @FieldResolver(() => Message, { nullable: true })
  async lastMessage(@Root() { uuid }: ConversationView, @Ctx() { loaders }: MessagesContext) {
    const message = await loaders.lastMessage.load(uuid);
    return message && new MessageView(message);
  }

  @ListSize('slicingArguments: ["first"], sizedFields: ["events"]')
  @PerViewer()
  @FieldResolver(() => ConversationChanges, {
    description:
      'What changed after the cursor, oldest change first, each changed thing once in its newest state. The way to catch up over plain HTTP.',
  })
  async changes(
    @Root() { uuid }: ConversationView,
    @Arg('after', () => String) after: string,
    @Arg('first', () => Int, { defaultValue: 100 }) first: number,
    @Ctx() { caller }: MessagesContext,
  ) {
    return toChanges(await this.service.changes(requireViewer(caller), uuid, after, first), this.cursors);
  }

  @FieldResolver(() => String, {
    description: 'Where a conversationEvents subscription can start so that nothing after this very query is missed.',
  })
  async cursor(@Root() { uuid }: ConversationView, @Ctx() context: MessagesContext) {
    if (context.caller.kind !== 'hub') await requireAccess(context, uuid);
    return this.cursors.ofConversation(uuid, (await context.loaders.safeVersion.load(uuid)) ?? 0);
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

async function loadMessage({ loaders }: MessagesContext, id: string): Promise<MessageView | null> {
  const uuid = fromPublicId('message', id);
  const message = uuid && (await loaders.message.load(uuid));
  return message ? new MessageView(message) : null;
}

async function requireAccess({ loaders }: MessagesContext, conversationId: string) {
  const access = await loaders.access.load(conversationId);
  if (!access) throw notAMember();
  return access;
}

async function seqOf(context: MessagesContext, conversationId: string, messageId: string): Promise<number> {
  const message = (await loadMessage(context, messageId))?.snapshot;
  if (message?.conversationId === conversationId) return message.seq;
  throw new Fault('NOT_FOUND', 'There is no such message in this conversation.');
}

function toView({ edges, pageInfo }: Connection<MessageSnapshot>) {
  return {
    edges: edges.map(({ cursor, node }) => ({
      cursor,
      node: new MessageView(node),
    })),
    pageInfo,
  };
}

function toChanges({ conversationId, events, version, hasMore }: ConversationChangesPage, cursors: FeedCursors) {
  return {
    conversationId: toPublicId('conversation', conversationId),
    events: events.map((event) => toChange(event, cursors)),
    cursor: cursors.ofConversation(conversationId, version),
    hasMore,
  };
}

function refuseToSubscribe(): never {
  throw new Fault('UNAVAILABLE', 'Subscribe through the router.');
}
