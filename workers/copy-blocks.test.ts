import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { directPlace } from '../platform/ids/direct-key.js';
import { newUuid } from '../platform/ids/ids.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { topics } from '../schema/events.js';
import { copyBlocks } from './copy-blocks.js';

let databases: TestDatabases;
let shards: Shards;
let log: MemoryEventLog;
let ann: string, bob: string, conversationId: string;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());
beforeEach(async () => {
  log = new MemoryEventLog();
  await copyBlocks({ shards }).start({ eventLog: log, log: silentLog() });
  [ann, bob] = [newUuid(1), newUuid(4_000)];
  conversationId = await open(ann, bob);
});

async function open(one: string, other: string): Promise<string> {
  const { place, key } = directPlace(one, other);
  await shards.of(place).db.$queryRaw`
    select create_conversation(${place}::uuid, 'DIRECT', ${key}, null, null, ${one}::uuid, null, array[${other}::uuid])`;
  return place;
}

type Told = [user: string, verb: 'blocks' | 'unblocks', other: string, version: number];

async function tell(...told: Told[]): Promise<void> {
  const event = { version: 1, at: '2026-01-01T00:00:00.000Z', traceparent: null };
  await log.append(
    told.map(([userId, verb, blockedUserId, blockVersion]) => ({
      topic: topics.user,
      key: userId,
      value: JSON.stringify({
        ...event,
        type: verb === 'blocks' ? 'UserBlocked' : 'UserUnblocked',
        id: newUuid(0),
        userId,
        blockedUserId,
        blockVersion,
      }),
    })),
  );
  while (log.committed < log.records.length) await log.handOver();
}

/** By member: is it blocked? */
async function blocked(): Promise<boolean[]> {
  const rows = await shards.of(conversationId).db.member.findMany({ where: { conversationId } });
  return rows.map(({ isBlocked }) => isBlocked);
}

test('a block by either one is on both memberships, until the last of the two ends', async () => {
  await tell([ann, 'blocks', bob, 1]);
  expect(await blocked()).toEqual([true, true]);
  await tell([bob, 'blocks', ann, 2], [ann, 'unblocks', bob, 3]);
  expect(await blocked()).toEqual([true, true]);
  await tell([bob, 'unblocks', ann, 4]);
  expect(await blocked()).toEqual([false, false]);
});

test('told again, or late, an older change undoes no newer one', async () => {
  await tell([ann, 'unblocks', bob, 2], [ann, 'blocks', bob, 1]);
  expect(await blocked()).toEqual([false, false]);
  await tell([ann, 'blocks', bob, 3]);
  log.committed = 0;
  await tell();
  expect(await blocked()).toEqual([true, true]);
});

test('of people who have no conversation there is nothing to copy, and others are left alone', async () => {
  await tell([newUuid(9), 'blocks', ann, 1], [bob, 'blocks', newUuid(10), 2]);
  expect(await blocked()).toEqual([false, false]);
});
