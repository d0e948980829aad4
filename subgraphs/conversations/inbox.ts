import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { notAMember } from './faults.js';
import type { InboxChoice, InboxPosition, InboxRow, InboxStore } from './inbox-store.js';
import type { UpdateInboxItemInput } from './inputs.js';
import type { ReadState } from './read-state-store.js';
import type { RelayPoke } from './relay-poke.js';
import type { ConversationStore } from './store.js';

/** By "conversation user"; an Error where the conversation's shard cannot answer. */
export type LoadReadStates = (pairs: string[]) => Promise<(ReadState | Error | null)[]>;

/**
 * Conversation lists. Conversations that fan out on write have their state in the person's own rows; the few that fan out
 * on read are asked of their shards, all at once, and put among the others.
 */
export class Inboxes {
  constructor(
    private readonly store: InboxStore,
    private readonly conversations: ConversationStore,
    private readonly pokeRelay: RelayPoke,
  ) {}

  /** Pinned first, then by last activity, newest first. */
  async list(
    userId: string,
    choice: InboxChoice,
    after: InboxPosition | null,
    first: number,
    load: LoadReadStates,
  ): Promise<InboxRow[]> {
    const [written, stored] = await Promise.all([
      this.store.list(userId, choice, after, first),
      this.store.onRead(userId, choice),
    ]);
    if (stored.length === 0) return written;
    const read = (await current(stored, load)).filter(
      (row) => (!choice.unreadOnly || row.unreadCount > 0) && (after === null || compare(after, positionOf(row)) < 0),
    );
    return [...written, ...read].sort((a, b) => compare(positionOf(a), positionOf(b))).slice(0, first);
  }

  async unreadCount(userId: string, load: LoadReadStates): Promise<number> {
    const [written, stored] = await Promise.all([
      this.store.unreadCount(userId),
      this.store.onRead(userId, { archived: false, kinds: null }),
    ]);
    const read = await current(
      stored.filter((row) => !row.isMuted),
      load,
    );
    return read.reduce((sum, row) => sum + row.unreadCount, written);
  }

  /** Throws NOT_A_MEMBER for a conversation that the viewer is not in. */
  async update(viewer: Person, conversationId: string | null, input: UpdateInboxItemInput): Promise<void> {
    if (!conversationId) throw notAMember();
    const { muted, mutedUntil, pinned, archived } = input;
    if (mutedUntil != null && mutedUntil.getTime() <= Date.now())
      throw new UserFault('INVALID_INPUT', ['mutedUntil'], 'mutedUntil lies in the past.');
    const change = { muted, mutedUntil, pinned, archived };
    let outcome = await this.store.update(viewer.userId, conversationId, change, false);
    // Who has just joined may not have a row yet.
    if (outcome === 'not_found' && (await this.conversations.isMember(conversationId, viewer.userId)))
      outcome = await this.store.update(viewer.userId, conversationId, change, true);
    if (outcome === 'not_found') throw notAMember();
    if (outcome === 'not_muted')
      throw new UserFault('INVALID_INPUT', ['mutedUntil'], 'mutedUntil goes with muted: true.');
    await this.pokeRelay(viewer.userId);
  }
}

/** The rows with what their conversations' shards say; where one cannot answer, with what was last known. */
export async function current(rows: InboxRow[], load: LoadReadStates): Promise<InboxRow[]> {
  const onRead = rows.filter((row) => isOnRead(row) && !row.isRemoved);
  if (onRead.length === 0) return rows;
  const states = await load(onRead.map((row) => `${row.conversationId} ${row.userId}`));
  const stateOf = new Map(onRead.map((row, index) => [row, states[index]]));
  return rows.map((row) => {
    const state = stateOf.get(row);
    if (!state || state instanceof Error) return row;
    const { lastSeq, readSeq, lastActivityAt } = state;
    return { ...row, readSeq, lastActivityAt, unreadCount: Math.max(lastSeq - readSeq, 0) };
  });
}

const isOnRead = ({ fanOut }: InboxRow) => (fanOut as string) === 'ON_READ';

export function positionOf({ pinnedAt, lastActivityAt, conversationId }: InboxRow): InboxPosition {
  return { isPinned: pinnedAt !== null, lastActivityAt, conversationId };
}

/** Negative where `a` comes first in the list. */
function compare(a: InboxPosition, b: InboxPosition): number {
  if (a.isPinned !== b.isPinned) return a.isPinned ? -1 : 1;
  const later = b.lastActivityAt.getTime() - a.lastActivityAt.getTime();
  if (later !== 0) return later;
  return a.conversationId === b.conversationId ? 0 : a.conversationId > b.conversationId ? -1 : 1;
}
