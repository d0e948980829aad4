import { newUuid } from '../ids/ids.js';
import type { IndexChange, MessageDocument, MessageQuery, Scope, SearchIndex } from './port.js';

/** A search index, empty, and what tests do besides the port. */
export interface TestedIndex {
  /** A connection of its own, as another process has. */
  connect(): Promise<SearchIndex>;
  /** Makes what is written found at once, where that takes a moment. */
  settle(): Promise<void>;
  remove(): Promise<void>;
}

let made = 0;
/** The later it is made, the higher. */
export const nextId = () => newUuid(0, Date.UTC(2026, 0) + made++);
export const conversation = nextId();
export const allOf = (conversationId: string): Scope => ({ conversationId, spans: [{ fromSeq: 1, toSeq: null }] });

export function message(body: string, more: Partial<MessageDocument> = {}): MessageDocument {
  const seq = ++made;
  return {
    id: nextId(),
    conversationId: conversation,
    senderId: newUuid(1),
    seq,
    sentAt: 1_000 + seq,
    body,
    mediaKinds: [],
    mentionedIds: [],
    ...more,
  };
}
export const written = <D extends { id: string }>(document: D, version = 1): IndexChange<D> => ({
  id: document.id,
  version,
  document,
});
export const gone = ({ id }: { id: string }, version: number) => ({ id, version, document: null });
export const ask = (text: string, more: Partial<MessageQuery> = {}): MessageQuery => ({
  text,
  scopes: [allOf(conversation)],
  first: 50,
  ...more,
});
