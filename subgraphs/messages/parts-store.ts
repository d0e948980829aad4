import type { Shards } from '../../platform/shards/shards.js';
import type { MessageSnapshot } from '../../schema/events.js';
import { perShard } from './per-shard.js';

export interface ReactionCount {
  emoji: string;
  count: number;
  /** Null where no viewer was given. */
  viewerHasReacted: boolean | null;
}
export interface Edit {
  /** As it read before. */
  body: string;
  editedAt: Date;
}
/** A page of those who reacted with one emoji. */
export interface ReactionPage {
  conversationId: string;
  seq: number;
  emoji: string;
  /** A user id. */
  after: string | null;
  /** One more than is shown tells whether there are more. */
  limit: number;
}

/** A message that a reply quotes. */
export interface Quote {
  conversationId: string;
  seq: number;
  /** The seq of the reply. */
  quotedAt: number;
}

/** Newest edits that are shown. */
const EDITS_SHOWN = 100;

/** What hangs on messages. Everything here is read for a list, with one statement for each shard; see MessageStore. */
export class PartsStore {
  constructor(private readonly shards: Shards) {}

  /** By message id: in the order in which each emoji came first. */
  async reactions(
    viewerId: string | null,
    messages: readonly MessageSnapshot[],
  ): Promise<Map<string, ReactionCount[]>> {
    const rows = await this.ofMessages(
      messages,
      (db, own) => db.$queryRaw<({ id: string; viewer_has_reacted: boolean | null } & ReactionCount)[]>`
        select r.id, e.emoji, e.count, e.viewer_has_reacted from unnest(
          ${own.map(({ id }) => id)}::uuid[], ${own.map(({ conversationId }) => conversationId)}::uuid[], ${own.map(({ seq }) => seq)}::int[]
        ) r(id, conversation_id, seq)
        cross join lateral (
          select e.emoji, count(*)::int as count, bool_or(e.user_id = ${viewerId}::uuid) as viewer_has_reacted,
            min(e.created_at) as first_at
          from reaction e where e.conversation_id = r.conversation_id and e.seq = r.seq group by e.emoji
        ) e
        where owns_buckets(${own.map(({ conversationId }) => conversationId)}::uuid[])
        order by e.first_at, e.emoji`,
    );
    return gather(rows, ({ emoji, count, viewer_has_reacted }) => ({
      emoji,
      count,
      viewerHasReacted: viewer_has_reacted,
    }));
  }

  /** In the order of the pages asked for: user ids, ascending. */
  async reactionUsers(pages: readonly ReactionPage[]): Promise<string[][]> {
    const indexed = pages.map((page, index) => ({ ...page, index }));
    const rows = await perShard(
      this.shards,
      indexed,
      (page) => page.conversationId,
      (db, own) => db.$queryRaw<{ page: number; user_id: string }[]>`
        select r.page, e.user_id from unnest(
          ${own.map(({ index }) => index)}::int[], ${own.map(({ conversationId }) => conversationId)}::uuid[],
          ${own.map(({ seq }) => seq)}::int[], ${own.map(({ emoji }) => emoji)}::text[],
          ${own.map(({ after }) => after ?? '00000000-0000-0000-0000-000000000000')}::uuid[], ${own.map(({ limit }) => limit)}::int[]
        ) r(page, conversation_id, seq, emoji, after, wanted)
        cross join lateral (
          select e.user_id from reaction e
          where e.conversation_id = r.conversation_id and e.seq = r.seq and e.emoji = r.emoji and e.user_id > r.after
          order by e.user_id limit r.wanted
        ) e
        where owns_buckets(${own.map(({ conversationId }) => conversationId)}::uuid[])
        order by e.user_id`,
    );
    const found: string[][] = pages.map(() => []);
    for (const row of rows) found[row.page]?.push(row.user_id);
    return found;
  }

  /** In the order of the quotes: whether no member may read the reply, but not what it quotes. */
  async areOpenToAll(quotes: readonly Quote[]): Promise<boolean[]> {
    const indexed = quotes.map((quote, index) => ({ ...quote, index }));
    const rows = await perShard(
      this.shards,
      indexed,
      (quote) => quote.conversationId,
      (db, own) => db.$queryRaw<{ n: number; is_open: boolean }[]>`
        select r.n, not exists (
          select from member_span s
          where s.conversation_id = r.conversation_id and s.to_seq is null and s.from_seq > r.seq and s.from_seq <= r.quoted_at
        ) as is_open
        from unnest(
          ${own.map(({ index }) => index)}::int[], ${own.map(({ conversationId }) => conversationId)}::uuid[],
          ${own.map(({ seq }) => seq)}::int[], ${own.map(({ quotedAt }) => quotedAt)}::int[]
        ) r(n, conversation_id, seq, quoted_at)
        where owns_buckets(${own.map(({ conversationId }) => conversationId)}::uuid[])`,
    );
    const open = new Map(rows.map(({ n, is_open }) => [n, is_open]));
    return quotes.map((_, index) => open.get(index) ?? false);
  }

