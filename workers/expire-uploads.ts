import type { ObjectStore } from '../platform/object-store/port.js';
import type { ShardClient } from '../platform/database/port.js';
import type { Shards } from '../platform/shards/shards.js';
import { defineJob, type Job } from '../platform/worker/define-job.js';
import { mediaKeys } from '../schema/media.js';
import type { MediaStore } from '../subgraphs/media/store.js';
import { deleteObjects } from './media-objects.js';
import { failCarriers, type FailCarriers } from './settle-media.js';

const BATCH = 100;
const EVERY_MS = 30_000;
const SWEEP_EVERY_MS = 3_600_000;

export interface ExpireUploadsDeps extends FailCarriers {
  shards: Shards;
  store: Pick<MediaStore, 'reject' | 'byIds'>;
  objects: Pick<ObjectStore, 'delete' | 'list'>;
  /** How long bytes are waited for, ms; a twelfth more, for those that were put in the last moment. */
  uploadMs: number;
  everyMs?: number;
}

/** Ends uploads whose bytes did not come, and has the bytes go of what was deleted. */
export function expireUploads(deps: ExpireUploadsDeps): Job {
  return defineJob({
    name: 'expire-uploads',
    everyMs: deps.everyMs ?? EVERY_MS,
    run: async (signal) => {
      // One shard that is away keeps nothing from the others.
      const failures: unknown[] = [];
      while (!signal.aborted && (await expireOnce(deps, failures)) > 0);
      while (!signal.aborted && (await purgeOnce(deps, failures)) > 0);
      await failLate(deps, failures);
      if (failures.length > 0) throw failures[0];
    },
  });
}

/** A batch on each shard. Returns how many there were. */
async function expireOnce({ shards, store, uploadMs }: ExpireUploadsDeps, failures: unknown[]): Promise<number> {
  const grace = `${Math.round(uploadMs / 12)} milliseconds`;
  const due = await onEach(
    shards,
    failures,
    (db) => db.$queryRaw<{ media_id: string }[]>`
      select m.media_id from media m
      where m.status = 'AWAITING_UPLOAD' and m.deleted_at is null and m.upload_expires_at < now() - ${grace}::text::interval
        and exists (select from bucket_owner o where o.bucket = bucket_of(m.media_id) and o.open)
      order by m.upload_expires_at limit ${BATCH}::int`,
  );
  for (const mediaId of due) await store.reject(mediaId, 'AWAITING_UPLOAD', 'UPLOAD_EXPIRED');
  return due.length;
}

/** Bytes first: a row whose bytes are gone is known to be done with. A day later it goes, and whatever came after it. */
async function purgeOnce({ shards, objects }: ExpireUploadsDeps, failures: unknown[]): Promise<number> {
  const due = await onEach(
    shards,
    failures,
    (db) => db.$queryRaw<{ media_id: string }[]>`
      select m.media_id from media m
      where m.deleted_at is not null and (m.purged_at is null
          or greatest(m.deleted_at, m.created_at) < now() - interval '1 day')
        and exists (select from bucket_owner o where o.bucket = bucket_of(m.media_id) and o.open)
      order by m.deleted_at limit ${BATCH}::int`,
  );
  for (const mediaId of due) {
    await deleteObjects(objects, mediaId);
    await shards.on(mediaId, ({ db }) => db.$executeRaw`select purge_media(array[${mediaId}::uuid])`);
  }
  return due.length;
}

/**
 * A message is stored a moment after it has asked for what it carries, and that may be rejected in this moment: so the messages
 * of what was rejected are looked for again, for as long as one may be on its way, and more.
 */
async function failLate(deps: ExpireUploadsDeps, failures: unknown[]): Promise<void> {
  const lately = await onEach(
    deps.shards,
    failures,
    (db) => db.$queryRaw<{ media_id: string }[]>`
      select m.media_id from media m
      where m.status = 'REJECTED' and m.deleted_at is null and m.attached_at is not null
        and m.changed_at > now() - interval '10 minutes'
        and exists (select from bucket_owner o where o.bucket = bucket_of(m.media_id))`,
  );
  for (const mediaId of lately) await failCarriers(mediaId, deps);
}

/** Deletes what was put and belongs to no upload that anybody waits for: put after it was looked at, or after its time. */
export function sweepUploads({
  store,
  objects,
  uploadMs,
}: Pick<ExpireUploadsDeps, 'store' | 'objects' | 'uploadMs'>): Job {
  return defineJob({
    name: 'sweep-uploads',
    everyMs: SWEEP_EVERY_MS,
    run: async (signal) => {
      const before = Date.now() - 2 * uploadMs;
      let batch: string[] = [];
      const sweep = async () => {
        const ids = batch.flatMap((key) => mediaKeys.uploadedBy(key) ?? []);
        const rows = await store.byIds(ids);
        const isWaitedFor = (key: string) =>
          ['AWAITING_UPLOAD', 'PROCESSING'].includes(rows.get(mediaKeys.uploadedBy(key) ?? '')?.status ?? '');
        await objects.delete(batch.filter((key) => !isWaitedFor(key)));
        batch = [];
      };
      for await (const { key, modifiedAt } of objects.list(mediaKeys.uploads)) {
        if (signal.aborted) return;
        if (modifiedAt.getTime() < before) batch.push(key);
        if (batch.length === BATCH) await sweep();
      }
      if (batch.length > 0) await sweep();
    },
  });
}

async function onEach(
  shards: Shards,
  failures: unknown[],
  read: (db: ShardClient) => PromiseLike<{ media_id: string }[]>,
): Promise<string[]> {
  const answers = await Promise.allSettled(shards.all.map(async ({ db }) => read(db)));
  return answers.flatMap((answer) => {
    if (answer.status === 'fulfilled') return answer.value.map(({ media_id }) => media_id);
    failures.push(answer.reason);
    return [];
  });
}
