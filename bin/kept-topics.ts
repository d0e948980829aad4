import type { Config } from '../platform/config/config.js';
import type { Databases } from '../platform/database/port.js';
import type { KeptTopics } from '../platform/event-log/port.js';
import { createLog } from '../platform/telemetry/log.js';

export interface OpenKeptTopics {
  topics: KeptTopics;
  close(): Promise<void>;
}

const CONNECTIONS = 2;

/** The parked events and dead letters of the log that the configuration names, for a tool that runs beside Parley. */
export async function openKeptTopics(config: Config): Promise<OpenKeptTopics> {
  if (config.kafka) {
    const { openKafkaEventLog } = await import('../platform/event-log/kafka.js');
    const eventLog = await openKafkaEventLog({ ...config.kafka, log: createLog('silent') });
    return { topics: eventLog.kept, close: () => eventLog.close() };
  }
  const databases = await openDatabases(config);
  const { EmbeddedKeptTopics } = await import('../platform/event-log/embedded-kept-topics.js');
  const partitions = [
    { name: 'directory', db: databases.directory },
    ...[...databases.shards].map(([name, db]) => ({ name, db })),
  ];
  return { topics: new EmbeddedKeptTopics(partitions), close: () => databases.close() };
}

/** Makes and migrates nothing. */
async function openDatabases({ database: { urls }, dataDir }: Config): Promise<Databases> {
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
