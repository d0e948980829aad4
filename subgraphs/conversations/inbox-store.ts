import type { Shard, Shards } from '../../platform/shards/shards.js';
import { unzip } from './store.js';

/** One row of somebody's conversation list. UUIDs inside. */
export interface InboxRow {
  userId: string;
  conversationId: string;
  lastActivityAt: Date;
  unreadCount: number;
  isRemoved: boolean;
  version: bigint;
  /** Set where this is no row of the list, but the change that the person hid this message. */
  hiddenMessageId?: string | null;
}

export interface InboxPosition {
  lastActivityAt: Date;
  conversationId: string;
}

export interface InboxPage {
  rows: InboxRow[];
  /** The version of the newest change of the whole inbox, in the same snapshot. */
  head: bigint;
}

/** Inboxes, on the person's shard. Written by deliver alone. */
export class InboxStore {
  constructor(private readonly shards: Shards) {}

  epochOf(userId: string): number {
    return this.shards.of(userId).epoch;
  }

  /** By last activity, newest first. */
  async list(userId: string, before: InboxPosition | null, first: number): Promise<InboxRow[]> {
    return this.shards.of(userId).db.$queryRaw<InboxRow[]>`
      select i.user_id::text as "userId", i.conversation_id::text as "conversationId", i.last_activity_at as "lastActivityAt",
        greatest(i.last_seq - i.read_seq, 0) as "unreadCount", false as "isRemoved", i.version
      from inbox i
      where i.user_id = ${userId}::uuid and i.left_at is null
        and (${before === null} or (i.last_activity_at, i.conversation_id)
          < (${before?.lastActivityAt ?? new Date(0)}::timestamptz, ${before?.conversationId ?? userId}::uuid))
      order by i.last_activity_at desc, i.conversation_id desc limit ${first}`;
  }

  /** Of pairs "user conversation"; those that the person has left are not found. */
  async items({ db }: Shard, pairs: readonly string[]): Promise<Map<string, InboxRow>> {
    const [userIds, conversationIds] = unzip(pairs);
    const rows = await db.$queryRaw<InboxRow[]>`
      select i.user_id::text as "userId", i.conversation_id::text as "conversationId", i.last_activity_at as "lastActivityAt",
        greatest(i.last_seq - i.read_seq, 0) as "unreadCount", false as "isRemoved", i.version
      from unnest(${userIds}::uuid[], ${conversationIds}::uuid[]) as w (user_id, conversation_id)
      join inbox i on i.user_id = w.user_id and i.conversation_id = w.conversation_id and i.left_at is null`;
    return new Map(rows.map((row) => [`${row.userId} ${row.conversationId}`, row]));
  }

  /** What changed after a version, oldest change first, and the head, in one snapshot. */
  async changes(userId: string, after: number, first: number): Promise<InboxPage> {
    const rows = await this.shards.of(userId).db.$queryRaw<(Partial<InboxRow> & { head: bigint | null })[]>`
      select c.*, h.version as head
      from (select 1) one
      left join inbox_head h on h.user_id = ${userId}::uuid
      left join lateral (
        select * from (
          (select i.user_id::text as "userId", i.conversation_id::text as "conversationId", i.last_activity_at as "lastActivityAt",
              greatest(i.last_seq - i.read_seq, 0) as "unreadCount", i.left_at is not null as "isRemoved", i.version,
              null as "hiddenMessageId"
            from inbox i where i.user_id = ${userId}::uuid and i.version > ${BigInt(after)}::bigint order by i.version limit ${first})
          union all
          (select m.user_id::text, m.conversation_id::text, m.changed_at, 0, false, m.version, m.message_id::text
            from hidden_message m where m.user_id = ${userId}::uuid and m.version > ${BigInt(after)}::bigint
            order by m.version limit ${first})
        ) each order by each.version limit ${first}
      ) c on true
      order by c.version`;
    return {
      head: rows[0]?.head ?? 0n,
      rows: rows.filter((row): row is InboxRow & { head: bigint } => row.conversationId != null),
    };
  }

  async heads(userIds: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    await Promise.allSettled(
      [...this.shards.group(userIds)].map(async ([{ db }, group]) => {
        const rows = await db.$queryRaw<{ userId: string; version: bigint }[]>`
          select user_id::text as "userId", version from inbox_head where user_id = any (${group}::uuid[])`;
        for (const row of rows) found.set(row.userId, Number(row.version));
      }),
    );
    return found;
  }

  /** The version that the inbox had certainly reached before an instant: every later change has a greater one. */
  async versionBefore(userId: string, instant: Date): Promise<bigint> {
    const rows = await this.shards.of(userId).db.$queryRaw<{ version: bigint }[]>`
      select version from inbox where user_id = ${userId}::uuid and changed_at < ${instant}::timestamptz order by version desc limit 1`;
    return rows[0]?.version ?? 0n;
  }

  async unreadCount(userId: string): Promise<number> {
    const rows = await this.shards.of(userId).db.$queryRaw<{ count: bigint }[]>`
      select coalesce(sum(greatest(last_seq - read_seq, 0)), 0)::bigint as count
      from inbox where user_id = ${userId}::uuid and left_at is null`;
    return Number(rows[0]?.count ?? 0n);
  }
}
