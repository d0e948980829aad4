import { wordsOf, type Word } from './words.js';

/** A word of a query. Several terms stand one after the other: the pairs of a run in a script without spaces. */
export interface Piece {
  kind: Word['kind'];
  terms: string[];
  /** Another spelling, found as well. */
  spelt: string | null;
  accented: string | null;
  /** Whether words that only begin with it are found. */
  isOpen: boolean;
}

/** What somebody typed into a search box. */
export interface Typed {
  pieces: Piece[];
  /** Nothing was typed: no more than spaces. */
  isBlank: boolean;
}

/** So many words are looked at: the first ones. */
const MOST_PIECES = 16;
const MOST_PAIRS = 32;
/** A shorter last word is not completed, unless in a name. */
const SHORTEST_OPEN = 2;

/**
 * Operators, quotes and wildcards are text like the rest. The last word is taken for the beginning of one, as it may not be
 * typed to its end; with `allOpen` each word is.
 */
export function typedOf(text: string, { allOpen = false } = {}): Typed {
  const pieces: Piece[] = [];
  let end = -1;
  for (const word of wordsOf(text)) {
    const last = pieces.at(-1);
    // The pairs of one run overlap.
    if (word.kind === 'pair' && last?.kind === 'pair' && word.start < end) {
      if (last.terms.length < MOST_PAIRS) last.terms.push(word.term);
    } else if (pieces.length === MOST_PIECES) break;
    else pieces.push(pieceOf(word));
    end = word.end;
  }
  for (const [index, piece] of pieces.entries())
    if (piece.kind === 'word')
      piece.isOpen = allOpen || (index === pieces.length - 1 && [...piece.terms[0]!].length >= SHORTEST_OPEN);
  return { pieces, isBlank: text.trim() === '' };
}

function pieceOf({ kind, term, spelt, accented, middle, end }: Word): Piece {
  // A single character of a script without spaces begins a pair, or ends the last one.
  return { kind, terms: [term], spelt, accented, isOpen: kind === 'pair' && middle === end };
}
