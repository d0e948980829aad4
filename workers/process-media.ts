import { createReadStream } from 'node:fs';
import { Histogram, type Registry } from 'prom-client';
import type { ObjectStore } from '../platform/object-store/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Log } from '../platform/telemetry/log.js';
import type { Breaker } from '../platform/worker/breaker.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { mediaChannels } from '../schema/media.js';
import type { MediaStore } from '../subgraphs/media/store.js';
import { examineUpload, type Examiners } from './examine-upload.js';
import type { TempFolders } from './temp-folders.js';

/** Uploads that one process looks at side by side: each may take a CPU and its size on the disk. */
const AT_ONCE = 2;
const [SECOND, MINUTE] = [1_000, 60_000];

export interface ProcessMediaDeps extends Examiners {
  store: Pick<MediaStore, 'byId' | 'ready' | 'reject'>;
  objects: Pick<ObjectStore, 'read' | 'write' | 'delete'>;
  pubsub: PubSub;
  folders: TempFolders;
  /** Of the store, the scanner and what inspects. */
  breaker: Breaker;
  log: Log;
  registry?: Registry;
  /** Pauses before an upload that could not be looked at is looked at again; then it is rejected. */
  parkedMs?: readonly number[];
}

/**
 * Looks at what was uploaded: scanned, inspected, and copied to where it is handed out from, it is READY; else it is REJECTED.
 * Everything can be done again: the same bytes go under the same keys, and only one run decides. Until that decision there is
 * no link to any of it.
 */
export function processMedia(deps: ProcessMediaDeps): Worker {
  const { store, objects, pubsub, folders, log } = deps;
  const took = processingSeconds(deps.registry);
  const tell = (mediaId: string) => pubsub.publish(mediaChannels.media(mediaId), '').catch(() => undefined); // looked for as well
  return defineWorker({
    name: 'process-media',
    events: ['MediaUploaded'],
    within: 200,
    concurrency: AT_ONCE,
    anyOrder: true,
    breaker: deps.breaker,
    retry: { attemptMs: 15 * MINUTE, parkedMs: deps.parkedMs ?? [SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE] },
    handle: ({ mediaId, at }, signal) =>
      folders.with(async (folder) => {
        const media = await store.byId(mediaId);
        if (media?.status !== 'PROCESSING') return;
        const examined = await examineUpload(media, folder, deps, signal);
        if (examined.kind === 'rejected') {
          log.info({ mediaId, rejection: examined.rejection, why: examined.why }, 'an upload was rejected');
          await store.reject(mediaId, 'PROCESSING', examined.rejection);
        } else {
          for (const { key, path, contentType, size } of examined.served)
            await objects.write(key, createReadStream(path), { contentType, size });
          signal.throwIfAborted();
          // Nobody waits for it where its owner has deleted it meanwhile.
          if (!(await store.ready(mediaId, examined.found)) && (await store.byId(mediaId)) === null)
            await objects.delete(examined.served.map(({ key }) => key));
        }
        took.observe({ outcome: examined.kind }, (Date.now() - Date.parse(at)) / 1_000);
        await tell(mediaId);
      }),
    // Whatever it is, it is nothing that can be looked at.
    onDead: async ({ mediaId }, error) => {
      log.warn({ mediaId, err: error }, 'an upload could not be looked at; it is rejected');
      await store.reject(mediaId, 'PROCESSING', 'CORRUPT');
      await tell(mediaId);
    },
  });
}

function processingSeconds(registry: Registry | undefined): Histogram<'outcome'> {
  const name = 'media_processing_seconds';
  return (
    (registry?.getSingleMetric(name) as Histogram<'outcome'> | undefined) ??
    new Histogram({
      name,
      help: 'From the end of an upload to its being READY or REJECTED',
      labelNames: ['outcome'],
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600],
      registers: registry ? [registry] : [],
    })
  );
}
