import type { ConversationFieldsFragment, PersonFieldsFragment } from '../generated/graphql.js';
import type { ParleyError } from '../errors.js';
import type { OutboxEntry } from '../outbox/entry.js';
import type { ConversationStore } from './conversation-store.js';
import type { SyncState } from './conversation-sync.js';
import type { Member } from './members.js';
import type { Message } from './message.js';
import { progressOf, type Progress } from './progress.js';
import { segmentWith, tailOf, type Segment } from './segments.js';

/** A message that the server has. */
export interface StoredMessage extends Message {
  isPending: false;
  isOwn: boolean;
  progress: Progress;
}

/** A message in the outbox. */
export interface PendingMessage {
  isPending: true;
  isOwn: true;
  /** CREATED is on its way; FAILED waits for the person to retry or discard it. */
  progress: 'CREATED' | 'FAILED';
  clientMessageId: string;
  conversationId: string;
  draft: OutboxEntry['draft'];
  /** RFC 3339, as of stored ones; by this device's clock. */
  createdAt: string;
  failure: OutboxEntry['failure'];
}

/** One conversation, as there is to show. */
export interface ConversationView {
  id: string;
  /** Null until it has been read once. */
  info: ConversationFieldsFragment | null;
  /** DIRECT only: the other person. */
  otherUser: PersonFieldsFragment | null;
  isMember: boolean;
  /** All where the conversation fans out on write; else the first hundred. In the order in which they joined. */
  members: readonly Member[];
  /** A stretch without a gap, by seq, then what is on its way. The same object for the same state of a message. */
  messages: readonly (StoredMessage | PendingMessage)[];
  /** Whether there are older ones to load. */
  hasOlder: boolean;
  /** Whether it ends before the newest one: after a jump into the past. */
  hasNewer: boolean;
  /** Up to where the signed-in person has read. */
  readSeq: number;
  typing: readonly PersonFieldsFragment[];
  state: SyncState;
  /** Why it is not live, where there is a reason. */
  error: ParleyError | null;
}

/** What a view is made of besides the store. */
export interface Surroundings {
  viewerId: string;
  /** A seq in the stretch to show; null: the newest. */
  anchor: number | null;
  outbox: readonly OutboxEntry[];
  typing: readonly PersonFieldsFragment[];
  state: SyncState;
  error: ParleyError | null;
}

/** Makes views of one store. Messages that did not change stay the same objects, so that a list draws only what did. */
export class ConversationViews {
  private shown = new Map<Message, StoredMessage>();

  make(store: ConversationStore, around: Surroundings): ConversationView {
    const { viewerId, anchor, outbox, typing, state, error } = around;
    const members = [...store.members.values()].sort((a, b) =>
      a.joinedAt === b.joinedAt ? (a.userId < b.userId ? -1 : 1) : a.joinedAt < b.joinedAt ? -1 : 1,
    );
    const segment = shownSegment(store, anchor);
    const stored = this.stored(store, segment, progressOf(members, viewerId), viewerId);
    return {
      id: store.id,
      info: store.info,
      otherUser: store.otherUser,
      isMember: store.isMember,
      members,
      messages: segment?.newer == null ? [...stored, ...pending(store, stored, outbox)] : stored,
      hasOlder: segment !== null && segment.older !== null,
      hasNewer: segment !== null && segment.newer !== null,
      readSeq: store.members.get(viewerId)?.readSeq ?? 0,
      typing,
      state,
      error,
    };
  }

  private stored(
    store: ConversationStore,
    segment: Segment | null,
    progress: (message: Message) => Progress,
    viewerId: string,
  ): StoredMessage[] {
    if (!segment) return [];
    const inSegment = [...store.messages.values()]
      .filter(({ seq }) => segment.from <= seq && seq <= segment.to)
      .sort((a, b) => a.seq - b.seq);
    const before = this.shown;
    this.shown = new Map();
    return inSegment.map((message) => {
      const now = progress(message);
      const known = before.get(message);
      const stored =
        known?.progress === now
          ? known
          : { ...message, isPending: false as const, isOwn: message.senderId === viewerId, progress: now };
      this.shown.set(message, stored);
      return stored;
    });
  }
}

export function shownSegment({ segments }: ConversationStore, anchor: number | null): Segment | null {
  return (anchor === null ? null : segmentWith(segments, anchor)) ?? tailOf(segments);
}

/** Those that the server has are shown as it has them, even while they are still in the outbox. */
function pending(
  { id }: ConversationStore,
  stored: readonly StoredMessage[],
  outbox: readonly OutboxEntry[],
): PendingMessage[] {
  const own = outbox.filter(({ conversationId }) => conversationId === id);
  if (own.length === 0) return [];
  const there = new Set(stored.flatMap(({ isOwn, clientMessageId }) => (isOwn ? [clientMessageId] : [])));
  return own
    .filter(({ clientMessageId }) => !there.has(clientMessageId))
    .map(({ clientMessageId, conversationId, draft, createdAt, failure }) => ({
      isPending: true,
      isOwn: true,
      progress: failure ? 'FAILED' : 'CREATED',
      clientMessageId,
      conversationId,
      draft,
      createdAt: new Date(createdAt).toISOString(),
      failure,
    }));
}
