import type { Shards } from '../platform/shards/shards.js';
import { defineJob, type Job } from '../platform/worker/define-job.js';

/** Bounds how many heads one transaction locks, and how many events it tells. */
const BATCH = 100;
/** Reads take a message for gone at its very instant; this is how long live streams may be behind that. */
const EVERY_MS = 1_000;

/**
 * Makes tombstones of messages whose time is up: a batch on each shard. Returns how many there were; where there were some,
 * there may be more. Two at once share the work. Throws when a shard fails, after the others have done theirs.
 */
export async function expireOnce(shards: Shards): Promise<number> {
  const counts = await Promise.allSettled(
    shards.all.map(async ({ db }) => {
      const rows = await db.$queryRaw<{ expired: number }[]>`select expire_messages(${BATCH}::int) as expired`;
      return rows[0]?.expired ?? 0;
    }),
  );
  let total = 0;
  for (const count of counts) {
    if (count.status === 'rejected') throw count.reason;
    total += count.value;
  }
  return total;
}

export function expireMessages({ shards }: { shards: Shards }): Job {
  return defineJob({
    name: 'expire-messages',
    everyMs: EVERY_MS,
    run: async (signal) => {
      while (!signal.aborted && (await expireOnce(shards)) > 0);
    },
  });
}
