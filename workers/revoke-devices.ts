import type { Ephemeral } from '../platform/ephemeral/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { channels, keys, type Revocation } from '../schema/live.js';

/** Longer than an access token lives. */
const REVOKED_MS = 11 * 60_000;

/**
 * Ends the sessions of signed-out devices. The users subgraph does the same right after its commit; this makes sure of it
 * when the process dies in between.
 */
export function revokeDevices({ ephemeral, pubsub }: { ephemeral: Ephemeral; pubsub: PubSub }): Worker {
  return defineWorker({
    name: 'revoke-devices',
    events: ['DeviceSignedOut'],
    concurrency: 16,
    handle: async ({ userId, deviceId }) => {
      await ephemeral.set(keys.revokedDevice(deviceId), '1', REVOKED_MS);
      const revocation: Revocation = { userId, deviceIds: [deviceId] };
      await pubsub.publish(channels.revocations, JSON.stringify(revocation));
    },
  });
}
