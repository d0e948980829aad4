import type { Shard, Shards } from '../../platform/shards/shards.js';
import type { ConversationKind, FanOut, MemberRole, Visibility } from './schema.js';

/** UUIDs inside. */
export interface ConversationRow {
  conversationId: string;
  kind: ConversationKind;
  title: string | null;
  description: string | null;
  visibility: Visibility;
  fanOut: FanOut;
  createdBy: string;
  createdAt: Date;
  memberCount: number;
  whoCanSend: MemberRole;
  whoCanInvite: MemberRole;
  editWindowSeconds: number;
  deleteWindowSeconds: number;
  slowModeSeconds: number;
  messageTtlSeconds: number | null;
  avatarMediaId: string | null;
}
export interface MemberRow {
  conversationId: string;
  userId: string;
  role: MemberRole;
  joinedAt: Date;
}

export interface MemberPageKey {
  conversationId: string;
  first: number;
  /** Only those of this role; null for all. */
  role: MemberRole | null;
  /** Where the page goes on: after this member. */
  after: { joinedAt: Date; userId: string } | null;
}

/**
 * What is stored of conversations and their members, on the conversation's shard. Nothing here costs more in a conversation
 * of many members: look-ups are lateral with a limit, so that plans made while the tables were empty go through the indices.
 */
export class ConversationStore {
  constructor(private readonly shards: Shards) {}

  async byIds({ db }: Shard, ids: readonly string[]): Promise<Map<string, ConversationRow>> {
    const rows = await db.$queryRaw<ConversationRow[]>`
      select c.conversation_id::text as "conversationId", c.kind, c.title, c.description, c.visibility, c.fan_out as "fanOut",
        c.created_by::text as "createdBy", c.created_at as "createdAt", h.member_count as "memberCount",
        c.who_can_send as "whoCanSend", c.who_can_invite as "whoCanInvite", c.edit_window_seconds as "editWindowSeconds",
        c.delete_window_seconds as "deleteWindowSeconds", c.slow_mode_seconds as "slowModeSeconds",
        c.message_ttl_seconds as "messageTtlSeconds", c.avatar_media_id::text as "avatarMediaId"
      from unnest(${ids}::uuid[]) w (id)
      cross join lateral (select * from conversation c where c.conversation_id = w.id limit 1) c
      cross join lateral (select * from conversation_head h where h.conversation_id = w.id limit 1) h
      where owns_buckets(${ids}::uuid[])`;
    return new Map(rows.map((row) => [row.conversationId, row]));
  }

  /** Current members among the pairs "conversation user". */
  async members({ db }: Shard, pairs: readonly string[]): Promise<Map<string, MemberRow>> {
    const [conversationIds, userIds] = unzip(pairs);
    const rows = await db.$queryRaw<MemberRow[]>`
      select m.conversation_id::text as "conversationId", m.user_id::text as "userId", m.role, m.joined_at as "joinedAt"
      from unnest(${conversationIds}::uuid[], ${userIds}::uuid[]) as w (conversation_id, user_id)
      cross join lateral (
        select * from member m
        where m.conversation_id = w.conversation_id and m.user_id = w.user_id and m.left_at is null limit 1
      ) m
      where owns_buckets(${conversationIds}::uuid[])`;
    return new Map(rows.map((row) => [`${row.conversationId} ${row.userId}`, row]));
  }

  /** The other person of those pairs "conversation user" whose conversation is DIRECT. */
  async others({ db }: Shard, pairs: readonly string[]): Promise<Map<string, string>> {
    const [conversationIds, userIds] = unzip(pairs);
    const rows = await db.$queryRaw<{ conversationId: string; userId: string; other: string }[]>`
      select w.conversation_id::text as "conversationId", w.user_id::text as "userId", m.user_id::text as other
      from unnest(${conversationIds}::uuid[], ${userIds}::uuid[]) as w (conversation_id, user_id)
      join conversation c on c.conversation_id = w.conversation_id and c.kind = 'DIRECT'
      join member m on m.conversation_id = w.conversation_id and m.user_id <> w.user_id
      where owns_buckets(${conversationIds}::uuid[])`;
    return new Map(rows.map((row) => [`${row.conversationId} ${row.userId}`, row.other]));
  }

