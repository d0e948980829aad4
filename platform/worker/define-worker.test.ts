import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { topics, type EventOf } from '../../schema/events.js';
import { waitFor } from '../../tests/wait-for.js';
import { newUuid } from '../ids/ids.js';
import { silentLog } from '../telemetry/log.js';
import { defineWorker } from './define-worker.js';
import { MemoryEventLog } from './memory-event-log.fixture.js';

const retry = { firstPauseMs: 1, longestPauseMs: 4 };
const created = (conversationId: string, version: number): EventOf<'ConversationCreated'> => ({
  type: 'ConversationCreated',
  version: 1,
  id: newUuid(0),
  at: new Date().toISOString(),
  traceparent: null,
  conversationId,
  conversationVersion: version,
  kind: 'GROUP',
  createdBy: newUuid(0),
});
const toRecord = (event: { conversationId: string }) => ({
  topic: topics.conversation,
  key: event.conversationId,
  value: JSON.stringify(event),
});

async function start(worker: ReturnType<typeof defineWorker>, log = new MemoryEventLog(), registry = new Registry()) {
  const consumer = await worker.start({ eventLog: log, log: silentLog(), registry });
  return { log, consumer, registry };
}
const failures = async (registry: Registry) =>
  (await registry.getSingleMetric('worker_failures_total')!.get()).values[0]?.value;

describe('a worker that takes events singly', () => {
  test('keeps the order of each key, with keys side by side up to its concurrency', async () => {
    const running = new Set<string>();
    const seen = new Map<string, number[]>();
    let most = 0;
    const worker = defineWorker({
      name: 'w',
      events: ['ConversationCreated'],
      concurrency: 3,
      handle: async ({ conversationId, conversationVersion }) => {
        expect(running.has(conversationId)).toBe(false);
        running.add(conversationId);
        most = Math.max(most, running.size);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(conversationId);
        seen.set(conversationId, [...(seen.get(conversationId) ?? []), conversationVersion]);
      },
    });
    const { log } = await start(worker);
    const keys = Array.from({ length: 7 }, () => newUuid(0));
    await log.append([1, 2, 3, 4].flatMap((version) => keys.map((key) => toRecord(created(key, version)))));
    await log.handOver();
    expect(most).toBe(3);
    expect(log.committed).toBe(28);
    for (const key of keys) expect(seen.get(key)).toEqual([1, 2, 3, 4]);
  });

  test('tries a failing event in place; the events of its key wait, other keys do not', async () => {
    const [bad, good] = [newUuid(0), newUuid(0)];
    const order: string[] = [];
    let left = 3; // the attempts in place
    const worker = defineWorker({
      name: 'w',
      events: ['ConversationCreated'],
      concurrency: 2,
      retry,
      handle: async ({ conversationId, conversationVersion }) => {
        if (conversationId === bad && conversationVersion === 1 && left-- > 0) throw new Error('not now');
        order.push(`${conversationId === bad ? 'bad' : 'good'} ${conversationVersion}`);
      },
    });
    const { log, registry } = await start(worker);
    await log.append([created(bad, 1), created(bad, 2), created(good, 1), created(good, 2)].map(toRecord));
    await log.handOver();
    expect(order).toEqual(['good 1', 'good 2', 'bad 1', 'bad 2']);
    expect(await failures(registry)).toBe(3);
  });

  test('stop ends the retries: the batch stays uncommitted, and nothing runs on', async () => {
    let [calls, finished] = [0, 0];
    const key = newUuid(0);
    const worker = defineWorker({
      name: 'w',
      events: ['ConversationCreated'],
      concurrency: 2,
      retry: { firstPauseMs: 60_000, longestPauseMs: 60_000 },
      handle: async ({ conversationId }) => {
        calls++;
        if (conversationId === key) throw new Error('never');
        await new Promise((resolve) => setTimeout(resolve, 20));
        finished++;
      },
    });
    const { log, consumer } = await start(worker);
    await log.append([created(key, 1), created(newUuid(0), 1)].map(toRecord));
    const handing = log.handOver();
    handing.catch(() => undefined);
    await waitFor('both were called', () => calls === 2);
    await consumer.stop();
    await expect(handing).rejects.toThrow('never');
    expect(finished).toBe(1);
    expect(log.committed).toBe(0);
  });
});

describe('a worker that takes batches', () => {
  const batches = (sizes: number[], size = 3) =>
    defineWorker({
      name: 'w',
      events: ['ConversationCreated'],
      batch: { size },
      retry,
      handle: async (events) => void sizes.push(events.length),
    });

  test('gets at most so many at once, and not the events it does not ask for', async () => {
    const sizes: number[] = [];
    const { log } = await start(batches(sizes));
    const key = newUuid(0);
    const left = { ...created(key, 2), type: 'MemberLeft', userId: newUuid(0), removedBy: newUuid(0) };
    await log.append([created(key, 1), left, created(key, 3), created(key, 4), left, left, left].map(toRecord));
    await log.handOver();
    await log.handOver();
    await log.handOver();
    expect(sizes).toEqual([2, 1]);
    expect(log.committed).toBe(7);
  });

  test('is handed the same batch again after a failure', async () => {
    const seen: number[][] = [];
    const worker = defineWorker({
      name: 'w',
      events: ['ConversationCreated'],
      batch: { size: 10 },
      retry,
      handle: async (events) => {
        seen.push(events.map((event) => event.conversationVersion));
        if (seen.length < 3) throw new Error('not now');
      },
    });
    const { log } = await start(worker);
    const key = newUuid(0);
    await log.append([created(key, 1), created(key, 2)].map(toRecord));
    await log.handOver();
    expect(seen).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });
});

test('workers of one process share metrics', async () => {
  const registry = new Registry();
  const make = (name: string) =>
    defineWorker({ name, events: ['UserUpdated'], concurrency: 1, handle: async () => undefined });
  await start(make('one'), new MemoryEventLog(), registry);
  await start(make('two'), new MemoryEventLog(), registry);
  const { values } = await registry.getSingleMetric('worker_failures_total')!.get();
  expect(values.map(({ labels, value }) => [labels.worker, value])).toEqual([
    ['one', 0],
    ['two', 0],
  ]);
});
