import type { Shards } from '../platform/shards/shards.js';
import type { Log } from '../platform/telemetry/log.js';
import { startLoop, type Loop } from '../platform/worker/loop.js';

/** Bounds how many heads one transaction locks, and how many events it tells. */
const BATCH = 100;
/** Reads take a message for gone at its very instant; this is how long live streams may be behind that. */
const POLL_MS = 1_000;

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

export function startExpireMessages({ shards, log }: { shards: Shards; log: Log }): Loop {
  return startLoop({
    name: 'expire-messages',
    turn: async () => (await expireOnce(shards)) > 0,
    pollMs: POLL_MS,
    log,
  });
}
