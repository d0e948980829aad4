import type { Span } from '../../schema/feeds.js';

export type MediaKind = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'VOICE' | 'FILE';

export interface MessageDocument {
  /** UUIDs. */
  id: string;
  conversationId: string;
  senderId: string;
  seq: number;
  /** Unix ms. */
  sentAt: number;
  body: string;
  mediaKinds: MediaKind[];
  mentionedIds: string[];
}
export interface PersonDocument {
  id: string;
  handle: string;
  displayName: string;
}
export interface ConversationDocument {
  id: string;
  title: string;
  description: string;
  /** Everybody may find it; others only those who are in. */
  isPublic: boolean;
}

/**
 * What an index holds of one thing from `version` on: a document, or null once it is gone. A change whose version is not
 * higher than the one that the index has, gone or not, does nothing: replays and reorders are harmless.
 */
export interface IndexChange<Document> {
  id: string;
  version: number;
  document: Document | null;
}

/** What one person may read of a conversation: messages of these spans. Each conversation comes in one scope. */
export interface Scope {
  conversationId: string;
  spans: readonly Span[];
}

export interface MessageQuery {
  /**
   * As typed: any text. What a search box would take for operators is text like the rest. All its words are found (the first
   * 16 of them), the last one also as the beginning of a word. Where it is blank, all that the rest asks for; where it has no
   * letter, digit or emoji but something else, nothing.
   */
  text: string;
  /** Nothing outside them is found, or counted. */
  scopes: readonly Scope[];
  senderId?: string;
  /** Unix ms, both included. */
  sentAfter?: number;
  sentBefore?: number;
  hasMedia?: boolean;
  mediaKinds?: readonly MediaKind[];
  mentionedId?: string;
  /** Messages that are not to be found, as those that the person hid. UUIDs. */
  withoutIds?: readonly string[];
  /** Senders whose messages are not to be found. */
  withoutSenderIds?: readonly string[];
  first: number;
  /** From an earlier page of the same query; opaque. */
  after?: string;
}

/** Ranges are [start, end) in UTF-16 units of text. */
export interface Fragment {
  text: string;
  ranges: { start: number; end: number }[];
}
export interface Hit {
  id: string;
  /** What to go on after. */
  position: string;
}
export interface MessageHit extends Hit {
  conversationId: string;
  seq: number;
  /** At most three. */
  fragments: Fragment[];
}
export interface Hits<H extends Hit> {
  /** Best first; of equal ones the newest. */
  hits: H[];
  hasMore: boolean;
}

export type IndexOf = 'messages' | 'people' | 'conversations';

/** Each resolves once kept. */
export interface IndexWriter {
  writeMessages(changes: readonly IndexChange<MessageDocument>[]): Promise<void>;
  writePeople(changes: readonly IndexChange<PersonDocument>[]): Promise<void>;
  writeConversations(changes: readonly IndexChange<ConversationDocument>[]): Promise<void>;
}

/**
 * Full-text search. What is written is found within a second. Every call throws Fault UNAVAILABLE where the index cannot be reached;
 * a position that is none throws Fault BAD_USER_INPUT.
 */
export interface SearchIndex extends IndexWriter {
  /** `total` counts no further than 10,000; of more the newest 10,000 may be all that is ranked. */
  searchMessages(query: MessageQuery): Promise<Hits<MessageHit> & { total: number }>;
  /** By handle and name: beginnings of words, and with a typo. */
  searchPeople(query: {
    text: string;
    withoutIds?: readonly string[];
    first: number;
    after?: string;
  }): Promise<Hits<Hit>>;
  /** Public ones, and those of `memberOf`. */
  searchConversations(query: {
    text: string;
    memberOf: readonly string[];
    first: number;
    after?: string;
  }): Promise<Hits<Hit>>;
  /**
   * Begins a fresh, empty index beside the live one: from now on writes go to both, searches to the live one. What it returns
   * fills the fresh one alone, then puts it in the place of the live one, which goes. A rebuild that was begun before and not
   * ended is dropped.
   */
  rebuild(of: IndexOf): Promise<Rebuild>;
  close(): Promise<void>;
}

export interface Rebuild extends IndexWriter {
  /** Searches find what it holds from now on. */
  swap(): Promise<void>;
  /** Leaves the live one as it is. */
  drop(): Promise<void>;
}
