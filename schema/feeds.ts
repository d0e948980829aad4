import type { FeedEvent, InboxFeedEvent } from './live.js';

/** Messages [from, to] of one conversation that a member may read; `to` is null while they are a member. */
export interface Span {
  fromSeq: number;
  toSeq: number | null;
}

export interface FeedPage<Event> {
  /** By version, each changed thing once in its newest state. */
  events: Event[];
  /** The last version scanned, or the head's when exhausted. */
  version: number;
  hasMore: boolean;
}

/**
 * What the hub asks of the messages subgraph. In process a call, else POST /streams/<name> of that subgraph. Nothing is
 * filtered by viewer here: the hub holds each subscriber's spans and checks every event against them.
 */
export interface ConversationFeed {
  /**
   * Who may read and where the feed stands, uncached and in one snapshot. Null unless the person is a member. An `after`
   * of another conversation, or tampered with, throws BAD_USER_INPUT; one of an older epoch yields the start.
   */
  open(userId: string, conversationId: string, after: string | null): Promise<OpenConversation | null>;
  changes(conversationId: string, after: number, first: number): Promise<FeedPage<FeedEvent>>;
  /** The newest version of each; a conversation that is gone, or whose shard cannot answer, is left out. */
  heads(conversationIds: string[]): Promise<Map<string, number>>;
}
export interface OpenConversation {
  spans: Span[];
  /** Seqs of what the person has deleted for themselves; ascending. */
  hidden: number[];
  /** The version of the newest change. */
  head: number;
  /** Where the `after` cursor stands, or the head's version without one. */
  after: number;
}

/** What the hub asks of the conversations subgraph: as ConversationFeed, for a person's inbox. */
export interface InboxFeed {
  open(userId: string, after: string | null): Promise<{ head: number; after: number }>;
  changes(userId: string, after: number, first: number): Promise<FeedPage<InboxFeedEvent>>;
  heads(userIds: string[]): Promise<Map<string, number>>;
}

/** The value that a subscription's root field is executed on, in the messages subgraph. */
export type StreamEvent =
  /**
   * `viewerHidesReads`: whether the people whom this is executed for hide what they have read, and so see nobody's; set
   * where that makes a difference and it is executed for several at once.
   */
  | { type: 'change'; event: FeedEvent; viewerHidesReads?: boolean }
  | { type: 'caughtUp'; conversationId: string; version: number }
  /** A change of the inbox of event.userId, who is also the viewer. */
  | { type: 'inboxItem'; event: InboxFeedEvent }
  | { type: 'inboxCaughtUp'; userId: string; version: number };
