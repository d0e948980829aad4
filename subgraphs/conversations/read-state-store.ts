import type { Shard } from '../../platform/shards/shards.js';
import { unzip } from './store.js';

/** Where a conversation stands, and one member in it. */
export interface ReadState {
  lastSeq: number;
  readSeq: number;
  /** Of the last message, or of joining. */
  lastActivityAt: Date;
}

/**
 * The read states of conversations that fan out on read, from the conversation's own shard: nobody's inbox row moves when
 * a message is sent there. Of pairs "conversation user"; those who are not in are not found.
 */
export async function readStates({ db }: Shard, pairs: readonly string[]): Promise<Map<string, ReadState>> {
  const [conversationIds, userIds] = unzip(pairs);
  const rows = await db.$queryRaw<(ReadState & { conversationId: string; userId: string })[]>`
    select w.conversation_id as "conversationId", w.user_id as "userId", h.last_seq as "lastSeq", m.read_seq as "readSeq",
      greatest(m.joined_at, last.created_at) as "lastActivityAt"
    from unnest(${conversationIds}::uuid[], ${userIds}::uuid[]) w (conversation_id, user_id)
    cross join lateral (
      select h.last_seq from conversation_head h where h.conversation_id = w.conversation_id limit 1
    ) h
    cross join lateral (
      select m.read_seq, m.joined_at from member m
      where m.conversation_id = w.conversation_id and m.user_id = w.user_id and m.left_at is null limit 1
    ) m
    left join lateral (
      select s.created_at from message s where s.conversation_id = w.conversation_id and s.seq = h.last_seq limit 1
    ) last on true
    where owns_buckets(${conversationIds}::uuid[])`;
  return new Map(rows.map(({ conversationId, userId, ...state }) => [`${conversationId} ${userId}`, state]));
}
