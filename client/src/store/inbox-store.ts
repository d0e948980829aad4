import type { InboxEventsSubscription, InboxItemFieldsFragment, InboxQuery } from '../generated/graphql.js';
import { Touched } from './touched.js';

/** One row of the conversation list. */
export type InboxItem = InboxItemFieldsFragment;
export type InboxEvent = InboxEventsSubscription['inboxEvents'];
export type InboxPage = NonNullable<InboxQuery['viewer']>['inbox'];
type PreviewChange = Extract<InboxEvent, { __typename: 'MessageChanged' }>;

/** A row, with what its unread count is made of: last - read. Both only move forward. */
export interface Row {
  item: InboxItem;
  lastSeq: number;
  readSeq: number;
}

/** Where the list has been read up to; `after` is the cursor of the next page, null where there is none. */
export interface Extent {
  after: string | null;
  /** The last activity of the last row read. */
  lastActivityAt: string | null;
}

export interface InboxSnapshot {
  cursor: string | null;
  rows: Row[];
  extents: Record<ListName, Extent | null>;
  /** Messages that the person deleted for themselves lately. */
  hidden: string[];
}
export type ListName = 'active' | 'archived';

const MOST_HIDDEN = 2_000;

/** The conversation list, kept by inboxEvents. */
export class InboxStore {
  cursor: string | null = null;
  readonly rows = new Map<string, Row>();
  readonly hidden = new Set<string>();
  extents: InboxSnapshot['extents'] = { active: null, archived: null };
  readonly touched = new Touched<never>();
  /** What the person has read here and the server may not know yet. */
  private readonly readHere = new Map<string, number>();

  constructor(
    private readonly viewerId: string,
    private readonly onChange: () => void,
    /** An event did not say all: the row has to be read. */
    private readonly onVague: (conversationId: string) => void,
  ) {}

  restore({ cursor, rows, extents, hidden }: InboxSnapshot): void {
    this.cursor = cursor;
    this.extents = extents;
    this.rows.clear();
    for (const row of rows) this.rows.set(row.item.conversationId, row);
    this.hidden.clear();
    for (const id of hidden) this.hidden.add(id);
    this.onChange();
  }

  snapshot(): InboxSnapshot {
    const { cursor, extents } = this;
    return { cursor, extents, rows: [...this.rows.values()], hidden: [...this.hidden].slice(-MOST_HIDDEN) };
  }

  forgetBefore(begun: number): void {
    for (const id of this.rows.keys()) if (!this.touched.isSince(begun, id)) this.rows.delete(id);
    this.extents = { active: null, archived: null };
  }

  loadPage(list: ListName, { edges, pageInfo }: InboxPage, begun: number): void {
    for (const { node } of edges) if (!this.touched.isSince(begun, node.conversationId)) this.replace(node);
    this.extents = {
      ...this.extents,
      [list]: {
        after: pageInfo.hasNextPage ? pageInfo.endCursor : null,
        lastActivityAt: edges.at(-1)?.node.lastActivityAt ?? null,
      },
    };
    this.onChange();
  }

  /** A row as it was read when `begun` was taken; null: it is not in the list. */
  load(conversationId: string, item: InboxItem | null, begun: number): void {
    if (this.touched.isSince(begun, conversationId)) return;
    if (item) this.replace(item);
    else this.rows.delete(conversationId);
    this.onChange();
  }

  apply(event: InboxEvent): void {
    switch (event.__typename) {
      case 'InboxItemChanged':
        this.touched.touch(event.conversationId);
        if (event.item) this.replace(event.item);
        else if (event.isRemoved) this.rows.delete(event.conversationId);
        else this.onVague(event.conversationId);
        this.cursor = event.cursor;
        break;
      case 'InboxCaughtUp':
        this.cursor = event.cursor;
        return;
      case 'MessageHidden':
        this.hide(event.messageId, event.conversationId);
        this.cursor = event.cursor;
        break;
      case 'MessageChanged':
        this.preview(event);
        break;
      case 'MemberChanged':
        // The number of members is the conversation's, and not in the event.
        this.onVague(event.conversationId);
        return;
      case 'ConversationChanged': {
        const row = this.rows.get(event.conversationId);
        const { conversation } = event;
        if (!row?.item.conversation || !conversation) return;
        this.touched.touch(event.conversationId);
        const changed = { ...row.item.conversation, ...conversation };
        this.rows.set(event.conversationId, { ...row, item: { ...row.item, conversation: changed } });
        break;
      }
      case 'WatermarksMoved':
        return;
    }
    this.onChange();
  }

  /** The person has read up to there on this device. */
  read(conversationId: string, seq: number): void {
    if (seq <= (this.readHere.get(conversationId) ?? 0)) return;
    this.readHere.set(conversationId, seq);
    const row = this.rows.get(conversationId);
    if (!row) return;
    this.rows.set(conversationId, this.counted(row));
    this.onChange();
  }

  hide(messageId: string, conversationId: string): void {
    this.hidden.add(messageId);
    if (this.rows.get(conversationId)?.item.lastMessage?.id === messageId) this.onVague(conversationId);
    this.onChange();
  }

  private replace(item: InboxItem): void {
    const told = item.conversation?.viewerMember?.readSeq ?? null;
    const readSeq = told ?? Math.max(0, (item.lastMessage?.seq ?? 0) - item.unreadCount);
    const lastSeq = readSeq + item.unreadCount;
    this.rows.set(item.conversationId, this.counted({ item, readSeq, lastSeq }));
  }

  private preview({ conversationId, message, reason }: PreviewChange): void {
    const row = this.rows.get(conversationId);
    if (!row) return this.onVague(conversationId);
    this.touched.touch(conversationId);
    const { item } = row;
    const isMentioned = message.mentions.some(({ userId }) => userId === this.viewerId);
    const author = message.senderId ?? message.systemEvent?.actorId;
    const isOwn = author === this.viewerId;
    const lastMessage = message.seq >= (item.lastMessage?.seq ?? 0) && !this.hidden.has(message.id) ? message : null;
    if (message.seq > row.lastSeq) {
      const mentions = item.unreadMentionCount + (isMentioned && !isOwn ? 1 : 0);
      const moved = { ...item, lastActivityAt: message.createdAt, unreadMentionCount: mentions };
      const readSeq = isOwn ? Math.max(row.readSeq, message.seq) : row.readSeq;
      const shown = { ...moved, lastMessage: lastMessage ?? item.lastMessage };
      this.rows.set(conversationId, this.counted({ item: shown, lastSeq: message.seq, readSeq }));
      return;
    }
    if (lastMessage) this.rows.set(conversationId, { ...row, item: { ...item, lastMessage } });
    // Whether it still mentions the person, and is unread, the server counts.
    const mayMention = reason !== 'SENT' && (isMentioned || item.unreadMentionCount > 0) && message.seq > row.readSeq;
    if (mayMention) this.onVague(conversationId);
  }

  private counted(row: Row): Row {
    const readSeq = Math.max(row.readSeq, this.readHere.get(row.item.conversationId) ?? 0);
    const unreadCount = Math.max(0, row.lastSeq - readSeq);
    const unreadMentionCount = unreadCount === 0 ? 0 : row.item.unreadMentionCount;
    return { ...row, readSeq, item: { ...row.item, unreadCount, unreadMentionCount } };
  }
}
