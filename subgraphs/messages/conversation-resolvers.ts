import { ListSize, PerViewer } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { Fault } from '../../platform/errors/errors.js';
import { loadMessage, requireAccess } from './access.js';
import type { MessagesContext } from './context.js';
import { ConversationChanges } from './event-types.js';
import type { FeedCursors } from './feed-cursors.js';
import { toChanges, toMessageConnection } from './pages.js';
import { MessageView, type ConversationView } from './present.js';
import type { Reading } from './reading.js';
import { Conversation, Message, MessageConnection } from './schema.js';

@Resolver(() => Conversation)
export class ConversationResolver {
  constructor(
    private readonly reading: Reading,
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
    return toMessageConnection(
      await this.reading.page(uuid, await requireAccess(context, uuid), {
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
    return toMessageConnection(await this.reading.around(uuid, access, position, before, after));
  }

  @PerViewer()
  @FieldResolver(() => Message, { nullable: true })
  async lastMessage(@Root() { uuid }: ConversationView, @Ctx() { loaders }: MessagesContext) {
    const message = await loaders.lastMessage.load(uuid);
    return message && new MessageView(message);
  }

  @ListSize('assumedSize: 50')
  @PerViewer()
  @FieldResolver(() => [Message])
  async pinnedMessages(@Root() { uuid }: ConversationView, @Ctx() { loaders }: MessagesContext) {
    return ((await loaders.pinned.load(uuid)) ?? []).map((message) => new MessageView(message));
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
    return toChanges(await this.reading.changes(requireViewer(caller), uuid, after, first), this.cursors);
  }

  @FieldResolver(() => String, {
    description: 'Where a conversationEvents subscription can start so that nothing after this very query is missed.',
  })
  async cursor(@Root() { uuid }: ConversationView, @Ctx() context: MessagesContext) {
    if (context.caller.kind !== 'hub') await requireAccess(context, uuid);
    return this.cursors.ofConversation(uuid, (await context.loaders.safeVersion.load(uuid)) ?? 0);
  }
}

async function seqOf(context: MessagesContext, conversationId: string, messageId: string): Promise<number> {
  const message = (await loadMessage(context, messageId))?.snapshot;
  if (message?.conversationId === conversationId) return message.seq;
  throw new Fault('NOT_FOUND', 'There is no such message in this conversation.');
}
