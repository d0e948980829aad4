import { cpuOf, cpuOfPostgres } from '../cpu.js';
import { Helper } from '../helper.js';
import type { PairResult, PairTask } from '../load/pairs.js';
import type { Parley } from '../parley.js';
import { openDirect, type Person } from '../people.js';
import type { Row } from '../report.js';
import { sendFunctionAlone } from './send-function.js';

export const PAIRS = 50;

/** 50 pairs, closed loop: a pair's next message goes once the last one is acknowledged and the other end has it. */
export async function send(parley: Parley, dataDir: string, people: Person[], ms: number): Promise<Row[]> {
  const pairs = await pair(parley.url, people);
  const load = Helper.start('pairs');
  try {
    await load.call('connect', { url: parley.socketUrl, pairs } satisfies PairTask);
    await load.call('run', ms / 3);
    const cpu = () => [cpuOf(parley.pid), cpuOfPostgres(dataDir), cpuOf(load.pid)] as const;
    const before = cpu();
    const result = await load.call<PairResult>('run', ms);
    const used = cpu().map((value, index) => (value - before[index]!) / result.messages);
    await load.call('close');
    return toRows(result, used as [number, number, number], await alone(parley, dataDir, ms / 2));
  } finally {
    await load.stop();
  }
}

/** Each person with the next one, in a conversation of their own. */
export function pair(url: string, people: Person[]): Promise<PairTask['pairs']> {
  return Promise.all(
    Array.from({ length: PAIRS }, async (_, index) => {
      const [one, other] = [people[2 * index]!, people[2 * index + 1]!];
      return { conversationId: await openDirect(url, one, other), accessTokens: [one.accessToken, other.accessToken] };
    }),
  );
}

/** Of those 50 messages on their way half are on each shard: so large can a batch become, and that is all the database must do. */
const ALONE = PAIRS / 2;

interface Alone {
  rate: number;
  cpu: number;
}

async function alone(parley: Parley, dataDir: string, ms: number): Promise<Alone> {
  const cpu = () => cpuOf(process.pid) + cpuOfPostgres(dataDir);
  let before = 0;
  let used = 0;
  const rate = await sendFunctionAlone(
    (database) => parley.databaseUrl(dataDir, database),
    ALONE,
    ms,
    (messages) => {
      if (messages === 0) before = cpu();
      else used = (cpu() - before) / messages;
    },
  );
  return { rate, cpu: used };
}

function toRows(
  { messages, seconds, ackMs, deliveryMs }: PairResult,
  [node, postgres, load]: [number, number, number],
  { rate, cpu }: Alone,
): Row[] {
  const baseline = `only stored: the send function from Node, batches of ${ALONE}`;
  const name = `send, ${PAIRS} pairs`;
  return [
    {
      name: `${name}: acked and delivered`,
      unit: 'messages/s',
      value: messages / seconds,
      baseline: { name: baseline, value: rate },
      goal: '≥ 5,000/s',
      met: messages / seconds >= 5_000,
      details: { messages, seconds },
    },
    {
      name: `${name}: p99 of ack and delivery`,
      unit: 'ms',
      value: Math.max(ackMs.p99, deliveryMs.p99),
      baseline: null,
      goal: '< 40 ms',
      met: Math.max(ackMs.p99, deliveryMs.p99) < 40,
      details: { ackP50: ackMs.p50, ackP99: ackMs.p99, deliveryP50: deliveryMs.p50, deliveryP99: deliveryMs.p99 },
    },
    {
      name: `${name}: CPU, Parley and Postgres`,
      unit: 'us/message',
      value: node + postgres,
      baseline: { name: baseline, value: cpu },
      goal: '≤ 300 us',
      met: node + postgres <= 300,
      details: { node, postgres, loadGenerator: load },
    },
  ];
}
