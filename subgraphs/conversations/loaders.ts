import DataLoader from 'dataloader';
import type { InboxRow, InboxStore } from './inbox-store.js';
import type { ConversationRow, ConversationStore, MemberRow } from './store.js';

/** What one operation reads, each thing once and many together. */
export interface ConversationsLoaders {
  conversation: DataLoader<string, ConversationRow | null>;
  /** By "conversation user": a current member. */
  member: DataLoader<string, MemberRow | null>;
  /** By "conversation user": the other person of a DIRECT one. */
  other: DataLoader<string, string | null>;
  /** By "user conversation". */
  inboxItem: DataLoader<string, InboxRow | null>;
}

export function conversationsLoaders(store: ConversationStore, inboxes: InboxStore): ConversationsLoaders {
  return {
    conversation: byKey((ids) => store.byIds(ids)),
    member: byKey((pairs) => store.members(pairs)),
    other: byKey((pairs) => store.others(pairs)),
    inboxItem: byKey((pairs) => inboxes.items(pairs)),
  };
}

function byKey<Value>(load: (keys: readonly string[]) => Promise<Map<string, Value>>): DataLoader<string, Value | null> {
  return new DataLoader(
    async (keys) => {
      const found = await load(keys);
      return keys.map((key) => found.get(key) ?? null);
    },
    { maxBatchSize: 1_000 },
  );
}
