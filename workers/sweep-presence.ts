import type { Presences } from '../platform/ephemeral/presence-port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import { presenceChannels } from '../schema/presence.js';
import type { PresenceStore } from '../subgraphs/presence/store.js';

/** How often to sweep, ms. */
export const SWEEP_MS = 250;
const PEOPLE_PER_SWEEP = 2_000;

export interface SweepPresenceDeps {
  presences: Presences;
  store: Pick<PresenceStore, 'arrive' | 'leave'>;
  pubsub: PubSub;
}

/**
 * Tells what time has changed: who is offline because their devices are gone, and changes that waited for their second to
 * pass. Dies at any point without harm: what was not published is found by the hubs' comparison, and who has gone is
 * handed out again until the database has it. True when there may be more.
 */
export async function sweepPresence({ presences, store, pubsub }: SweepPresenceDeps): Promise<boolean> {
  const { updates, online, offline, hasMore } = await presences.sweep(PEOPLE_PER_SWEEP);
  await Promise.allSettled(
    updates.map((update) => pubsub.publish(presenceChannels.person(update.userId), JSON.stringify(update))),
  );
  const back = [...online];
  if (offline.length > 0) {
    await store.leave(offline);
    for (const { userId, number } of offline) if (!(await presences.recorded(userId, number))) back.push(userId);
  }
  if (back.length > 0) await store.arrive(back);
  return hasMore;
}
