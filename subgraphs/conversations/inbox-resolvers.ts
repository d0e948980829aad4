import { Shareable } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import { readConversation } from './access.js';
import type { ConversationsContext } from './context.js';
import type { StoredInboxFeed } from './inbox-feed.js';
import type { InboxStore } from './inbox-store.js';
import { toInboxItem, toViewer, type InboxItemSource, type ViewerSource } from './present.js';
import { Conversation, InboxChanges, InboxConnection, InboxItem, Viewer } from './schema.js';
import { checkFirst } from './service.js';

/** How far a cursor reaches back before the operation: clocks differ, and commits take a moment. */
const SLACK_MS = 5_000;

@Resolver(() => InboxItem)
export class InboxItemResolver {
  @FieldResolver(() => Conversation, { nullable: true })
  conversation(@Root() { conversationUuid }: InboxItemSource, @Ctx() context: ConversationsContext) {
    return readConversation(context, conversationUuid);
  }
}

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(
    private readonly inboxes: InboxStore,
    private readonly feed: StoredInboxFeed,
    private readonly cursors: Cursors,
  ) {}

  @Shareable()
  @Query(() => Viewer, {
    nullable: true,
    description: 'The signed-in person; null, with an UNAUTHENTICATED error, when nobody is signed in.',
  })
  viewer(@Ctx() { caller }: ConversationsContext) {
    return toViewer(requireViewer(caller).userId);
  }

  @FieldResolver(() => InboxConnection)
  async inbox(
    @Root() { userId }: ViewerSource,
    @Arg('first', () => Int, { defaultValue: 30 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
  ) {
    checkFirst(first);
    const [lastActivityAt = '', conversationId = ''] = after == null ? [] : this.cursors.open('inbox', userId, after);
    const position = after == null ? null : { lastActivityAt: new Date(Number(lastActivityAt)), conversationId };
    const rows = await this.inboxes.list(userId, position, first + 1);
    const edges = rows.slice(0, first).map((row) => ({
      cursor: this.cursors.seal('inbox', userId, [row.lastActivityAt.getTime(), row.conversationId]),
      node: toInboxItem(row),
    }));
    return toConnection(edges, { hasNextPage: rows.length > first, hasPreviousPage: after != null });
  }

  @FieldResolver(() => InboxItem, { nullable: true })
  async inboxItem(
    @Root() { userId }: ViewerSource,
    @Arg('conversationId', () => ID) conversationId: string,
    @Ctx() { loaders }: ConversationsContext,
  ) {
    const uuid = fromPublicId('conversation', conversationId);
    const row = uuid && (await loaders.inboxItem.load(`${userId} ${uuid}`));
    return row ? toInboxItem(row) : null;
  }

  @FieldResolver(() => InboxChanges)
  async inboxChanges(
    @Root() { userId }: ViewerSource,
    @Arg('after', () => String) after: string,
    @Arg('first', () => Int, { defaultValue: 100 }) first: number,
  ) {
    const position = this.feed.versionOf(userId, after);
    const { rows: changes, version, hasMore } = await this.feed.page(userId, position, checkFirst(first));
    const rows = changes.filter((row) => !row.hiddenMessageId);
    return {
      items: rows.filter((row) => !row.isRemoved).map(toInboxItem),
      removedConversationIds: rows
        .filter((row) => row.isRemoved)
        .map((row) => toPublicId('conversation', row.conversationId)),
      cursor: this.feed.cursorOf(userId, version),
      hasMore,
    };
  }

  @FieldResolver(() => String)
  async inboxCursor(@Root() { userId }: ViewerSource, @Ctx() { caller }: ConversationsContext) {
    const version = await this.inboxes.versionBefore(userId, new Date(caller.startedAt - SLACK_MS));
    return this.feed.cursorOf(userId, version);
  }

  @FieldResolver(() => Int)
  unreadCount(@Root() { userId }: ViewerSource) {
    return this.inboxes.unreadCount(userId);
  }
}
