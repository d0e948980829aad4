import type { Shard, Shards } from '../../platform/shards/shards.js';
import type { MemberSnapshot, MessageSnapshot } from '../../schema/events.js';
import type { Access, SeqRange } from './spans.js';

/**
 * What is stored of messages. Everything here is read for a list, with one statement for each shard.
 *
 * Look-ups are lateral with a limit: a plan that was made while the tables were empty, and is kept, then goes through the
 * indices all the same.
 */
export class MessageStore {
  constructor(private readonly shards: Shards) {}

  /** By conversation: what this person may read. Those that they are not a member of are left out. */
  async access(userId: string, conversationIds: readonly string[]): Promise<Map<string, Access>> {
    const rows = await this.perShard(
      conversationIds,
      ({ db }, ids) => db.$queryRaw<
        {
          conversation_id: string;
          last_seq: number;
          from_seq: number | null;
          to_seq: number | null;
        }[]
      >`
        select mb.conversation_id, h.last_seq, s.from_seq, s.to_seq
        from unnest(${ids}::uuid[]) r(conversation_id)
        cross join lateral (
          select mb.conversation_id, mb.user_id from member mb
          where mb.conversation_id = r.conversation_id and mb.user_id = ${userId}::uuid and mb.left_at is null limit 1
        ) mb
        cross join lateral (
          select h.last_seq from conversation_head h where h.conversation_id = r.conversation_id limit 1
        ) h
        left join lateral (
          select s.from_seq, s.to_seq from member_span s
          where s.conversation_id = mb.conversation_id and s.user_id = mb.user_id order by s.from_seq
        ) s on true
        order by mb.conversation_id, s.from_seq`,
    );
    const found = new Map<string, Access>();
    for (const row of rows) {
      let access = found.get(row.conversation_id);
      if (!access) found.set(row.conversation_id, (access = { spans: [], lastSeq: row.last_seq }));
      if (row.from_seq !== null) access.spans.push({ fromSeq: row.from_seq, toSeq: row.to_seq });
    }
    return found;
  }

  /** By id: those that this person may read, or all when `userId` is null. */
  async messages(userId: string | null, messageIds: readonly string[]): Promise<Map<string, MessageSnapshot>> {
    const rows = await this.perShard(messageIds, ({ db }, ids) =>
      userId === null
        ? db.$queryRaw<MessageRow[]>`
            select m.id, m.conversation_id, m.seq, m.sender_id, m.client_message_id, m.body, m.created_at, m.failed_at
            from unnest(${ids}::uuid[]) r(id) cross join lateral (select * from message m where m.id = r.id limit 1) m`
        : db.$queryRaw<MessageRow[]>`
            select m.id, m.conversation_id, m.seq, m.sender_id, m.client_message_id, m.body, m.created_at, m.failed_at
            from unnest(${ids}::uuid[]) r(id)
            cross join lateral (select * from message m where m.id = r.id limit 1) m
            cross join lateral (
              select mb.user_id from member mb
              where mb.conversation_id = m.conversation_id and mb.user_id = ${userId}::uuid and mb.left_at is null limit 1
            ) mb
            cross join lateral (
              select s.from_seq from member_span s
              where s.conversation_id = m.conversation_id and s.user_id = mb.user_id
                and s.from_seq <= m.seq and (s.to_seq is null or s.to_seq >= m.seq)
              limit 1
            ) s`,
    );
    return new Map(rows.map((row) => [row.id, toSnapshot(row)]));
  }

  /** The messages of some ranges of one conversation, by seq. Costs the same however long the conversation is. */
  async range(conversationId: string, ranges: readonly SeqRange[]): Promise<MessageSnapshot[]> {
    if (ranges.length === 0) return [];
    const rows = await this.shards.of(conversationId).db.$queryRaw<MessageRow[]>`
      select m.* from unnest(${ranges.map(([from]) => from)}::int[], ${ranges.map(([, to]) => to)}::int[]) r(from_seq, to_seq)
      cross join lateral (
        select m.id, m.conversation_id, m.seq, m.sender_id, m.client_message_id, m.body, m.created_at, m.failed_at
        from message m
        where m.conversation_id = ${conversationId}::uuid and m.seq between r.from_seq and r.to_seq
        order by m.seq limit r.to_seq - r.from_seq + 1
      ) m order by m.seq`;
    return rows.map(toSnapshot);
  }

