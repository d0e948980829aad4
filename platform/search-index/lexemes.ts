import type { ConversationDocument, MessageDocument, PersonDocument } from './port.js';
import type { Stems } from './stems.js';
import type { Piece, Typed } from './typed.js';
import { wordsOf, type Word } from './words.js';

/*
 * What a tsvector holds, by the first character of a lexeme. Words themselves have only letters, digits, underscores or emoji.
 *   word    a word as it is written, folded; in the order of the text
 *   +word   another spelling or a part of a word
 *   =wörd   a word with its accents
 *   ~stem   what a word comes down to, where that is not the word
 *   -word   a word of a conversation's description
 *   ?wrd    a word of a person's name with a letter left out; ?w*rd with one unknown
 *   !…      a person's handle; !!… a whole name or title
 *   #KIND   media; #media any
 *   @uuid   who is mentioned
 */

type StemsByWord = ReadonlyMap<string, readonly string[]>;

/** So many deletions of a word of a name are kept: longer words are found without a typo only. */
const LONGEST_WITH_TYPOS = 32;
const SHORTEST_WITH_TYPOS = 4;
/** A lexeme has 2,046 bytes at most. */
const LONGEST_WHOLE = 200;

export async function vectorsOfMessages(documents: readonly MessageDocument[], stems: Stems): Promise<string[]> {
  const words = documents.map(({ body }) => wordsOf(body));
  const known = await stems.of(words.flat().map(({ term }) => term));
  return documents.map(({ mediaKinds, mentionedIds }, index) => {
    const vector = new Vector();
    vector.addWords(words[index]!, known);
    for (const kind of mediaKinds) vector.add(`#${kind}`);
    if (mediaKinds.length > 0) vector.add('#media');
    for (const id of mentionedIds) vector.add(`@${id}`);
    return vector.toString();
  });
}

export function vectorOfPerson({ handle, displayName }: PersonDocument): string {
  const vector = new Vector();
  const words = [...wordsOf(handle), ...wordsOf(displayName)];
  vector.addWords(words);
  vector.add(`!${whole(handle)}`);
  vector.add(`!!${whole(displayName)}`);
  for (const term of words.flatMap(({ kind, term, parts }) => (kind === 'word' ? [term, ...parts] : [])))
    for (const each of [...withoutOne(term), ...withOneUnknown(term)]) vector.add(`?${each}`);
  return vector.toString();
}

export function vectorOfConversation({ title, description }: ConversationDocument): string {
  const vector = new Vector();
  vector.addWords(wordsOf(title));
  vector.add(`!!${whole(title)}`);
  for (const { term, parts } of wordsOf(description)) for (const each of [term, ...parts]) vector.add(`-${each}`);
  return vector.toString();
}

/** A tsvector as text. */
class Vector {
  private readonly places = new Map<string, number[]>();

  addWords(words: readonly Word[], stems: StemsByWord = new Map()): void {
    for (const [index, { term, parts, spelt, accented }] of words.entries()) {
      this.add(term, index + 1);
      for (const part of parts) this.add(`+${part}`);
      if (spelt !== null) this.add(`+${spelt}`);
      if (accented !== null) this.add(`=${accented}`);
      for (const stem of stems.get(term) ?? []) this.add(`~${stem}`);
    }
  }

  add(lexeme: string, place?: number): void {
    const places = this.places.get(lexeme) ?? [];
    if (place !== undefined) places.push(place);
    this.places.set(lexeme, places);
  }

  toString(): string {
    return [...this.places]
      .map(([lexeme, places]) => `${quote(lexeme)}${places.length ? `:${places.join()}` : ''}`)
      .join(' ');
  }
}

/** The queries of one search, each a tsquery or null where it makes no difference. */
export interface Queries {
  match: string | null;
  /** What makes a hit better than others; the first of them most. */
  tiers: (string | null)[];
}

export async function messageQueries({ pieces }: Typed, stems: Stems): Promise<Queries> {
  const known = await stems.of(pieces.flatMap(({ terms }) => terms));
  const whole = (piece: Piece) => [...asTyped(piece), ...alike(piece, known)];
  const accented = pieces.flatMap((piece) => piece.accented ?? []);
  return {
    match: all(pieces, (piece) => [...whole(piece), ...begun(piece)]),
    tiers: [
      pieces.length > 1 && pieces.every(({ kind, isOpen }) => kind !== 'pair' || !isOpen) ? together(pieces) : null,
      all(pieces, asTyped),
      accented.length > 0 ? accented.map((each) => quote(`=${each}`)).join(' & ') : null,
      all(pieces, whole),
    ],
  };
}

