import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { DatabaseUrls } from '../config/config.js';
import { StartError } from '../config/start-error.js';
import type { Log } from '../telemetry/log.js';
import { assignBuckets, connect } from './embedded.js';
import { migrate } from './migrate.js';
import type { Databases } from './port.js';
import { isUnavailable } from './unavailable.js';

/** For how long a start waits for databases that cannot be reached yet, ms. */
const PATIENCE_MS = 60_000;
/** Held in the directory while one process migrates and assigns buckets: others that start wait. */
const LOCK = 72_707_370;

export interface ExternalOptions {
  urls: DatabaseUrls;
  poolSize: number;
  log: Log;
  /** In ms. */
  patience?: number;
}

/**
 * The databases of Postgres servers that others run, brought up to date. Several processes may start at once: one migrates,
 * the others wait for it. Throws StartError where a database cannot be reached within a minute, or refuses us.
 */
export async function openExternalDatabases(options: ExternalOptions): Promise<Databases> {
  const { urls, poolSize, log, patience = PATIENCE_MS } = options;
  const urlOf = (name: string) => (name === 'directory' ? urls.directory : urls.shards.get(name)!);
  const limit = Date.now() + patience;
  const lock = await reach('PARLEY_DATABASE_URL', () => connectOnce(urls.directory), limit, log);
  try {
    await lock.query('select pg_advisory_lock($1)', [LOCK]);
    await migrate(urls.directory, 'directory');
    for (const [name, url] of urls.shards)
      await reach(`PARLEY_SHARD_URLS (${name})`, () => migrate(url, 'shard'), limit, log);
    const databases = connect(urlOf, [...urls.shards.keys()], poolSize);
    try {
      await assignBuckets(databases.directory, databases.shards, 'PARLEY_SHARD_URLS');
    } catch (error) {
      await databases.close();
      throw error;
    }
    return databases;
  } finally {
    await lock.end().catch(() => undefined); // lets go of the lock
  }
}

async function connectOnce(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the query that waits is told, too
  await client.connect();
  return client;
}

/** Tries while the database cannot be reached: it may start beside us. */
async function reach<T>(variable: string, attempt: () => Promise<T>, limit: number, log: Log): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof StartError) throw error;
      const { message } = error as Error;
      if (!isUnavailable(error) || Date.now() > limit)
        throw new StartError(
          `The database of ${variable} cannot be used: ${message}. Check its URL, and that it runs.`,
          {
            cause: error,
          },
        );
      if (tries === 0) log.warn({ err: error, variable }, 'a database cannot be reached yet; trying again');
      await delay(Math.min(2_000, 100 * 2 ** tries));
    }
  }
}
