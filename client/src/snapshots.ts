import type { Environment } from './environment.js';
import type { ConversationSnapshot, ConversationStore } from './store/conversation-store.js';
import type { InboxSnapshot } from './store/inbox-store.js';
import { BY_SEQ, tailOf } from './store/segments.js';
import type { Storage } from './storage/port.js';

/** How long changes gather before they are written, in ms. */
const GATHER = 1_000;
/** Of each conversation so many of the newest messages are kept, and so many conversations, the last written. */
const MESSAGES = 200;
const CONVERSATIONS = 50;

interface Kept<T> {
  /** Raised when snapshots of before cannot be read any more. */
  form: 1;
  at: number;
  value: T;
}

/** What was known, kept so that a reload starts from it. Whatever cannot be read or written is done without. */
export class Snapshots {
  private readonly due = new Map<string, () => unknown>();
  private readonly closed = new AbortController();
  private readonly stopAttending: () => void;
  private isScheduled = false;

  constructor(
    private readonly storage: Storage,
    /** Of all keys, ending in a slash. */
    private readonly prefix: string,
    private readonly environment: Environment,
  ) {
    this.stopAttending = environment.onAttention(() => void this.flush());
  }

  inbox(): Promise<InboxSnapshot | null> {
    return this.read<InboxSnapshot>('inbox');
  }

  conversation(id: string): Promise<ConversationSnapshot | null> {
    return this.read<ConversationSnapshot>(`conversation/${id}`);
  }

  /** It will be written in a moment, as `take` gives it then. */
  keepInbox(take: () => InboxSnapshot): void {
    this.keep('inbox', take);
  }

  keepConversation(store: ConversationStore): void {
    this.keep(`conversation/${store.id}`, () => snapshotOf(store));
  }

  /** Writes what is due, all of it at once: a page that is left does not live to see the first write end. */
  async flush(): Promise<void> {
    const due = [...this.due];
    this.due.clear();
    const at = this.environment.now();
    await Promise.all(
      due.map(([key, take]) => {
        const kept: Kept<unknown> = { form: 1, at, value: take() };
        return this.storage.set(this.prefix + key, kept).catch(() => undefined);
      }),
    );
  }

  /** Removes conversations that were not written for the longest time. */
  async prune(): Promise<void> {
    const entries = await this.storage.entries(`${this.prefix}conversation/`).catch(() => []);
    const old = entries
      .map(([key, value]) => ({ key, at: (value as Kept<unknown>).at }))
      .sort((a, b) => b.at - a.at)
      .slice(CONVERSATIONS);
    for (const { key } of old) await this.storage.delete(key).catch(() => undefined);
  }

  close(): void {
    this.stopAttending();
    this.closed.abort();
  }

  private keep(key: string, take: () => unknown): void {
    this.due.set(key, take);
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.environment
      .sleep(GATHER, this.closed.signal)
      .then(
        () => this.flush(),
        () => undefined,
      )
      .finally(() => (this.isScheduled = false));
  }

  private async read<T>(key: string): Promise<T | null> {
    const kept = (await this.storage.get(this.prefix + key).catch(() => undefined)) as Kept<T> | undefined;
    return kept?.form === 1 ? kept.value : null;
  }
}

/** The live end of a conversation; what was read of its past is read again when somebody goes there. */
export function snapshotOf(store: ConversationStore): ConversationSnapshot {
  const { cursor, info, otherUser, isMember, members, segments } = store;
  const tail = tailOf(segments);
  const messages = [...store.messages.values()]
    .filter(({ seq }) => tail && seq >= tail.from)
    .sort((a, b) => a.seq - b.seq);
  const kept = messages.slice(-MESSAGES);
  const first = kept[0];
  const isCut = kept.length < messages.length && first !== undefined;
  const cut = tail && isCut ? { ...tail, from: first.seq, older: store.pageCursors.get(first.seq) ?? BY_SEQ } : tail;
  return {
    cursor,
    info,
    otherUser,
    isMember,
    members: [...members.values()],
    messages: kept,
    segments: cut ? [cut] : [],
  };
}