  /** Pages of current members, each in the order in which they joined. Those who are more than members have an index. */
  async memberPages({ db }: Shard, keys: readonly MemberPageKey[]): Promise<Map<MemberPageKey, MemberRow[]>> {
    const rows = await db.$queryRaw<(MemberRow & { n: number })[]>`
      select w.n::int, m.conversation_id::text as "conversationId", m.user_id::text as "userId", m.role, m.joined_at as "joinedAt"
      from unnest(
        ${keys.map((key) => key.conversationId)}::uuid[], ${keys.map((key) => key.role ?? '')}::text[],
        ${keys.map((key) => (key.after?.joinedAt ?? new Date(0)).toISOString())}::timestamptz[],
        ${keys.map((key) => key.after?.userId ?? NIL)}::uuid[], ${keys.map((key) => key.first)}::int[]
      ) with ordinality as w (conversation_id, role, joined_at, user_id, first, n)
      cross join lateral (
        (select * from member m
          where m.conversation_id = w.conversation_id and m.left_at is null and w.role in ('', 'MEMBER')
            and (w.role = '' or m.role = 'MEMBER') and (m.joined_at, m.user_id) > (w.joined_at, w.user_id)
          order by m.joined_at, m.user_id limit w.first)
        union all
        (select * from member m
          where m.conversation_id = w.conversation_id and m.left_at is null and m.role <> 'MEMBER' and m.role = w.role
            and (m.joined_at, m.user_id) > (w.joined_at, w.user_id)
          order by m.joined_at, m.user_id limit w.first)
      ) m
      where owns_buckets(${keys.map((key) => key.conversationId)}::uuid[])
      order by w.n, m.joined_at, m.user_id`;
    const pages = new Map<MemberPageKey, MemberRow[]>(keys.map((key) => [key, []]));
    for (const { n, ...row } of rows) pages.get(keys[n - 1]!)?.push(row);
    return pages;
  }

  /** Read uncached. */
  async isMember(conversationId: string, userId: string): Promise<boolean> {
    const pair = `${conversationId} ${userId}`;
    return (await this.shards.on(conversationId, (shard) => this.members(shard, [pair]))).has(pair);
  }

  /** Whether they are in it, or ever were. */
  async wasMember(conversationId: string, userId: string): Promise<boolean> {
    const rows = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<unknown[]>`
      select from member m
      where owns_buckets(array[${conversationId}::uuid])
        and m.conversation_id = ${conversationId}::uuid and m.user_id = ${userId}::uuid`,
    );
    return rows.length > 0;
  }

  /** Those of longest standing first. */
  async memberIds(conversationId: string, limit: number): Promise<string[]> {
    const rows = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<{ userId: string }[]>`
      select m.user_id::text as "userId" from member m
      where owns_buckets(array[${conversationId}::uuid])
        and m.conversation_id = ${conversationId}::uuid and m.left_at is null order by m.joined_at, m.user_id limit ${limit}`,
    );
    return rows.map(({ userId }) => userId);
  }

  /** By direct key: the DIRECT conversations that exist among these, each with an id that says where it would be. */
  async directs(wanted: readonly { place: string; key: string }[]): Promise<Map<string, string>> {
    const keyOf = new Map(wanted.map(({ place, key }) => [place, key]));
    const found = new Map<string, string>();
    const rows = await this.shards.gather(
      keyOf.keys(),
      (place) => place,
      ({ db }, places) => db.$queryRaw<{ key: string; id: string }[]>`
        select c.direct_key as key, c.conversation_id::text as id
        from unnest(${places.map((place) => keyOf.get(place)!)}::text[]) w (key)
        cross join lateral (select * from conversation c where c.direct_key = w.key limit 1) c
        where owns_buckets(${places}::uuid[])`,
    );
    for (const { key, id } of rows) found.set(key, id);
    return found;
  }
}

const NIL = '00000000-0000-0000-0000-000000000000';

/** The two columns of pairs "first second". */
export function unzip(pairs: readonly string[]): [string[], string[]] {
  const split = pairs.map((pair) => pair.split(' '));
  return [split.map(([first = '']) => first), split.map(([, second = '']) => second)];
}
