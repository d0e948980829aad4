import type { ShardClient } from '../../platform/database/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { MediaKind } from '../../schema/media.js';

/** A place among the media of a conversation: newest message first, and each message's own in their order. */
export interface SharedPosition {
  seq: number;
  position: number;
}
export interface Shared extends SharedPosition {
  mediaId: string;
}

/** Messages by which one person may read one media, looked at to find one that they have not hidden. */
const READABLE = 50;

/**
 * Which messages carry which media: written with the messages, on their shards. A media may be carried by messages of any
 * shard, so all are asked. Rows of conversations that a shard does not own are passed over.
 */
export class LinkStore {
  constructor(private readonly shards: Shards) {}

  /**
   * Of the media, those that this person may read by a message: they are a member, it lies in their spans, it is not gone, and
   * they have not hidden it. `error` where a shard could not answer: then there may be more.
   */
  async readable(userId: string, mediaIds: readonly string[]): Promise<{ found: Set<string>; error: Error | null }> {
    const { rows, error } = await this.everywhere(
      (db) => db.$queryRaw<{ media_id: string; message_id: string }[]>`
        select l.media_id, l.message_id from unnest(${mediaIds}::uuid[]) r(id)
        cross join lateral (
          select l.media_id, m.id as message_id from conversation_media l
          join member mb on mb.conversation_id = l.conversation_id and mb.user_id = ${userId}::uuid and mb.left_at is null
          join message m on m.conversation_id = l.conversation_id and m.seq = l.seq
          where l.media_id = r.id and not is_gone(m)
            and exists (select from bucket_owner o where o.bucket = bucket_of(l.conversation_id))
            and exists (
              select from member_span s
              where s.conversation_id = l.conversation_id and s.user_id = mb.user_id
                and s.from_seq <= l.seq and (s.to_seq is null or s.to_seq >= l.seq))
          limit ${READABLE}::int
        ) l`,
      (found) => new Set(found.map(({ media_id }) => media_id)).size === mediaIds.length,
    );
    const hidden = await this.hiddenAmong(
      userId,
      rows.map(({ message_id }) => message_id),
    );
    const found = new Set(rows.flatMap((row) => (hidden.has(row.message_id) ? [] : [row.media_id])));
    return { found, error };
  }

  /** Of the media, those that some message carries. Throws where a shard cannot answer: then nobody knows. */
  async carried(mediaIds: readonly string[]): Promise<Set<string>> {
    const { rows, error } = await this.everywhere(
      (db) => db.$queryRaw<{ media_id: string }[]>`
        select r.id as media_id from unnest(${mediaIds}::uuid[]) r(id)
        where exists (
          select from conversation_media l
          where l.media_id = r.id and exists (select from bucket_owner o where o.bucket = bucket_of(l.conversation_id)))`,
    );
    if (error) throw error;
    return new Set(rows.map(({ media_id }) => media_id));
  }

  /** The messages that carry it, of those that have not failed. Throws where a shard cannot answer. */
  async carriers(mediaId: string): Promise<{ conversationId: string; seq: number }[]> {
    const { rows, error } = await this.everywhere(
      (db) => db.$queryRaw<{ conversation_id: string; seq: number }[]>`
        select l.conversation_id, l.seq from conversation_media l
        join message m on m.conversation_id = l.conversation_id and m.seq = l.seq
        where l.media_id = ${mediaId}::uuid and m.failed_at is null and not is_gone(m)
          and exists (select from bucket_owner o where o.bucket = bucket_of(l.conversation_id))`,
    );
    if (error) throw error;
    return rows.map(({ conversation_id, seq }) => ({ conversationId: conversation_id, seq }));
  }

  /** Of the conversations, those that this person is a member of. */
  async membershipsAmong(userId: string, conversationIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.shards.gather(
      conversationIds,
      (id) => id,
      ({ db }, ids) => db.$queryRaw<{ conversation_id: string }[]>`
        select mb.conversation_id from unnest(${ids}::uuid[]) r(id)
        cross join lateral (
          select mb.conversation_id from member mb
          where mb.conversation_id = r.id and mb.user_id = ${userId}::uuid and mb.left_at is null limit 1
        ) mb
        where owns_buckets(${ids}::uuid[])`,
    );
    return new Set(rows.map(({ conversation_id }) => conversation_id));
  }

  /** What messages that this member may read carry, of some kinds or all. */
  async shared(
    userId: string,
    conversationId: string,
    kinds: readonly MediaKind[] | null,
    after: SharedPosition | null,
    limit: number,
  ): Promise<Shared[]> {
    const hidden = await this.hiddenIn(userId, conversationId);
    const { seq, position } = after ?? { seq: 2147483647, position: 0 };
    const rows = await this.shards.on(
      conversationId,
      ({ db }) => db.$queryRaw<{ media_id: string; seq: number; position: number }[]>`
        select l.media_id, l.seq, l.position from conversation_media l
        join message m on m.conversation_id = l.conversation_id and m.seq = l.seq
        where owns_buckets(array[${conversationId}::uuid]) and l.conversation_id = ${conversationId}::uuid
          and l.seq <= ${seq}::int and (l.seq < ${seq}::int or l.position > ${position}::int)
          and (${kinds}::text[] is null or l.kind = any(${kinds}::text[]))
          and l.seq <> all(${hidden}::int[]) and m.failed_at is null and not is_gone(m)
          and exists (
            select from member mb
            join member_span s on s.conversation_id = mb.conversation_id and s.user_id = mb.user_id
              and s.from_seq <= l.seq and (s.to_seq is null or s.to_seq >= l.seq)
            where mb.conversation_id = l.conversation_id and mb.user_id = ${userId}::uuid and mb.left_at is null)
        order by l.seq desc, l.position limit ${limit}::int`,
    );
    return rows.map((row) => ({ mediaId: row.media_id, seq: row.seq, position: row.position }));
  }

  private async hiddenAmong(userId: string, messageIds: readonly string[]): Promise<Set<string>> {
    if (messageIds.length === 0) return new Set();
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ message_id: string }[]>`
        select h.message_id from hidden_message h
        where owns_buckets(array[${userId}::uuid]) and h.user_id = ${userId}::uuid and h.message_id = any(${messageIds}::uuid[])`,
    );
    return new Set(rows.map(({ message_id }) => message_id));
  }

  private async hiddenIn(userId: string, conversationId: string): Promise<number[]> {
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ seq: number }[]>`
        select h.seq from hidden_message h
        where owns_buckets(array[${userId}::uuid]) and h.user_id = ${userId}::uuid and h.conversation_id = ${conversationId}::uuid`,
    );
    return rows.map(({ seq }) => seq);
  }

  /**
   * Asks every shard; once more where buckets have moved meanwhile, to one that was asked already. `isEnough`: whether nothing
   * can be missing.
   */
  private async everywhere<Row>(
    read: (db: ShardClient) => PromiseLike<Row[]>,
    isEnough: (rows: Row[]) => boolean = () => false,
  ): Promise<{ rows: Row[]; error: Error | null }> {
    for (;;) {
      const version = this.shards.mapVersion;
      const answers = await Promise.allSettled(this.shards.all.map(async ({ db }) => read(db)));
      const rows = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      if (isEnough(rows)) return { rows, error: null };
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (failed) return { rows, error: failed.reason as Error };
      await this.shards.refresh();
      if (version === this.shards.mapVersion) return { rows, error: null };
    }
  }
}
