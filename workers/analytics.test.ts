import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabases } from '../platform/database/testing.js';
import { Fault } from '../platform/errors/errors.js';
import { newUuid } from '../platform/ids/ids.js';
import { EmbeddedObjectStore } from '../platform/object-store/embedded.js';
import type { ObjectStore } from '../platform/object-store/port.js';
import { silentLog } from '../platform/telemetry/log.js';
import { createBreaker } from '../platform/worker/breaker.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import type { AnalyticsRow } from '../schema/analytics.js';
import { topicOf, type EventType } from '../schema/events.js';
import { waitFor } from '../tests/wait-for.js';
import { analytics } from './analytics.js';
import { mergeAnalytics } from './merge-analytics.js';

let folder: string;
let objects: EmbeddedObjectStore;
let log: MemoryEventLog;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-analytics-'));
  objects = await EmbeddedObjectStore.open({ folder, secret: Buffer.from('x'), origin: () => '' });
  log = new MemoryEventLog();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const breaker = () =>
  createBreaker({
    name: 'analytics',
    isFailure: (error) => error instanceof Fault && error.code === 'UNAVAILABLE',
    tryAfterMs: 50,
    log: silentLog(),
  });
const start = (store: Pick<ObjectStore, 'write'> = objects) =>
  analytics({ objects: store, breaker: breaker() }).start({ eventLog: log, log: silentLog() });

const [conversationId, senderId, other] = [newUuid(7), newUuid(8), newUuid(9)];
const SECRET = 'what nobody else may read';
async function tell(type: EventType, at: string, more: object): Promise<string> {
  const event = { type, version: 1, id: newUuid(0), at, traceparent: null, ...more };
  await log.append([{ topic: topicOf[type], key: conversationId, value: JSON.stringify(event) }]);
  return event.id;
}
const message = (more: object = {}) => ({
  conversationId,
  conversationVersion: 1,
  message: {
    id: newUuid(7),
    conversationId,
    seq: 1,
    senderId,
    kind: 'TEXT',
    body: SECRET,
    clientMessageId: SECRET,
    createdAt: '2026-03-01T10:00:00.000Z',
    ...more,
  },
});

async function keys(): Promise<string[]> {
  const found = [];
  for await (const { key } of objects.list('analytics/')) found.push(key);
  return found;
}
async function textOf(key: string): Promise<string> {
  return gunzipSync(await buffer((await objects.read(key))!)).toString();
}
async function rowsOf(key: string): Promise<AnalyticsRow[]> {
  const lines = (await textOf(key)).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as AnalyticsRow);
}