/** Media and mentions, and together with what was typed. */
export function narrowed(match: string | null, more: (string | null)[]): string | null {
  const all = [match, ...more].filter((each) => each !== null);
  return all.length === 0 ? null : all.map((each) => `(${each})`).join(' & ');
}
export const anyMedia = "'#media'";
export const mediaOf = (kinds: readonly string[]) => kinds.map((kind) => quote(`#${kind}`)).join(' | ');
export const mentionOf = (id: string) => quote(`@${id}`);

export function personQueries(text: string, { pieces }: Typed): Queries {
  const exactly = (piece: Piece) => [...asTyped(piece), ...alike(piece)];
  const begins = (piece: Piece) => [...exactly(piece), ...begun(piece)];
  return {
    match: all(pieces, (piece) => [...begins(piece), ...(piece.kind === 'word' ? mistyped(piece.terms[0]!) : [])]),
    tiers: [quote(`!${whole(text)}`), all(pieces, exactly), all(pieces, begins), quote(`!!${whole(text)}`)],
  };
}

export function conversationQueries(text: string, { pieces }: Typed): Queries {
  const exactly = (piece: Piece) => [...asTyped(piece), ...alike(piece)];
  const begins = (piece: Piece) => [...exactly(piece), ...begun(piece)];
  const described = ({ terms, kind, isOpen }: Piece) => [
    terms.map((term) => `${quote(`-${term}`)}${kind === 'word' || isOpen ? ':*' : ''}`).join(' & '),
  ];
  return {
    match: all(pieces, (piece) => [...begins(piece), ...described(piece)]),
    tiers: [quote(`!!${whole(text)}`), all(pieces, exactly), all(pieces, begins)],
  };
}

function asTyped(piece: Piece): string[] {
  if (piece.kind !== 'pair') return [quote(piece.terms[0]!)];
  return piece.isOpen ? begun(piece) : [together([piece])];
}

/** By another spelling, a part or its stem. */
function alike({ kind, terms, spelt }: Piece, stems: StemsByWord = new Map()): string[] {
  if (kind !== 'word') return [];
  const [term] = terms as [string];
  const own = (stems.get(term) ?? []).flatMap((stem) => [stem, `~${stem}`]);
  return [`+${term}`, `~${term}`, ...(spelt === null ? [] : [spelt, `+${spelt}`]), ...own].map(quote);
}

function begun({ terms, isOpen }: Piece): string[] {
  return isOpen ? [`${quote(terms[0]!)}:*`, `${quote(`+${terms[0]!}`)}:*`] : [];
}

/** One letter left out, too many, another one, or two that have changed places (Damerau). */
function mistyped(term: string): string[] {
  const letters = [...term];
  if (letters.length < SHORTEST_WITH_TYPOS || letters.length > LONGEST_WITH_TYPOS) return [];
  const swapped = letters.slice(1).map((_, i) =>
    letters
      .with(i, letters[i + 1]!)
      .with(i + 1, letters[i]!)
      .join(''),
  );
  const inPlace = [...withoutOne(term), ...swapped].flatMap((each) => [each, `+${each}`]);
  return [...new Set([`?${term}`, ...withOneUnknown(term).map((each) => `?${each}`), ...inPlace])].map(quote);
}

function withoutOne(term: string): string[] {
  const letters = [...term];
  return letters.length > LONGEST_WITH_TYPOS ? [] : letters.map((_, index) => letters.toSpliced(index, 1).join(''));
}

function withOneUnknown(term: string): string[] {
  const letters = [...term];
  return letters.length > LONGEST_WITH_TYPOS ? [] : letters.map((_, index) => letters.with(index, '*').join(''));
}

function whole(text: string): string {
  return wordsOf(text)
    .map(({ term }) => term)
    .join(' ')
    .slice(0, LONGEST_WHOLE);
}

function all(pieces: readonly Piece[], any: (piece: Piece) => string[]): string {
  return pieces.map((piece) => `(${any(piece).join(' | ')})`).join(' & ');
}

function together(pieces: readonly Piece[]): string {
  return pieces
    .flatMap(({ terms }) => terms)
    .map(quote)
    .join(' <-> ');
}

function quote(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
