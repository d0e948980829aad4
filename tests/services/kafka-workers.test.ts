import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packageRoot } from '../../platform/config/package-root.js';
import { openKafkaEventLog } from '../../platform/event-log/kafka.js';
import type { EventLog } from '../../platform/event-log/port.js';
import { newUuid } from '../../platform/ids/ids.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { DeadLetters } from '../../platform/worker/dead-letters.js';
import { defineWorker } from '../../platform/worker/define-worker.js';
import { waitFor } from '../wait-for.js';
import { conversationEvents } from './conversation-events.js';
import { startKafka, type KafkaServer } from './servers/kafka.js';

let kafka: KafkaServer;
beforeAll(async () => {
  kafka = await startKafka();
}, 120_000);
afterAll(() => kafka.stop());

const SESSION_MS = 1_500;
const opened: EventLog[] = [];
const children: ChildProcess[] = [];
let name = '';
let names = 0;
beforeAll(() => void nextName());
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(opened.splice(0).map((log) => log.close()));
  nextName();
});
const nextName = () => (name = `w${names++}`);

async function openLog(): Promise<EventLog> {
  const log = await openKafkaEventLog({
    brokers: kafka.brokers,
    partitions: 3,
    sessionMs: SESSION_MS,
    log: silentLog(),
  });
  opened.push(log);
  return log;
}
const retry = { inPlace: 1, firstPauseMs: 5, longestPauseMs: 20, parkedMs: [50, 50, 50], lookMs: 200 };

type Handle = (event: { conversationId: string; conversationVersion: number }) => Promise<void> | void;
async function work(handle: Handle, registry = new Registry()) {
  const worker = defineWorker({
    name,
    events: ['ConversationCreated'],
    concurrency: 4,
    retry,
    handle: async (event) => handle(event),
  });
  const eventLog = await openLog();
  return { consumer: await worker.start({ eventLog, log: silentLog(), registry }), eventLog };
}
async function dead(letters: DeadLetters) {
  const all = [];
  for await (const letter of letters.all(name)) all.push(letter);
  return all;
}
const parked = async (log: EventLog) =>
  (await log.kept.topics())
    .filter(({ topic }) => topic.endsWith(`.${name}.retry`))
    .reduce((sum, { count }) => sum + count, 0);

/** `has` waits for what it says. */
async function startProcess(conversationId: string) {
  const script = join(packageRoot, 'dist/tests/services/kafka-worker-process.js');
  const child = spawn(process.execPath, [script, kafka.brokers[0]!, name, String(SESSION_MS), conversationId], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output.text += String(data)));
  const has = (text: string) =>
    waitFor(
      text,
      () => output.text.includes(text),
      15_000,
      () => output.text,
    );
  await has('ready');
  return { child, has };
}

test('what fails twice is handled in its turn, what always fails is a dead letter, others never wait; a replay from another process comes once', async () => {
  const [twice, always, good] = [newUuid(1), newUuid(2), newUuid(3)];
  const seen: string[] = [];
  const calls = new Map<string, number>();
  let isMended = false;
  const { eventLog } = await work(({ conversationId, conversationVersion: version }) => {
    const count = (calls.get(conversationId) ?? 0) + 1;
    calls.set(conversationId, count);
    if (conversationId === twice && version === 1 && count <= 3) throw new Error('not now');
    if (conversationId === always && version === 1 && !isMended) throw new Error('never');
    seen.push(`${conversationId === good ? 'good' : conversationId === twice ? 'twice' : 'always'} ${version}`);
  });
  await eventLog.append([twice, always, good].flatMap((key) => conversationEvents(key, 1, 3)));
  await waitFor(
    'all but the bad one came',
    () => seen.length === 8,
    15_000,
    () => seen,
  );
  const of = (which: string) => seen.filter((each) => each.startsWith(which));
  expect(of('twice')).toEqual(['twice 1', 'twice 2', 'twice 3']);
  expect(of('always')).toEqual(['always 2', 'always 3']);
  expect(seen.indexOf('good 3')).toBeLessThan(seen.indexOf('always 2'));

  const letters = new DeadLetters((await openLog()).kept);
  const [letter] = await waitFor('it is dead', async () => {
    const all = await dead(letters);
    return all.length > 0 && all;
  });
  expect(letter).toMatchObject({ worker: name, key: always, letter: { error: { message: 'never' } } });
  expect(letter!.id).toMatch(new RegExp(`^${name}/parley\\.conversation/parley\\.conversation-\\d/\\d+$`));
  expect((await letters.find(letter!.id))!.key).toBe(always);
  expect(await parked(eventLog)).toBe(0);

  isMended = true;
  expect(await letters.replay(letter!.id)).toBe(true);
  await waitFor('the replay came', () => seen.includes('always 1'));
  await eventLog.append(conversationEvents(always, 4, 4));
  await waitFor('its key goes on', () => seen.includes('always 4'));
  await waitFor('nothing is left', async () => (await parked(eventLog)) === 0 && (await dead(letters)).length === 0);
  expect(of('always')).toEqual(['always 2', 'always 3', 'always 1', 'always 4']);
  expect(new Set(seen).size).toBe(seen.length);
});

