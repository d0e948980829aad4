import { expect, test } from '@jest/globals';
import { EmbeddedEphemeral } from '../platform/ephemeral/embedded.js';
import { newUuid } from '../platform/ids/ids.js';
import { EmbeddedPubSub } from '../platform/pubsub/embedded.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { topics } from '../schema/events.js';
import { channels, keys } from '../schema/live.js';
import { waitFor } from '../tests/wait-for.js';
import { revokeDevices } from './revoke-devices.js';

test('a signed-out device is refused and its sockets are told, however often the event comes', async () => {
  const [pubsub, ephemeral, log] = [new EmbeddedPubSub(), new EmbeddedEphemeral(), new MemoryEventLog()];
  const told: unknown[] = [];
  await pubsub.subscribe(
    channels.revocations,
    (message) => told.push(JSON.parse(message)),
    () => undefined,
  );
  await revokeDevices({ ephemeral, pubsub }).start({ eventLog: log, log: silentLog() });

  const [userId, deviceId] = [newUuid(0), newUuid(0)];
  const event = {
    type: 'DeviceSignedOut',
    version: 1,
    id: newUuid(0),
    at: new Date().toISOString(),
    traceparent: null,
    userId,
    deviceId,
  };
  const record = { topic: topics.user, key: userId, value: JSON.stringify(event) };
  await log.append([record, record]);
  await log.handOver();

  expect(await ephemeral.get(keys.revokedDevice(deviceId))).toBe('1');
  await waitFor('both are told', () => told.length === 2);
  expect(told).toEqual([
    { userId, deviceIds: [deviceId] },
    { userId, deviceIds: [deviceId] },
  ]);
  await Promise.all([pubsub.close(), ephemeral.close()]);
});