  /** By message id: oldest first. */
  async edits(messages: readonly MessageSnapshot[]): Promise<Map<string, Edit[]>> {
    const rows = await this.ofMessages(
      messages,
      (db, own) => db.$queryRaw<{ id: string; body: string; edited_at: Date }[]>`
        select r.id, e.body, e.edited_at from unnest(
          ${own.map(({ id }) => id)}::uuid[], ${own.map(({ conversationId }) => conversationId)}::uuid[], ${own.map(({ seq }) => seq)}::int[]
        ) r(id, conversation_id, seq)
        cross join lateral (
          select e.body, e.edited_at from message_edit e
          where e.conversation_id = r.conversation_id and e.seq = r.seq
          order by e.edited_at desc limit ${EDITS_SHOWN}::int
        ) e
        where owns_buckets(${own.map(({ conversationId }) => conversationId)}::uuid[])
        order by e.edited_at`,
    );
    return gather(rows, ({ body, edited_at }) => ({ body, editedAt: edited_at }));
  }

  /** By message id: how many replies to it this member may read. `hidden`: what they have hidden, by conversation. */
  async replyCounts(
    userId: string,
    messages: readonly MessageSnapshot[],
    hidden: ReadonlyMap<string, readonly number[]>,
  ): Promise<Map<string, number>> {
    const rows = await this.ofMessages(messages, (db, own) => {
      const covered = [...hidden].flatMap(([id, seqs]) => seqs.map((seq) => [id, seq] as const));
      return db.$queryRaw<{ id: string; count: number }[]>`
        select r.id, n.count from unnest(
          ${own.map(({ id }) => id)}::uuid[], ${own.map(({ conversationId }) => conversationId)}::uuid[]
        ) r(id, conversation_id)
        cross join lateral (
          select count(*)::int as count from message m
          join member_span s on s.conversation_id = m.conversation_id and s.user_id = ${userId}::uuid
            and m.seq >= s.from_seq and (s.to_seq is null or m.seq <= s.to_seq)
          where m.conversation_id = r.conversation_id and m.reply_to_id = r.id and not is_gone(m)
            and not exists (
              select from unnest(${covered.map(([id]) => id)}::uuid[], ${covered.map(([, seq]) => seq)}::int[]) h(conversation_id, seq)
              where h.conversation_id = m.conversation_id and h.seq = m.seq)
        ) n
        where owns_buckets(${own.map(({ conversationId }) => conversationId)}::uuid[])`;
    });
    return new Map(rows.map(({ id, count }) => [id, count]));
  }

  /** Replies to a message after a seq, by seq: those within the spans of this member, without some seqs. */
  async replies(
    userId: string,
    { id, conversationId }: MessageSnapshot,
    after: number,
    limit: number,
    hidden: readonly number[],
  ): Promise<MessageSnapshot[]> {
    const rows = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<{ message: MessageSnapshot }[]>`
      select message_snapshot(m) as message from message m
      join member_span s on s.conversation_id = m.conversation_id and s.user_id = ${userId}::uuid
        and m.seq >= s.from_seq and (s.to_seq is null or m.seq <= s.to_seq)
      where owns_buckets(array[${conversationId}::uuid])
        and m.conversation_id = ${conversationId}::uuid and m.reply_to_id = ${id}::uuid and m.seq > ${after}::int
        and not is_gone(m) and m.seq <> all (${[...hidden]}::int[])
      order by m.seq limit ${limit}::int`,
    );
    return rows.map((row) => row.message);
  }

  /** By conversation: what is pinned within the spans of this member, latest pin first. */
  async pinned(userId: string, conversationIds: readonly string[]): Promise<Map<string, MessageSnapshot[]>> {
    const rows = await perShard(
      this.shards,
      conversationIds,
      (id) => id,
      (db, ids) => db.$queryRaw<{ id: string; message: MessageSnapshot }[]>`
        select r.id, m.message from unnest(${ids}::uuid[]) r(id)
        cross join lateral (
          select message_snapshot(m) as message, m.pinned_at, m.seq from message m
          join member_span s on s.conversation_id = m.conversation_id and s.user_id = ${userId}::uuid
            and m.seq >= s.from_seq and (s.to_seq is null or m.seq <= s.to_seq)
          where m.conversation_id = r.id and m.pinned_at is not null and not is_gone(m)
          order by m.pinned_at desc limit 50
        ) m
        where owns_buckets(${ids}::uuid[])
        order by m.pinned_at desc, m.seq desc`,
    );
    return gather(rows, (row) => row.message);
  }

  private ofMessages<Row>(
    messages: readonly MessageSnapshot[],
    read: Parameters<typeof perShard<MessageSnapshot, Row>>[3],
  ): Promise<Row[]> {
    return perShard(this.shards, messages, (message) => message.conversationId, read);
  }
}

function gather<Row extends { id: string }, Value>(rows: Row[], toValue: (row: Row) => Value): Map<string, Value[]> {
  const found = new Map<string, Value[]>();
  for (const row of rows) {
    const list = found.get(row.id);
    if (list) list.push(toValue(row));
    else found.set(row.id, [toValue(row)]);
  }
  return found;
}
