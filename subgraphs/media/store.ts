import type { ShardClient } from '../../platform/database/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import { traceparent } from '../../platform/telemetry/tracing.js';
import type { Attachable, MediaKind, MediaState, MediaStatus } from '../../schema/media.js';
import { toRow, type MediaRow, type StoredRow } from './rows.js';

export interface NewUpload {
  mediaId: string;
  ownerId: string;
  clientMutationId: string;
  kind: MediaKind;
  filename: string;
  contentType: string;
  size: number;
  sha256: string | null;
}
export interface Quotas {
  bytes: number;
  uploadsPerDay: number;
}
export type Begun =
  { kind: 'created' | 'known'; mediaId: string } | { kind: 'too-many'; retryAt: Date } | { kind: 'too-much' };

/** What was found out about an upload that may be shown. */
export interface Found {
  /** Of what is served. */
  contentType: string;
  size: number;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  waveform: number[] | null;
  blurHash: string | null;
  thumbnails: { size: number; width: number; height: number; key: string }[];
}
export type Rejection = 'MALWARE' | 'TYPE_MISMATCH' | 'CORRUPT' | 'TOO_LARGE' | 'UPLOAD_EXPIRED';

/** What people have uploaded, each thing on its owner's shard. UUIDs. */
export class MediaStore {
  constructor(private readonly shards: Shards) {}

  /** By id: those that are there. */
  async byIds(mediaIds: readonly string[]): Promise<Map<string, MediaRow>> {
    const rows = await this.gather(
      mediaIds,
      (db, ids) => db.$queryRaw<StoredRow[]>`
        select m.* from unnest(${ids}::uuid[]) r(id)
        cross join lateral (select m.* from media m where m.media_id = r.id and m.deleted_at is null limit 1) m
        where owns_buckets(${ids}::uuid[])`,
    );
    return new Map(rows.map((row) => [row.media_id, toRow(row)]));
  }

  async byId(mediaId: string): Promise<MediaRow | null> {
    return (await this.byIds([mediaId])).get(mediaId) ?? null;
  }

  /** As byIds, of what is asked often. What a shard cannot tell is left out. */
  async states(mediaIds: readonly string[]): Promise<Map<string, MediaState>> {
    const answers = await this.shards.each(
      mediaIds,
      (id) => id,
      ({ db }, ids) => db.$queryRaw<(MediaState & { media_id: string })[]>`
        select m.media_id, m.status, m.version::int as version from media m
        where owns_buckets(${ids}::uuid[]) and m.media_id = any(${ids}::uuid[]) and m.deleted_at is null`,
    );
    const rows = answers.flatMap((answer) => ('result' in answer ? answer.result : []));
    return new Map(rows.map(({ media_id, status, version }) => [media_id, { status, version }]));
  }

  /** What this person began to upload with this client mutation id, even where it was deleted since. */
  async begunWith(ownerId: string, clientMutationId: string): Promise<MediaRow | null> {
    const rows = await this.shards.on(
      ownerId,
      ({ db }) => db.$queryRaw<StoredRow[]>`
        select m.* from media m
        where owns_buckets(array[${ownerId}::uuid]) and m.user_id = ${ownerId}::uuid
          and m.client_mutation_id = ${clientMutationId}`,
    );
    return rows[0] ? toRow(rows[0]) : null;
  }

  /** `seconds`: how long its bytes are waited for. */
  async begin(upload: NewUpload, seconds: number, { bytes, uploadsPerDay }: Quotas): Promise<Begun> {
    const { mediaId, ownerId, clientMutationId, kind, filename, contentType, size, sha256 } = upload;
    const [row] = await this.shards.on(
      ownerId,
      ({ db }) => db.$queryRaw<{ outcome: Begun['kind']; id: string; retry_at: Date }[]>`
        select outcome, id, retry_at from create_upload(${ownerId}::uuid, ${mediaId}::uuid, ${clientMutationId}::text, ${kind}::text,
          ${filename}::text, ${contentType}::text, ${size}::bigint, ${sha256}::text,
          ${`${seconds} seconds`}::text::interval, ${bytes}::bigint, ${uploadsPerDay}::int)`,
    );
    const { outcome, id, retry_at } = row!;
    if (outcome === 'too-many') return { kind: outcome, retryAt: retry_at };
    return outcome === 'too-much' ? { kind: outcome } : { kind: outcome, mediaId: id };
  }