test('events become lines under the hour in which they happened', async () => {
  await start();
  const ids = [
    await tell(
      'MessageSent',
      '2026-03-01T10:59:59.999Z',
      message({ attachments: [{ mediaId: newUuid(8), kind: 'IMAGE' }] }),
    ),
    await tell('UserSignedUp', '2026-03-01T11:00:00.000Z', { userId: senderId }),
    await tell('MediaRejected', '2026-03-01T11:30:00.000Z', {
      mediaId: newUuid(8),
      ownerId: senderId,
      kind: 'IMAGE',
      rejection: 'MALWARE',
    }),
  ];
  await log.handOver();
  const [ten = '', eleven = '', ...others] = await keys();
  expect(others).toEqual([]);
  expect(ten).toMatch(/^analytics\/date=2026-03-01\/hour=10\/part-[-0-9a-f]+\.ndjson\.gz$/);
  expect(eleven).toMatch(/^analytics\/date=2026-03-01\/hour=11\//);
  expect(await rowsOf(ten)).toMatchObject([
    {
      id: ids[0],
      type: 'MessageSent',
      kind: 'TEXT',
      user_id: senderId,
      length: SECRET.length,
      attachments: 1,
      is_reply: false,
    },
  ]);
  expect((await rowsOf(eleven)).map(({ id, kind }) => [id, kind])).toEqual([
    [ids[1], undefined],
    [ids[2], 'MALWARE'],
  ]);
});

test('no line has what a person wrote, or anything that is not meant to be there', async () => {
  await start();
  const at = '2026-03-01T10:00:00.000Z';
  await tell(
    'MessageSent',
    at,
    message({ systemEvent: { kind: 'TITLE_CHANGED', actorId: other, subjectIds: [], text: SECRET } }),
  );
  await tell('MessageEdited', at, message());
  await tell('MessageReacted', at, { ...message(), reaction: { userId: other, emoji: '🤫', isAdded: true } });
  await log.handOver();
  const text = await textOf((await keys())[0]!);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('🤫');
  const known = [
    'id',
    'type',
    'happened_at',
    'user_id',
    'conversation_id',
    'message_id',
    'kind',
    'length',
    'attachments',
    'mentions',
    'is_reply',
    'is_forward',
    'is_added',
  ];
  for (const row of await rowsOf((await keys())[0]!)) expect(known).toEqual(expect.arrayContaining(Object.keys(row)));
});

test('the same batch again is the same object; in other company it is there twice, with the same ids', async () => {
  await start();
  for (let i = 0; i < 3; i++) await tell('UserSignedUp', '2026-03-01T10:00:00.000Z', { userId: senderId });
  await log.handOver();
  const first = await keys();
  log.committed = 0;
  await log.handOver();
  expect(await keys()).toEqual(first);
  await tell('UserSignedUp', '2026-03-01T10:00:00.000Z', { userId: other });
  log.committed = 1;
  await log.handOver();
  const rows = (await Promise.all((await keys()).map(rowsOf))).flat();
  expect(rows).toHaveLength(6);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(4);
});

test('what happened while the store was out is written once it is back, all of it', async () => {
  let isOut = true;
  let tries = 0;
  const consumer = await start({
    write: async (...args) => {
      tries++;
      if (isOut) throw new Fault('UNAVAILABLE', 'out');
      return objects.write(...args);
    },
  });
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.push(await tell('UserSignedUp', '2026-03-01T10:00:00.000Z', { userId: senderId }));
  const handing = log.handOver();
  await waitFor('it was tried until the breaker opened', () => tries >= 5);
  expect([log.committed, await keys()]).toEqual([0, []]);
  isOut = false;
  await handing;
  const written = async () => (await Promise.all((await keys()).map(rowsOf))).flat().map(({ id }) => id);
  // The first of them may have been put aside for a moment.
  await waitFor('all are there', async () => new Set(await written()).size === ids.length, 10_000);
  expect((await written()).sort()).toEqual([...ids].sort());
  await consumer.stop();
});

test('the pieces of an hour that is over become one object, and lines that came late join it', async () => {
  const databases = await openTestDatabases();
  try {
    await start();
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const ids: string[] = [];
    const write = async () => {
      ids.push(await tell('UserSignedUp', hourAgo, { userId: senderId }));
      await log.handOver();
    };
    for (let i = 0; i < 4; i++) await write();
    expect(await keys()).toHaveLength(4);
    const job = mergeAnalytics({ objects, everyMs: 50, settledMs: 0 });
    const running = await job.start({ directory: databases.directory, log: silentLog() });
    await waitFor('they are one', async () => (await keys()).length === 1);
    expect((await rowsOf((await keys())[0]!)).map(({ id }) => id).sort()).toEqual([...ids].sort());
    await write();
    await waitFor('the late one has joined it', async () => {
      const found = await keys();
      return found.length === 1 && (await rowsOf(found[0]!)).length === 5;
    });
    await running.stop();
    // Of this hour, everything stays as it is.
    await tell('UserSignedUp', new Date().toISOString(), { userId: other });
    await log.handOver();
    await tell('UserSignedUp', new Date().toISOString(), { userId: other });
    await log.handOver();
    const again = await job.start({ directory: databases.directory, log: silentLog() });
    await again.stop();
    expect(await keys()).toHaveLength(3);
  } finally {
    await databases.close();
  }
});
