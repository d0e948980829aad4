import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { packageRoot } from '../../platform/config/package-root.js';
import { openKafkaEventLog } from '../../platform/event-log/kafka.js';
import type { EventLog } from '../../platform/event-log/port.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { defineWorker } from '../../platform/worker/define-worker.js';
import { topics } from '../../schema/events.js';
import { waitFor } from '../wait-for.js';
import { conversationEvents } from './conversation-events.js';
import { startKafka, type KafkaServer } from './servers/kafka.js';

const run = promisify(execFile);
let kafka: KafkaServer;
let eventLog: EventLog;
beforeAll(async () => {
  kafka = await startKafka();
  eventLog = await openKafkaEventLog({ brokers: kafka.brokers, partitions: 3, log: silentLog() });
}, 120_000);
afterAll(async () => {
  await eventLog?.close();
  await kafka?.stop();
}, 60_000);

async function dlq(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(packageRoot, 'bin/parley.mjs'), 'dlq', ...args], {
    env: { ...process.env, NODE_OPTIONS: '', PARLEY_KAFKA_BROKERS: kafka.brokers.join(',') },
    timeout: 60_000,
  });
  return stdout;
}

test('parley dlq lists, shows, replays and discards what is on Kafka', async () => {
  const conversationId = randomUUID();
  const handled: unknown[] = [];
  let isMended = false;
  const worker = await defineWorker({
    name: 'dlq-test',
    events: ['ConversationCreated'],
    concurrency: 1,
    retry: { inPlace: 1, firstPauseMs: 5, longestPauseMs: 20, parkedMs: [], lookMs: 200 },
    handle: async (event) => {
      if (!isMended) throw new Error('not today');
      handled.push(event);
    },
  }).start({ eventLog, log: silentLog(), registry: new Registry() });
  try {
    await eventLog.append(conversationEvents(conversationId, 1, 1));
    let listed = '';
    const id = await waitFor(
      'a dead letter',
      async () => {
        listed = await dlq('list', '--worker', 'dlq-test');
        return listed
          .split('\n')
          .find((line) => line.includes('not today'))
          ?.split(' ')[0];
      },
      60_000,
      () => listed,
    );
    expect(id).toMatch(new RegExp(`^dlq-test/${topics.conversation.replace('.', '\\.')}/`));
    expect(await dlq('show', id)).toContain(conversationId);
    isMended = true;
    expect(await dlq('replay', id)).toContain('is handed over again');
    await waitFor('it is handled', () => handled.length === 1, 20_000);
    await waitFor('there is none left', async () => (await dlq('list')).includes('There are no dead letters'), 30_000);
  } finally {
    await worker.stop();
  }
}, 180_000);
