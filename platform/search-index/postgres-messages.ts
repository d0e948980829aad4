import { fragmentsOf, rangesOf } from './highlights.js';
import { anyMedia, mediaOf, mentionOf, messageQueries, narrowed } from './lexemes.js';
import type { Hits, MessageHit, MessageQuery } from './port.js';
import { decodePosition, encodePosition } from './position.js';
import type { SearchPool, Statement } from './postgres-pool.js';
import type { Stems } from './stems.js';
import { typedOf, type Piece } from './typed.js';
import { wordsOf } from './words.js';

/** So many matches are ranked, the newest, and counted. */
export const MOST_RANKED = 10_000;

interface Row {
  total: number;
  /** This and the rest are null where there is none. */
  id: string | null;
  conversation_id: string;
  seq: number;
  sent_at: number;
  body: string;
  score: number;
}

export async function searchMessages(
  pool: SearchPool,
  stems: Stems,
  query: MessageQuery,
): Promise<Hits<MessageHit> & { total: number }> {
  const after = query.after === undefined ? null : decodePosition(query.after);
  const typed = typedOf(query.text);
  if ((typed.pieces.length === 0 && !typed.isBlank) || query.scopes.length === 0)
    return { hits: [], hasMore: false, total: 0 };
  const { match, tiers } = typed.isBlank
    ? { match: null, tiers: [null, null, null, null] }
    : await messageQueries(typed, stems);
  const spans = query.scopes.flatMap(({ conversationId, spans: all }) =>
    all.map(({ fromSeq, toSeq }) => ({ conversationId, fromSeq, toSeq })),
  );
  const rows = await pool.query<Row>(search, [
    spans.map(({ conversationId }) => conversationId),
    spans.map(({ fromSeq }) => fromSeq),
    spans.map(({ toSeq }) => toSeq),
    narrowed(match, [
      query.hasMedia === undefined ? null : `${query.hasMedia ? '' : '!'}${anyMedia}`,
      query.mediaKinds?.length ? mediaOf(query.mediaKinds) : null,
      query.mentionedId === undefined ? null : mentionOf(query.mentionedId),
    ]),
    ...tiers,
    query.senderId ?? null,
    query.sentAfter ?? null,
    query.sentBefore ?? null,
    query.withoutIds ?? [],
    query.withoutSenderIds ?? [],
    after?.score ?? null,
    after?.at ?? null,
    after?.id ?? null,
    query.first + 1,
  ]);
  const found = rows.filter(({ id }) => id !== null) as (Row & { id: string })[];
  const page = found.slice(0, query.first);
  const fragments = await highlight(stems, page, typed.pieces);
  return {
    hits: page.map(({ id, conversation_id: conversationId, seq, sent_at: at, score }, index) => ({
      id,
      conversationId,
      seq,
      position: encodePosition({ score, at, id }),
      fragments: fragments[index]!,
    })),
    hasMore: found.length > query.first,
    total: rows[0]!.total,
  };
}

async function highlight(stems: Stems, page: readonly Row[], pieces: readonly Piece[]) {
  const words = page.map(({ body }) => wordsOf(body));
  const typed = pieces.flatMap(({ terms }) => terms);
  const known = await stems.of([...typed, ...words.flat().map(({ term }) => term)]);
  const rootsOf = (term: string) => [term, ...(known.get(term) ?? [])];
  return page.map(({ body }, row) => {
    const own = words[row]!;
    const isAkin = (index: number, { terms }: Piece) =>
      rootsOf(own[index]!.term).some((root) => rootsOf(terms[0]!).includes(root));
    return fragmentsOf(body, rangesOf(own, pieces, isAkin));
  });
}

/**
 * $1-$3 spans; $4 what must match; $5-$8 the tiers; $9-$13 filters; $14-$16 after; $17 how many. The array of conversations is
 * named beside the spans because Postgres knows how many messages an array finds, and of a join only guesses.
 */
const search: Statement = {
  name: 'search messages',
  text: `
    with span as materialized (
      select * from unnest($1::uuid[], $2::bigint[], $3::bigint[]) s (conversation_id, from_seq, to_seq)
    ),
    matched as materialized (
      select m.id, m.conversation_id, m.seq, m.sent_at, m.body, m.terms
      from message m
      where m.slot = (select live from index_state where index_name = 'messages')
        and m.terms is not null
        and ($4::tsquery is null or m.terms @@ $4::tsquery)
        and m.conversation_id = any($1::uuid[])
        and exists (
          select from span s
          where s.conversation_id = m.conversation_id and m.seq >= s.from_seq and (s.to_seq is null or m.seq <= s.to_seq)
        )
        and ($9::uuid is null or m.sender_id = $9::uuid)
        and ($10::bigint is null or m.sent_at >= $10::bigint)
        and ($11::bigint is null or m.sent_at <= $11::bigint)
        and m.id <> all($12::uuid[])
        and m.sender_id <> all($13::uuid[])
      order by m.sent_at desc, m.id desc
      limit ${MOST_RANKED}
    )
    select t.total, h.*
    from (select count(*)::int as total from matched) t
    left join lateral (
      select id, conversation_id, seq, sent_at, body, score
      from (
        select m.id, m.conversation_id, m.seq, m.sent_at, m.body,
          coalesce((m.terms @@ $5::tsquery)::int * 8, 0) + coalesce((m.terms @@ $6::tsquery)::int * 4, 0)
            + coalesce((m.terms @@ $7::tsquery)::int * 2, 0) + coalesce((m.terms @@ $8::tsquery)::int, 0) as score
        from matched m
      ) scored
      where $14::int is null or (score, sent_at, id) < ($14::int, $15::bigint, $16::uuid)
      order by score desc, sent_at desc, id desc
      limit $17::int
    ) h on true
    order by h.score desc, h.sent_at desc, h.id desc`,
};
