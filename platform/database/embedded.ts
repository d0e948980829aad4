import { Client } from 'pg';
import type { Logger } from 'pino';
import { diskFull, StartError } from '../config/start-error.js';
import { BUCKETS } from '../ids/ids.js';
import { migrate } from './migrate.js';
import { isUnavailable } from './unavailable.js';
import type { Databases, DirectoryClient, ShardClient } from './port.js';
import { PostgresServer } from './postgres-server.js';
import { disconnect, openDirectory, openShard } from './prisma.js';

const POOL_SIZE = 12;

export interface EmbeddedOptions {
  dataDir: string;
  shardCount: number;
  log: Logger;
}

/** A Postgres of our own in `<dataDir>/postgres`, with the directory, the shards and the search index, migrated. Throws StartError. */
export async function openEmbeddedDatabases({ dataDir, shardCount, log }: EmbeddedOptions): Promise<Databases> {
  const server = await PostgresServer.start(dataDir, log);
  try {
    const url = (name: string) => server.url(`parley_${name}`);
    await createDatabases(server.url('postgres'), ['parley_directory']);
    await migrate(url('directory'), 'directory');
    const added = await registeredShards(url('directory'));
    const beside = added.filter((shard) => shard.url === null).map(({ name }) => name);
    const names = [...new Set([...Array.from({ length: shardCount }, (_, i) => `shard${i}`), ...beside])];
    await createDatabases(
      server.url('postgres'),
      [...names, 'search'].map((name) => `parley_${name}`),
    );
    await Promise.all([...names.map((name) => migrate(url(name), 'shard')), migrate(url('search'), 'search')]);
    for (const shard of added)
      if (shard.url !== null)
        await migrate(shard.url, 'shard').catch((error: unknown) => {
          // The shards that are there work without it.
          if (!isUnavailable(error)) throw error;
          log.warn({ err: error, shard: shard.name }, 'a shard cannot be reached');
        });
    const databases = connect(url, names, POOL_SIZE);
    for (const shard of added) if (shard.url !== null) databases.openShard(shard.name, shard.url);
    await assignBuckets(databases.directory, databases.shards);
    return {
      ...databases,
      close: async () => {
        await databases.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw (error as { code?: string }).code === '53100' ? diskFull(dataDir, error) : error; // disk_full
  }
}

/** Clients of databases that exist and are migrated. */
export function connect(urlOf: (name: string) => string, shardNames: string[], poolSize: number): Databases {
  const directory = openDirectory({ connectionString: urlOf('directory'), poolSize });
  const shards = new Map(shardNames.map((name) => [name, openShard({ connectionString: urlOf(name), poolSize })]));
  return {
    directory,
    shards,
    url: urlOf,
    openShard: (name, url) => {
      const shard = shards.get(name) ?? openShard({ connectionString: url ?? urlOf(name), poolSize });
      shards.set(name, shard);
      return shard;
    },
    close: async () => {
      await Promise.all([directory, ...shards.values()].map(disconnect));
    },
  };
}

/** Those that the directory has, oldest first. */
export async function registeredShards(directoryUrl: string): Promise<{ name: string; url: string | null }[]> {
  const client = new Client({ connectionString: directoryUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the query that waits is told, too
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; url: string | null }>(
      'select name, url from shard order by added_at, name',
    );
    return rows;
  } finally {
    await client.end();
  }
}

export async function createDatabases(url: string, names: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // the query that waits is told, too
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    const existing = new Set(rows.map((row) => row.datname));
    for (const name of names)
      if (!existing.has(name)) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** On first run: splits the buckets evenly. Later runs must have the shards that the map names. */
export async function assignBuckets(
  directory: DirectoryClient,
  shards: ReadonlyMap<string, ShardClient>,
  variable = 'PARLEY_SHARDS',
): Promise<void> {
  const ranges = await directory.shardRange.findMany();
  const missing = ranges.find((range) => !shards.has(range.shard));
  if (missing)
    throw new StartError(
      `The data has a shard "${missing.shard}" that ${variable} leaves out. Set ${variable} to what the data was made with.`,
    );
  if (ranges.length === 0) {
    const size = BUCKETS / shards.size;
    let index = 0;
    for (const [name, shard] of shards) {
      const [from, to] = [Math.floor(index * size), Math.floor(++index * size) - 1];
      await shard.$executeRaw`insert into bucket_owner (bucket) select generate_series(${from}::int, ${to}::int) on conflict do nothing`;
      ranges.push({ fromBucket: from, toBucket: to, shard: name });
    }
    // Last, and at once: a start that dies before this begins anew.
    await directory.$transaction([
      directory.shardRange.createMany({ data: ranges }),
      directory.shardPlace.createMany({ data: [...shards.keys()].map((name) => ({ name })), skipDuplicates: true }),
      directory.shardMapVersion.updateMany({ data: { version: { increment: 1 } } }),
    ]);
  }
}
