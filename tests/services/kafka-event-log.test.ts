import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { topics } from '../../schema/events.js';
import { eventLogContract } from '../../platform/event-log/contract.js';
import { openKafkaEventLog } from '../../platform/event-log/kafka.js';
import { keptTopicsContract } from '../../platform/event-log/kept-contract.js';
import type { EventLog } from '../../platform/event-log/port.js';
import { newUuid } from '../../platform/ids/ids.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { eventually } from '../wait-for.js';
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

test('works over TLS for who signs in; who does not is told what to look at', async () => {
  const log = await openKafkaEventLog({ ...kafka.secure, log: silentLog() });
  opened.push(log);
  const key = newUuid(0);
  const seen: string[] = [];
  await log.consume({
    group: newUuid(0),
    topics: [topics.user],
    maxBatch: 10,
    handle: async (records) => void seen.push(...records.filter((each) => each.key === key).map(({ value }) => value)),
  });
  await log.append([{ topic: topics.user, key, value: 'sealed' }]);
  await eventually(async () => expect(seen).toEqual(['sealed']));

  const { credentials, ...anonymous } = kafka.secure;
  const wrong = { ...anonymous, credentials: { ...credentials, password: 'wrong' } };
  for (const options of [wrong, { ...kafka.secure, caFile: null }, { ...kafka.secure, tls: false }, anonymous])
    await expect(openKafkaEventLog({ ...options, log: silentLog() })).rejects.toThrow(/PARLEY_KAFKA_BROKERS/);
}, 60_000);
