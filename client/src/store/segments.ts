/**
 * A stretch of a conversation's messages that is known without a gap: every readable message from seq `from` to `to` is there.
 * Cursors page on from its ends; null where nothing is beyond: the beginning, or the live end.
 */
export interface Segment {
  from: number;
  to: number;
  older: string | null;
  newer: string | null;
}

/** In place of a cursor that is not known: the messages around the end's seq can be asked for. */
export const BY_SEQ = '';

/** A page as the API gives it, reduced to where it lies. */
export interface PageExtent {
  /** Ascending. */
  seqs: readonly number[];
  hasOlder: boolean;
  hasNewer: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

/** Where a page was asked for: by itself, or next to what is known. */
export type Beside = { before: number } | { after: number } | null;

/** The segments with one more; those that overlap or touch become one. In the order of their seqs. */
export function join(segments: readonly Segment[], added: Segment): Segment[] {
  let whole = added;
  const apart: Segment[] = [];
  for (const each of segments) {
    if (each.to + 1 < whole.from || whole.to + 1 < each.from) apart.push(each);
    else whole = union(each, whole);
  }
  return [...apart, whole].sort((a, b) => a.from - b.from);
}

function union(a: Segment, b: Segment): Segment {
  const [first, second] = a.from <= b.from ? [a, b] : [b, a];
  const older = first.from === second.from && second.older === null ? null : first.older;
  const isNewerThere = a.to === b.to ? a.newer === null : a.to > b.to;
  const last = isNewerThere ? a : b;
  return { from: first.from, to: last.to, older, newer: last.newer };
}

/** What a page makes known. `knownEnd`: the newest seq that is known; a page without newer ones reaches it. */
export function segmentOf(page: PageExtent, beside: Beside, knownEnd: number): Segment | null {
  const first = page.seqs[0];
  const last = page.seqs.at(-1);
  const isEmpty = first === undefined || last === undefined;
  if (isEmpty && page.hasOlder && page.hasNewer) return null;
  const isAfter = beside !== null && 'after' in beside;
  const isBefore = beside !== null && 'before' in beside;
  const lowest = isAfter ? beside.after + 1 : (first ?? 0);
  const highest = isBefore ? beside.before - 1 : (last ?? 0);
  const atBeginning = !page.hasOlder && !isAfter;
  const atEnd = !page.hasNewer && !isBefore;
  return {
    from: atBeginning ? 0 : Math.min(lowest, first ?? lowest),
    to: atEnd ? Math.max(highest, knownEnd) : highest,
    older: atBeginning ? null : page.startCursor,
    newer: atEnd ? null : page.endCursor,
  };
}

/** The one whose end is live; null while nothing has been read. */
export const tailOf = (segments: readonly Segment[]): Segment | null =>
  segments.find(({ newer }) => newer === null) ?? null;

export const segmentWith = (segments: readonly Segment[], seq: number): Segment | null =>
  segments.find(({ from, to }) => from <= seq && seq <= to) ?? null;
