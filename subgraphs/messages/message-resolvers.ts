import { ListSize, Paged, PerViewer } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import type { MessagesContext } from './context.js';
import { toMessageConnection } from './pages.js';
import { Media, MessageEdit, Reaction, UserConnection } from './parts-schema.js';
import { MediaView, MessageView, ReactionView, UserView } from './present.js';
import { checkPageSize, type Reading } from './reading.js';
import { Message, MessageConnection } from './schema.js';

/** What hangs on a message: read only where it is asked for, many messages together. */
@Resolver(() => Message)
export class MessageResolver {
  constructor(private readonly reading: Reading) {}

  @FieldResolver(() => Message, {
    nullable: true,
    description: 'With the text it quotes, for everyone who sees the reply.',
  })
  async replyTo(@Root() message: MessageView, @Ctx() context: MessagesContext) {
    const { replyToId } = message.snapshot;
    if (replyToId === undefined || !(await isOpen(message, context))) return null;
    const quoted = await context.loaders.quoted.load(replyToId);
    return quoted && new MessageView(quoted, message.snapshot);
  }

  @ListSize('assumedSize: 10')
  @FieldResolver(() => [Media], {
    nullable: 'items',
    description: 'What it carries, in order; null in the place of what is gone since.',
  })
  async attachments(@Root() message: MessageView, @Ctx() context: MessagesContext) {
    const { attachments = [] } = message.snapshot;
    if (attachments.length === 0 || !(await mayShowCarried(message, context))) return [];
    return attachments.map(({ mediaId }) => new MediaView(mediaId));
  }

  @ListSize('assumedSize: 20')
  @FieldResolver(() => [Reaction])
  async reactions(@Root() message: MessageView, @Ctx() context: MessagesContext) {
    const { snapshot } = message;
    if (snapshot.deletedAt !== undefined || !(await isOpen(message, context))) return [];
    const reactions = await context.loaders.reactions.load(snapshot);
    return (reactions ?? []).map((reaction) => new ReactionView(snapshot, reaction));
  }

  @ListSize('assumedSize: 10')
  @FieldResolver(() => [MessageEdit], { description: 'Earlier versions, oldest first; empty once deleted.' })
  async edits(@Root() message: MessageView, @Ctx() context: MessagesContext) {
    const { snapshot } = message;
    if (snapshot.deletedAt !== undefined || snapshot.editedAt === undefined) return [];
    if (!(await isOpen(message, context))) return [];
    return (await context.loaders.edits.load(snapshot)) ?? [];
  }

  @Paged()
  @PerViewer()
  @FieldResolver(() => MessageConnection)
  async replies(
    @Root() { snapshot }: MessageView,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { caller, loaders }: MessagesContext,
  ) {
    const viewer = requireViewer(caller);
    const access = await loaders.access.load(snapshot.conversationId);
    const page = await this.reading.replies(viewer, snapshot, access, { first, after: after ?? null });
    return toMessageConnection(page);
  }

  @PerViewer()
  @FieldResolver(() => Int)
  async replyCount(@Root() { snapshot }: MessageView, @Ctx() { loaders }: MessagesContext) {
    return (await loaders.replyCount.load(snapshot)) ?? 0;
  }
}

/**
 * A reply shows the text that it quotes to everyone who sees the reply, and no more of that message: its earlier versions,
 * its reactions and what it quotes itself are for those who may read it.
 */
async function isOpen({ snapshot, quotedBy }: MessageView, { caller, loaders }: MessagesContext): Promise<boolean> {
  return !quotedBy || (caller.kind === 'person' && (await loaders.message.load(snapshot.id)) !== null);
}

/** As isOpen, and in an event for many where all who see the reply may read what it quotes. */
async function mayShowCarried(message: MessageView, context: MessagesContext): Promise<boolean> {
  const { snapshot, quotedBy } = message;
  if (!quotedBy || context.caller.kind !== 'hub') return isOpen(message, context);
  const { conversationId, seq } = snapshot;
  return context.loaders.isOpenToAll.load({ conversationId, seq, quotedAt: quotedBy.seq });
}

@Resolver(() => Reaction)
export class ReactionResolver {
  constructor(private readonly cursors: Cursors) {}

  @PerViewer()
  @FieldResolver(() => Boolean)
  viewerHasReacted(@Root() { reaction }: ReactionView, @Ctx() { caller }: MessagesContext) {
    requireViewer(caller);
    return reaction.viewerHasReacted ?? false;
  }

  @Paged()
  @FieldResolver(() => UserConnection)
  async users(
    @Root() { message, emoji }: ReactionView,
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { loaders }: MessagesContext,
  ) {
    checkPageSize('first', first);
    const about = `${message.id} ${emoji}`;
    const last = after == null ? null : (this.cursors.open('reaction-users', about, after)[0] ?? null);
    const { conversationId, seq } = message;
    const found = await loaders.reactionUsers.load({ conversationId, seq, emoji, after: last, limit: first + 1 });
    const edges = found.slice(0, first).map((userId) => ({
      cursor: this.cursors.seal('reaction-users', about, [userId]),
      node: new UserView(userId),
    }));
    return toConnection(edges, { hasNextPage: found.length > first, hasPreviousPage: after != null });
  }
}
