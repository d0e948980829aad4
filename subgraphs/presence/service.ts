import DataLoader from 'dataloader';
import type { Person } from '../../platform/auth/caller.js';
import type { Intent, Presences, Seed, Touch, Touched } from '../../platform/ephemeral/presence-port.js';
import { Fault } from '../../platform/errors/errors.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Log } from '../../platform/telemetry/log.js';
import { presenceChannels, type PersonState } from '../../schema/presence.js';
import type { PresenceStore, StoredPresence } from './store.js';

/** A socket is pinged every 15 s: two pings may be lost. */
const SOCKET_MS = 45_000;
const HEARTBEAT_MS = 60_000;
/** A store that lost everything knows by then who is still there. */
const KNOWN_AGAIN_MS = 15_000;

type Device = Pick<Person, 'userId' | 'deviceId'>;

export interface PresenceServiceDeps {
  presences: Presences;
  store: PresenceStore;
  pubsub: PubSub;
  log: Log;
  now?: () => number;
}

/** Who is online: what devices do, and how people appear. Whether a viewer may see that is the matter of Visibility. */
export class PresenceService {
  private readonly arrivals: DataLoader<string, Seed | null>;
  private readonly now: () => number;

  constructor(private readonly deps: PresenceServiceDeps) {
    this.now = deps.now ?? Date.now;
    this.arrivals = new DataLoader(
      async (userIds) => {
        const seeds = await deps.store.arrive([...new Set(userIds)]);
        return userIds.map((userId) => seeds.get(userId) ?? null);
      },
      { cache: false, maxBatchSize: 1_000 },
    );
  }

  /** A socket of the device has opened, or has answered a ping. `source` names the router. */
  async socketLives({ userId, deviceId }: Device, source: string): Promise<void> {
    await this.touch({ userId, deviceId, source, ttlMs: SOCKET_MS });
  }

  /** The router has no socket of the device any more. */
  async socketsGone({ userId, deviceId }: Device, source: string): Promise<void> {
    await this.deps.presences.release(userId, deviceId, source);
  }

  async heartbeat({ userId, deviceId }: Device): Promise<void> {
    await this.touch({ userId, deviceId, source: 'request', ttlMs: HEARTBEAT_MS });
  }

  /** The database first: whoever wants to be invisible stays so when the store is lost. */
  async set({ userId, deviceId }: Device, intent: Intent): Promise<void> {
    const { store } = this.deps;
    if (intent === 'INVISIBLE') await store.hide(userId);
    const touch: Touch = { userId, deviceId, source: 'request', ttlMs: HEARTBEAT_MS, unlessAlive: true, intent };
    const { wantsReveal } = await this.touch(touch);
    if (!wantsReveal) return;
    await store.reveal(userId);
    await this.touch({ ...touch, reveal: true });
  }

  /** One entry for each; null while it cannot be told yet whether they are still there. */
  async states(userIds: readonly string[]): Promise<Map<string, PersonState | null>> {
    const { presences, store } = this.deps;
    const states: Map<string, PersonState | null> = await this.recent(userIds);
    const others = userIds.filter((userId) => !states.has(userId));
    if (others.length === 0) return states;
    const [rows, since] = await Promise.all([store.byIds(others), presences.since()]);
    const isKnownAgain = this.now() >= since + KNOWN_AGAIN_MS;
    for (const userId of others) {
      const row = rows.get(userId);
      states.set(userId, row?.onlineAt && !isKnownAgain ? null : offline(row, since));
    }
    return states;
  }

  /** As `states`, of those whom the store knows. */
  async recent(userIds: readonly string[]): Promise<Map<string, PersonState>> {
    const read = await this.deps.presences.read(userIds);
    return new Map(userIds.flatMap((userId, index) => (read[index] ? [[userId, read[index]] as const] : [])));
  }

  private async touch(touch: Touch): Promise<Touched> {
    const { presences, store, log } = this.deps;
    let touched = await presences.touch(touch);
    if (touched === 'unknown') {
      const seed = await this.arrivals.load(touch.userId);
      if (!seed) throw new Fault('UNAUTHENTICATED', 'This account is gone.');
      touched = await presences.touch({ ...touch, seed });
      if (touched === 'unknown') throw new Error('a touch with a seed was refused');
    }
    if (touched.update) await this.publish(touched.update);
    if (touched.isBack)
      await store
        .arrive([touch.userId])
        .catch((error: unknown) => log.warn({ err: error }, 'presence: an arrival was not recorded'));
    return touched;
  }

  private async publish(update: NonNullable<Touched['update']>): Promise<void> {
    const { pubsub, log } = this.deps;
    await pubsub
      .publish(presenceChannels.person(update.userId), JSON.stringify(update))
      .catch((error: unknown) => log.warn({ err: error }, 'presence: a change was not published'));
  }
}

/** Its number is below all that the store gives out. */
function offline(row: StoredPresence | undefined, since: number): PersonState {
  const times = [row?.lastSeenAt, row?.onlineAt].flatMap((time) => (time ? [time.getTime()] : []));
  return { status: 'OFFLINE', lastSeenAt: times.length > 0 ? Math.max(...times) : null, number: since };
}
