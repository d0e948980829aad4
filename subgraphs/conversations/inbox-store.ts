import type { Statement } from '../../platform/database/hot-pool.js';
import type { ShardClient } from '../../platform/database/port.js';
import { GatheredReads } from '../../platform/shards/gathered-reads.js';
import type { Shard, Shards } from '../../platform/shards/shards.js';
import type { ConversationKind, FanOut } from './schema.js';
import { unzip } from './store.js';

/** One row of somebody's conversation list, as the view inbox_item has it. UUIDs inside. */
export interface InboxRow {
  userId: string;
  conversationId: string;
  /** ON_READ: activity, unread and readSeq are those of the conversation's shard; the stored ones are old. */
  fanOut: FanOut;
  lastActivityAt: Date;
  unreadCount: number;
  readSeq: number;
  isRemoved: boolean;
  /** Now: a mute that ended is none. */
  isMuted: boolean;
  mutedUntil: Date | null;
  pinnedAt: Date | null;
  archivedAt: Date | null;
  version: bigint;
  /** Set where this is no row of the list, but the change that the person hid this message. */
  hiddenMessageId?: string | null;
}

export interface InboxPosition {
  isPinned: boolean;
  lastActivityAt: Date;
  conversationId: string;
}
export interface InboxChoice {
  unreadOnly: boolean;
  archived: boolean;
  /** Null for all. */
  kinds: ConversationKind[] | null;
}

/** A row that changed, or a message that the person hid. */
export type InboxChange =
  { version: number; row: InboxRow } | { version: number; row: null; conversationId: string; hiddenMessageId: string };

export interface InboxPage {
  changes: InboxChange[];
  /** The version of the newest change of the whole inbox, in the same snapshot. */
  head: number;
}

/** Inboxes, on the person's shard. */
export class InboxStore {
  private readonly gatheredHeads: GatheredReads<string, number>;

  constructor(private readonly shards: Shards) {
    this.gatheredHeads = new GatheredReads(shards, readHeads);
  }

  epochOf(userId: string): number {
    return this.shards.of(userId).epoch;
  }

