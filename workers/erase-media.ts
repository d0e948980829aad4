import type { Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import type { MediaStore } from '../subgraphs/media/store.js';

const PAGE = 100;

export interface EraseMediaDeps {
  shards: Shards;
  store: Pick<MediaStore, 'uploadsOf' | 'hold' | 'release' | 'delete'>;
  /** Of some media, those that a message carries. */
  carried: (mediaIds: readonly string[]) => Promise<Set<string>>;
}

/**
 * What becomes of the uploads of somebody who deleted their account: all go where they wished their messages erased, also from
 * messages of others; else those that no message carries. Their bytes go with the next run of expire-uploads.
 */
export function eraseMedia({ shards, store, carried }: EraseMediaDeps): Worker {
  return defineWorker({
    name: 'erase-media',
    events: ['UserDeleted'],
    concurrency: 2,
    handle: async ({ userId, eraseMessages: isWished }) => {
      if (isWished) {
        await shards.on(userId, ({ db }) => db.$executeRaw`select erase_media(${userId}::uuid)`);
        return;
      }
      for (let last: string | null = null; ;) {
        const page: string[] = (await store.uploadsOf(userId, last, PAGE)).map(({ mediaId }) => mediaId);
        for (const mediaId of page) {
          if (!(await store.hold(mediaId))) throw new Error('a message may be about to carry an upload');
          if ((await carried([mediaId])).has(mediaId)) await store.release(mediaId);
          else await store.delete(mediaId);
        }
        if (page.length < PAGE) return;
        last = page.at(-1)!;
      }
    },
  });
}
