import type { Fragment } from './port.js';
import type { Piece } from './typed.js';
import type { Word } from './words.js';

interface Range {
  start: number;
  end: number;
}

/** UTF-16 units of a fragment, about; and of what is shown before its first hit. */
const FRAGMENT = 160;
const BEFORE = 40;
const MOST_FRAGMENTS = 3;
const MOST_RANGES = 10;

/** Where a text has what was typed. `isAkin` says whether the word at a place shares a stem with a piece. */
export function rangesOf(words: readonly Word[], pieces: readonly Piece[], isAkin: IsAkin): Range[] {
  const ranges: Range[] = [];
  for (let index = 0; index < words.length; index++)
    for (const piece of pieces) {
      const range = rangeAt(words, index, piece, isAkin);
      if (range) ranges.push(range);
    }
  return merged(ranges);
}
export type IsAkin = (index: number, piece: Piece) => boolean;

function rangeAt(words: readonly Word[], index: number, piece: Piece, isAkin: IsAkin): Range | null {
  const word = words[index]!;
  const [term] = piece.terms as [string];
  if (word.kind !== piece.kind) return null;
  if (piece.kind !== 'pair') {
    const all = [word.term, word.spelt, ...word.parts];
    const isFound =
      all.includes(term) ||
      (piece.spelt !== null && all.includes(piece.spelt)) ||
      (piece.isOpen && all.some((each) => each?.startsWith(term))) ||
      isAkin(index, piece);
    return isFound ? word : null;
  }
  if (piece.isOpen) {
    if (word.term === term || word.term.startsWith(term)) return { start: word.start, end: word.middle };
    return word.parts.includes(term) ? { start: word.middle, end: word.end } : null;
  }
  const run = words.slice(index, index + piece.terms.length);
  return run.length === piece.terms.length && run.every((each, i) => each.term === piece.terms[i])
    ? { start: word.start, end: run.at(-1)!.end }
    : null;
}

function merged(ranges: Range[]): Range[] {
  const all: Range[] = [];
  for (const { start, end } of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = all.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else all.push({ start, end });
  }
  return all;
}

/** The parts of a text around its first ranges, at most three; none where there are no ranges. */
export function fragmentsOf(text: string, ranges: readonly Range[]): Fragment[] {
  const fragments: Fragment[] = [];
  let next = 0;
  while (next < ranges.length && fragments.length < MOST_FRAGMENTS) {
    const first = ranges[next]!;
    const start = text.length <= FRAGMENT ? 0 : startBefore(text, Math.max(0, first.start - BEFORE), first.start);
    const end = text.length <= FRAGMENT ? text.length : endAfter(text, Math.max(start + FRAGMENT, first.end));
    const within: Range[] = [];
    for (; next < ranges.length && ranges[next]!.end <= end; next++)
      if (within.length < MOST_RANGES)
        within.push({ start: ranges[next]!.start - start, end: ranges[next]!.end - start });
    fragments.push({ text: text.slice(start, end), ranges: within });
  }
  return fragments;
}

/** The beginning of a word after `from`, where one comes before `limit`; never within a character. */
function startBefore(text: string, from: number, limit: number): number {
  if (from === 0) return 0;
  const space = text.slice(from, limit).search(/\s\S/);
  if (space >= 0) return from + space + 1;
  return isLow(text, from) ? from - 1 : from;
}

function endAfter(text: string, end: number): number {
  if (end >= text.length) return text.length;
  return isLow(text, end) ? end + 1 : end;
}

/** Whether the unit is the second half of a character. */
function isLow(text: string, index: number): boolean {
  return text.codePointAt(index - 1)! > 0xffff && index > 0;
}
