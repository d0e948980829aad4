import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { eventLogContract } from '../../platform/event-log/contract.js';
import { openKafkaEventLog } from '../../platform/event-log/kafka.js';
import { keptTopicsContract } from '../../platform/event-log/kept-contract.js';
import type { EventLog } from '../../platform/event-log/port.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { startKafka, type KafkaServer } from './servers/kafka.js';

let kafka: KafkaServer;
beforeAll(async () => {
  kafka = await startKafka();
}, 120_000);
afterAll(() => kafka.stop());

const opened: EventLog[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
});
async function openLog(): Promise<EventLog> {
  const log = await openKafkaEventLog({ brokers: kafka.brokers, partitions: 3, sessionMs: 2_000, log: silentLog() });
  opened.push(log);
  return log;
}

eventLogContract('Kafka', openLog);
keptTopicsContract('Kafka', 'parley.conversation-1', async () => (await openLog()).kept);
