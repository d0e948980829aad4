import type { ShardClient } from '../platform/database/port.js';
import type { Shards } from '../platform/shards/shards.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';

/** Messages that one transaction erases: their conversation takes no others meanwhile. */
const BATCH = 100;
const CONVERSATIONS = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Erases everything that a person has written, where they wished so when they deleted their account. May be interrupted at
 * any point: a second run passes over what the first has done.
 */
export function eraseMessages({ shards }: { shards: Shards }): Worker {
  return defineWorker({
    name: 'erase-messages',
    events: ['UserDeleted'],
    concurrency: 2,
    handle: async ({ userId, eraseMessages: isWished }) => {
      if (!isWished) return;
      // Again, where buckets have moved meanwhile: to a shard that was done with already.
      for (let version: bigint | null = null; version !== shards.mapVersion;) {
        version = shards.mapVersion;
        await Promise.all(shards.all.map(({ db }) => eraseOn(db, userId)));
        await shards.refresh();
      }
    },
  });
}

async function eraseOn(db: ShardClient, userId: string): Promise<void> {
  for (let after: string | undefined = BEFORE_ALL; after !== undefined;) {
    const rows: { conversation_id: string }[] = await db.$queryRaw`
      select m.conversation_id from member m
      where m.user_id = ${userId}::uuid and m.conversation_id > ${after}::uuid
        and exists (select from bucket_owner o where o.bucket = bucket_of(m.conversation_id) and o.open)
      order by m.conversation_id limit ${CONVERSATIONS}::int`;
    for (const { conversation_id } of rows) await eraseIn(db, userId, conversation_id);
    after = rows.at(-1)?.conversation_id;
  }
}

async function eraseIn(db: ShardClient, userId: string, conversationId: string): Promise<void> {
  for (let after: string | null | undefined = ''; typeof after === 'string';) {
    const rows: { last: string | null }[] = await db.$queryRaw`
      select last from erase_messages(${userId}::uuid, ${conversationId}::uuid, ${after}::text, ${BATCH}::int)`;
    after = rows[0]?.last;
  }
}
