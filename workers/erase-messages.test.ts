import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { newUuid } from '../platform/ids/ids.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { topics, type EventOf } from '../schema/events.js';
import { eraseMessages } from './erase-messages.js';

let databases: TestDatabases;
let shards: Shards;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());

async function createGroup(bucket: number, owner: string, other: string): Promise<string> {
  const id = newUuid(bucket);
  await shards.of(id).db.$queryRaw`
    select create_conversation(${id}::uuid, 'GROUP', null, 'Group', null, ${owner}::uuid, null, array[${other}::uuid])`;
  return id;
}
async function send(conversationId: string, senderId: string, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => newUuid(1));
  await shards.of(conversationId).db.$queryRaw`
    select outcome from send_messages(true, ${ids.map(() => conversationId)}::uuid[], ${ids.map(() => senderId)}::uuid[],
      ${ids}::uuid[], ${ids}::text[], ${ids.map(() => 'hello')}::text[])`;
}
const left = (conversationId: string, senderId: string) =>
  shards.of(conversationId).db.message.count({ where: { conversationId, senderId, deletedAt: null } });
const versionOf = async (conversationId: string) =>
  (await shards.of(conversationId).db.conversationHead.findUniqueOrThrow({ where: { conversationId } })).version;

async function deleted(userId: string, isWished: boolean): Promise<void> {
  const event: EventOf<'UserDeleted'> = {
    type: 'UserDeleted',
    version: 1,
    id: newUuid(0),
    at: new Date().toISOString(),
    traceparent: null,
    userId,
    eraseMessages: isWished,
  };
  const log = new MemoryEventLog();
  await eraseMessages({ shards }).start({ eventLog: log, log: silentLog() });
  await log.append([{ topic: topics.user, key: userId, value: JSON.stringify(event) }]);
  await log.handOver();
}

test('all that a person wrote is erased on every shard, also where they have left; nothing of others, and once', async () => {
  const [ann, bob] = [newUuid(7), newUuid(8)];
  const groups = [await createGroup(1, ann, bob), await createGroup(4_000, ann, bob)];
  await send(groups[0]!, bob, 230);
  await send(groups[0]!, ann, 3);
  await send(groups[1]!, bob, 2);
  await shards.of(groups[1]!).db.$queryRaw`
    select remove_members(${groups[1]}::uuid, ${bob}::uuid, array[${bob}::uuid])`;
  await deleted(bob, false);
  expect(await left(groups[0]!, bob)).toBe(230);
  await deleted(bob, true);
  expect(await Promise.all(groups.map((id) => left(id, bob)))).toEqual([0, 0]);
  expect(await left(groups[0]!, ann)).toBe(3);
  const [event] = await shards
    .of(groups[1]!)
    .db.outbox.findMany({ where: { key: groups[1]! }, orderBy: { id: 'desc' }, take: 1 });
  expect(JSON.parse(event!.payload)).toMatchObject({ type: 'MessageDeleted', message: { body: null } });
  const versions = await Promise.all(groups.map(versionOf));
  await deleted(bob, true);
  expect(await Promise.all(groups.map(versionOf))).toEqual(versions);
});
