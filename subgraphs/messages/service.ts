import type { Person } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { Fault, UserFault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { toConnection, type Connection } from '../../platform/subgraph/graphql-types.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { FeedPage } from '../../schema/feeds.js';
import type { FeedEvent } from '../../schema/live.js';
import type { FeedCursors, FeedPosition } from './feed-cursors.js';
import type { StoredFeed } from './feed.js';
import type { SendStore } from './send-store.js';
import { backward, forward, mayRead, readableRanges, type Access, type SeqRange } from './spans.js';
import type { MessageStore } from './store.js';

/** In Unicode code points: what most people would call characters, and the same in every language. */
const MAX_BODY = 8_000;
const MAX_CLIENT_MESSAGE_ID = 64;
const MAX_PAGE = 100;
const MAX_AROUND = 50;

export interface Draft {
  /** Public id. */
  conversationId: string;
  clientMessageId: string;
  body: string;
}
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

/** Messages: who may send what, and read what. */
export class Messages {
  constructor(
    private readonly store: MessageStore,
    private readonly sends: SendStore,
    private readonly feed: StoredFeed,
    private readonly cursors: Cursors,
    private readonly feedCursors: FeedCursors,
  ) {}

  async send(viewer: Person, draft: Draft): Promise<MessageSnapshot> {
    checkDraft(draft);
    const conversationId = fromPublicId('conversation', draft.conversationId);
    const { clientMessageId, body } = draft;
    const outcome = conversationId
      ? await this.sends.append({
          conversationId,
          senderId: viewer.userId,
          clientMessageId,
          body,
        })
      : ({ kind: 'notAMember' } as const);
    if (outcome.kind === 'stored') return outcome.message;
    throw new UserFault('NOT_A_MEMBER', ['conversationId'], 'You are not in this conversation.');
  }

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
    const messages = await this.store.range(conversationId, ranges);
    const edges = messages.map((node) => ({
      cursor: this.cursors.seal('messages', conversationId, [node.seq]),
      node,
    }));
    return toConnection(edges, more);
  }

  private openMessageCursor(conversationId: string, cursor: string): number {
    return Number(this.cursors.open('messages', conversationId, cursor)[0]);
  }
}

export function notAMember(): Fault {
  return new Fault('FORBIDDEN', 'You are not in this conversation.');
}

function checkPageSize(name: string, count: number): void {
  if (count < 1 || count > MAX_PAGE) throw new Fault('BAD_USER_INPUT', `${name} is between 1 and ${MAX_PAGE}.`);
}

function checkDraft({ clientMessageId, body }: Draft): void {
  if (clientMessageId === '' || isLonger(clientMessageId, MAX_CLIENT_MESSAGE_ID))
    throw new UserFault('INVALID_INPUT', ['clientMessageId'], `Give 1 to ${MAX_CLIENT_MESSAGE_ID} characters.`);
  if (body.trim() === '') throw new UserFault('INVALID_INPUT', ['body'], 'Write something.');
  if (isLonger(body, MAX_BODY))
    throw new UserFault('INVALID_INPUT', ['body'], 'A message has at most 8,000 characters.');
  for (const [name, text] of Object.entries({ clientMessageId, body }))
    if (unstorable.test(text))
      throw new UserFault('INVALID_INPUT', [name], 'This is not valid Unicode text, or contains U+0000.');
}

/** U+0000, which Postgres has no place for, and halves of surrogate pairs, which UTF-8 has none for. */
const unstorable = /[\0\p{Surrogate}]/u;

function isLonger(text: string, codePoints: number): boolean {
  if (text.length <= codePoints) return false;
  if (text.length > 2 * codePoints) return true;
  return [...text].length > codePoints;
}
