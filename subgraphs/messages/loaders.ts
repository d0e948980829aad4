import DataLoader from 'dataloader';
import { requireViewer, type Caller } from '../../platform/auth/caller.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { PartsStore, Quote, ReactionPage } from './parts-store.js';
import { partly } from './per-shard.js';
import type { Access } from './spans.js';
import type { MessageStore } from './store.js';

/** How far Conversation.cursor reaches back before the operation: clocks differ, and commits take a moment. */
const SLACK_MS = 5_000;

export type MessagesLoaders = ReturnType<typeof messagesLoaders>;

/** What one operation reads, each thing once and many together; null where the caller may not see it. */
export function messagesLoaders(shards: Shards, store: MessageStore, parts: PartsStore, caller: Caller) {
  /** The hub reads for many people at once, and checks each of them itself. */
  const readerId = () => (caller.kind === 'hub' ? null : requireViewer(caller).userId);
  const viewerId = () => requireViewer(caller).userId;
  const access = byKey<Access>((ids) => store.access(viewerId(), ids));
  const loaders = {
    /** By conversation: what the viewer may read. */
    access,
    message: byKey((ids) => store.messages(readerId(), ids)),
    /** What replies quote: shown to everyone who sees the reply. */
    quoted: byKey((ids) => store.messages(null, ids)),
    /** By conversation: the newest message that the viewer may read. */
    lastMessage: byKey((ids) => store.lastMessages(viewerId(), ids)),
    /** By conversation: what is pinned, of what the viewer may read. */
    pinned: byKey((ids) => pinned(viewerId(), ids)),
    /** By conversation: the version that its feed had certainly reached before this operation began. */
    safeVersion: byKey((ids) => store.versionsBefore(new Date(caller.startedAt - SLACK_MS), ids)),
    /** By "conversation user". */
    member: byKey((pairs) =>
      store.members(
        readerId(),
        pairs.map((pair) => pair.split(' ') as [string, string]),
      ),
    ),
    reactions: byMessage((messages) => parts.reactions(readerId(), messages)),
    reactionUsers: new DataLoader(
      (pages: readonly ReactionPage[]) =>
        partly(
          shards,
          pages,
          (page) => page.conversationId,
          (own) => parts.reactionUsers(own),
        ),
      { cacheKeyFn: (page) => JSON.stringify(page) },
    ),
    /** Whether all who may read a reply may read what it quotes. */
    isOpenToAll: new DataLoader(
      (quotes: readonly Quote[]) =>
        partly(
          shards,
          quotes,
          (quote) => quote.conversationId,
          (own) => parts.areOpenToAll(own),
        ),
      { cacheKeyFn: (quote) => JSON.stringify(quote) },
    ),
    edits: byMessage((messages) => parts.edits(messages)),
    replyCount: byMessage((messages) => replyCounts(viewerId(), messages)),
  };
  return {
    ...loaders,
    /** What was read is out of date: the operation has changed something. */
    forget: () => Object.values(loaders).forEach((loader) => loader.clearAll()),
  };

  async function accessOf(conversationIds: readonly string[]): Promise<Map<string, Access>> {
    const ids = [...new Set(conversationIds)];
    const found = await access.loadMany(ids);
    return new Map(
      ids.flatMap((id, index) => {
        const each = found[index];
        if (each instanceof Error) throw each;
        return each ? [[id, each] as const] : [];
      }),
    );
  }

  async function pinned(userId: string, conversationIds: readonly string[]) {
    const [found, own] = await Promise.all([parts.pinned(userId, conversationIds), accessOf(conversationIds)]);
    return new Map(
      [...own].map(([id, { hidden }]) => [id, (found.get(id) ?? []).filter(({ seq }) => !hidden.includes(seq))]),
    );
  }

  async function replyCounts(userId: string, messages: readonly MessageSnapshot[]) {
    const own = await accessOf(messages.map((message) => message.conversationId));
    return parts.replyCounts(
      userId,
      messages.filter((message) => own.has(message.conversationId)),
      new Map([...own].map(([id, { hidden }]) => [id, hidden])),
    );
  }

  /** Keys begin with the id that says which shard. */
  function byKey<Value>(
    load: (keys: readonly string[]) => Promise<Map<string, Value>>,
  ): DataLoader<string, Value | null> {
    const firstId = (key: string) => key.slice(0, 36);
    return new DataLoader((keys) =>
      partly(shards, keys, firstId, async (own) => {
        const found = await load(own);
        return own.map((key) => found.get(key) ?? null);
      }),
    );
  }

  function byMessage<Value>(load: (messages: readonly MessageSnapshot[]) => Promise<Map<string, Value>>) {
    const conversationOf = (message: MessageSnapshot) => message.conversationId;
    return new DataLoader<MessageSnapshot, Value | null, string>(
      (messages) =>
        partly(shards, messages, conversationOf, async (own) => {
          const found = await load(own);
          return own.map((message) => found.get(message.id) ?? null);
        }),
      { cacheKeyFn: (message) => message.id },
    );
  }
}
