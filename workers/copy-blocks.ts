import { directPlace } from '../platform/ids/direct-key.js';
import type { Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';

/**
 * Copies blocks from the directory to the conversation of the two people, where a send checks them without asking anybody
 * else. What is older than what was copied changes nothing, so events may come again and in any order.
 */
export function copyBlocks({ shards }: { shards: Shards }): Worker {
  return defineWorker({
    name: 'copy-blocks',
    events: ['UserBlocked', 'UserUnblocked'],
    concurrency: 8,
    anyOrder: true,
    handle: async ({ type, userId, blockedUserId, blockVersion }) => {
      const { place, key } = directPlace(userId, blockedUserId);
      const isBlocked = type === 'UserBlocked';
      await shards.on(
        place,
        ({ db }) => db.$queryRaw`
        select copy_block(${place}::uuid, ${key}, ${userId}::uuid, ${isBlocked}, ${blockVersion}::bigint)::text`,
      );
    },
  });
}
