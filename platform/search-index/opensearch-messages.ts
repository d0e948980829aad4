import { fragmentsOf, rangesOf } from './highlights.js';
import type { Answer } from './opensearch-client.js';
import { messageSearches, stemsQuery } from './opensearch-queries.js';
import type { Fragment, Hits, MessageHit, MessageQuery } from './port.js';
import { decodePosition, encodePosition } from './position.js';
import { typedOf, type Piece } from './typed.js';
import { wordsOf } from './words.js';

const MOST_COUNTED = 10_000;
/** Words have neither. */
const [BEFORE, AFTER] = ['<', '>'];

interface Source {
  conversationId: string;
  seq: number;
  body: string;
}
type Found = Answer<Source>['hits']['hits'][number];

/** Asks in one request, however many searches it takes. */
export async function searchMessages(
  search: (searches: object[]) => Promise<Answer<Source>[]>,
  query: MessageQuery,
): Promise<Hits<MessageHit> & { total: number }> {
  const after = query.after === undefined ? null : decodePosition(query.after);
  const typed = typedOf(query.text);
  const searches = typed.pieces.length === 0 && !typed.isBlank ? [] : messageSearches(query, typed);
  if (searches.length === 0) return { hits: [], hasMore: false, total: 0 };
  const words = typed.pieces.filter(({ kind }) => kind === 'word');
  const answers = await search(
    searches.map((each) => ({
      query: each,
      size: query.first + 1,
      sort: [{ _score: 'desc' }, { sentAt: 'desc' }, { id: 'desc' }],
      track_total_hits: MOST_COUNTED,
      _source: ['conversationId', 'seq', 'body'],
      ...(after ? { search_after: [after.score, after.at, after.id] } : {}),
      ...(words.length > 0 ? { highlight: stemmedWords(words) } : {}),
    })),
  );
  const found = answers.flatMap(({ hits }) => hits.hits).sort(byPosition);
  const total = answers.reduce((sum, { hits }) => sum + (hits.total?.value ?? 0), 0);
  return {
    hits: found.slice(0, query.first).map((hit) => ({
      id: hit._id,
      conversationId: hit._source.conversationId,
      seq: hit._source.seq,
      position: positionOf(hit),
      fragments: highlight(hit, typed.pieces),
    })),
    hasMore: found.length > query.first,
    total: Math.min(MOST_COUNTED, total),
  };
}

/** Marks the words that have a stem in common with what was typed, in all words of a message. */
function stemmedWords(pieces: readonly Piece[]): object {
  const fields = { 'words.stems': { number_of_fragments: 0, highlight_query: stemsQuery(pieces) } };
  return { pre_tags: [BEFORE], post_tags: [AFTER], fields };
}

function highlight({ _source: { body }, highlight: marked }: Found, pieces: readonly Piece[]): Fragment[] {
  const stemmed = (marked?.['words.stems']?.[0] ?? '').split(' ').map((word) => word.startsWith(BEFORE));
  return fragmentsOf(
    body,
    rangesOf(wordsOf(body), pieces, (index) => stemmed[index] === true),
  );
}

function positionOf({ _id: id, sort: [score, at] }: Found): string {
  return encodePosition({ score: score as number, at: at as number, id });
}

function byPosition({ sort: a }: Found, { sort: b }: Found): number {
  const place = a.findIndex((value, index) => value !== b[index]);
  if (place < 0) return 0;
  return a[place]! < b[place]! ? 1 : -1;
}
