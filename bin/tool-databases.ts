import type { Config } from '../platform/config/config.js';
import type { Databases } from '../platform/database/port.js';
import { createLog } from '../platform/telemetry/log.js';

const CONNECTIONS = 2;

/** The databases that the configuration names, for a tool that runs beside Parley. Makes and migrates nothing. */
export async function openDatabasesForTool({ database: { urls }, dataDir }: Config): Promise<Databases> {
  if (!urls) {
    const { openExistingDatabases } = await import('../platform/database/existing.js');
    return openExistingDatabases(dataDir, createLog('silent'));
  }
  const { connect, registeredShards } = await import('../platform/database/embedded.js');
  const registered = await registeredShards(urls.directory);
  const urlOf = (name: string) => (name === 'directory' ? urls.directory : urls.shards.get(name)!);
  const databases = connect(urlOf, [...urls.shards.keys()], CONNECTIONS);
  for (const { name, url } of registered) if (url !== null && !urls.shards.has(name)) databases.openShard(name, url);
  return databases;
}
