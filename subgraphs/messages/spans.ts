import type { Span } from '../../schema/feeds.js';

/** Messages [from, to] of one conversation. */
export type SeqRange = [from: number, to: number];

/** What a member may read, as one snapshot saw it. */
export interface Access {
  /** Ascending, apart from each other. */
  spans: Span[];
  /** The seq of the newest message. */
  lastSeq: number;
  /** What they have deleted for themselves; ascending. */
  hidden: readonly number[];
}

export function mayRead({ spans, hidden }: Pick<Access, 'spans' | 'hidden'>, seq: number): boolean {
  return (
    spans.some(({ fromSeq, toSeq }) => fromSeq <= seq && (toSeq === null || seq <= toSeq)) && !hidden.includes(seq)
  );
}

/**
 * Seqs are dense and messages stay, as tombstones at least: so which messages a page holds, and whether there are more,
 * follows from the spans, and from what the person has hidden, without asking for a single message.
 */
export function readableRanges({ spans, lastSeq, hidden }: Access): SeqRange[] {
  return spans
    .map(({ fromSeq, toSeq }): SeqRange => [fromSeq, Math.min(toSeq ?? lastSeq, lastSeq)])
    .flatMap((range) => without(range, hidden))
    .filter(([from, to]) => from <= to);
}

function without([from, to]: SeqRange, hidden: readonly number[]): SeqRange[] {
  const parts: SeqRange[] = [];
  let start = from;
  for (const seq of hidden) {
    if (seq < start || seq > to) continue;
    if (seq > start) parts.push([start, seq - 1]);
    start = seq + 1;
  }
  parts.push([start, to]);
  return parts;
}

/** The first `count` readable messages after `seq`, ascending; and whether there are more. */
export function forward(ranges: SeqRange[], after: number, count: number): { page: SeqRange[]; hasMore: boolean } {
  return take(
    ranges.map(([from, to]): SeqRange => [Math.max(from, after + 1), to]).filter(([from, to]) => from <= to),
    count,
    ([from, to], left) => [from, Math.min(to, from + left - 1)],
  );
}

/** The last `count` readable messages before `seq`, ascending; and whether there are more. */
export function backward(ranges: SeqRange[], before: number, count: number): { page: SeqRange[]; hasMore: boolean } {
  const { page, hasMore } = take(
    ranges
      .map(([from, to]): SeqRange => [from, Math.min(to, before - 1)])
      .filter(([from, to]) => from <= to)
      .reverse(),
    count,
    ([from, to], left) => [Math.max(from, to - left + 1), to],
  );
  return { page: page.reverse(), hasMore };
}

function take(ranges: SeqRange[], count: number, part: (range: SeqRange, left: number) => SeqRange) {
  const page: SeqRange[] = [];
  let left = count;
  for (const range of ranges) {
    if (left === 0) return { page, hasMore: true };
    const taken = part(range, left);
    page.push(taken);
    left -= size(taken);
    if (size(taken) < size(range)) return { page, hasMore: true };
  }
  return { page, hasMore: false };
}

const size = ([from, to]: SeqRange) => to - from + 1;
