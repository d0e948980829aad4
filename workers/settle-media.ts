import type { ObjectStore } from '../platform/object-store/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Breaker } from '../platform/worker/breaker.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { mediaChannels, mediaKeys } from '../schema/media.js';
import { deleteObjects } from './media-objects.js';

export interface FailCarriers {
  /** The messages that carry a media and have not failed. */
  carriers: (mediaId: string) => Promise<{ conversationId: string; seq: number }[]>;
  markFailed: (conversationId: string, seq: number) => Promise<unknown>;
}
export interface SettleMediaDeps extends FailCarriers {
  objects: Pick<ObjectStore, 'delete' | 'list'>;
  pubsub: PubSub;
  /** Of the store. */
  breaker: Breaker;
}

/** What follows once an upload was looked at: it is told, messages with what was rejected fail, and bytes of no use go. */
export function settleMedia({ objects, pubsub, breaker, ...messages }: SettleMediaDeps): Worker {
  return defineWorker({
    name: 'settle-media',
    events: ['MediaReady', 'MediaRejected'],
    within: 200,
    concurrency: 4,
    anyOrder: true,
    breaker,
    handle: async ({ type, mediaId }) => {
      await pubsub.publish(mediaChannels.media(mediaId), '').catch(() => undefined); // looked for as well
      if (type === 'MediaReady') return objects.delete([mediaKeys.upload(mediaId)]);
      await failCarriers(mediaId, messages);
      await deleteObjects(objects, mediaId);
    },
  });
}

/** Messages that carry it turn FAILED. A message that is stored later is found by the job that looks again. */
export async function failCarriers(mediaId: string, { carriers, markFailed }: FailCarriers): Promise<void> {
  for (const { conversationId, seq } of await carriers(mediaId)) await markFailed(conversationId, seq);
}
