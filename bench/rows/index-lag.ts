import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sendMessage } from '../documents.js';
import { Helper } from '../helper.js';
import type { PairResult, PairTask } from '../load/pairs.js';
import type { Parley } from '../parley.js';
import { request, type Person } from '../people.js';
import { percentile, round, type Row } from '../report.js';
import { pair, PAIRS } from './send.js';

const POLL_MS = 10;
const LIMIT_MS = 10_000;

const search = `query ($query: String!) { searchMessages(query: $query) { edges { node { id } } } }`;

/** From sending a message until its author finds it: while 50 pairs send as fast as they can, and while nobody else sends. */
export async function indexLag(parley: Parley, people: Person[], ms: number): Promise<Row[]> {
  const pairs = await pair(parley.url, people);
  const look = () => findOwn(parley.url, people[0]!, pairs[0]!.conversationId, performance.now() + ms);
  const quiet = await look();
  const load = Helper.start('pairs');
  try {
    await load.call('connect', { url: parley.socketUrl, pairs } satisfies PairTask);
    await load.call('run', ms / 3);
    const [busy, { messages, seconds }] = await Promise.all([look(), load.call<PairResult>('run', ms)]);
    await load.call('close');
    return ([50, 99] as const).map((share) => ({
      name: `index lag while ${PAIRS} pairs send, p${share}`,
      unit: 'ms',
      value: percentile(busy, share / 100),
      baseline: { name: 'nobody else sends', value: percentile(quiet, share / 100) },
      goal: '< 2 s',
      met: percentile(busy, share / 100) < 2_000,
      details: { messagesPerSecond: round(messages / seconds), looked: busy.length },
    }));
  } finally {
    await load.stop();
  }
}

/** How long each took, ms, ascending. */
async function findOwn(url: string, { accessToken }: Person, conversationId: string, until: number): Promise<number[]> {
  const lags: number[] = [];
  while (performance.now() < until) {
    const word = `w${randomUUID().replaceAll('-', '')}`;
    const sentAt = performance.now();
    await request(url, accessToken, sendMessage, { input: { conversationId, clientMessageId: word, body: word } });
    for (;;) {
      type Found = { searchMessages: { edges: unknown[] } };
      const { searchMessages } = await request<Found>(url, accessToken, search, { query: word });
      if (searchMessages.edges.length > 0) break;
      if (performance.now() > sentAt + LIMIT_MS) throw new Error('a message was not found within 10 s');
      await delay(POLL_MS);
    }
    lags.push(performance.now() - sentAt);
  }
  return lags.sort((a, b) => a - b);
}
