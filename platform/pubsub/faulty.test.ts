import { expect, test } from '@jest/globals';
import { EmbeddedPubSub } from './embedded.js';
import { FaultyPubSub, type Faults } from './faulty.js';

const count = 200;

async function run(faults: Faults, seed = 1, harms?: (channel: string) => boolean) {
  const pubsub = new FaultyPubSub(new EmbeddedPubSub(), { seed, faults: { maxDelayMs: 3, ...faults }, harms });
  const seen: number[] = [];
  let settled = () => undefined as void;
  const done = new Promise<void>((resolve) => (settled = resolve));
  await pubsub.subscribe(
    'a',
    (message) => (message === 'end' ? settled() : seen.push(Number(message))),
    () => undefined,
  );
  for (let i = 0; i < count; i++) await pubsub.publish('a', String(i));
  pubsub.heal();
  await pubsub.publish('a', 'end');
  await done;
  await pubsub.close();
  return { seen, counts: pubsub.counts };
}
const all = Array.from({ length: count }, (_, i) => i);
const inOrder = (numbers: number[]) => [...numbers].sort((a, b) => a - b);

test('drops, and nothing else', async () => {
  const { seen, counts } = await run({ drop: 0.2 });
  expect(seen.length).toBe(count - counts.dropped);
  expect(counts.dropped).toBeGreaterThan(10);
  expect(seen).toEqual(inOrder(seen));
});

test('doubles, and nothing else', async () => {
  const { seen, counts } = await run({ double: 0.2 });
  expect(seen.length).toBe(count + counts.doubled);
  expect([...new Set(seen)]).toEqual(all);
});

test('delays without changing the order', async () => {
  const { seen, counts } = await run({ delay: 0.1 });
  expect(counts.delayed).toBeGreaterThan(5);
  expect(seen).toEqual(all);
});

test('reorders without losing any', async () => {
  const { seen, counts } = await run({ reorder: 0.2 });
  expect(counts.reordered).toBeGreaterThan(10);
  expect(seen).not.toEqual(all);
  expect(inOrder(seen)).toEqual(all);
});

test('does the same harm for the same seed, and spares what it is told to spare', async () => {
  const [first, again, other] = [await run({ drop: 0.3 }, 5), await run({ drop: 0.3 }, 5), await run({ drop: 0.3 }, 6)];
  expect(again.seen).toEqual(first.seen);
  expect(other.seen).not.toEqual(first.seen);
  expect((await run({ drop: 1 }, 1, (channel) => channel !== 'a')).seen).toEqual(all);
});

test('tells subscribers of a gap', async () => {
  const pubsub = new FaultyPubSub(new EmbeddedPubSub(), { seed: 1, faults: {} });
  let gaps = 0;
  const unsubscribe = await pubsub.subscribe(
    'a',
    () => undefined,
    () => gaps++,
  );
  pubsub.gap();
  await unsubscribe();
  pubsub.gap();
  expect(gaps).toBe(1);
});
