import { fold, lower, spellOutUmlauts } from './fold.js';

/** What a text is found by, in the order of the text. Never holds a quote, a backslash or a space. */
export interface Word {
  /** Of a script without spaces between words (CJK, Thai …) two characters each, overlapping: every part of it can be found. */
  kind: 'word' | 'pair' | 'emoji';
  /** [start, end) in UTF-16 units of the text. */
  start: number;
  end: number;
  /** Folded. */
  term: string;
  /** What else it is found by: the parts of an identifier, the last character of a run of pairs. */
  parts: string[];
  /** With its umlauts spelt out, where it has any. */
  spelt: string | null;
  /** In lower case with its accents, where it has any. */
  accented: string | null;
  /** Of a pair: where its second character starts. */
  middle: number;
}

/** Raised when the same text is found by other words than before: an index has to be made anew then. */
export const WORDS_VERSION = 1;

/** Code points of a term; what is longer is cut, in texts and queries alike. */
const LONGEST_TERM = 64;

const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々〆ｰﾞﾟ';
const unseen = '\\u00AD\\u200B-\\u200F\\u2060\\uFEFF';
const run = `[${unspaced}][${unspaced}\\p{M}]*`;
const letter = `(?![${unspaced}])[\\p{L}\\p{N}_]`;
const word = `${letter}(?:(?![${unspaced}])[\\p{L}\\p{M}\\p{N}_${unseen}])*`;
const emoji =
  '\\p{RI}\\p{RI}|\\p{Extended_Pictographic}(?:\\uFE0F|\\p{Emoji_Modifier})*(?:\\u200D\\p{Extended_Pictographic}(?:\\uFE0F|\\p{Emoji_Modifier})*)*';
const pieces = new RegExp(`(?<run>${run})|(?<word>${word})|(?<emoji>${emoji})`, 'gu');
/** A syllable of Hangul may come in its parts. */
const characters = /[\u1100-\u115F][\u1160-\u11A7][\u11A8-\u11FF]?|[^\p{M}ﾞﾟ][\p{M}ﾞﾟ]*/gu;
/** user_name, userName, HTMLElement. */
const seams = /_+|(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

const plain = { parts: [] as string[], spelt: null, accented: null };

/** Takes any text: what is no letter, digit, underscore or emoji parts words, and is not found. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const { 0: piece, index, groups } of text.matchAll(pieces)) {
    if (groups!.run !== undefined) words.push(...pairsOf(piece, index));
    else if (groups!.word !== undefined) words.push(...wordOf(piece, index));
    else words.push(emojiOf(piece, index));
  }
  return words;
}

function wordOf(text: string, start: number): Word[] {
  const accented = cut(lower(text));
  const term = cut(fold(text));
  if (term === '') return []; // nothing but marks
  const split = text.normalize('NFKC').split(seams).map(fold).map(cut);
  const parts = new Set(split.length > 1 ? split.filter((part) => part.length > 1 && part !== term) : []);
  const spelt = spellOutUmlauts(accented);
  const end = start + text.length;
  return [
    {
      kind: 'word',
      start,
      end,
      term,
      parts: [...parts],
      spelt: spelt === null ? null : cut(spelt),
      accented: accented === term ? null : accented,
      middle: end,
    },
  ];
}

function pairsOf(text: string, start: number): Word[] {
  const units = [...text.matchAll(characters)].map(({ 0: unit, index }) => ({
    term: fold(unit),
    start: start + index,
    end: start + index + unit.length,
  }));
  const [first] = units;
  if (!first) return [];
  if (units.length === 1) return [{ ...first, kind: 'pair', ...plain, middle: first.end }];
  return units.slice(1).map((second, index) => ({
    kind: 'pair',
    start: units[index]!.start,
    end: second.end,
    term: units[index]!.term + second.term,
    ...plain,
    parts: index === units.length - 2 ? [second.term] : [],
    middle: second.start,
  }));
}

/** Without the tone of a skin. */
function emojiOf(text: string, start: number): Word {
  const term = text.replace(/[\uFE0F\p{Emoji_Modifier}]/gu, '');
  const end = start + text.length;
  return { kind: 'emoji', start, end, term, ...plain, middle: end };
}

function cut(term: string): string {
  return term.length <= LONGEST_TERM ? term : [...term].slice(0, LONGEST_TERM).join('');
}
