import type { ShardClient } from '../../platform/database/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { MemberSnapshot, MessageSnapshot } from '../../schema/events.js';
import type { HiddenStore } from './hidden-store.js';
import { perShard } from './per-shard.js';
import { readableRanges, type Access, type SeqRange } from './spans.js';

/**
 * What is stored of messages. Everything here is read for a list, with one statement for each shard.
 *
 * Look-ups are lateral with a limit: a plan that was made while the tables were empty, and is kept, then goes through the
 * indices all the same.
 */
export class MessageStore {
  constructor(
    private readonly shards: Shards,
    private readonly hidden: HiddenStore,
  ) {}

  /** By conversation: what this person may read. Those that they are not a member of are left out. */
  async access(userId: string, conversationIds: readonly string[]): Promise<Map<string, Access>> {
    const hiding = this.hidden.seqs(userId, conversationIds);
    hiding.catch(() => undefined); // awaited below
    const rows = await this.ofConversations(
      conversationIds,
      (db, ids) => db.$queryRaw<
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
        where owns_buckets(${ids}::uuid[])
        order by mb.conversation_id, s.from_seq`,
    );
    const hidden = await hiding;
    const found = new Map<string, Access>();
    for (const row of rows) {
      const id = row.conversation_id;
      let access = found.get(id);
      if (!access) found.set(id, (access = { spans: [], lastSeq: row.last_seq, hidden: hidden.get(id) ?? [] }));
      if (row.from_seq !== null) access.spans.push({ fromSeq: row.from_seq, toSeq: row.to_seq });
    }
    return found;
  }

  /** By id: those that this person may read, or all when `userId` is null. */
  async messages(userId: string | null, messageIds: readonly string[]): Promise<Map<string, MessageSnapshot>> {
    if (userId === null) return byId(await this.anyMessages(messageIds));
    const [found, hidden] = await Promise.all([
      this.readable(userId, messageIds),
      this.hidden.among(userId, messageIds),
    ]);
    for (const id of hidden) found.delete(id);
    return found;
  }

  /** As messages, with what the person has hidden. */
  async readable(userId: string, messageIds: readonly string[]): Promise<Map<string, MessageSnapshot>> {
    const rows = await this.ofConversations(
      messageIds,
      (db, ids) => db.$queryRaw<MessageRow[]>`
        select m.message from unnest(${ids}::uuid[]) r(id)
        cross join lateral (
          select m.conversation_id, m.seq, message_snapshot(m) as message from message m where m.id = r.id limit 1
        ) m
        cross join lateral (
          select mb.user_id from member mb
          where mb.conversation_id = m.conversation_id and mb.user_id = ${userId}::uuid and mb.left_at is null limit 1
        ) mb
        cross join lateral (
          select s.from_seq from member_span s
          where s.conversation_id = m.conversation_id and s.user_id = mb.user_id
            and s.from_seq <= m.seq and (s.to_seq is null or s.to_seq >= m.seq)
          limit 1
        ) s
        where owns_buckets(${ids}::uuid[])`,
    );
    return byId(rows);
  }

  /** Whether it is the conversation of two, in which nobody but this person has written. */
  async isOneSided(conversationId: string, userId: string): Promise<boolean> {
    const rows = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<unknown[]>`
      select from conversation c
      where owns_buckets(array[${conversationId}::uuid]) and c.conversation_id = ${conversationId}::uuid and c.kind = 'DIRECT' and not exists (
        select from message m where m.conversation_id = c.conversation_id and m.sender_id <> ${userId}::uuid)`,
    );
    return rows.length > 0;
  }

  /** What this sender has sent there with this client message id. */
  async sentBefore(conversationId: string, senderId: string, clientMessageId: string): Promise<MessageSnapshot | null> {
    const rows = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<MessageRow[]>`
      select message_snapshot(m) as message from message m
      where owns_buckets(array[${conversationId}::uuid])
        and m.conversation_id = ${conversationId}::uuid and m.sender_id = ${senderId}::uuid
        and m.client_message_id = ${clientMessageId}::text limit 1`,
    );
    return rows[0]?.message ?? null;
  }

  /** The messages of some ranges of one conversation, by seq. Costs the same however long the conversation is. */
  async range(conversationId: string, ranges: readonly SeqRange[]): Promise<MessageSnapshot[]> {
    if (ranges.length === 0) return [];
    const rows = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<MessageRow[]>`
      select m.message from unnest(${ranges.map(([from]) => from)}::int[], ${ranges.map(([, to]) => to)}::int[]) r(from_seq, to_seq)
      cross join lateral (
        select m.seq, message_snapshot(m) as message from message m
        where m.conversation_id = ${conversationId}::uuid and m.seq between r.from_seq and r.to_seq
        order by m.seq limit r.to_seq - r.from_seq + 1
      ) m
      where owns_buckets(array[${conversationId}::uuid]) order by m.seq`,
    );
    return rows.map((row) => row.message);
  }

  /** By conversation: the newest message that this person may read. */
  async lastMessages(userId: string, conversationIds: readonly string[]): Promise<Map<string, MessageSnapshot>> {
    const [rows, hidden] = await Promise.all([
      this.ofConversations(
        conversationIds,
        (db, ids) => db.$queryRaw<MessageRow[]>`
          select m.message from unnest(${ids}::uuid[]) r(conversation_id)
          cross join lateral (
            select mb.conversation_id, mb.user_id from member mb
            where mb.conversation_id = r.conversation_id and mb.user_id = ${userId}::uuid and mb.left_at is null limit 1
          ) mb
          cross join lateral (
            select last.message from member_span s
            cross join lateral (
              select message_snapshot(m) as message from message m
              where m.conversation_id = s.conversation_id and m.seq >= s.from_seq and m.seq <= coalesce(s.to_seq, 2147483647)
              order by m.seq desc limit 1
            ) last
            where s.conversation_id = mb.conversation_id and s.user_id = mb.user_id
            order by s.from_seq desc limit 1
          ) m
          where owns_buckets(${ids}::uuid[])`,
      ),
      this.hidden.seqs(userId, conversationIds),
    ]);
    const found = new Map(rows.map(({ message }) => [message.conversationId, message]));
    const covered = [...found.values()].filter(({ conversationId: id, seq }) => hidden.get(id)?.includes(seq));
    if (covered.length > 0) await this.uncover(userId, covered, found);
    return found;
  }

  /** Puts the newest that the person has not hidden in the place of those that they have. */
  private async uncover(userId: string, covered: MessageSnapshot[], found: Map<string, MessageSnapshot>) {
    const ids = covered.map((message) => message.conversationId);
    const access = await this.access(userId, ids);
    await Promise.all(
      ids.map(async (id) => {
        const own = access.get(id);
        const last = own && readableRanges(own).at(-1)?.[1];
        const [message] = last === undefined ? [] : await this.range(id, [[last, last]]);
        if (message) found.set(id, message);
        else found.delete(id);
      }),
    );
  }

  /** By [conversation, user]: memberships, where `viewerId` is a member too. */
  async members(
    viewerId: string | null,
    pairs: readonly (readonly [string, string])[],
  ): Promise<Map<string, Pick<MemberSnapshot, 'userId' | 'role'>>> {
    const usersOf = new Map<string, string[]>();
    for (const [conversationId, userId] of pairs)
      usersOf.set(conversationId, [...(usersOf.get(conversationId) ?? []), userId]);
    const rows = await this.ofConversations([...usersOf.keys()], (db, ids) => {
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
        where owns_buckets(${ids}::uuid[]) and (${viewerId}::uuid is null or exists (
          select from member viewer
          where viewer.conversation_id = r.conversation_id and viewer.user_id = ${viewerId}::uuid and viewer.left_at is null))`;
    });
    return new Map(
      rows.map((row) => [`${row.conversation_id} ${row.user_id}`, { userId: row.user_id, role: row.role }]),
    );
  }

  /** By conversation: the newest version among the changes made before `before`; 0 when there is none. */
  async versionsBefore(before: Date, conversationIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.ofConversations(
      conversationIds,
      (db, ids) => db.$queryRaw<{ conversation_id: string; version: bigint | null }[]>`
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
        from unnest(${ids}::uuid[]) r(conversation_id)
        where owns_buckets(${ids}::uuid[])`,
    );
    return new Map(rows.map((row) => [row.conversation_id, Number(row.version ?? 0)]));
  }

  private anyMessages(messageIds: readonly string[]): Promise<MessageRow[]> {
    return this.ofConversations(
      messageIds,
      (db, ids) => db.$queryRaw<MessageRow[]>`
        select m.message from unnest(${ids}::uuid[]) r(id)
        cross join lateral (select message_snapshot(m) as message from message m where m.id = r.id limit 1) m
        where owns_buckets(${ids}::uuid[])`,
    );
  }

  /** Ids of conversations, or of their messages, which carry the same bucket. */
  private ofConversations<Row>(
    ids: readonly string[],
    read: (db: ShardClient, ids: string[]) => PromiseLike<Row[]>,
  ): Promise<Row[]> {
    return perShard(this.shards, ids, (id) => id, read);
  }
}

interface MessageRow {
  message: MessageSnapshot;
}

const byId = (rows: MessageRow[]) => new Map(rows.map(({ message }) => [message.id, message]));
