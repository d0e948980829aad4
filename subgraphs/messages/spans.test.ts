import { expect, test } from '@jest/globals';
import { backward, forward, mayRead, readableRanges, type Access, type SeqRange } from './spans.js';

const access: Access = {
  spans: [
    { fromSeq: 3, toSeq: 5 },
    { fromSeq: 7, toSeq: 6 }, // joined and left without a message
    { fromSeq: 8, toSeq: null },
  ],
  lastSeq: 12,
  hidden: [2, 4, 8, 12],
};
const expand = (ranges: SeqRange[]) =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
const all = Array.from({ length: access.lastSeq }, (_, i) => i + 1).filter((seq) => mayRead(access, seq));

test('ranges hold what the spans allow and the person has not hidden', () => {
  expect(all).toEqual([3, 5, 9, 10, 11]);
  expect(expand(readableRanges(access))).toEqual(all);
});

test('every page in both directions is what a filter over all messages gives', () => {
  const ranges = readableRanges(access);
  for (let at = 0; at <= 14; at++)
    for (let count = 0; count <= 10; count++) {
      const newer = all.filter((seq) => seq > at);
      const next = forward(ranges, at, count);
      expect(expand(next.page)).toEqual(newer.slice(0, count));
      expect(next.hasMore).toBe(newer.length > count);
      const older = all.filter((seq) => seq < at);
      const previous = backward(ranges, at, count);
      expect(expand(previous.page)).toEqual(count === 0 ? [] : older.slice(-count));
      expect(previous.hasMore).toBe(older.length > count);
    }
});
