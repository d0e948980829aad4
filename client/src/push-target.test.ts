import { expect, test } from '@jest/globals';
import { Refused } from './errors.js';
import { PushTarget } from './push-target.js';
import type { SessionState } from './session/session.js';
import { memoryStorage } from './storage/memory.js';
import type { Requests } from './transport/requests.js';

const address = (endpoint: string) => ({ webPush: { endpoint, p256dh: 'p', auth: 'a' } });
const DAY = 86_400_000;

/** A device of Ann's, and what it has asked of the server. */
function annsDevice() {
  const asked: string[] = [];
  const storage = memoryStorage();
  const device = { id: 'dev_1', now: 1_000_000, fails: null as Error | null };
  const mutate = async (document: unknown, { input }: { input: object }) => {
    const name = /mutation (\w+)/.exec(String(document))![1]!;
    const [value] = Object.values(input) as ({ endpoint: string } | string)[];
    asked.push(`${name} ${typeof value === 'string' ? value : value!.endpoint}`);
    if (device.fails) throw device.fails;
    return { pushTarget: { id: `tgt_${asked.length}` } };
  };
  const state = () => ({ status: 'signedIn', userId: 'usr_1', deviceId: device.id }) as SessionState;
  const target = new PushTarget({
    storage,
    userId: 'usr_1',
    requests: { mutate: mutate as unknown as Requests['mutate'] },
    session: { state: { get: state, subscribe: () => () => undefined } },
    environment: { now: () => device.now },
  });
  return { asked, device, storage, target };
}

test('an address is told once, again when it is another, and once a day', async () => {
  const { asked, device, target } = annsDevice();
  expect(await target.isWanted()).toBe(false);
  await target.register(address('one'));
  await target.register(address('one'));
  expect(asked).toEqual(['RegisterPushTarget one']);
  await target.register(address('two'));
  device.now += DAY;
  await target.register(address('two'));
  expect(asked).toEqual(['RegisterPushTarget one', 'RegisterPushTarget two', 'RegisterPushTarget two']);
  expect(await target.isWanted()).toBe(true);
});

test('an address that no answer came for is wanted, and told again at the next start', async () => {
  const { asked, device, target } = annsDevice();
  device.fails = new Error('no answer');
  await expect(target.register(address('one'))).rejects.toThrow('no answer');
  expect(await target.isWanted()).toBe(true);
  device.fails = null;
  await target.register(address('one'));
  expect(asked).toHaveLength(2);
});

test('removing it tells the server which, and a target that is gone is removed', async () => {
  const { asked, device, target } = annsDevice();
  await target.register(address('one'));
  device.fails = new Refused([{ code: 'NOT_FOUND', message: 'Gone.', path: [], retryAt: null }]);
  await target.remove();
  expect(asked.at(-1)).toBe('RemovePushTarget tgt_1');
  expect(await target.isWanted()).toBe(false);
  await target.remove();
  expect(asked).toHaveLength(2);
});

test('what a session before has left is not this one’s', async () => {
  const { device, target } = annsDevice();
  await target.register(address('one'));
  device.id = 'dev_2';
  expect(await target.isWanted()).toBe(false);
});
