import type { Statement } from '../../platform/database/hot-pool.js';
import type { ShardClient } from '../../platform/database/port.js';
import { GatheredReads } from '../../platform/shards/gathered-reads.js';
import type { Shards } from '../../platform/shards/shards.js';

/** Messages that people have deleted for themselves, on the person's shard: another than the conversation's, as a rule. */
export class HiddenStore {
  private readonly gathered: GatheredReads<Place, number[]>;

  constructor(private readonly shards: Shards) {
    this.gathered = new GatheredReads(shards, readSeqs);
  }

  /** Of one conversation, ascending: for many people at once. */
  seqsIn(userId: string, conversationId: string): Promise<number[]> {
    return this.gathered.ask(userId, { userId, conversationId });
  }

  /** By conversation: the seqs of what this person has hidden, ascending. Hiding bounds how many there are. */
  async seqs(userId: string, conversationIds: readonly string[]): Promise<Map<string, number[]>> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ conversation_id: string; seqs: number[] }[]>`
      select r.conversation_id, h.seqs from unnest(${conversationIds}::uuid[]) r(conversation_id)
      cross join lateral (
        select array_agg(h.seq order by h.seq) as seqs from hidden_message h
        where h.user_id = ${userId}::uuid and h.conversation_id = r.conversation_id
      ) h
      where owns_buckets(array[${userId}::uuid]) and h.seqs is not null`,
    );
    return new Map(rows.map((row) => [row.conversation_id, row.seqs]));
  }

  /** Of some messages, those that this person has hidden. */
  async among(userId: string, messageIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ message_id: string }[]>`
      select h.message_id from unnest(${messageIds}::uuid[]) r(id)
      cross join lateral (
        select h.message_id from hidden_message h where h.user_id = ${userId}::uuid and h.message_id = r.id limit 1
      ) h
      where owns_buckets(array[${userId}::uuid])`,
    );
    return new Set(rows.map((row) => row.message_id));
  }
}

interface Place {
  userId: string;
  conversationId: string;
}

async function readSeqs({ hot }: ShardClient, places: Place[]): Promise<number[][]> {
  const rows = await hot.query<{ seqs: number[] | null }>(hiddenSeqs, [
    places.map(({ userId }) => userId),
    places.map(({ conversationId }) => conversationId),
  ]);
  return rows.map(({ seqs }) => seqs ?? []);
}
const hiddenSeqs: Statement = {
  name: 'hidden_seqs',
  text: `
    select (
      select array_agg(h.seq order by h.seq) from hidden_message h
      where h.user_id = r.user_id and h.conversation_id = r.conversation_id
    ) as seqs
    from unnest($1::uuid[], $2::uuid[]) with ordinality r(user_id, conversation_id, n)
    where owns_buckets($1::uuid[]) order by r.n`,
};
