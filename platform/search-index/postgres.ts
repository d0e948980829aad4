import { migrate } from '../database/migrate.js';
import { Fault } from '../errors/errors.js';
import type { Log } from '../telemetry/log.js';
import { conversationQueries, personQueries, type Queries } from './lexemes.js';
import type { Hit, Hits, IndexOf, MessageQuery, Rebuild, SearchIndex } from './port.js';
import { decodePosition, encodePosition } from './position.js';
import { searchMessages } from './postgres-messages.js';
import { SearchPool, type Statement } from './postgres-pool.js';
import { PostgresWriter } from './postgres-writes.js';
import { Stems } from './stems.js';
import { typedOf } from './typed.js';
import { WORDS_VERSION } from './words.js';

export interface PostgresSearchOptions {
  /** A database of its own, empty or of an earlier start. */
  connectionString: string;
  /** Connections at most. */
  poolSize: number;
  log: Log;
}

/**
 * Connects, and brings the database up to date; where it cannot be reached, with the first call that reaches it: nothing but
 * search waits for it. Throws StartError where the database is from a newer Parley.
 */
export async function openPostgresSearchIndex(options: PostgresSearchOptions): Promise<SearchIndex> {
  const { connectionString, poolSize, log } = options;
  const pool = new SearchPool(connectionString, poolSize, () => migrate(connectionString, 'search'));
  try {
    await pool.ready();
    await warnOfOtherVersions(pool, log);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.warn({ err: error }, 'the search index cannot be reached; it is tried again with each search and each write');
  }
  return new PostgresSearchIndex(pool);
}

async function warnOfOtherVersions(pool: SearchPool, log: Log): Promise<void> {
  const rows = await pool.query<{ index_name: string; words: number }>(versions, []);
  for (const { index_name: index, words } of rows)
    if (words !== WORDS_VERSION)
      log.warn({ index }, 'the search index is from another version of Parley: run `parley search reindex`');
}

/** Full text in a Postgres of version 15 or newer, without any extension. */
class PostgresSearchIndex extends PostgresWriter implements SearchIndex {
  constructor(pool: SearchPool) {
    super(
      pool,
      new Stems(async (words) =>
        (await pool.query<{ stems: string[] }>(lookUpStems, [words])).map(({ stems }) => stems),
      ),
    );
  }

  searchMessages(query: MessageQuery) {
    return searchMessages(this.pool, this.stems, query);
  }

  searchPeople(query: Parameters<SearchIndex['searchPeople']>[0]): Promise<Hits<Hit>> {
    const typed = typedOf(query.text, { allOpen: true });
    if (typed.pieces.length === 0) return nothing(query);
    return this.find(searchPeople, personQueries(query.text, typed), query.withoutIds ?? [], query);
  }

  searchConversations(query: Parameters<SearchIndex['searchConversations']>[0]): Promise<Hits<Hit>> {
    const typed = typedOf(query.text, { allOpen: true });
    if (typed.pieces.length === 0) return nothing(query);
    return this.find(searchConversations, conversationQueries(query.text, typed), query.memberOf, query);
  }

  async rebuild(of: IndexOf): Promise<Rebuild> {
    const [begun] = await this.pool.maintain<{ rebuild: string }>('select begin_rebuild($1) as rebuild', [of]);
    return new PostgresRebuild(this.pool, this.stems, of, Number(begun!.rebuild));
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async find(
    statement: Statement,
    { match, tiers }: Queries,
    ids: readonly string[],
    { first, after }: { first: number; after?: string },
  ): Promise<Hits<Hit>> {
    const position = after === undefined ? null : decodePosition(after);
    const rows = await this.pool.query<{ id: string; score: number }>(statement, [
      match,
      ids,
      position?.score ?? null,
      position?.id ?? null,
      first + 1,
      ...tiers,
    ]);
    return {
      hits: rows.slice(0, first).map(({ id, score }) => ({ id, position: encodePosition({ score, at: 0, id }) })),
      hasMore: rows.length > first,
    };
  }
}

class PostgresRebuild extends PostgresWriter implements Rebuild {
  constructor(
    pool: SearchPool,
    stems: Stems,
    private readonly of: IndexOf,
    private readonly rebuild: number,
  ) {
    super(pool, stems, { kind: 'slot to fill', rebuild });
  }

  async swap(): Promise<void> {
    // What it holds is known to the planner before it is searched.
    await this.pool.maintain(
      `analyze ${{ messages: 'message', people: 'person', conversations: 'conversation' }[this.of]}`,
      [],
    );
    if (!(await this.end(true))) throw new Error(`Another rebuild of ${this.of} has begun.`);
  }

  async drop(): Promise<void> {
    await this.end(false);
  }

  private async end(isSwap: boolean): Promise<boolean> {
    const [ended] = await this.pool.maintain<{ ended: boolean }>('select end_rebuild($1, $2, $3, $4) as ended', [
      this.of,
      this.rebuild,
      isSwap,
      WORDS_VERSION,
    ]);
    // A crash before this leaves the old rows to the next rebuild.
    if (ended!.ended) await this.pool.maintain('select empty_idle_slot($1, null)', [this.of]);
    return ended!.ended;
  }
}

async function nothing({ after }: { after?: string }): Promise<Hits<Hit>> {
  if (after !== undefined) decodePosition(after);
  return { hits: [], hasMore: false };
}

const lookUpStems: Statement = { name: 'stems', text: 'select stems_of($1::text[]) as stems' };
const versions: Statement = { name: 'versions', text: 'select index_name, words from index_state' };

const textOf = (table: string, index: string, filter: string, score: string) => `
  select id, score
  from (
    select id, ${score} as score
    from ${table}
    where slot = (select live from index_state where index_name = '${index}') and terms @@ $1::tsquery and ${filter}
  ) scored
  where $3::int is null or (score, id) < ($3::int, $4::uuid)
  order by score desc, id desc
  limit $5::int`;

const searchPeople: Statement = {
  name: 'search people',
  text: textOf(
    'person',
    'people',
    'id <> all($2::uuid[])',
    `(terms @@ $6::tsquery)::int * 8 + (terms @@ $7::tsquery)::int * 4 + (terms @@ $8::tsquery)::int * 2
      + (terms @@ $9::tsquery)::int`,
  ),
};
const searchConversations: Statement = {
  name: 'search conversations',
  text: textOf(
    'conversation',
    'conversations',
    '(is_public or id = any($2::uuid[]))',
    '(terms @@ $6::tsquery)::int * 8 + (terms @@ $7::tsquery)::int * 4 + (terms @@ $8::tsquery)::int * 2',
  ),
};
