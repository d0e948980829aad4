import type { Person } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { Fault } from '../../platform/errors/errors.js';
import { toConnection, type Connection } from '../../platform/subgraph/graphql-types.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { FeedPage } from '../../schema/feeds.js';
import type { FeedEvent } from '../../schema/live.js';
import { notAMember } from './access.js';
import type { FeedCursors, FeedPosition } from './feed-cursors.js';
import type { StoredFeed } from './feed.js';
import type { PartsStore } from './parts-store.js';
import { backward, forward, mayRead, readableRanges, type Access, type SeqRange } from './spans.js';
import type { MessageStore } from './store.js';

const MAX_PAGE = 100;
const MAX_AROUND = 50;
/** In Unicode code points. */
const MAX_EXCERPT = 500;

/** Exactly one of first and last. */
export interface PageArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}
export interface ConversationChangesPage extends FeedPage<FeedEvent> {
  conversationId: string;
}

/** Messages: who may read what. */
export class Reading {
  constructor(
    private readonly store: MessageStore,
    private readonly parts: PartsStore,
    private readonly feed: StoredFeed,
    private readonly cursors: Cursors,
    private readonly feedCursors: FeedCursors,
  ) {}

  /** A page of what somebody with this access may read. */
  async page(conversationId: string, access: Access, args: PageArguments): Promise<Connection<MessageSnapshot>> {
    const { first, last } = args;
    if ((first == null) === (last == null))
      throw new Fault('BAD_USER_INPUT', 'Give either first or last, exactly one of them.');
    checkPageSize(first == null ? 'last' : 'first', first ?? last ?? 0);
    const ranges = readableRanges(access);
    const low = args.after == null ? 0 : this.openMessageCursor(conversationId, args.after);
    const high = args.before == null ? access.lastSeq + 1 : this.openMessageCursor(conversationId, args.before);
    const within = ranges
      .map(([from, to]): SeqRange => [Math.max(from, low + 1), Math.min(to, high - 1)])
      .filter(([from, to]) => from <= to);
    const isBefore = backward(ranges, low + 1, 0).hasMore;
    const isAfter = forward(ranges, high - 1, 0).hasMore;
    const { page, hasMore } = first == null ? backward(within, high, last ?? 0) : forward(within, low, first);
    return this.connection(conversationId, page, {
      hasNextPage: isAfter || (first != null && hasMore),
      hasPreviousPage: isBefore || (first == null && hasMore),
    });
  }

  /** The page around a seq, which itself need not be readable. */
  async around(
    conversationId: string,
    access: Access,
    seq: number,
    before: number,
    after: number,
  ): Promise<Connection<MessageSnapshot>> {
    for (const [name, count] of [
      ['before', before],
      ['after', after],
    ] as const)
      if (count < 0 || count > MAX_AROUND) throw new Fault('BAD_USER_INPUT', `${name} is between 0 and ${MAX_AROUND}.`);
    if (seq < 1) throw new Fault('BAD_USER_INPUT', 'seq is 1 or more.');
    const ranges = readableRanges(access);
    const older = backward(ranges, seq, before);
    const newer = forward(ranges, seq, after);
    const middle: SeqRange[] = seq <= access.lastSeq && mayRead(access, seq) ? [[seq, seq]] : [];
    return this.connection(conversationId, [...older.page, ...middle, ...newer.page], {
      hasNextPage: newer.hasMore,
      hasPreviousPage: older.hasMore,
    });
  }

  /** A page of the replies to a message that somebody with this access may read; without those deleted since. */
  async replies(
    viewer: Person,
    message: MessageSnapshot,
    access: Access | null,
    { first, after }: { first: number; after: string | null },
  ): Promise<Connection<MessageSnapshot>> {
    checkPageSize('first', first);
    const { conversationId } = message;
    const low = after === null ? 0 : this.openMessageCursor(conversationId, after);
    const found = access ? await this.parts.replies(viewer.userId, message, low, first + 1, access.hidden) : [];
    return toConnection(this.edges(conversationId, found.slice(0, first)), {
      hasNextPage: found.length > first,
      hasPreviousPage: after !== null,
    });
  }

  /** How a message reads now, for a moderator: '' where it has no text. Null when this person may not read it. */
  async excerptOf(messageId: string, userId: string): Promise<string | null> {
    const message = (await this.store.readable(userId, [messageId])).get(messageId);
    return message ? [...(message.body ?? '')].slice(0, MAX_EXCERPT).join('') : null;
  }

  /** Null for messages of the server, and where there is none. */
  async senderOf(messageId: string): Promise<string | null> {
    return (await this.store.messages(null, [messageId])).get(messageId)?.senderId ?? null;
  }

  /** The changes after a cursor of this conversation that the viewer may see. Throws FORBIDDEN unless a member. */
  async changes(
    viewer: Person,
    conversationId: string,
    after: string,
    first: number,
  ): Promise<ConversationChangesPage> {
    checkPageSize('first', first);
    const position = {
      conversationId,
      version: this.feedCursors.openOf(conversationId, after),
    };
    const [page] = await this.visiblePages(viewer, [position], first);
    if (!page) throw notAMember();
    return page;
  }

  /** By cursor: its changes; null where the viewer is not a member, an error where it is no cursor. */
  async changesOfMany(
    viewer: Person,
    cursors: string[],
    first: number,
  ): Promise<(ConversationChangesPage | Error | null)[]> {
    checkPageSize('first', first);
    if (cursors.length > 100) throw new Fault('BAD_USER_INPUT', 'Give at most 100 cursors at once.');
    const positions = cursors.map((cursor) => {
      try {
        return this.feedCursors.open(cursor);
      } catch (error) {
        return error as Error;
      }
    });
    const valid = positions.filter((position): position is FeedPosition => !(position instanceof Error));
    const pages = await this.visiblePages(viewer, valid, first);
    return positions.map((position) => (position instanceof Error ? position : (pages.shift() ?? null)));
  }

  /**
   * Access is read after the changes: whoever was removed in between is refused, or sees none that are newer than that.
   * What they may not see is left out of pages, which may so be short, or empty, while there are more.
   */
  private async visiblePages(
    viewer: Person,
    positions: FeedPosition[],
    first: number,
  ): Promise<(ConversationChangesPage | null)[]> {
    const pages = await this.feed.pages(positions, first);
    const access = await this.store.access(viewer.userId, [
      ...new Set(positions.map(({ conversationId }) => conversationId)),
    ]);
    return positions.map(({ conversationId }, i) => {
      const page = pages[i];
      const own = access.get(conversationId);
      if (!page || !own) return null;
      const events = page.events.filter((event) => event.kind !== 'message' || mayRead(own, event.message.seq));
      return { ...page, events, conversationId };
    });
  }

  private async connection(
    conversationId: string,
    ranges: SeqRange[],
    more: { hasNextPage: boolean; hasPreviousPage: boolean },
  ) {
    return toConnection(this.edges(conversationId, await this.store.range(conversationId, ranges)), more);
  }

  private edges(conversationId: string, messages: MessageSnapshot[]) {
    return messages.map((node) => ({ cursor: this.cursors.seal('messages', conversationId, [node.seq]), node }));
  }

  private openMessageCursor(conversationId: string, cursor: string): number {
    return Number(this.cursors.open('messages', conversationId, cursor)[0]);
  }
}

export function checkPageSize(name: string, count: number): void {
  if (count < 1 || count > MAX_PAGE) throw new Fault('BAD_USER_INPUT', `${name} is between 1 and ${MAX_PAGE}.`);
}