  /** By conversation: the newest message that this person may read. */
  async lastMessages(userId: string, conversationIds: readonly string[]): Promise<Map<string, MessageSnapshot>> {
    const rows = await this.perShard(
      conversationIds,
      ({ db }, ids) => db.$queryRaw<MessageRow[]>`
        select m.* from unnest(${ids}::uuid[]) r(conversation_id)
        cross join lateral (
          select mb.conversation_id, mb.user_id from member mb
          where mb.conversation_id = r.conversation_id and mb.user_id = ${userId}::uuid and mb.left_at is null limit 1
        ) mb
        cross join lateral (
          select last.* from member_span s
          cross join lateral (
            select m.id, m.conversation_id, m.seq, m.sender_id, m.client_message_id, m.body, m.created_at, m.failed_at
            from message m
            where m.conversation_id = s.conversation_id and m.seq >= s.from_seq and m.seq <= coalesce(s.to_seq, 2147483647)
            order by m.seq desc limit 1
          ) last
          where s.conversation_id = mb.conversation_id and s.user_id = mb.user_id
          order by s.from_seq desc limit 1
        ) m`,
    );
    return new Map(rows.map((row) => [row.conversation_id, toSnapshot(row)]));
  }

  /** By [conversation, user]: memberships, where `viewerId` is a member too. */
  async members(
    viewerId: string | null,
    pairs: readonly (readonly [string, string])[],
  ): Promise<Map<string, Pick<MemberSnapshot, 'userId' | 'role'>>> {
    const usersOf = new Map<string, string[]>();
    for (const [conversationId, userId] of pairs)
      usersOf.set(conversationId, [...(usersOf.get(conversationId) ?? []), userId]);
    const rows = await this.perShard([...usersOf.keys()], ({ db }, ids) => {
      const each = ids.flatMap((id) => (usersOf.get(id) ?? []).map((userId) => [id, userId] as const));
      return db.$queryRaw<
        {
          conversation_id: string;
          user_id: string;
          role: MemberSnapshot['role'];
        }[]
      >`
        select mb.conversation_id, mb.user_id, mb.role
        from unnest(${each.map(([id]) => id)}::uuid[], ${each.map(([, userId]) => userId)}::uuid[]) r(conversation_id, user_id)
        cross join lateral (
          select m.conversation_id, m.user_id, m.role from member m
          where m.conversation_id = r.conversation_id and m.user_id = r.user_id and m.left_at is null limit 1
        ) mb
        where ${viewerId}::uuid is null or exists (
          select from member viewer
          where viewer.conversation_id = r.conversation_id and viewer.user_id = ${viewerId}::uuid and viewer.left_at is null)`;
    });
    return new Map(
      rows.map((row) => [`${row.conversation_id} ${row.user_id}`, { userId: row.user_id, role: row.role }]),
    );
  }

  /** By conversation: the newest version among the changes made before `before`; 0 when there is none. */
  async versionsBefore(before: Date, conversationIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.perShard(
      conversationIds,
      ({ db }, ids) => db.$queryRaw<{ conversation_id: string; version: bigint | null }[]>`
        select r.conversation_id, greatest(
          (select m.version from message m
            where m.conversation_id = r.conversation_id and m.changed_at < ${before}::timestamptz
            order by m.version desc limit 1),
          (select mb.version from member mb
            where mb.conversation_id = r.conversation_id and mb.changed_at < ${before}::timestamptz
            order by mb.version desc limit 1),
          (select mb.watermark_version from member mb
            where mb.conversation_id = r.conversation_id and mb.watermark_version > 0
              and mb.watermark_changed_at < ${before}::timestamptz
            order by mb.watermark_version desc limit 1),
          (select c.version from conversation c
            where c.conversation_id = r.conversation_id and c.changed_at < ${before}::timestamptz)
        ) as version
        from unnest(${ids}::uuid[]) r(conversation_id)`,
    );
    return new Map(rows.map((row) => [row.conversation_id, Number(row.version ?? 0)]));
  }

  private async perShard<Row>(
    ids: readonly string[],
    read: (shard: Shard, ids: string[]) => PromiseLike<Row[]>,
  ): Promise<Row[]> {
    const parts = await Promise.all([...this.shards.group(ids)].map(([shard, own]) => read(shard, own)));
    return parts.flat();
  }
}

export interface MessageRow {
  id: string;
  conversation_id: string;
  seq: number;
  sender_id: string;
  client_message_id: string;
  body: string | null;
  created_at: Date;
  failed_at: Date | null;
}

export function toSnapshot(row: MessageRow): MessageSnapshot {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    senderId: row.sender_id,
    kind: 'TEXT',
    body: row.body,
    clientMessageId: row.client_message_id,
    createdAt: row.created_at.toISOString(),
    ...(row.failed_at && { failedAt: row.failed_at.toISOString() }),
  };
}
