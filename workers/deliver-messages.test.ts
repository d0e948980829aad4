import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { EmbeddedEphemeral } from '../platform/ephemeral/embedded.js';
import { newUuid } from '../platform/ids/ids.js';
import { EmbeddedPubSub } from '../platform/pubsub/embedded.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { channels, keys, type InboxDelivery } from '../schema/live.js';
import { deliver } from './deliver.js';

let databases: TestDatabases;
let shards: Shards;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());

let log: MemoryEventLog;
let pubsub: EmbeddedPubSub;
let ephemeral: EmbeddedEphemeral;
beforeEach(async () => {
  [log, pubsub, ephemeral] = [new MemoryEventLog(), new EmbeddedPubSub(), new EmbeddedEphemeral()];
  await deliver({ shards, ephemeral, pubsub }).start({ eventLog: log, log: silentLog() });
});
afterEach(() => Promise.all([pubsub.close(), ephemeral.close()]));

/** What is sent there begins after the message that the group was made. */
async function createGroup(owner: string, ...others: string[]): Promise<string> {
  const id = newUuid(1);
  await shards.of(id).db.$queryRaw`
    select create_conversation(${id}::uuid, 'GROUP', null, 'Group', null, ${owner}::uuid, null, ${others}::uuid[])`;
  return id;
}
async function send(conversationId: string, senderId: string, mentioned: string[] = []): Promise<string> {
  const id = newUuid(1);
  const mentions = JSON.stringify(mentioned.map((userId) => ({ userId, start: 0, end: 1 })));
  const [row] = await shards.of(conversationId).db.$queryRaw<{ outcome: string }[]>`
    select outcome from send_messages(true, array[${conversationId}]::uuid[], array[${senderId}]::uuid[], array[${id}]::uuid[],
      array[${newUuid(1)}]::text[], array['hello'], '{}', array[${mentions}::text]::jsonb[])`;
  expect(row?.outcome).toBe('stored');
  return id;
}
const edit = (messageId: string, actor: string, mentioned: string[]) => {
  const mentions = JSON.stringify(mentioned.map((userId) => ({ userId, start: 0, end: 1 })));
  return shards.of(messageId).db.$queryRaw`
    select outcome from edit_message(${messageId}::uuid, ${actor}::uuid, 'changed', ${mentions}::text::jsonb)`;
};
const hide = (userId: string, messageId: string, conversationId: string, seq: number) =>
  shards.of(userId).db.$queryRaw`
    select hide_message(${userId}::uuid, ${messageId}::uuid, ${conversationId}::uuid, ${seq}::int, 10)`;
async function deliverAll(): Promise<void> {
  for (const { db } of shards.all) {
    const rows = await db.outbox.findMany({ orderBy: { id: 'asc' } });
    await log.append(rows.map(({ topic, key, payload }) => ({ topic, key, value: payload })));
    await db.outbox.deleteMany();
  }
  while (log.committed < log.records.length) await log.handOver();
}
const mentionsOf = async (userId: string) =>
  (await shards.of(userId).db.mention.findMany({ where: { userId }, orderBy: { seq: 'asc' } })).map(({ seq }) => seq);
const headOf = async (userId: string) =>
  Number((await shards.of(userId).db.inboxHead.findUniqueOrThrow({ where: { userId } })).version);

test('mentions are kept with the person mentioned, follow edits and deletions, and survive replays', async () => {
  const [ann, bob, cid] = [newUuid(7), newUuid(4_000), newUuid(8)];
  const group = await createGroup(ann, bob, cid);
  const first = await send(group, ann, [bob, bob, cid]);
  await send(group, bob);
  const third = await send(group, ann, [bob]);
  await deliverAll();
  expect([await mentionsOf(bob), await mentionsOf(cid), await mentionsOf(ann)]).toEqual([[2, 4], [2], []]);
  await edit(first, ann, [cid, ann]);
  await deliverAll();
  expect([await mentionsOf(bob), await mentionsOf(cid), await mentionsOf(ann)]).toEqual([[4], [2], [2]]);
  await shards.of(third).db.$queryRaw`select outcome from delete_message(${third}::uuid, ${ann}::uuid)`;
  await hide(cid, first, group, 2);
  expect(await mentionsOf(cid)).toEqual([]);
  await deliverAll();
  for (const from of [0, 5, log.records.length - 2]) {
    log.committed = from;
    await deliverAll();
    expect([await mentionsOf(bob), await mentionsOf(cid), await mentionsOf(ann)]).toEqual([[], [], [2]]);
  }
});

test('a change of a message that a person has hidden moves their inbox without showing it', async () => {
  const [ann, bob] = [newUuid(7), newUuid(4_000)];
  const group = await createGroup(ann, bob);
  const message = await send(group, ann);
  await deliverAll();
  const [atAnn, atBob] = [await headOf(ann), await headOf(bob)];
  await hide(bob, message, group, 2);
  const deliveries: InboxDelivery[] = [];
  for (const user of [ann, bob]) await ephemeral.addMember(keys.routersOf(user), 'r1', 60_000);
  await pubsub.subscribe(
    channels.inbox('r1'),
    (text) => deliveries.push(JSON.parse(text) as InboxDelivery),
    () => undefined,
  );
  await edit(message, ann, []);
  await deliverAll();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const place = { kind: 'inbox', userId: bob, conversationId: group, isRemoved: false };
  const told = deliveries.find(({ event }) => event !== null);
  expect(told).toMatchObject({ recipients: [[ann, atAnn + 1]], own: [{ ...place, inboxVersion: atBob + 3 }] });
  expect(told?.own[0]).not.toHaveProperty('hiddenMessageId');
  const own = deliveries.filter(({ event }) => event === null).flatMap((delivery) => delivery.own);
  expect(own).toEqual([
    { ...place, inboxVersion: atBob + 1, hiddenMessageId: message },
    { ...place, inboxVersion: atBob + 2 },
  ]);
});
