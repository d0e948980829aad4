import { pino } from 'pino';
import { openEmbeddedDatabases } from './embedded.js';
import { PostgresServer } from './postgres-server.js';

const log = pino({ level: 'silent' });

/** Makes the data directory of a Parley that has started once: with the directory and two shards, migrated; stopped. */
export async function makeTemplate(dataDir: string): Promise<void> {
  const databases = await openEmbeddedDatabases({ dataDir, shardCount: 2, log });
  await databases.close();
}

/** A server for a run of tests, on a copy of the template: its databases are there to be copied in turn. */
export async function startTemplateServer(dataDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  // Tests lose nothing worth keeping when the machine stops.
  const server = await PostgresServer.start(dataDir, log, ['fsync=off']);
  return { url: server.url('postgres'), stop: () => server.stop() };
}
