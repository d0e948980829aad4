import { parseArgs } from 'node:util';
import { openKafkaEventLog } from '../platform/event-log/kafka.js';
import type { EventLog } from '../platform/event-log/port.js';
import { newUuid, randomBucket } from '../platform/ids/ids.js';
import { topics } from '../schema/events.js';
import { silentLog } from '../platform/telemetry/log.js';
import { startKafka } from '../tests/services/servers/kafka.js';
import { waitFor } from '../tests/wait-for.js';

/*
 * node dist/bench/kafka.js [--records 100000] [--bytes 600]     the event log on one broker on this machine
 */
const { values } = parseArgs({ options: { records: { type: 'string' }, bytes: { type: 'string' } } });
const [records, bytes] = [Number(values.records ?? 100_000), Number(values.bytes ?? 600)];
const BATCH = 500;
const APPENDERS = 4;
const SINGLES = 500;

const kafka = await startKafka();
try {
  const log = await openKafkaEventLog({ brokers: kafka.brokers, log: silentLog() });
  await measure(log);
  await log.close();
} finally {
  await kafka.stop();
}

async function measure(log: EventLog): Promise<void> {
  const keys = Array.from({ length: 1_000 }, () => newUuid(randomBucket()));
  const value = JSON.stringify({ body: 'x'.repeat(bytes) });
  const record = (i: number, text = value) => ({
    topic: topics.conversation,
    key: keys[i % keys.length]!,
    value: text,
  });
  const batchOf = (from: number) => Array.from({ length: BATCH }, (_, i) => record(from + i));

  for (let i = 0; i < 20; i++) await log.append(batchOf(i)); // warm
  let next = 0;
  const append = async () => {
    for (let from = next; from < records; from = next) {
      next += BATCH;
      await log.append(batchOf(from));
    }
  };
  const one = await timed(append);
  say(`appended, batches of ${BATCH}, one after the other`, records, one);
  next = 0;
  const several = await timed(() => Promise.all(Array.from({ length: APPENDERS }, append)));
  say(`appended, batches of ${BATCH}, ${APPENDERS} at once`, records, several);

  let seen = 0;
  const total = 2 * records + 20 * BATCH;
  const consumer = await log.consume({
    group: 'bench',
    topics: [topics.conversation],
    maxBatch: 200,
    handle: async (batch) => void (seen += batch.length),
  });
  const consumed = await timed(() => waitFor('all are consumed', () => seen >= total, 120_000));
  say('consumed, handed over 200 at once, committed', total, consumed);

  const latencies: number[] = [];
  const arrivals = new Map<string, () => void>();
  await consumer.stop();
  const single = await log.consume({
    group: 'bench',
    topics: [topics.conversation],
    maxBatch: 200,
    handle: async (batch) => {
      for (const each of batch) arrivals.get(each.value)?.();
    },
  });
  for (let i = 0; i < SINGLES; i++) {
    const startedAt = performance.now();
    const arrived = new Promise<void>((resolve) => arrivals.set(String(i), resolve));
    await log.append([record(i, String(i))]);
    await arrived;
    latencies.push(performance.now() - startedAt);
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(share * latencies.length)]!.toFixed(1);
  console.log(`one record, append to handler: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`);
  await single.stop();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function say(what: string, count: number, ms: number): void {
  console.log(`${what}: ${Math.round((count / ms) * 1_000).toLocaleString('en')} records/s`);
}
