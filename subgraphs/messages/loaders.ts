import DataLoader from 'dataloader';
import { requireViewer, type Caller } from '../../platform/auth/caller.js';
import type { MessageStore } from './store.js';

/** How far Conversation.cursor reaches back before the operation: clocks differ, and commits take a moment. */
const SLACK_MS = 5_000;

export type MessagesLoaders = ReturnType<typeof messagesLoaders>;

/** What one operation reads, each thing once and many together; null where the caller may not see it. */
export function messagesLoaders(store: MessageStore, caller: Caller) {
  /** The hub reads for many people at once, and checks each of them itself. */
  const readerId = () => (caller.kind === 'hub' ? null : requireViewer(caller).userId);
  const viewerId = () => requireViewer(caller).userId;
  return {
    /** By conversation: what the viewer may read. */
    access: byKey((ids) => store.access(viewerId(), ids)),
    message: byKey((ids) => store.messages(readerId(), ids)),
    /** By conversation: the newest message that the viewer may read. */
    lastMessage: byKey((ids) => store.lastMessages(viewerId(), ids)),
    /** By conversation: the version that its feed had certainly reached before this operation began. */
    safeVersion: byKey((ids) => store.versionsBefore(new Date(caller.startedAt - SLACK_MS), ids)),
    /** By "conversation user". */
    member: byKey((pairs) =>
      store.members(
        readerId(),
        pairs.map((pair) => pair.split(' ') as [string, string]),
      ),
    ),
  };
}

function byKey<Value>(
  load: (keys: readonly string[]) => Promise<Map<string, Value>>,
): DataLoader<string, Value | null> {
  return new DataLoader(async (keys) => {
    const found = await load(keys);
    return keys.map((key) => found.get(key) ?? null);
  });
}
