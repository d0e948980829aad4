import { Shareable } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import { readConversation } from './access.js';
import { checkFirst } from './checks.js';
import type { ConversationsContext } from './context.js';
import type { StoredInboxFeed } from './inbox-feed.js';
import { current, positionOf, type Inboxes, type LoadReadStates } from './inbox.js';
import { InboxChanges, InboxConnection, InboxFilter, InboxItem, Viewer } from './inbox-schema.js';
import type { InboxPosition, InboxRow, InboxStore } from './inbox-store.js';
import { UpdateInboxItemInput } from './inputs.js';
import { forget } from './loaders.js';
import { UpdateInboxItemPayload } from './payloads.js';
import { toInboxItem, toViewer, type InboxItemSource, type ViewerSource } from './present.js';
import { Conversation } from './schema.js';

/** How far a cursor reaches back before the operation: clocks differ, and commits take a moment. */
const SLACK_MS = 5_000;

@Resolver(() => InboxItem)
export class InboxItemResolver {
  constructor(private readonly inboxes: Inboxes) {}

  @FieldResolver(() => Conversation, { nullable: true })
  conversation(@Root() { conversationUuid }: InboxItemSource, @Ctx() context: ConversationsContext) {
    return readConversation(context, conversationUuid);
  }

  @FieldResolver(() => Int)
  async unreadMentionCount(
    @Root() { userUuid, conversationUuid, readSeq }: InboxItemSource,
    @Ctx() { loaders }: ConversationsContext,
  ) {
    return (await loaders.mentions.load(`${userUuid} ${conversationUuid} ${readSeq}`)) ?? 0;
  }

  @Mutation(() => UpdateInboxItemPayload, {
    description:
      "The viewer's own settings of a conversation: mute, pin, archive. Syncs to the viewer's other devices.",
  })
  async updateInboxItem(
    @Arg('input', () => UpdateInboxItemInput) input: UpdateInboxItemInput,
    @Ctx() context: ConversationsContext,
  ) {
    const viewer = requireViewer(context.caller);
    const id = fromPublicId('conversation', input.conversationId);
    const { errors } = await asPayload('updated', this.inboxes.update(viewer, id, input));
    forget(context.loaders);
    const isUpdated = id !== null && errors.length === 0;
    return { inboxItem: isUpdated ? await readInboxItem(context, viewer.userId, id) : null, errors };
  }
}

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(
    private readonly inboxes: Inboxes,
    private readonly store: InboxStore,
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
    @Arg('filter', () => InboxFilter, { nullable: true }) filter: InboxFilter | null,
    @Ctx() context: ConversationsContext,
  ) {
    checkFirst(first);
    const position = after == null ? null : this.positionIn(userId, after);
    const choice = {
      unreadOnly: filter?.unreadOnly ?? false,
      archived: filter?.archived ?? false,
      kinds: filter?.kinds ?? null,
    };
    const rows = await this.inboxes.list(userId, choice, position, first + 1, readStatesOf(context));
    const edges = rows.slice(0, first).map((row) => ({ cursor: this.cursorOf(row), node: toInboxItem(row) }));
    return toConnection(edges, { hasNextPage: rows.length > first, hasPreviousPage: after != null });
  }

  @FieldResolver(() => InboxItem, { nullable: true })
  async inboxItem(
    @Root() { userId }: ViewerSource,
    @Arg('conversationId', () => ID) conversationId: string,
    @Ctx() context: ConversationsContext,
  ) {
    const uuid = fromPublicId('conversation', conversationId);
    return uuid && readInboxItem(context, userId, uuid);
  }

  @FieldResolver(() => InboxChanges)
  async inboxChanges(
    @Root() { userId }: ViewerSource,
    @Arg('after', () => String) after: string,
    @Arg('first', () => Int, { defaultValue: 100 }) first: number,
    @Ctx() context: ConversationsContext,
  ) {
    const position = this.feed.versionOf(userId, after);
    const { changes, version, hasMore } = await this.feed.page(userId, position, checkFirst(first));
    const rows = changes.flatMap(({ row }) => row ?? []);
    const kept = rows.filter((row) => !row.isRemoved);
    return {
      items: (await current(kept, readStatesOf(context))).map(toInboxItem),
      removedConversationIds: rows
        .filter((row) => row.isRemoved)
        .map((row) => toPublicId('conversation', row.conversationId)),
      hiddenMessageIds: changes.flatMap((change) =>
        change.row === null ? toPublicId('message', change.hiddenMessageId) : [],
      ),
      cursor: this.feed.cursorOf(userId, version),
      hasMore,
    };
  }

  @FieldResolver(() => String)
  async inboxCursor(@Root() { userId }: ViewerSource, @Ctx() { caller }: ConversationsContext) {
    const version = await this.store.versionBefore(userId, new Date(caller.startedAt - SLACK_MS));
    return this.feed.cursorOf(userId, version);
  }

  @FieldResolver(() => Int)
  unreadCount(@Root() { userId }: ViewerSource, @Ctx() context: ConversationsContext) {
    return this.inboxes.unreadCount(userId, readStatesOf(context));
  }

  private cursorOf(row: InboxRow): string {
    const { isPinned, lastActivityAt, conversationId } = positionOf(row);
    return this.cursors.seal('inbox-list', row.userId, [Number(isPinned), lastActivityAt.getTime(), conversationId]);
  }

  private positionIn(userId: string, cursor: string): InboxPosition {
    const [isPinned, lastActivityAt, conversationId = ''] = this.cursors.open('inbox-list', userId, cursor);
    return { isPinned: isPinned === '1', lastActivityAt: new Date(Number(lastActivityAt)), conversationId };
  }
}

/** Null where the person has no such conversation. */
export async function readInboxItem(context: ConversationsContext, userId: string, conversationId: string) {
  const row = await context.loaders.inboxItem.load(`${userId} ${conversationId}`);
  const [item] = row ? await current([row], readStatesOf(context)) : [];
  return item ? toInboxItem(item) : null;
}

function readStatesOf({ loaders }: ConversationsContext): LoadReadStates {
  return (pairs) => loaders.readState.loadMany(pairs);
}
