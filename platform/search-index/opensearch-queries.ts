import { whole } from './opensearch-documents.js';
import type { MessageQuery, Scope } from './port.js';
import type { Piece, Typed } from './typed.js';

/*
 * Queries of the DSL, made of words that words.ts found: none of them is parsed by OpenSearch.
 */
type Query = object;

const term = (field: string, value: string | boolean): Query => ({ term: { [field]: value } });
const terms = (field: string, values: readonly string[]): Query => ({ terms: { [field]: values } });
const prefix = (field: string, value: string): Query => ({ prefix: { [field]: { value } } });
const phrase = (field: string, values: string[]): Query => ({ match_phrase: { [field]: values.join(' ') } });
const any = (queries: Query[]): Query =>
  queries.length === 1 ? queries[0]! : { bool: { should: queries, minimum_should_match: 1 } };
const all = (queries: Query[]): Query => (queries.length === 1 ? queries[0]! : { bool: { filter: queries } });

/** What is found, by `filter`; what makes it better, each by twice as much as the one after it. */
function ranked(filter: Query[], tiers: (Query | null)[], not: Query[] = []): Query {
  const boosts = tiers.map((query, index) =>
    query === null ? null : { constant_score: { filter: query, boost: 2 ** (tiers.length - 1 - index) } },
  );
  return { bool: { filter, must_not: not, should: boosts.filter((each) => each !== null), minimum_should_match: 0 } };
}

/** A single search is limited to 1,024 clauses; what was typed takes up to 400 of them. */
const CLAUSES_OF_SCOPES = 500;

/** The searches that one is made of: who is in many conversations of which they may not read all, asks in parts. */
export function messageSearches(query: MessageQuery, typed: Typed): Query[] {
  const range = (field: string, from?: number, to?: number | null): Query => ({
    range: { [field]: { ...(from === undefined ? {} : { gte: from }), ...(to == null ? {} : { lte: to }) } },
  });
  const filter: Query[] = typed.pieces.map(found);
  if (query.senderId !== undefined) filter.push(term('senderId', query.senderId));
  if (query.sentAfter !== undefined || query.sentBefore !== undefined)
    filter.push(range('sentAt', query.sentAfter, query.sentBefore));
  if (query.mediaKinds?.length) filter.push(terms('mediaKinds', query.mediaKinds));
  if (query.mentionedId !== undefined) filter.push(term('mentionedIds', query.mentionedId));
  const hasMedia: Query = { exists: { field: 'mediaKinds' } };
  if (query.hasMedia === true) filter.push(hasMedia);
  const not: Query[] = query.hasMedia === false ? [hasMedia] : [];
  if (query.withoutIds?.length) not.push(terms('id', query.withoutIds));
  if (query.withoutSenderIds?.length) not.push(terms('senderId', query.withoutSenderIds));
  const tiers = typed.isBlank ? [] : messageTiers(typed.pieces);
  return scopesOf(query.scopes, range).map((scope) => ranked([...filter, scope], tiers, not));
}

function scopesOf(scopes: readonly Scope[], range: (field: string, from: number, to: number | null) => Query): Query[] {
  const isWhole = ({ spans }: Scope) => spans.some(({ fromSeq, toSeq }) => fromSeq <= 1 && toSeq === null);
  const whole = scopes.filter(isWhole);
  const parts: Query[][] = [[]];
  if (whole.length > 0)
    parts[0]!.push(
      terms(
        'conversationId',
        whole.map(({ conversationId }) => conversationId),
      ),
    );
  let clauses = 1;
  for (const scope of scopes) {
    if (isWhole(scope) || scope.spans.length === 0) continue;
    clauses += 1 + scope.spans.length;
    if (clauses > CLAUSES_OF_SCOPES) {
      parts.push([]);
      clauses = 1 + scope.spans.length;
    }
    const spans = scope.spans.map(({ fromSeq, toSeq }) => range('seq', fromSeq, toSeq));
    parts.at(-1)!.push(all([term('conversationId', scope.conversationId), any(spans)]));
  }
  return parts.filter((part) => part.length > 0).map(any);
}

