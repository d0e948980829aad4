import { expect, test } from '@jest/globals';
import { keys } from '../../schema/live.js';
import type { Ephemeral } from '../ephemeral/port.js';
import type { PubSub } from '../pubsub/port.js';
import { SignedInDevices } from './devices.js';

/** The stores as the test wants them, and a count of what the directory was asked. */
async function open() {
  const live = new Set(['d1', 'd2']);
  const store = new Map<string, string>();
  const stub = { asked: 0, isDown: false, gate: Promise.resolve(), message: (_: string) => {}, gap: () => {} };
  const devices = await SignedInDevices.open({
    ephemeral: {
      get: async (key: string) => {
        if (stub.isDown) throw new Error('unreachable');
        return store.get(key) ?? null;
      },
    } as Ephemeral,
    pubsub: {
      subscribe: async (_channel, onMessage, onGap) => {
        Object.assign(stub, { message: onMessage, gap: onGap });
        return async () => undefined;
      },
    } as PubSub,
    load: async (ids) => {
      stub.asked++;
      const answer = new Set(ids.filter((id) => live.has(id)));
      await stub.gate;
      return answer;
    },
  });
  return {
    devices,
    live,
    store,
    stub,
    revoke: (id: string) => stub.message(JSON.stringify({ userId: 'u', deviceIds: [id] })),
  };
}

test('asks the directory once, and never remembers a no', async () => {
  const { devices, live, stub } = await open();
  expect(await Promise.all([devices.check('d1'), devices.check('d1')])).toEqual([true, true]);
  expect(await devices.check('d1')).toBe(true);
  expect(stub.asked).toBe(1);
  expect(await devices.check('d3')).toBe(false);
  live.add('d3');
  expect(await devices.check('d3')).toBe(true);
});

test('a revocation that pubsub lost is found in the ephemeral store', async () => {
  const { devices, store } = await open();
  expect(await devices.check('d1')).toBe(true);
  store.set(keys.revokedDevice('d1'), '1');
  expect(await devices.check('d1')).toBe(false);
});

test('a revocation that the ephemeral store forgot is found in the directory', async () => {
  const { devices, live, revoke, stub } = await open();
  await Promise.all([devices.check('d1'), devices.check('d2')]);
  live.clear();
  revoke('d1');
  expect([await devices.check('d1'), await devices.check('d2')]).toEqual([false, true]);
  stub.gap();
  expect(await devices.check('d2')).toBe(false);
});

test('an answer that a revocation overtook is not remembered', async () => {
  const { devices, live, revoke, stub } = await open();
  let openGate = () => {};
  stub.gate = new Promise((resolve) => (openGate = resolve));
  const early = devices.check('d1');
  await Promise.resolve();
  await Promise.resolve();
  live.delete('d1');
  revoke('d1');
  openGate();
  await early;
  expect(await devices.check('d1')).toBe(false);
});

test('with the ephemeral store down the directory decides each time', async () => {
  const { devices, live, stub } = await open();
  stub.isDown = true;
  expect(await devices.check('d1')).toBe(true);
  live.delete('d1');
  expect(await devices.check('d1')).toBe(false);
});
