import type { Shard, Shards } from '../../platform/shards/shards.js';
import type { ConversationKind, MemberRole } from './schema.js';

/** UUIDs inside. */
export interface ConversationRow {
  conversationId: string;
  kind: ConversationKind;
  title: string | null;
  description: string | null;
  createdBy: string;
  createdAt: Date;
  memberCount: number;
}
export interface MemberRow {
  conversationId: string;
  userId: string;
  role: MemberRole;
  joinedAt: Date;
}
export interface NewConversation {
  id: string;
  kind: 'DIRECT' | 'GROUP';
  directKey: string | null;
  title: string | null;
  description: string | null;
  creator: string;
  clientMutationId: string | null;
  others: string[];
}
export type ChangeOutcome = 'done' | 'not_a_member' | 'direct' | 'full' | 'forbidden';

export interface MemberPageKey {
  conversationId: string;
  first: number;
  /** Only those of this role; null for all. */
  role: MemberRole | null;
  /** Where the page goes on: after this member. */
  after: { joinedAt: Date; userId: string } | null;
}

/** Conversations and their members, on the conversation's shard. */
export class ConversationStore {
  constructor(private readonly shards: Shards) {}

  /** The id of the conversation: the given one, or that of the one that was there. */
  async create(draft: NewConversation): Promise<string> {
    const rows = await this.shards.of(draft.id).db.$queryRaw<{ id: string }[]>`
      select create_conversation(${draft.id}::uuid, ${draft.kind}, ${draft.directKey}, ${draft.title}, ${draft.description},
        ${draft.creator}::uuid, ${draft.clientMutationId}, ${draft.others}::uuid[])::text as id`;
    return rows[0]?.id ?? draft.id;
  }

  async add(conversationId: string, actor: string, userIds: string[], limit: number): Promise<ChangeOutcome> {
    const rows = await this.shards.of(conversationId).db.$queryRaw<{ outcome: ChangeOutcome }[]>`
      select add_members(${conversationId}::uuid, ${actor}::uuid, ${userIds}::uuid[], ${limit}::int) as outcome`;
    return rows[0]?.outcome ?? 'not_a_member';
  }

  async remove(conversationId: string, actor: string, userIds: string[]): Promise<ChangeOutcome> {
    const rows = await this.shards.of(conversationId).db.$queryRaw<{ outcome: ChangeOutcome }[]>`
      select remove_members(${conversationId}::uuid, ${actor}::uuid, ${userIds}::uuid[]) as outcome`;
    return rows[0]?.outcome ?? 'not_a_member';
  }

  /** Whether they are in it, or ever were. */
  async wasMember(conversationId: string, userId: string): Promise<boolean> {
    const key = { conversationId, userId };
    const row = await this.shards.of(conversationId).db.member.findUnique({
      where: { conversationId_userId: key },
      select: { userId: true },
    });
    return row !== null;
  }

  async byIds({ db }: Shard, ids: readonly string[]): Promise<Map<string, ConversationRow>> {
    const rows = await db.$queryRaw<ConversationRow[]>`
      select c.conversation_id::text as "conversationId", c.kind, c.title, c.description, c.created_by::text as "createdBy",
        c.created_at as "createdAt", h.member_count as "memberCount"
      from conversation c join conversation_head h using (conversation_id)
      where c.conversation_id = any (${ids}::uuid[])`;
    return new Map(rows.map((row) => [row.conversationId, row]));
  }

  /** Current members among the pairs "conversation user". */
  async members({ db }: Shard, pairs: readonly string[]): Promise<Map<string, MemberRow>> {
    const [conversationIds, userIds] = unzip(pairs);
    const rows = await db.$queryRaw<MemberRow[]>`
      select m.conversation_id::text as "conversationId", m.user_id::text as "userId", m.role, m.joined_at as "joinedAt"
      from unnest(${conversationIds}::uuid[], ${userIds}::uuid[]) as w (conversation_id, user_id)
      join member m on m.conversation_id = w.conversation_id and m.user_id = w.user_id and m.left_at is null`;
    return new Map(rows.map((row) => [`${row.conversationId} ${row.userId}`, row]));
  }

  /** The other person of those pairs "conversation user" whose conversation is DIRECT. */
  async others({ db }: Shard, pairs: readonly string[]): Promise<Map<string, string>> {
    const [conversationIds, userIds] = unzip(pairs);
    const rows = await db.$queryRaw<{ conversationId: string; userId: string; other: string }[]>`
      select w.conversation_id::text as "conversationId", w.user_id::text as "userId", m.user_id::text as other
      from unnest(${conversationIds}::uuid[], ${userIds}::uuid[]) as w (conversation_id, user_id)
      join conversation c on c.conversation_id = w.conversation_id and c.kind = 'DIRECT'
      join member m on m.conversation_id = w.conversation_id and m.user_id <> w.user_id`;
    return new Map(rows.map((row) => [`${row.conversationId} ${row.userId}`, row.other]));
  }

  /** Pages of current members, each in the order in which they joined. */
  async memberPages({ db }: Shard, keys: readonly MemberPageKey[]): Promise<Map<MemberPageKey, MemberRow[]>> {
    const rows = await db.$queryRaw<(MemberRow & { n: number })[]>`
      select w.n::int, m.*
      from unnest(
        ${keys.map((key) => key.conversationId)}::uuid[], ${keys.map((key) => key.role ?? '')}::text[],
        ${keys.map((key) => (key.after?.joinedAt ?? new Date(0)).toISOString())}::timestamptz[],
        ${keys.map((key) => key.after?.userId ?? NIL)}::uuid[], ${keys.map((key) => key.first)}::int[]
      ) with ordinality as w (conversation_id, role, joined_at, user_id, first, n)
      cross join lateral (
        select m.conversation_id::text as "conversationId", m.user_id::text as "userId", m.role, m.joined_at as "joinedAt"
        from member m
        where m.conversation_id = w.conversation_id and m.left_at is null and (w.role = '' or m.role = w.role)
          and (m.joined_at, m.user_id) > (w.joined_at, w.user_id)
        order by m.joined_at, m.user_id limit w.first
      ) m
      order by w.n, m."joinedAt", m."userId"`;
    const pages = new Map<MemberPageKey, MemberRow[]>(keys.map((key) => [key, []]));
    for (const { n, ...row } of rows) pages.get(keys[n - 1]!)?.push(row);
    return pages;
  }

  shardName(conversationId: string): string {
    return this.shards.of(conversationId).name;
  }
}

const NIL = '00000000-0000-0000-0000-000000000000';

/** The two columns of pairs "first second". */
export function unzip(pairs: readonly string[]): [string[], string[]] {
  const split = pairs.map((pair) => pair.split(' '));
  return [split.map(([first = '']) => first), split.map(([, second = '']) => second)];
}