  /** Rows that are kept as messages are sent: pinned first, then by last activity, newest first. */
  async list(userId: string, choice: InboxChoice, after: InboxPosition | null, first: number): Promise<InboxRow[]> {
    const { unreadOnly, archived, kinds } = choice;
    return this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<InboxRow[]>`
      select i.* from inbox_item i
      where owns_buckets(array[${userId}::uuid]) and i."userId" = ${userId}::uuid and not i."isRemoved" and i."fanOut" = 'ON_WRITE'
        and (i."archivedAt" is not null) = ${archived}
        and (not ${unreadOnly} or i."unreadCount" > 0) and (${kinds === null} or i.kind = any (${kinds ?? []}::text[]))
        and (${after === null} or (i."pinnedAt" is not null, i."lastActivityAt", i."conversationId")
          < (${after?.isPinned ?? false}, ${after?.lastActivityAt ?? new Date(0)}::timestamptz, ${after?.conversationId ?? userId}::uuid))
      order by (i."pinnedAt" is not null) desc, i."lastActivityAt" desc, i."conversationId" desc limit ${first}`,
    );
  }

  /** All rows of conversations that fan out on read, whose order only their shards know. */
  async onRead(userId: string, { archived, kinds }: Omit<InboxChoice, 'unreadOnly'>): Promise<InboxRow[]> {
    return this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<InboxRow[]>`
      select i.* from inbox_item i
      where owns_buckets(array[${userId}::uuid]) and i."userId" = ${userId}::uuid and not i."isRemoved" and i."fanOut" = 'ON_READ'
        and (i."archivedAt" is not null) = ${archived} and (${kinds === null} or i.kind = any (${kinds ?? []}::text[]))`,
    );
  }

  /** Of pairs "user conversation"; those that the person has left are not found. */
  async items({ db }: Shard, pairs: readonly string[]): Promise<Map<string, InboxRow>> {
    const [userIds, conversationIds] = unzip(pairs);
    const rows = await db.$queryRaw<InboxRow[]>`
      select i.* from unnest(${userIds}::uuid[], ${conversationIds}::uuid[]) as w (user_id, conversation_id)
      cross join lateral (
        select * from inbox_item i
        where i."userId" = w.user_id and i."conversationId" = w.conversation_id and not i."isRemoved" limit 1
      ) i
      where owns_buckets(${userIds}::uuid[])`;
    return new Map(rows.map((row) => [`${row.userId} ${row.conversationId}`, row]));
  }

  /** Mentions after what was read, of "user conversation readSeq". */
  async mentions({ db }: Shard, places: readonly string[]): Promise<Map<string, number>> {
    const [userIds, conversationIds] = unzip(places);
    const rows = await db.$queryRaw<{ n: number; count: number }[]>`
      select w.n::int, m.count::int
      from unnest(
        ${userIds}::uuid[], ${conversationIds}::uuid[], ${places.map((place) => Number(place.split(' ')[2]))}::int[]
      ) with ordinality as w (user_id, conversation_id, read_seq, n)
      cross join lateral (
        select count(*) from mention m
        where m.user_id = w.user_id and m.conversation_id = w.conversation_id and m.seq > w.read_seq
      ) m
      where owns_buckets(${userIds}::uuid[])`;
    return new Map(rows.map(({ n, count }) => [places[n - 1]!, count]));
  }

  /** What changed after a version, rows and hidden messages alike, oldest change first, and the head, in one snapshot. */
  async changes(userId: string, after: number, first: number): Promise<InboxPage> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<(InboxRow & { head: bigint | null; hiddenMessageId: string | null })[]>`
      select i.*, change.conversation_id as "conversationId", change.version, change.message_id as "hiddenMessageId", h.version as head
      from (select 1) one
      left join inbox_head h on h.user_id = ${userId}::uuid
      left join lateral (
        select * from (
          (select i.version, i.conversation_id, null::uuid as message_id from inbox i
            where i.user_id = ${userId}::uuid and i.version > ${BigInt(after)}::bigint order by i.version limit ${first})
          union all
          (select m.version, m.conversation_id, m.message_id from hidden_message m
            where m.user_id = ${userId}::uuid and m.version > ${BigInt(after)}::bigint order by m.version limit ${first})
        ) each order by each.version limit ${first}
      ) change on true
      left join inbox_item i
        on i."userId" = ${userId}::uuid and i."conversationId" = change.conversation_id and change.message_id is null
      where owns_buckets(array[${userId}::uuid])
      order by change.version`,
    );
    return {
      head: Number(rows[0]?.head ?? 0n),
      changes: rows
        .filter((row) => row.version !== null)
        .map(({ hiddenMessageId, head: _, ...row }) => {
          const version = Number(row.version);
          const { conversationId } = row;
          return hiddenMessageId === null ? { version, row } : { version, row: null, conversationId, hiddenMessageId };
        }),
    };
  }

  /** 0 before the first change. Read for many at once. */
  head(userId: string): Promise<number> {
    return this.gatheredHeads.ask(userId, userId);
  }

  async heads(userIds: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const answers = await this.shards.each(
      userIds,
      (id) => id,
      ({ db }, group) => db.$queryRaw<{ userId: string; version: bigint }[]>`
        select user_id::text as "userId", version from inbox_head
        where owns_buckets(${group}::uuid[]) and user_id = any (${group}::uuid[])`,
    );
    for (const answer of answers)
      if ('result' in answer) for (const row of answer.result) found.set(row.userId, Number(row.version));
    return found;
  }

  /** The version that the inbox had certainly reached before an instant: every later change has a greater one. */
  async versionBefore(userId: string, instant: Date): Promise<bigint> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ version: bigint | null }[]>`
      select greatest(
        (select i.version from inbox i where i.user_id = ${userId}::uuid and i.changed_at < ${instant}::timestamptz
          order by i.version desc limit 1),
        (select m.version from hidden_message m where m.user_id = ${userId}::uuid and m.changed_at < ${instant}::timestamptz
          order by m.version desc limit 1)
      ) as version
      where owns_buckets(array[${userId}::uuid])`,
    );
    return rows[0]?.version ?? 0n;
  }

  /** Over the rows that are kept as messages are sent, and count. */
  async unreadCount(userId: string): Promise<number> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ count: bigint }[]>`
      select coalesce(sum(i."unreadCount"), 0)::bigint as count from inbox_item i
      where owns_buckets(array[${userId}::uuid]) and i."userId" = ${userId}::uuid and not i."isRemoved" and i."fanOut" = 'ON_WRITE' and i."archivedAt" is null
        and not i."isMuted"`,
    );
    return Number(rows[0]?.count ?? 0n);
  }

  /** See the SQL function. Absent keys of `change` stay as they are. */
  async update(
    userId: string,
    conversationId: string,
    change: Record<string, unknown>,
    isMember: boolean,
  ): Promise<'done' | 'not_found' | 'not_muted'> {
    const [row] = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<[{ outcome: 'done' | 'not_found' | 'not_muted' }]>`
      select update_inbox_item(
        ${userId}::uuid, ${conversationId}::uuid, ${JSON.stringify(change)}::jsonb, ${isMember}) as outcome`,
    );
    return row.outcome;
  }
}

async function readHeads({ hot }: ShardClient, userIds: string[]): Promise<number[]> {
  const rows = await hot.query<{ version: number | null }>(inboxHeads, [userIds]);
  return rows.map(({ version }) => version ?? 0);
}
const inboxHeads: Statement = {
  name: 'inbox_heads',
  text: `
    select (select h.version from inbox_head h where h.user_id = r.user_id) as version
    from unnest($1::uuid[]) with ordinality r(user_id, n) where owns_buckets($1::uuid[]) order by r.n`,
};
