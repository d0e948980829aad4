import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PresenceUpdate } from '../../schema/presence.js';
import {
  COALESCE_MS,
  CONFIRM_MS,
  OFFLINE_DELAY_MS,
  RECORD_MS,
  type Presences,
  type Swept,
  type Touch,
  type Touched,
} from './presence-port.js';

const TTL = 45_000;
const seed = { isInvisible: false, lastSeenAt: null };

/** What every adapter of the port does. `pass` lets so many ms go by, `now` says when it is. */
export function presencesContract(
  name: string,
  open: () => Promise<Presences>,
  { pass, now }: { pass: (ms: number) => Promise<void>; now: () => number },
): void {
  describe(`presences, ${name}`, () => {
    let store: Presences;
    let told: PresenceUpdate[];
    beforeEach(async () => {
      store = await open();
      told = [];
    });
    afterEach(() => store.close());

    async function touch(deviceId: string, more: Partial<Touch> = {}): Promise<Touched> {
      const touched = await store.touch({ userId: 'ann', deviceId, source: 'r1', ttlMs: TTL, seed, ...more });
      if (touched === 'unknown') throw new Error('unknown');
      if (touched.update) told.push(touched.update);
      return touched;
    }
    /** Lets time go by as a sweeper does that looks every 250 ms. */
    async function sweepFor(ms: number): Promise<Swept[]> {
      const all: Swept[] = [];
      for (let passed = 0; passed < ms; passed += 250) {
        await pass(250);
        const swept = await store.sweep(1_000);
        told.push(...swept.updates);
        all.push(swept);
      }
      return all;
    }
    const statuses = () => told.map(({ status }) => status);
    const shown = async (userId = 'ann') => (await store.read([userId]))[0] ?? null;

    test('does nothing for somebody unknown until it is given a seed', async () => {
      expect(await store.touch({ userId: 'ann', deviceId: 'phone', source: 'r1', ttlMs: TTL })).toBe('unknown');
      expect(await shown()).toBeNull();
      await touch('phone');
      expect(await store.touch({ userId: 'ann', deviceId: 'phone', source: 'r1', ttlMs: TTL })).not.toBe('unknown');
      expect(await shown()).toMatchObject({ status: 'ONLINE', lastSeenAt: null });
    });

    test('a thousand devices that connect at once are one change', async () => {
      await Promise.all(Array.from({ length: 1_000 }, (_, i) => touch(`d${i}`)));
      await sweepFor(3_000);
      expect(statuses()).toEqual(['ONLINE']);
    });

    test('is AWAY when all living devices are idle, ONLINE when any is not', async () => {
      await touch('phone');
      await touch('laptop');
      await sweepFor(COALESCE_MS);
      await touch('phone', { intent: 'AWAY' });
      expect(statuses()).toEqual(['ONLINE']);
      await touch('laptop', { intent: 'AWAY' });
      await sweepFor(COALESCE_MS);
      await touch('laptop');
      expect(statuses()).toEqual(['ONLINE', 'AWAY']);
      await touch('phone', { intent: 'ONLINE' });
      expect(statuses()).toEqual(['ONLINE', 'AWAY', 'ONLINE']);
      expect((await shown())?.number).toBe(told[2]?.number);
    });

    test('an idle device that goes leaves the others', async () => {
      await touch('laptop', { intent: 'AWAY' });
      await touch('phone', { ttlMs: 5_000 });
      await sweepFor(5_000 + OFFLINE_DELAY_MS - 500);
      expect(statuses()).toEqual(['AWAY', 'ONLINE']);
      await sweepFor(1_000);
      expect(statuses()).toEqual(['AWAY', 'ONLINE', 'AWAY']);
    });

    test('goes offline once, ten seconds after the last device expired, seen when it last gave a sign of life', async () => {
      const at = now();
      await touch('phone');
      await sweepFor(TTL + OFFLINE_DELAY_MS - 500);
      expect(statuses()).toEqual(['ONLINE']);
      await sweepFor(10_000);
      expect(statuses()).toEqual(['ONLINE', 'OFFLINE']);
      expect(told[1]?.lastSeenAt).toBe(at);
      expect(told[1]?.at).toBe(at + TTL + OFFLINE_DELAY_MS);
      expect(await shown()).toMatchObject({ status: 'OFFLINE', lastSeenAt: at });
    });

    test('goes offline ten seconds after the last source of a device is released, unless it comes back', async () => {
      await touch('phone');
      await touch('phone', { source: 'r2' });
      await store.release('ann', 'phone', 'r1');
      await sweepFor(30_000);
      await store.release('ann', 'phone', 'r2');
      await store.release('ann', 'phone', 'never');
      await sweepFor(OFFLINE_DELAY_MS - 1_000);
      await touch('phone', { source: 'r3' });
      await sweepFor(OFFLINE_DELAY_MS);
      expect(statuses()).toEqual(['ONLINE']);
      await store.release('ann', 'phone', 'r3');
      await sweepFor(OFFLINE_DELAY_MS + 250);
      expect(statuses()).toEqual(['ONLINE', 'OFFLINE']);
    });

    test('a device that is away stays so when its router restarts', async () => {
      await touch('phone', { intent: 'AWAY' });
      await store.release('ann', 'phone', 'r1');
      await sweepFor(5_000);
      await touch('phone', { source: 'r2' });
      await sweepFor(60_000);
      expect(statuses()).toEqual(['AWAY', 'OFFLINE']);
    });

    test('tells one person at most once a second, and then where things stand', async () => {
      await touch('phone');
      for (let i = 0; i < 40; i++) {
        await touch('phone', { intent: i % 2 === 0 ? 'AWAY' : 'ONLINE' });
        await sweepFor(250);
      }
      await touch('phone', { intent: 'AWAY' });
      await sweepFor(COALESCE_MS);
      expect(told.length).toBeLessThanOrEqual(12);
      expect(statuses().at(-1)).toBe('AWAY');
      const numbers = told.map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    });

    test('a change that is taken back within the second is not told', async () => {
      await touch('phone');
      await touch('phone', { intent: 'AWAY' });
      await touch('phone', { intent: 'ONLINE' });
      await sweepFor(3_000);
      expect(statuses()).toEqual(['ONLINE']);
    });

    test('who is invisible appears offline on all devices, from when they were last to be seen', async () => {
      await touch('phone');
      await sweepFor(5_000);
      const at = now();
      await touch('phone', { intent: 'INVISIBLE' });
      await sweepFor(5_000);
      await touch('laptop');
      await store.release('ann', 'phone', 'r1');
      await sweepFor(TTL);
      expect(await shown()).toMatchObject({ status: 'OFFLINE', lastSeenAt: at });
      await sweepFor(OFFLINE_DELAY_MS + 1_000);
      expect(statuses()).toEqual(['ONLINE', 'OFFLINE']);
    });

    test('coming back from idleness does not end invisibility; saying ONLINE does', async () => {
      await touch('phone', { intent: 'INVISIBLE' });
      await touch('phone', { intent: 'AWAY' });
      expect(await touch('phone', { intent: 'ONLINE' })).toMatchObject({ wantsReveal: false });
      expect(await touch('laptop', { intent: 'ONLINE' })).toMatchObject({ wantsReveal: false });
      await sweepFor(2_000);
      expect(statuses()).toEqual([]);
      expect(await touch('phone', { intent: 'ONLINE' })).toMatchObject({ wantsReveal: true, update: null });
      await touch('phone', { intent: 'ONLINE', reveal: true });
      expect(statuses()).toEqual(['ONLINE']);
    });

    test('who comes back invisibly is not told of, and looks like those who did not', async () => {
      expect(await touch('phone', { seed: { isInvisible: true, lastSeenAt: 7 } })).toMatchObject({ isBack: false });
      await sweepFor(2_000);
      expect(told).toEqual([]);
      expect(await shown()).toBeNull();
    });

    test('a touch that renews nothing where another source keeps the device alive', async () => {
      await touch('phone');
      await touch('phone', { source: 'request', ttlMs: 60_000, unlessAlive: true, intent: 'AWAY' });
      await store.release('ann', 'phone', 'r1');
      await sweepFor(OFFLINE_DELAY_MS + 500);
      expect(statuses().at(-1)).toBe('OFFLINE');
      await sweepFor(COALESCE_MS);
      await touch('laptop', { source: 'request', ttlMs: 60_000, unlessAlive: true });
      expect(statuses().at(-1)).toBe('ONLINE');
    });

    test('hands out who went until that is recorded, and says when they were back before', async () => {
      await touch('phone');
      await store.release('ann', 'phone', 'r1');
      const gone = (await sweepFor(OFFLINE_DELAY_MS + 250)).flatMap(({ offline }) => offline);
      expect(gone).toEqual([{ userId: 'ann', lastSeenAt: told[1]?.lastSeenAt, number: told[1]?.number }]);
      const again = (await sweepFor(RECORD_MS)).flatMap(({ offline }) => offline);
      expect(again.length).toBeGreaterThan(0);
      await touch('phone');
      expect(await store.recorded('ann', again[0]?.number ?? 0)).toBe(false);
      await store.release('ann', 'phone', 'r1');
      const [last] = (await sweepFor(OFFLINE_DELAY_MS + RECORD_MS)).flatMap(({ offline }) => offline);
      expect(await store.recorded('ann', last?.number ?? 0)).toBe(true);
      expect(await touch('phone')).toMatchObject({ isBack: true });
      expect(await touch('phone')).toMatchObject({ isBack: false });
    });

    test('forgets who has gone for a minute and is recorded', async () => {
      await touch('phone');
      await store.release('ann', 'phone', 'r1');
      await sweepFor(OFFLINE_DELAY_MS + 250);
      await store.recorded('ann', told[1]?.number ?? 0);
      await sweepFor(RECORD_MS - 1_000);
      expect(await shown()).not.toBeNull();
      const swept = await sweepFor(2_000);
      expect(await shown()).toBeNull();
      expect(swept.flatMap(({ offline }) => offline)).toEqual([]);
    });

    test('knows who has a device at hand: not idle, and not only about to go offline', async () => {
      await touch('phone');
      await touch('phone', { userId: 'bob', intent: 'AWAY' });
      await touch('phone', { userId: 'cleo', intent: 'INVISIBLE' });
      const awake = async () => [...(await store.awake(['bob', 'nobody', 'cleo', 'ann']))];
      expect(await awake()).toEqual(['cleo', 'ann']);
      await touch('tablet', { userId: 'bob' });
      await store.release('ann', 'phone', 'r1');
      expect(await awake()).toEqual(['bob', 'cleo']);
      await pass(TTL + 1);
      expect(await awake()).toEqual([]);
    });

    test('says every ten minutes who is still online', async () => {
      const online: string[] = [];
      for (let passed = 0; passed < 2 * CONFIRM_MS + 60_000; passed += 15_000) {
        await touch('phone');
        online.push(...(await sweepFor(15_000)).flatMap((swept) => swept.online));
      }
      expect(online).toEqual(['ann', 'ann']);
    });

    test('sweeps many people in portions, each once', async () => {
      const userIds = Array.from({ length: 500 }, (_, i) => `u${i}`);
      for (const userId of userIds) await touch('phone', { userId });
      await pass(TTL + OFFLINE_DELAY_MS + 100);
      const portions: Swept[] = [];
      do portions.push(await store.sweep(100));
      while (portions.at(-1)?.hasMore);
      expect(portions.length).toBeGreaterThan(1);
      const gone = portions.flatMap(({ updates }) => updates.map(({ userId }) => userId));
      expect(gone.sort()).toEqual(userIds.sort());
      expect((await store.read(userIds)).every((state) => state?.status === 'OFFLINE')).toBe(true);
    });

    test('numbers go on growing over a store that has lost everything', async () => {
      await touch('phone');
      const before = told[0]?.number ?? 0;
      const since = await store.since();
      await store.close();
      await pass(5);
      store = await open();
      expect(await store.since()).toBeGreaterThan(since);
      await touch('phone');
      expect(told[1]?.number).toBeGreaterThan(before);
    });
  });
}
