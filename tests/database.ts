import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/** The databases of a running embedded Parley, for invariants that look behind the API. */
export class Database {
  private constructor(private readonly shards: Client[]) {}

  static async of(dataDir: string): Promise<Database> {
    const directory = join(dataDir, 'postgres');
    const password = readFileSync(join(directory, 'parley.password'), 'utf8');
    const port = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[3];
    const connect = async (name: string) => {
      const client = new Client({ connectionString: `postgresql://parley:${password}@127.0.0.1:${port}/${name}` });
      // A test may kill the server while this is open.
      client.on('error', () => undefined);
      await client.connect();
      return client;
    };
    const postgres = await connect('postgres');
    const { rows } = await postgres.query<{ datname: string }>(
      "select datname from pg_database where datname like 'parley\\_shard%' order by datname",
    );
    await postgres.end();
    if (rows.length === 0) throw new Error('There is no shard.');
    return new Database(await Promise.all(rows.map(({ datname }) => connect(datname))));
  }

  /** Of shards on servers of their own. */
  static async at(shardUrls: string[]): Promise<Database> {
    return new Database(
      await Promise.all(
        shardUrls.map(async (connectionString) => {
          const client = new Client({ connectionString });
          client.on('error', () => undefined);
          await client.connect();
          return client;
        }),
      ),
    );
  }

  /** The rows of all shards. */
  async everywhere<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const results = await Promise.all(this.shards.map((shard) => shard.query<Row>(sql, parameters)));
    return results.flatMap(({ rows }) => rows);
  }

  /** The rows of the first shard; for what is of the whole server. */
  async one<Row extends object>(sql: string): Promise<Row[]> {
    return (await this.shards[0]!.query<Row>(sql)).rows;
  }

  async close(): Promise<void> {
    await Promise.all(this.shards.map((shard) => shard.end()));
  }
}

/** Opens, uses and closes. */
export async function withDatabase<T>(dataDir: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await Database.of(dataDir);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
