import type { Config } from '../platform/config/config.js';
import type { KeptTopics } from '../platform/event-log/port.js';
import { createLog } from '../platform/telemetry/log.js';
import { openDatabasesForTool } from './tool-databases.js';

export interface OpenKeptTopics {
  topics: KeptTopics;
  close(): Promise<void>;
}

/** The parked events and dead letters of the log that the configuration names, for a tool that runs beside Parley. */
export async function openKeptTopics(config: Config): Promise<OpenKeptTopics> {
  if (config.kafka) {
    const { openKafkaEventLog } = await import('../platform/event-log/kafka.js');
    const eventLog = await openKafkaEventLog({ ...config.kafka, log: createLog('silent') });
    return { topics: eventLog.kept, close: () => eventLog.close() };
  }
  const databases = await openDatabasesForTool(config);
  const { EmbeddedKeptTopics } = await import('../platform/event-log/embedded-kept-topics.js');
  const partitions = [
    { name: 'directory', db: databases.directory },
    ...[...databases.shards].map(([name, db]) => ({ name, db })),
  ];
  return { topics: new EmbeddedKeptTopics(partitions), close: () => databases.close() };
}
