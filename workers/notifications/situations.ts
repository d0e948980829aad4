import type { Shards } from '../../platform/shards/shards.js';
import type { Place } from './rows.js';

/** A message that somebody has not read: visible to them, of another person, neither deleted nor hidden. */
export interface UnreadMessage {
  id: string;
  seq: number;
  senderId: string;
  kind: 'TEXT' | 'MEDIA' | 'VOICE';
  /** The beginning. */
  body: string | null;
  /** Unix ms */
  createdAt: number;
  isMention: boolean;
}

/** How things stand for one member of one conversation. */
export interface Situation {
  kind: 'DIRECT' | 'GROUP' | 'CHANNEL';
  isOnRead: boolean;
  title: string | null;
  lastSeq: number;
  deliveredSeq: number;
  readSeq: number;
  isMuted: boolean;
  isArchived: boolean;
  /** The newest ones and the mentions, newest first. */
  unread: UnreadMessage[];
}

/** Unread messages that are looked at, the newest; and as many mentions. */
export const LOOKED_AT = 20;
const BODY = 400;

/** A place, and messages that are to be among those looked at, where they are unread. */
export type Asked = Place & { also?: readonly number[] };

interface Own {
  n: number;
  isMuted: boolean;
  isArchived: boolean;
  mentions: number[];
  hidden: number[];
}
type Stored = Omit<Situation, 'isMuted' | 'isArchived'> & { n: number };

/** In the order asked; null for who is not in, or cut off by a block. Throws where a shard cannot answer. */
export async function readSituations(shards: Shards, asked: readonly Asked[]): Promise<(Situation | null)[]> {
  const own = await readOwn(shards, asked);
  const indices = asked.map((_, index) => index);
  const found = new Map<number, Stored>();
  await shards.gather(
    indices,
    (index) => asked[index]!.conversationId,
    async ({ db }, some) => {
      const also = some.map((index) => {
        const { mentions = [] } = own.get(index) ?? {};
        return `{${[...mentions, ...(asked[index]!.also ?? [])].join(',')}}`;
      });
      const rows = await db.$queryRaw<Stored[]>`
        select w.n::int, c.kind, c.fan_out = 'ON_READ' as "isOnRead", c.title, h.last_seq as "lastSeq",
          m.delivered_seq as "deliveredSeq", m.read_seq as "readSeq", u.unread
        from unnest(
          ${some.map((index) => asked[index]!.userId)}::uuid[], ${some.map((index) => asked[index]!.conversationId)}::uuid[],
          ${also}::text[]
        ) with ordinality as w (user_id, conversation_id, also, n)
        cross join lateral (select * from conversation c where c.conversation_id = w.conversation_id limit 1) c
        cross join lateral (select * from conversation_head h where h.conversation_id = w.conversation_id limit 1) h
        cross join lateral (
          select * from member m
          where m.conversation_id = w.conversation_id and m.user_id = w.user_id and m.left_at is null and not m.is_blocked limit 1
        ) m
        cross join lateral (
          select coalesce(jsonb_agg(jsonb_build_object(
            'id', x.id, 'seq', x.seq, 'senderId', x.sender_id, 'kind', x.kind, 'body', left(x.body, ${BODY}::int),
            'createdAt', (extract(epoch from x.created_at) * 1000)::bigint,
            'isMention', coalesce(x.mentions @> jsonb_build_array(jsonb_build_object('userId', w.user_id)), false)
          ) order by x.seq desc), '[]') as unread
          from (
            (select s.* from message s
              where s.conversation_id = w.conversation_id and s.seq > m.read_seq and s.sender_id <> w.user_id
                and s.kind <> 'SYSTEM' and not is_gone(s) and s.failed_at is null
              order by s.seq desc limit ${LOOKED_AT})
            union
            (select s.* from message s
              where s.conversation_id = w.conversation_id and s.seq = any (w.also::int[]) and s.seq > m.read_seq
                and s.sender_id <> w.user_id and s.kind <> 'SYSTEM' and not is_gone(s) and s.failed_at is null)
          ) x
          where exists (
            select from member_span p
            where p.conversation_id = x.conversation_id and p.user_id = w.user_id and x.seq >= p.from_seq
              and coalesce(x.seq <= p.to_seq, true))
        ) u
        where owns_buckets(${some.map((index) => asked[index]!.conversationId)}::uuid[])`;
      for (const row of rows) found.set(some[row.n - 1]!, row);
      return [];
    },
  );
  return indices.map((index) => {
    const stored = found.get(index);
    if (!stored) return null;
    const { isMuted = false, isArchived = false, hidden = [] } = own.get(index) ?? {};
    const { n: _, ...situation } = stored;
    return { ...situation, isMuted, isArchived, unread: stored.unread.filter(({ seq }) => !hidden.includes(seq)) };
  });
}

/** What is on the people's own shards; no entry where their row has not come yet. */
async function readOwn(shards: Shards, asked: readonly Asked[]): Promise<Map<number, Own>> {
  const found = new Map<number, Own>();
  await shards.gather(
    asked.map((_, index) => index),
    (index) => asked[index]!.userId,
    async ({ db }, some) => {
      const userIds = some.map((index) => asked[index]!.userId);
      const rows = await db.$queryRaw<Own[]>`
        select w.n::int, is_muted_now(i) as "isMuted", i.archived_at is not null as "isArchived",
          array(
            select m.seq from mention m
            where m.user_id = w.user_id and m.conversation_id = w.conversation_id and m.seq > i.read_seq
            order by m.seq desc limit ${LOOKED_AT}
          ) as mentions,
          array(
            select d.seq from hidden_message d
            where d.user_id = w.user_id and d.conversation_id = w.conversation_id and d.seq > i.read_seq
          ) as hidden
        from unnest(${userIds}::uuid[], ${some.map((index) => asked[index]!.conversationId)}::uuid[])
          with ordinality as w (user_id, conversation_id, n)
        join inbox i on i.user_id = w.user_id and i.conversation_id = w.conversation_id
        where owns_buckets(${userIds}::uuid[])`;
      for (const row of rows) found.set(some[row.n - 1]!, row);
      return [];
    },
  );
  return found;
}
