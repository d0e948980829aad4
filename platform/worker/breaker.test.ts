import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { topics, type EventOf } from '../../schema/events.js';
import { waitFor } from '../../tests/wait-for.js';
import { newUuid } from '../ids/ids.js';
import { silentLog } from '../telemetry/log.js';
import { createBreaker } from './breaker.js';
import { defineWorker } from './define-worker.js';
import { MemoryEventLog } from './memory-event-log.fixture.js';

class ServiceOut extends Error {}
const TRY_AFTER_MS = 60;
const open = (registry = new Registry()) =>
  createBreaker({
    name: 'push',
    isFailure: (error) => error instanceof ServiceOut,
    failures: 3,
    tryAfterMs: TRY_AFTER_MS,
    log: silentLog(),
    registry,
  });
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
const recordsOf = (key: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    topic: topics.conversation,
    key,
    value: JSON.stringify(created(key, i + 1)),
  }));

/** A worker whose tries are few and quick: without a breaker its events would be dead letters within 50 ms. */
async function start(handle: (version: number) => Promise<void> | void) {
  const registry = new Registry();
  const log = new MemoryEventLog();
  const worker = defineWorker({
    name: 'w',
    events: ['ConversationCreated'],
    concurrency: 4,
    retry: { inPlace: 1, firstPauseMs: 1, longestPauseMs: 2, attemptMs: 50, parkedMs: [5], lookMs: 20 },
    breaker: open(registry),
    handle: async ({ conversationVersion }) => handle(conversationVersion),
  });
  const consumer = await worker.start({ eventLog: log, log: silentLog(), registry });
  const isOpen = async () => (await registry.getSingleMetric('circuit_breaker_open')!.get()).values[0]!.value;
  return { log, consumer, isOpen };
}

test('while a service is out its partition waits, hardly anybody calls it, and no event is parked or given up', async () => {
  let [isOut, calls] = [true, 0];
  const seen: number[] = [];
  const { log, isOpen, consumer } = await start((version) => {
    calls++;
    if (isOut) throw new ServiceOut('503');
    seen.push(version);
  });
  await log.append([newUuid(0), newUuid(1), newUuid(2)].flatMap((key) => recordsOf(key, 2)));
  const handing = log.handOver();
  await waitFor('it is open', async () => (await isOpen()) === 1);
  const callsThen = calls;
  const openedAt = performance.now();
  await waitFor('several tries later', () => performance.now() - openedAt > 6 * TRY_AFTER_MS);
  expect(calls - callsThen).toBeLessThanOrEqual(7); // one at a time
  expect(calls - callsThen).toBeGreaterThan(0);
  expect(log.committed).toBe(0);
  isOut = false;
  await handing;
  expect(log.committed).toBe(6);
  expect(seen).toHaveLength(6);
  expect(await log.kept.topics()).toEqual([]);
  expect(await isOpen()).toBe(0);
  await consumer.stop();
});

test('an event that the service dislikes is a dead letter, and opens nothing', async () => {
  const { log, isOpen, consumer } = await start(() => {
    throw new Error('400');
  });
  await log.append(recordsOf(newUuid(0), 1));
  await log.handOver();
  await waitFor('it is dead', async () => (await log.kept.topics()).some(({ topic }) => topic.endsWith('.w.dlq')));
  expect(await isOpen()).toBe(0);
  await consumer.stop();
});

test('a service that hangs is out, too', async () => {
  let calls = 0;
  const { log, isOpen, consumer } = await start(async () => {
    calls++;
    await new Promise(() => undefined);
  });
  await log.append([newUuid(0), newUuid(1), newUuid(2), newUuid(3)].flatMap((key) => recordsOf(key, 1)));
  log.handOver().catch(() => undefined); // it is stopped while it waits
  await waitFor('it is open', async () => (await isOpen()) === 1);
  expect(calls).toBeGreaterThanOrEqual(3);
  await consumer.stop();
});

test('a worker stops while it waits for a service', async () => {
  const { log, isOpen, consumer } = await start(() => {
    throw new ServiceOut('503');
  });
  await log.append([newUuid(0), newUuid(1), newUuid(2)].flatMap((key) => recordsOf(key, 1)));
  const handing = log.handOver();
  handing.catch(() => undefined);
  await waitFor('it is open', async () => (await isOpen()) === 1);
  await consumer.stop();
  await expect(handing).rejects.toThrow();
  expect(log.committed).toBe(0);
});
