import { Client, type QueryResultRow } from 'pg';

/** For how long a connection may take to come about. */
const CONNECT_MS = 5_000;

/**
 * A connection for the one who moves buckets: administration whose statements cannot have parameters (publications,
 * subscriptions), and that runs for long. Names in them are made of a move's id, never of input.
 */
export class MoveSession {
  private constructor(
    private readonly client: Client,
    readonly url: string,
  ) {}

  static async open(url: string): Promise<MoveSession> {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      options: '-c timezone=UTC',
      keepAlive: true,
    });
    client.on('error', () => undefined); // the query that waits is told, too
    await client.connect();
    return new MoveSession(client, url);
  }

  async rows<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, values)).rows;
  }

  async one<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row> {
    const [row] = await this.rows<Row>(text, values);
    if (!row) throw new Error('There is no row.');
    return row;
  }

  /** Without parameters; several statements are one transaction. Returns how many rows the last one touched. */
  async run(text: string, values?: unknown[]): Promise<number> {
    return (await this.client.query(text, values)).rowCount ?? 0;
  }

  literal(text: string): string {
    return this.client.escapeLiteral(text);
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
