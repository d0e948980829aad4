import { pino } from 'pino';
import { openKafkaEventLog } from '../../platform/event-log/kafka.js';
import { defineWorker } from '../../platform/worker/define-worker.js';

/**
 * A worker as a process of its own: `node kafka-worker-process.js <brokers> <worker> <session ms>
 * <conversation>`. Says on stdout what it begins and what it has done, takes 300 ms for each event of that conversation, and
 * fails where the version is 13.
 */
const [brokers = '', name = '', sessionMs = '', conversation = ''] = process.argv.slice(2);
const log = pino({ level: 'warn' }, pino.destination(2));
const say = (line: string) => process.stdout.write(`${line}\n`);
const eventLog = await openKafkaEventLog({ brokers: [brokers], sessionMs: Number(sessionMs), log });
const worker = defineWorker({
  name,
  events: ['ConversationCreated'],
  concurrency: 4,
  retry: { inPlace: 0, parkedMs: [200, 200] },
  handle: async ({ conversationId, conversationVersion }) => {
    if (conversationId !== conversation) return;
    say(`begins ${conversationVersion}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (conversationVersion === 13) throw new Error('unlucky');
    say(`done ${conversationVersion}`);
  },
});
await worker.start({ eventLog, log });
say('ready');
