import type { Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';

/** Removes messages that moderators decided against: for everyone, as their sender's own deletion would. */
export function removeReported({ shards }: { shards: Shards }): Worker {
  return defineWorker({
    name: 'remove-reported',
    events: ['ReportResolved'],
    concurrency: 2,
    handle: async ({ resolution, subject: { kind, id } }) => {
      if (resolution === 'CONTENT_REMOVED' && kind === 'message')
        await shards.on(id, ({ db }) => db.$executeRaw`select remove_message(${id}::uuid)`);
    },
  });
}