  /** The bytes are up: they are to be looked at. False where they are not waited for any more. */
  async complete(ownerId: string, mediaId: string): Promise<boolean> {
    return this.move(
      mediaId,
      (db) => db.$queryRaw<{ done: boolean }[]>`
        select complete_upload(${ownerId}::uuid, ${mediaId}::uuid, ${traceparent() ?? null}::text) as done`,
    );
  }

  /** It may be shown. False where nobody waits for that any more. */
  async ready(mediaId: string, found: Found): Promise<boolean> {
    return this.move(
      mediaId,
      (db) => db.$queryRaw<{ done: boolean }[]>`
        select ready_media(${mediaId}::uuid, ${JSON.stringify(found)}::text::jsonb, ${traceparent() ?? null}::text) as done`,
    );
  }

  /** It never will be shown. False where it is not in that state, or not past its time, any more. */
  async reject(mediaId: string, from: MediaStatus, rejection: Rejection): Promise<boolean> {
    return this.move(
      mediaId,
      (db) => db.$queryRaw<{ done: boolean }[]>`
        select reject_media(${mediaId}::uuid, ${from}::text, ${rejection}::text, ${traceparent() ?? null}::text) as done`,
    );
  }

  /** Of the media, those that are there, of this person or of anybody: none of them is deleted in the next seconds. */
  async attach(ownerId: string | null, mediaIds: readonly string[]): Promise<Map<string, Attachable>> {
    const rows = await this.gather(
      mediaIds,
      (db, ids) => db.$queryRaw<{ media_id: string; kind: MediaKind; status: MediaStatus }[]>`
        select media_id, kind, status from attach_media(${ids}::uuid[], ${ownerId}::uuid)`,
    );
    return new Map(rows.map(({ media_id, kind, status }) => [media_id, { kind, status }]));
  }

  /** Keeps messages from taking it, for some seconds. False while one may be about to carry it. */
  async hold(mediaId: string): Promise<boolean> {
    return this.move(mediaId, (db) => db.$queryRaw<{ done: boolean }[]>`select hold_media(${mediaId}::uuid) as done`);
  }

  async release(mediaId: string): Promise<void> {
    await this.shards.on(mediaId, ({ db }) => db.$executeRaw`select release_media(${mediaId}::uuid)`);
  }

  /** It is gone for everybody. False unless it is held. Its bytes are for others to delete. */
  async delete(mediaId: string): Promise<boolean> {
    return this.move(mediaId, (db) => db.$queryRaw<{ done: boolean }[]>`select delete_media(${mediaId}::uuid) as done`);
  }

  async usage(ownerId: string): Promise<{ bytes: number; uploadsToday: number }> {
    const [row] = await this.shards.on(
      ownerId,
      ({ db }) => db.$queryRaw<{ used_bytes: bigint; uploads: number }[]>`
        select used_bytes, uploads from media_usage(${ownerId}::uuid, now()) where owns_buckets(array[${ownerId}::uuid])`,
    );
    return { bytes: Number(row?.used_bytes ?? 0), uploadsToday: row?.uploads ?? 0 };
  }

  /** Newest first, before one of them. Ids are made in the order of time. */
  async uploadsOf(ownerId: string, before: string | null, limit: number): Promise<MediaRow[]> {
    const rows = await this.shards.on(
      ownerId,
      ({ db }) => db.$queryRaw<StoredRow[]>`
        select m.* from media m
        where owns_buckets(array[${ownerId}::uuid]) and m.user_id = ${ownerId}::uuid and m.deleted_at is null
          and m.media_id < coalesce(${before}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        order by m.media_id desc limit ${limit}::int`,
    );
    return rows.map(toRow);
  }

  private async move(mediaId: string, call: (db: ShardClient) => PromiseLike<{ done: boolean }[]>): Promise<boolean> {
    const rows = await this.shards.on(mediaId, ({ db }) => call(db));
    return rows[0]?.done ?? false;
  }

  private gather<Row>(
    mediaIds: readonly string[],
    read: (db: ShardClient, ids: string[]) => PromiseLike<Row[]>,
  ): Promise<Row[]> {
    return this.shards.gather(
      mediaIds,
      (id) => id,
      ({ db }, ids) => read(db, ids),
    );
  }
}