test('what is parked survives its process; the next one knows it before it takes anything', async () => {
  const key = newUuid(0);
  const first = await startProcess(key);
  const log = await openLog();
  await log.append(conversationEvents(key, 13, 13));
  await waitFor('it is parked', async () => (await parked(log)) === 1, 10_000);
  first.child.kill('SIGKILL');
  await log.append(conversationEvents(key, 14, 15));
  const seen: number[] = [];
  await work(({ conversationId, conversationVersion }) => {
    if (conversationId === key) seen.push(conversationVersion);
  });
  await waitFor(
    'all came',
    () => seen.length === 3,
    15_000,
    () => seen,
  );
  expect(seen).toEqual([13, 14, 15]);
  expect(await parked(log)).toBe(0);
});

test('a process that was frozen while others took over parks and commits nothing of what it began', async () => {
  const key = newUuid(0);
  const zombie = await startProcess(key);
  const log = await openLog();
  await log.append(conversationEvents(key, 13, 13));
  await zombie.has('begins 13');
  zombie.child.kill('SIGSTOP');
  const seen: number[] = [];
  await work(({ conversationId, conversationVersion }) => {
    if (conversationId === key) seen.push(conversationVersion);
  });
  await waitFor('the other has it', () => seen.length === 1, 15_000);
  await log.append(conversationEvents(key, 14, 14));
  await waitFor('and goes on', () => seen.length === 2);
  zombie.child.kill('SIGCONT');
  await zombie.has('may have lost');
  await waitFor('all is done', async () => Object.values(await log.lag(name)).every((behind) => behind === 0), 15_000);
  expect(await parked(log)).toBe(0);
  expect(seen).toEqual([13, 14]);
});

test('members come and go while records come in: each key in order, nothing lost', async () => {
  const keys = Array.from({ length: 12 }, (_, i) => newUuid(i));
  const seen = new Map<string, Set<number>>(keys.map((key) => [key, new Set()]));
  const skipped: string[] = [];
  const handle: Handle = async ({ conversationId, conversationVersion: version }) => {
    const versions = seen.get(conversationId);
    if (!versions) return;
    await delay(1);
    if (version > 1 && !versions.has(version - 1)) skipped.push(`${conversationId} ${version}`);
    versions.add(version);
  };
  const members = [await work(handle)];
  const log = await openLog();
  let isOver = false;
  const appending = (async () => {
    for (let version = 1; version <= 60; version++) {
      await log.append(keys.flatMap((key) => conversationEvents(key, version, version)));
      await delay(40);
    }
    isOver = true;
  })();
  while (!isOver) {
    members.push(await work(handle));
    if (members.length > 2) await members.shift()!.consumer.stop();
  }
  await appending;
  await waitFor(
    'all came',
    () => [...seen.values()].every(({ size }) => size === 60),
    20_000,
    () => [...seen.values()].map(({ size }) => size),
  );
  expect(skipped).toEqual([]);
});

const AWAY_MS = Number(process.env.PARLEY_BROKER_AWAY_MS ?? 6_000);
test.each([
  ['is killed', () => kafka.kill(), () => kafka.start()],
  ['hangs', () => kafka.freeze(), async () => kafka.resume()],
])(
  'a broker that %s: appends are refused within seconds, then all goes on, and nothing is lost',
  async (_, goAway, comeBack) => {
    const key = newUuid(0);
    const seen = new Set<number>();
    const { eventLog } = await work(({ conversationId, conversationVersion }) => {
      if (conversationId === key) seen.add(conversationVersion);
    });
    const acknowledged: number[] = [];
    const append = async (version: number) => {
      await eventLog.append(conversationEvents(key, version, version));
      acknowledged.push(version);
    };
    await append(1);
    await waitFor('the first came', () => seen.has(1));
    await goAway();
    const awayAt = performance.now();
    while (performance.now() - awayAt < AWAY_MS) {
      const startedAt = performance.now();
      await expect(append(2)).rejects.toThrow();
      expect(performance.now() - startedAt).toBeLessThan(15_000);
      await delay(100);
    }
    await comeBack();
    await waitFor(
      'appends work again',
      () =>
        append(3).then(
          () => true,
          () => false,
        ),
      30_000,
    );
    await append(4);
    await waitFor(
      'all came',
      () => acknowledged.every((version) => seen.has(version)),
      30_000,
      () => ({ acknowledged, seen: [...seen] }),
    );
    expect(acknowledged).toEqual([1, 3, 4]);
  },
  120_000,
);

test('a worker tells how far behind its group is', async () => {
  const registry = new Registry();
  await work(() => undefined, registry);
  const lag = await waitFor('the metric', () => registry.getSingleMetric('consumer_lag'));
  await waitFor('a figure', async () => (await lag.get()).values.length > 0, 15_000);
  expect((await lag.get()).values[0]!.labels).toMatchObject({ group: name, topic: 'parley.conversation' });
});
