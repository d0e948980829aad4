import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { connect } from './embedded.js';
import type { Databases } from './port.js';

/** What tests/global-setup.mjs hands to the tests: a server with the migrated databases parley_directory, parley_shard0 … */
export const TEST_SERVER = 'PARLEY_TEST_SERVER';
export const SHARDS = 2;

export interface TestDatabases extends Databases {
  /** Connection string of one of them: 'directory', 'shard0', 'shard1'. */
  url: (name: string) => string;
}

/** A directory and two shards of this test's own, empty but for the shard map; dropped by close(). */
export async function openTestDatabases(): Promise<TestDatabases> {
  const server = process.env[TEST_SERVER];
  if (!server) throw new Error('run the tests through npm test');
  const prefix = `test_${randomBytes(6).toString('hex')}`;
  const shardNames = Array.from({ length: SHARDS }, (_, i) => `shard${i}`);
  const names = ['directory', ...shardNames];
  const url = (name: string) => server.replace(/[^/]*$/, `${prefix}_${name}`);
  await onServer(
    server,
    names.map((name) => `create database ${prefix}_${name} template parley_${name} strategy file_copy`),
  );
  const databases = connect(url, shardNames, 6);
  return {
    ...databases,
    url,
    close: async () => {
      await databases.close();
      await onServer(
        server,
        names.map((name) => `drop database ${prefix}_${name} with (force)`),
      );
    },
  };
}

/** A database for the search index of this test's own, empty; dropped by close(). */
export async function openTestSearchDatabase(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = process.env[TEST_SERVER];
  if (!server) throw new Error('run the tests through npm test');
  const name = `test_${randomBytes(6).toString('hex')}_search`;
  await onServer(server, [`create database ${name} template parley_search strategy file_copy`]);
  return {
    url: server.replace(/[^/]*$/, name),
    close: () => onServer(server, [`drop database ${name} with (force)`]),
  };
}

async function onServer(url: string, statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // Only one session may copy a template at a time.
    await client.query('select pg_advisory_lock(1)');
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
