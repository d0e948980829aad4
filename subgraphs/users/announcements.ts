import { ACCESS_TOKEN_LIFE } from '../../platform/auth/access-token.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import { channels, keys, type Revocation } from '../../schema/live.js';

/** For how long a revoked device is remembered: the life of its last access token, and a minute for clocks, ms. */
const REVOKED_FOR = ACCESS_TOKEN_LIFE + 60_000;

/**
 * What other processes are told right after a commit. None of it may fail the request: the relay polls the outbox anyway,
 * and the worker revoke-devices repeats each revocation from the event log.
 */
export class Announcements {
  constructor(
    private readonly pubsub: PubSub,
    private readonly ephemeral: Ephemeral,
  ) {}

  /** The directory's outbox has news for the relay. */
  outboxHasNews(): void {
    this.pubsub.publish(channels.outbox('directory'), '').catch(() => undefined);
  }

  /** Access tokens of these devices are refused from now on, and their sockets close. */
  async revoked(userId: string, deviceIds: string[]): Promise<void> {
    if (deviceIds.length === 0) return;
    const revocation: Revocation = { userId, deviceIds };
    await Promise.allSettled(deviceIds.map((id) => this.ephemeral.set(keys.revokedDevice(id), '1', REVOKED_FOR)));
    await this.pubsub.publish(channels.revocations, JSON.stringify(revocation)).catch(() => undefined);
  }
}
