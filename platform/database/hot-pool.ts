import { Pool, types, type CustomTypesConfig } from 'pg';

/** A fixed text, prepared once a connection under its name. Parameters are $1, $2 …; an array is passed as a JavaScript array. */
export interface Statement {
  /** Unique among all statements of a database. */
  name: string;
  text: string;
}

export interface HotPoolOptions {
  connectionString: string;
  /** Connections at most. */
  size: number;
}

/**
 * What every connection is set to. All that runs here is a few look-ups by index: a plan is made once, and may not be one
 * that was cheap only while its tables were small. Without the first setting Postgres plans the large statements of the SQL
 * functions at each call, which costs more than to run them.
 */
export const hotSettings = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
  'idle_in_transaction_session_timeout=1000',
  'timezone=UTC',
];

/** A server that has fallen silent may not hold its callers for ever. */
export const QUERY_TIMEOUT_MS = 10_000;

const INT8_ARRAY = 1016;

/** As pg does, but bigint as number: versions, positions and serial ids stay below 2^53. */
const getTypeParser: CustomTypesConfig['getTypeParser'] = (oid: number, format?: 'text' | 'binary') => {
  if (oid === (types.builtins.INT8 as number)) return Number;
  if (oid === INT8_ARRAY) return toNumbers;
  return types.getTypeParser(oid, format) as (value: string) => unknown;
};

/**
 * The way of a message past Prisma, whose part in a call costs more than the call: a few prepared statements on a
 * connection pool of their own. For the calls that run once a batch, of messages or of streams that open, and no others.
 */
export class HotPool {
  private readonly pool: Pool;

  constructor({ connectionString, size }: HotPoolOptions) {
    this.pool = new Pool({
      connectionString,
      max: size,
      connectionTimeoutMillis: 4_000,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      options: hotSettings.map((setting) => `-c ${setting}`).join(' '),
      types: { getTypeParser },
    });
    // A connection that ends while it is idle is replaced; one in use fails its query.
    this.pool.on('error', () => undefined);
  }

  /** Throws what pg throws: `code` is the SQLSTATE. See isUnavailable and isMoved. */
  async query<Row extends object>({ name, text }: Statement, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>({ name, text, values });
    return rows;
  }

  /** May be called twice. */
  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }
}

/** `{1,NULL,3}` */
function toNumbers(text: string): (number | null)[] {
  if (text === '{}') return [];
  return text
    .slice(1, -1)
    .split(',')
    .map((each) => (each === 'NULL' ? null : Number(each)));
}
