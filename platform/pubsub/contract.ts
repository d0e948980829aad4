import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PubSub } from './port.js';

const noGap = () => undefined;

/** What every adapter of the port does. `open` gives a fresh connection; several of them reach each other. */
export function pubsubContract(name: string, open: () => Promise<PubSub>): void {
  describe(`pubsub, ${name}`, () => {
    let pubsub: PubSub;
    beforeEach(async () => {
      pubsub = await open();
    });
    afterEach(() => pubsub.close());

    /** Ends once a message sent behind the others has come through. */
    async function settle(channel: string): Promise<void> {
      const arrived = new Promise<void>((resolve) => {
        void pubsub
          .subscribe(channel, (message) => message === 'settled' && resolve(), noGap)
          .then(() => pubsub.publish(channel, 'settled'));
      });
      await arrived;
    }

    test('brings the messages of a channel to each of its subscribers, in order, and to nobody else', async () => {
      const seen: string[][] = [[], [], []];
      await pubsub.subscribe('a', (message) => seen[0]!.push(message), noGap);
      await pubsub.subscribe('a', (message) => seen[1]!.push(message), noGap);
      await pubsub.subscribe('b', (message) => seen[2]!.push(message), noGap);
      for (let i = 0; i < 100; i++) await pubsub.publish('a', String(i));
      await settle('a');
      const expected = [...Array.from({ length: 100 }, (_, i) => String(i)), 'settled'];
      expect(seen).toEqual([expected, expected, []]);
    });

    test('never calls a subscriber from within publish', async () => {
      let isPublishing = false;
      const within: boolean[] = [];
      await pubsub.subscribe('a', () => within.push(isPublishing), noGap);
      isPublishing = true;
      const published = pubsub.publish('a', 'x');
      isPublishing = false;
      await published;
      await settle('a');
      expect(within).toEqual([false, false]);
    });

    test('brings nothing from before the subscription', async () => {
      const seen: string[] = [];
      await pubsub.publish('a', 'early');
      await pubsub.subscribe('a', (message) => seen.push(message), noGap);
      await pubsub.publish('a', 'late');
      await settle('a');
      expect(seen).toEqual(['late', 'settled']);
    });

    test('brings nothing after unsubscribing, which may be done twice', async () => {
      const seen: string[] = [];
      const unsubscribe = await pubsub.subscribe('a', (message) => seen.push(message), noGap);
      await unsubscribe();
      await unsubscribe();
      await pubsub.publish('a', 'x');
      await settle('a');
      expect(seen).toEqual([]);
    });

    test('a subscriber that throws harms neither the others nor its own later messages', async () => {
      const seen: string[] = [];
      let calls = 0;
      const bad = () => {
        calls++;
        throw new Error('bad subscriber');
      };
      await pubsub.subscribe('a', bad, noGap);
      await pubsub.subscribe('a', (message) => seen.push(message), noGap);
      await pubsub.publish('a', '1');
      await pubsub.publish('a', '2');
      await settle('a');
      expect(seen).toEqual(['1', '2', 'settled']);
      expect(calls).toBe(3);
    });

    test('carries any text, empty and large', async () => {
      const seen: string[] = [];
      await pubsub.subscribe('a', (message) => seen.push(message), noGap);
      const texts = ['', '„ünïcödé“ 👩‍👩‍👧', 'x'.repeat(500_000)];
      for (const text of texts) await pubsub.publish('a', text);
      await settle('a');
      expect(seen).toEqual([...texts, 'settled']);
    });
  });
}
