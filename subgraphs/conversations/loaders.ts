import DataLoader from 'dataloader';
import type { Shard, Shards } from '../../platform/shards/shards.js';
import type { InboxStore } from './inbox-store.js';
import type { InviteStore, JoinRequestPageKey } from './invite-store.js';
import { INVITE_LIMIT } from './invites.js';
import { readStates } from './read-state-store.js';
import type { ConversationStore, MemberPageKey } from './store.js';

export type ConversationsLoaders = ReturnType<typeof conversationsLoaders>;

/** What one operation reads, each thing once and many together: one statement a shard. */
export function conversationsLoaders(
  shards: Shards,
  store: ConversationStore,
  inboxes: InboxStore,
  invites: InviteStore,
) {
  /** Keys of two ids: the first one says which shard. */
  const firstId = (key: string) => key.slice(0, 36);
  const conversationOf = ({ conversationId }: { conversationId: string }) => conversationId;
  return {
    conversation: byKey(shards, firstId, (shard, ids) => store.byIds(shard, ids)),
    /** By "conversation user": a current member. */
    member: byKey(shards, firstId, (shard, pairs) => store.members(shard, pairs)),
    /** By "conversation user": the other person of a DIRECT one. */
    other: byKey(shards, firstId, (shard, pairs) => store.others(shard, pairs)),
    memberPage: byKey(shards, conversationOf, (shard, keys: readonly MemberPageKey[]) =>
      store.memberPages(shard, keys),
    ),
    invites: byKey(shards, firstId, (shard, ids) => invites.usable(shard, ids, INVITE_LIMIT)),
    joinRequestPage: byKey(shards, conversationOf, (shard, keys: readonly JoinRequestPageKey[]) =>
      invites.waiting(shard, keys),
    ),
    /** By "user conversation". */
    inboxItem: byKey(shards, firstId, (shard, pairs) => inboxes.items(shard, pairs)),
    /** By "user conversation readSeq". */
    mentions: byKey(shards, firstId, (shard, places) => inboxes.mentions(shard, places)),
    /** By "conversation user". */
    readState: byKey(shards, firstId, (shard, pairs) => readStates(shard, pairs)),
  };
}

/** After a change: what was read before it may be stale. */
export function forget(loaders: ConversationsLoaders): void {
  for (const loader of Object.values(loaders)) loader.clearAll();
}

/** Null where there is nothing. A shard that cannot answer fails its own keys, not those of others. */
function byKey<Key, Value>(
  shards: Shards,
  idOf: (key: Key) => string,
  load: (shard: Shard, keys: readonly Key[]) => Promise<Map<Key, Value>>,
): DataLoader<Key, Value | null> {
  return new DataLoader(
    async (keys) => {
      const answers = new Map<Key, Value | Error>();
      for (const answer of await shards.each(keys, idOf, load))
        if ('error' in answer) for (const key of answer.keys) answers.set(key, answer.error);
        else for (const [key, value] of answer.result) answers.set(key, value);
      return keys.map((key) => answers.get(key) ?? null);
    },
    { maxBatchSize: 1_000 },
  );
}
