import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { openDataDirectory } from '../config/data-directory.js';
import { StartError } from '../config/start-error.js';
import type { Log } from '../telemetry/log.js';
import { connect, registeredShards } from './embedded.js';
import type { Databases } from './port.js';
import { PostgresServer, runningServer } from './postgres-server.js';

const POOL_SIZE = 2;

/**
 * The databases that a data directory has, for a tool: through the Postgres that runs there, or else through one started
 * until close(). Makes and migrates nothing. Throws StartError where there is no data, or Parley starts or stops just now.
 */
export async function openExistingDatabases(dataDir: string, log: Log): Promise<Databases> {
  const server = await openExistingServer(dataDir, log);
  return connectToAll(server.url, server.stop).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
}

/** As openExistingDatabases, its server alone. */
export async function openExistingServer(
  dataDir: string,
  log: Log,
): Promise<{ url: (database: string) => string; stop: () => Promise<void> }> {
  const path = resolve(dataDir);
  if (!existsSync(join(path, 'postgres')))
    throw new StartError(`There is no data in ${path}. Set PARLEY_DATA_DIR to the directory that Parley runs with.`);
  const running = runningServer(path);
  if (running) return { url: running, stop: () => Promise.resolve() };
  const lock = openDataDirectory(path); // no Parley can start meanwhile
  try {
    const server = await PostgresServer.start(path, log);
    return {
      url: (name) => server.url(name),
      stop: async () => {
        await server.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function connectToAll(url: (database: string) => string, stop: () => Promise<void>): Promise<Databases> {
  const names = await shardNames(url('postgres'));
  if (names.length === 0) throw new StartError('The data has no shards yet. Start Parley once, then try again.');
  const databases = connect((name) => url(`parley_${name}`), names, POOL_SIZE);
  // Data of an earlier version has no list of them.
  for (const shard of await registeredShards(url('parley_directory')).catch(() => []))
    databases.openShard(shard.name, shard.url);
  return {
    ...databases,
    close: async () => {
      await databases.close();
      await stop();
    },
  };
}

async function shardNames(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the query that waits is told, too
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select substr(datname, 8) as name from pg_database where datname like 'parley\\_shard%' order by length(datname), datname`,
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
