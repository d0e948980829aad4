import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Tail, type Entry } from './tail.js';

const entry = (position: number): Entry => ({
  position,
  record: { partition: 'p', position: BigInt(position), topic: 't', key: 'k', value: '{}' },
});
const positions = (entries: Entry[]) => entries.map(({ position }) => position);

test('what one has read, another takes from here: the same records, and no more than asked for', () => {
  const tail = new Tail();
  const read = [3, 4, 7].map(entry);
  tail.add(2, read);
  expect(tail.behind(2, 10)).toEqual(read);
  expect(tail.behind(2, 10)[0]!.record).toBe(read[0]!.record);
  expect(positions(tail.behind(3, 1))).toEqual([4]);
  expect(tail.behind(7, 10)).toEqual([]);
});

test('whoever is behind what is here, or ahead of it, gets nothing', () => {
  const tail = new Tail();
  tail.add(10, [11, 12].map(entry));
  expect(tail.behind(9, 10)).toEqual([]);
  expect(tail.behind(13, 10)).toEqual([]);
});

test('it stays small', () => {
  const tail = new Tail();
  for (let position = 1; position <= 2_000; position++) tail.add(position - 1, [entry(position)]);
  expect(tail.behind(1_000, 10)).toEqual([]);
  expect(positions(tail.behind(1_998, 10))).toEqual([1_999, 2_000]);
  expect(tail.behind(1_500, 1_000)).toHaveLength(500);
});

test('whatever groups read in whatever order, what it hands out has no gap', () => {
  const look = fc.record({ group: fc.nat(3), appended: fc.nat(4), limit: fc.nat(6), elsewhere: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 100 }), (looks) => {
      const tail = new Tail();
      const log: number[] = [];
      const places = [0, 0, 0, 0];
      for (const { group, appended, limit, elsewhere } of looks) {
        // Positions have holes where a transaction was rolled back.
        for (let i = 0; i < appended; i++) log.push((log.at(-1) ?? 0) + 1 + (i % 2));
        // Another process had the group's lease, and went on.
        if (elsewhere === 2) places[group] = log.at(-1) ?? 0;
        const known = tail.behind(places[group]!, limit);
        const after = known.at(-1)?.position ?? places[group]!;
        const found = log.filter((position) => position > after).slice(0, limit - known.length);
        tail.add(after, found.map(entry));
        const taken = [...positions(known), ...found];
        expect(taken).toEqual(log.filter((position) => position > places[group]!).slice(0, limit));
        places[group] = taken.at(-1) ?? places[group]!;
      }
    }),
  );
});
