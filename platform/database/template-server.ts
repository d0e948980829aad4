import { pino } from 'pino';
import { Client } from 'pg';
import { assignBuckets, connect } from './embedded.js';
import { migrate } from './migrate.js';
import { PostgresServer } from './postgres-server.js';

/** A server for a run of tests, with databases to copy: template_directory, template_shard0 and template_shard1. */
export async function startTemplateServer(dataDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await PostgresServer.start(dataDir, pino({ level: 'silent' }));
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  for (const name of ['directory', 'shard0', 'shard1']) await client.query(`create database template_${name}`);
  // Tests lose nothing worth keeping when the machine stops.
  await client.query('alter system set fsync = off');
  await client.query('select pg_reload_conf()');
  await client.end();
  const url = (name: string) => server.url(`template_${name}`);
  await Promise.all([
    migrate(url('directory'), 'directory'),
    migrate(url('shard0'), 'shard'),
    migrate(url('shard1'), 'shard'),
  ]);
  const databases = connect(url, ['shard0', 'shard1'], 1);
  await assignBuckets(databases.directory, databases.shards);
  await databases.close();
  return { url: server.url('postgres'), stop: () => server.stop() };
}
