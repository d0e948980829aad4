import { channels, keys, type Revocation } from '../../schema/live.js';
import { growingLru } from '../cache/growing-lru.js';
import type { Ephemeral } from '../ephemeral/port.js';
import type { PubSub, Unsubscribe } from '../pubsub/port.js';

/** For how long this process trusts that a device is signed in when nobody says otherwise, ms. */
const TRUST = 5 * 60_000;

/**
 * Whether a device is still signed in. The directory is the truth; a revocation is heard of at once through pubsub, and
 * one that got lost there is found in the ephemeral store. An ephemeral store that forgot (a restart) costs nothing: a
 * fresh process trusts nobody yet.
 */
export class SignedInDevices {
  private readonly trusted = growingLru<true>(100_000, TRUST);
  private readonly loading = new Map<string, Promise<boolean>>();
  /** Moved by each revocation: an answer that was on its way meanwhile is not remembered. */
  private revocations = 0;
  private unsubscribe: Unsubscribe = async () => undefined;

  private constructor(
    private readonly ephemeral: Ephemeral,
    /** Those of the given devices that are signed in. */
    private readonly load: (deviceIds: string[]) => Promise<Set<string>>,
  ) {}

  /** Resolves once revocations from now on will be heard. */
  static async open(deps: {
    ephemeral: Ephemeral;
    pubsub: PubSub;
    load: (deviceIds: string[]) => Promise<Set<string>>;
  }): Promise<SignedInDevices> {
    const devices = new SignedInDevices(deps.ephemeral, deps.load);
    devices.unsubscribe = await deps.pubsub.subscribe(
      channels.revocations,
      (message) => devices.forget((JSON.parse(message) as Revocation).deviceIds),
      () => devices.forgetAll(),
    );
    return devices;
  }

  /** False for a device that is signed out or was never there. Throws when neither store can be asked. */
  async check(deviceId: string): Promise<boolean> {
    const revoked = await this.ephemeral.get(keys.revokedDevice(deviceId)).catch(() => 'unreachable');
    if (revoked === 'unreachable') return this.ask(deviceId);
    if (revoked !== null) return false;
    return this.trusted.has(deviceId) || this.ask(deviceId);
  }

  async close(): Promise<void> {
    await this.unsubscribe();
  }

  private ask(deviceId: string): Promise<boolean> {
    const running = this.loading.get(deviceId);
    if (running) return running;
    const answer = this.askDirectory(deviceId).finally(() => {
      if (this.loading.get(deviceId) === answer) this.loading.delete(deviceId);
    });
    this.loading.set(deviceId, answer);
    return answer;
  }

  private async askDirectory(deviceId: string): Promise<boolean> {
    const before = this.revocations;
    const isSignedIn = (await this.load([deviceId])).has(deviceId);
    if (isSignedIn && before === this.revocations) this.trusted.set(deviceId, true);
    return isSignedIn;
  }

  private forget(deviceIds: string[]): void {
    this.revocations++;
    for (const deviceId of deviceIds) {
      this.trusted.delete(deviceId);
      this.loading.delete(deviceId);
    }
  }

  private forgetAll(): void {
    this.revocations++;
    this.trusted.clear();
    this.loading.clear();
  }
}
