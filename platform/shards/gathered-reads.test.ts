import { expect, test } from '@jest/globals';
import type { ShardClient } from '../database/port.js';
import { GatheredReads } from './gathered-reads.js';
import type { Shard, Shards } from './shards.js';

const former = { name: 'former', db: { name: 'former' } } as unknown as Shard;
const present = { name: 'present', db: { name: 'present' } } as unknown as Shard;
const settled = () => new Promise(setImmediate);

/** Of a map that is out of date: what the one shard refuses, the other one has. */
const shards = {
  on: async <Result>(_uuid: string, call: (shard: Shard) => PromiseLike<Result>): Promise<Result> => {
    try {
      return await call(former);
    } catch {
      return call(present);
    }
  },
} as Shards;

/** Doubles numbers; `seen`: what went together, to which shard. The first call waits until it is let go. */
function open(refuses: (questions: number[]) => boolean = () => false) {
  const seen: [string, number[]][] = [];
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const read = async (db: ShardClient, questions: number[]) => {
    const { name } = db as unknown as { name: string };
    seen.push([name, questions]);
    if (seen.length === 1) await held;
    if (name === 'former' && refuses(questions)) throw new Error('bucket not owned by this shard');
    return questions.map((question) => 2 * question);
  };
  return { reads: new GatheredReads(shards, read), seen, letGo };
}

test('who asks while a read is under way is answered by the next, each with their own', async () => {
  const { reads, seen, letGo } = open();
  const first = reads.ask('a', 1);
  await settled();
  const later = [reads.ask('b', 2), reads.ask('c', 3), reads.ask('b', 2)];
  letGo();
  expect(await Promise.all([first, ...later])).toEqual([2, 4, 6, 4]);
  expect(seen).toEqual([
    ['former', [1]],
    ['former', [2, 3, 2]],
  ]);
});

test('those that went together with one that has moved are asked again, each on its own', async () => {
  const { reads, seen, letGo } = open((questions) => questions.includes(3));
  const first = reads.ask('a', 1);
  await settled();
  const later = [reads.ask('b', 2), reads.ask('c', 3)];
  letGo();
  expect(await Promise.all([first, ...later])).toEqual([2, 4, 6]);
  expect(seen.slice(2)).toEqual([
    ['present', [2]],
    ['present', [3]],
  ]);
});

test('many are asked for in statements of a bounded size', async () => {
  const { reads, seen, letGo } = open();
  letGo();
  const numbers = Array.from({ length: 2_500 }, (_, index) => index);
  expect(await Promise.all(numbers.map((number) => reads.ask('a', number)))).toEqual(numbers.map((n) => 2 * n));
  expect(seen.map(([, questions]) => questions.length)).toEqual([1_000, 1_000, 500]);
});
