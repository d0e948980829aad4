import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Push, PushAddress, PushOutcome } from './port.js';
import type { ProviderFixture } from './provider.fixture.js';

/** An adapter under test and the provider that it talks to. */
export interface ProviderUnderTest {
  send: (address: PushAddress, push: Push) => Promise<PushOutcome>;
  close: () => Promise<void>;
  provider: ProviderFixture;
  /** Whether the provider says when to come back. */
  tellsWhen: boolean;
}

export const push: Push = {
  collapseKey: 'conversation_01',
  alert: { title: 'Ann', body: 'Hello' },
  badge: 3,
  data: { conversationId: 'conv_1', seq: '7' },
  ttlMs: 3_600_000,
};
const silent: Push = { ...push, alert: null, badge: 0 };

/** What every provider's adapter does. `open` starts both, with a time limit for one push. */
export function providerContract(name: string, open: (timeoutMs: number) => Promise<ProviderUnderTest>): void {
  describe(`push, ${name}`, () => {
    let under: ProviderUnderTest;
    let device: PushAddress;
    const start = async (timeoutMs = 5_000) => {
      under = await open(timeoutMs);
      device = under.provider.newDevice();
    };
    beforeEach(() => start());
    const end = async () => {
      await under.close();
      await under.provider.goDown();
    };
    afterEach(async () => {
      const { complaints } = under.provider;
      await end();
      expect(complaints).toEqual([]);
    });

    test('a push arrives as it was sent, at once', async () => {
      expect(await under.send(device, push)).toEqual({ kind: 'sent' });
      const [arrived, ...others] = under.provider.arrivedAt(device);
      expect(others).toEqual([]);
      expect(arrived).toMatchObject({ ...push, ttlMs: expect.any(Number), isUrgent: true });
      expect(Math.abs(arrived!.ttlMs - push.ttlMs)).toBeLessThan(60_000);
    });

    test('a silent push takes back what the device shows, and nothing else', async () => {
      const other = { ...push, collapseKey: 'conversation_02' };
      for (const each of [push, other, silent]) expect(await under.send(device, each)).toEqual({ kind: 'sent' });
      expect(under.provider.shownAt(device)).toMatchObject([{ collapseKey: other.collapseKey }]);
      expect(under.provider.arrivedAt(device)[2]).toMatchObject({ alert: null, badge: 0, isUrgent: false });
    });

    test('a newer push of the same key takes the place of the one before', async () => {
      await under.send(device, push);
      await under.send(device, { ...push, alert: { title: 'Ann', body: 'Are you there?' }, badge: 4 });
      expect(under.provider.shownAt(device)).toMatchObject([{ alert: { body: 'Are you there?' }, badge: 4 }]);
    });

    test('carries what it was given and not a word more', async () => {
      await under.send(device, { ...push, alert: { title: 'Parley', body: 'New message' } });
      const words = under.provider.arrivedAt(device)[0]!.raw.match(/[\p{L}]{2,}[\p{L} ]*/gu);
      expect(words).toEqual(expect.arrayContaining(['Parley', 'New message']));
      expect(words).not.toContain('Hello');
    });

    test('a device that is no more is gone, and others are not', async () => {
      under.provider.forget(device);
      expect(await under.send(device, push)).toEqual({ kind: 'gone' });
      expect(await under.send(under.provider.newDevice(), push)).toEqual({ kind: 'sent' });
    });

    test('what is too large whatever its text is refused', async () => {
      const data = { conversationId: 'x'.repeat(5_000) };
      expect(await under.send(device, { ...push, data })).toMatchObject({ kind: 'refused' });
      expect(await under.send(device, { ...silent, data })).toMatchObject({ kind: 'refused' });
      expect(under.provider.arrivedAt(device)).toEqual([]);
    });

    test.each([
      ['of one byte each', 'a'],
      ['of four bytes', '😀'],
      ['of several code points', '👩‍👩‍👧‍👦'],
      ['that JSON writes longer', '\u0001'],
    ])('a text too long for the provider loses its end: characters %s', async (_, character) => {
      const body = character.repeat(20_000);
      expect(await under.send(device, { ...push, alert: { title: '山田さん', body } })).toEqual({ kind: 'sent' });
      const [arrived] = under.provider.arrivedAt(device);
      const [, kept = ''] = /^(.*)…$/su.exec(arrived!.alert!.body)!;
      expect(arrived!.alert!.title).toBe('山田さん');
      expect(body.startsWith(kept)).toBe(true);
      expect(kept.length % character.length).toBe(0);
      // All that the provider takes is used, but for some bytes.
      expect(Buffer.byteLength(arrived!.raw)).toBeGreaterThan(3_900);
    });

    test('a title too long as well loses its end', async () => {
      const alert = { title: '山'.repeat(9_000), body: 'Hello' };
      expect(await under.send(device, { ...push, alert })).toEqual({ kind: 'sent' });
      expect(under.provider.arrivedAt(device)[0]!.alert).toEqual({ title: expect.stringMatching(/^山+…$/), body: '' });
    });

    test('while the provider fails, the push can be sent later', async () => {
      under.provider.condition = 'failing';
      await expect(under.send(device, push)).rejects.toMatchObject({ code: 'UNAVAILABLE', isOut: true });
      expect(under.provider.requests).toBe(1);
      under.provider.condition = 'well';
      expect(await under.send(device, push)).toEqual({ kind: 'sent' });
      expect(under.provider.arrivedAt(device)).toHaveLength(1);
    });

    test('a provider that has too much to do is not out, and says when to come back', async () => {
      under.provider.condition = { busyFor: 120 };
      const before = Date.now();
      const error = (await under.send(device, push).catch((reason: unknown) => reason)) as { retryAt: Date | null };
      expect(error).toMatchObject({ code: 'UNAVAILABLE', isOut: false });
      if (!under.tellsWhen) return expect(error.retryAt).toBeNull();
      expect(error.retryAt!.getTime() - before).toBeGreaterThanOrEqual(119_000);
      expect(error.retryAt!.getTime() - Date.now()).toBeLessThanOrEqual(120_000);
    });

    test('after the provider was away, pushes go on', async () => {
      expect(await under.send(device, push)).toEqual({ kind: 'sent' });
      await under.provider.goDown();
      await expect(under.send(device, push)).rejects.toMatchObject({ code: 'UNAVAILABLE', isOut: true });
      await under.provider.comeUp();
      expect(await under.send(device, push)).toEqual({ kind: 'sent' });
    });

    test('a provider that never answers holds nobody up, and is asked again', async () => {
      await end();
      await start(1_000);
      under.provider.condition = 'hanging';
      await expect(under.send(device, push)).rejects.toMatchObject({ code: 'UNAVAILABLE', isOut: true });
      under.provider.condition = 'well';
      expect(await under.send(device, push)).toEqual({ kind: 'sent' });
    });

    test('many at once all arrive, each at its device, and close waits for them', async () => {
      const devices = Array.from({ length: 300 }, () => under.provider.newDevice());
      const sending = devices.map((each, i) => under.send(each, { ...push, badge: i }));
      // Not before they have begun: who closes sends nothing new.
      await sending[0];
      await end();
      expect(new Set((await Promise.all(sending)).map(({ kind }) => kind))).toEqual(new Set(['sent']));
      expect(devices.map((each) => under.provider.arrivedAt(each).map(({ badge }) => badge))).toEqual(
        devices.map((_, i) => [i]),
      );
      await start();
    });
  });
}
