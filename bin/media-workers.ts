import { Fault } from '../platform/errors/errors.js';
import type { MediaInspection } from '../platform/media-inspection/port.js';
import type { ObjectStore } from '../platform/object-store/port.js';
import type { VirusScan } from '../platform/virus-scan/port.js';
import { createBreaker, eachOf, type Breaker } from '../platform/worker/breaker.js';
import type { Job } from '../platform/worker/define-job.js';
import type { Worker } from '../platform/worker/define-worker.js';
import { LinkStore } from '../subgraphs/media/link-store.js';
import { MediaStore } from '../subgraphs/media/store.js';
import { markFailed } from '../subgraphs/messages/failure-store.js';
import { eraseMedia } from '../workers/erase-media.js';
import { expireUploads, sweepUploads } from '../workers/expire-uploads.js';
import { processMedia } from '../workers/process-media.js';
import { settleMedia } from '../workers/settle-media.js';
import { TempFolders } from '../workers/temp-folders.js';
import type { WorkerName } from './processes.js';
import type { WorkerContext } from './worker-context.js';

/** The workers and jobs of media. What only one of them needs is opened where that one runs. */
export async function makeMediaWorkers(
  names: ReadonlySet<WorkerName>,
  { config, adapters, log, registry }: WorkerContext,
): Promise<{ workers: Worker[]; jobs: Job[] }> {
  const [shards, pubsub, stored] = await Promise.all([adapters.shards(), adapters.pubsub(), adapters.objectStore()]);
  const breakerOf = (name: string) => createBreaker({ name, isFailure: isOut, log, registry });
  const storeBreaker = breakerOf('object-store');
  const objects = heldBack(stored, storeBreaker);
  const store = new MediaStore(shards);
  const links = new LinkStore(shards);
  const messages = {
    carriers: (mediaId: string) => links.carriers(mediaId),
    markFailed: (conversationId: string, seq: number) => markFailed({ shards, pubsub }, conversationId, seq),
  };
  const uploadMs = config.media.uploadSeconds * 1_000;
  const workers = [
    settleMedia({ ...messages, objects, pubsub, breaker: eachOf([storeBreaker]) }),
    eraseMedia({ shards, store, carried: (mediaIds) => links.carried(mediaIds) }),
  ];
  if (names.has('process-media')) {
    const [scanBreaker, inspectionBreaker] = [breakerOf('virus-scan'), breakerOf('media-inspection')];
    workers.push(
      processMedia({
        ...{ store, objects, pubsub, log, registry },
        virusScan: scanning(await adapters.virusScan(), scanBreaker),
        inspection: inspecting(await adapters.mediaInspection(), inspectionBreaker),
        folders: new TempFolders(config.media.tempDir),
        breaker: eachOf([storeBreaker, scanBreaker, inspectionBreaker]),
      }),
    );
  }
  return {
    workers,
    jobs: [
      expireUploads({ ...messages, shards, store, objects, uploadMs }),
      sweepUploads({ store, objects, uploadMs }),
    ],
  };
}

/** Whether an error says that the store, the scanner or what inspects is away. */
export const isOut = (error: unknown): boolean => error instanceof Fault && error.code === 'UNAVAILABLE';

function heldBack(objects: ObjectStore, breaker: Breaker): Pick<ObjectStore, 'read' | 'write' | 'delete' | 'list'> {
  return {
    read: (...args) => breaker.call(() => objects.read(...args)),
    write: (...args) => breaker.call(() => objects.write(...args)),
    delete: (keys) => breaker.call(() => objects.delete(keys)),
    list: (prefix) => objects.list(prefix),
  };
}

const scanning = (scan: VirusScan, breaker: Breaker): Pick<VirusScan, 'scan'> => ({
  scan: (bytes) => breaker.call(() => scan.scan(bytes)),
});

const inspecting = (inspection: MediaInspection, breaker: Breaker): Pick<MediaInspection, 'inspect'> => ({
  inspect: (...args) => breaker.call(() => inspection.inspect(...args)),
});