function messageTiers(pieces: readonly Piece[]): (Query | null)[] {
  const isOneRun = pieces.every(({ kind, isOpen }) => kind !== 'pair' || !isOpen);
  const accented = pieces.flatMap((piece) => piece.accented ?? []);
  return [
    pieces.length > 1 && isOneRun
      ? phrase(
          'words',
          pieces.flatMap((piece) => piece.terms),
        )
      : null,
    all(pieces.map(asTyped)),
    accented.length > 0 ? all(accented.map((each) => term('accented', each))) : null,
    all(pieces.map((piece) => any(wholeWords(piece)))),
  ];
}

/** Which words of a hit come down to the same as one that was typed. */
export function stemsQuery(pieces: readonly Piece[]): Query {
  return any(pieces.map((piece) => stemmed(piece.terms[0]!)));
}

function found(piece: Piece): Query {
  return any([...wholeWords(piece), ...begun(piece)]);
}

function asTyped(piece: Piece): Query {
  if (piece.kind !== 'pair') return term('words', piece.terms[0]!);
  return piece.isOpen ? any(begun(piece)) : phrase('words', piece.terms);
}

/** By itself, another spelling, a part or its stem. */
function wholeWords(piece: Piece): Query[] {
  if (piece.kind !== 'word') return [asTyped(piece)];
  const [word] = piece.terms as [string];
  const spelt = piece.spelt === null ? [] : [term('words', piece.spelt), term('parts', piece.spelt)];
  return [stemmed(word), term('parts', word), ...spelt];
}

function stemmed(word: string): Query {
  return { match: { 'words.stems': { query: word } } };
}

function begun({ terms: [word], isOpen }: Piece): Query[] {
  return isOpen ? [prefix('words', word!), prefix('parts', word!)] : [];
}

export function personSearch(text: string, { pieces }: Typed, withoutIds: readonly string[]): Query {
  const typo = ({ kind, terms: [word] }: Piece): Query[] => {
    const isLong = kind === 'word' && word!.length >= 4 && word!.length <= 32;
    return isLong ? ['words', 'parts'].map((field) => ({ fuzzy: { [field]: { value: word, fuzziness: 1 } } })) : [];
  };
  return ranked(
    pieces.map((piece) => any([...nameBegins(piece), ...typo(piece)])),
    [
      term('handle', whole(text)),
      all(pieces.map((piece) => any(nameWords(piece)))),
      all(pieces.map((piece) => any(nameBegins(piece)))),
      term('name', whole(text)),
    ],
    withoutIds.length > 0 ? [terms('id', withoutIds)] : [],
  );
}

export function conversationSearch(text: string, { pieces }: Typed, memberOf: readonly string[]): Query {
  const described = ({ kind, terms: own, isOpen }: Piece): Query =>
    kind === 'word' || isOpen ? prefix('description', own[0]!) : all(own.map((each) => term('description', each)));
  return ranked(
    [
      any([term('isPublic', true), terms('id', memberOf)]),
      ...pieces.map((piece) => any([...nameBegins(piece), described(piece)])),
    ],
    [
      term('title', whole(text)),
      all(pieces.map((piece) => any(nameWords(piece)))),
      all(pieces.map((piece) => any(nameBegins(piece)))),
      null,
    ],
  );
}

function nameWords(piece: Piece): Query[] {
  const own = asTyped(piece);
  if (piece.kind !== 'word') return [own];
  const [word] = piece.terms as [string];
  const spelt = piece.spelt === null ? [] : [term('words', piece.spelt), term('parts', piece.spelt)];
  return [own, term('parts', word), ...spelt];
}

function nameBegins(piece: Piece): Query[] {
  if (piece.kind !== 'word') return nameWords(piece);
  const [word] = piece.terms as [string];
  return [...nameWords(piece), { match_bool_prefix: { words: word } }, prefix('parts', word)];
}
