import { Client, Pool, types, type CustomTypesConfig } from 'pg';
import { isUnavailable } from '../database/unavailable.js';
import { unavailable } from '../errors/report.js';

/** A fixed text; parameters are $1, $2 … */
export interface Statement {
  name: string;
  text: string;
}

/** A search that takes longer is given up, and so is a write, ms. */
const STATEMENT_MS = 5_000;
const QUERY_CANCELED = '57014';

/** Plans are made anew for each search: how often its words occur decides which one is good. */
const settings = [
  'plan_cache_mode=force_custom_plan',
  `statement_timeout=${STATEMENT_MS}`,
  'work_mem=32MB',
  'jit=off',
  'max_parallel_workers_per_gather=0',
  'timezone=UTC',
];

/** As pg does, but bigint as number: versions and times stay below 2^53. */
const getTypeParser: CustomTypesConfig['getTypeParser'] = (oid: number, format?: 'text' | 'binary') =>
  oid === (types.builtins.INT8 as number) ? Number : (types.getTypeParser(oid, format) as (value: string) => unknown);

/** The connections to the database of the search index. */
export class SearchPool {
  private readonly pool: Pool;
  private prepared: Promise<void> | null = null;

  /** `prepare` is done before anything else is asked, and again where it failed. */
  constructor(
    private readonly connectionString: string,
    size: number,
    private readonly prepare: () => Promise<void>,
  ) {
    this.pool = new Pool({
      connectionString,
      max: size,
      connectionTimeoutMillis: 4_000,
      query_timeout: 2 * STATEMENT_MS,
      keepAlive: true,
      options: settings.map((setting) => `-c ${setting}`).join(' '),
      types: { getTypeParser },
    });
    // A connection that ends while it is idle is replaced; one in use fails its query.
    this.pool.on('error', () => undefined);
  }

  /** Throws as `query` does, and what `prepare` throws. */
  ready(): Promise<void> {
    return (this.prepared ??= answered(this.prepare).catch((error: unknown) => {
      this.prepared = null;
      throw error;
    }));
  }

  /** Throws Fault UNAVAILABLE where the database cannot be reached, or takes too long. */
  async query<Row extends object>({ name, text }: Statement, values: unknown[]): Promise<Row[]> {
    await this.ready();
    return answered(async () => (await this.pool.query<Row>({ name, text, values })).rows);
  }

  /** On a connection of its own, and without a limit of time. */
  async maintain<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    await this.ready();
    return answered(async () => {
      const client = new Client({ connectionString: this.connectionString, connectionTimeoutMillis: 4_000 });
      client.on('error', () => undefined); // the query that waits is told, too
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    });
  }

  /** May be called twice. */
  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isLate = (error as { code?: string }).code === QUERY_CANCELED;
    throw isLate || isUnavailable(error) ? unavailable(error) : error;
  }
}
