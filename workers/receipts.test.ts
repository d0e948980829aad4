import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { newUuid } from '../platform/ids/ids.js';
import type { PubSub } from '../platform/pubsub/port.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import type { EventOf, ParleyEvent } from '../schema/events.js';
import { defaultPrivacy } from '../schema/people.js';
import { receipts } from './receipts.js';

let databases: TestDatabases;
let shards: Shards;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());

let log: MemoryEventLog;
let hiding: Set<string>;
beforeEach(async () => {
  [log, hiding] = [new MemoryEventLog(), new Set()];
  const pubsub = { publish: async () => undefined } as Partial<PubSub> as PubSub;
  const people = {
    privacy: async (ids: readonly string[]) =>
      new Map(ids.map((id) => [id, { ...defaultPrivacy, readReceipts: !hiding.has(id) }])),
  };
  await receipts({ shards, people, pubsub }).start({ eventLog: log, log: silentLog() });
});

const people = (count: number) => Array.from({ length: count }, (_, i) => newUuid(i % 2 === 0 ? 7 : 4_000)).sort();

/** A conversation of these people, up to this seq, of which the others have received nothing; the first of them sends. */
async function conversation(kind: 'DIRECT' | 'GROUP', members: string[], lastSeq: number): Promise<string> {
  const id = newUuid(members.length);
  const { db } = shards.of(id);
  const directKey = kind === 'DIRECT' ? members.join(' ') : null;
  await db.$queryRaw`
    select create_conversation(${id}::uuid, ${kind}, ${directKey}, 'Group', null, ${members[0]}::uuid, null, ${members.slice(1)}::uuid[])`;
  await db.member.updateMany({ where: { conversationId: id }, data: { deliveredSeq: 0, readSeq: 0 } });
  // A group begins with a message of its own.
  while ((await db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } })).lastSeq < lastSeq)
    await send(id, members[0]!);
  await takeEvents();
  return id;
}
async function send(id: string, sender: string): Promise<void> {
  await shards.of(id).db.$queryRaw`
    select outcome from send_messages(true, array[${id}]::uuid[], array[${sender}]::uuid[], array[${newUuid(1)}]::uuid[],
      array[${newUuid(1)}]::text[], array['hello']::text[])`;
}

/** Empties the outboxes, as the relay does. */
async function takeEvents(): Promise<ParleyEvent[]> {
  const events: ParleyEvent[] = [];
  for (const { db } of shards.all) {
    const rows = await db.outbox.findMany({ orderBy: { id: 'asc' } });
    events.push(...rows.map(({ payload }) => JSON.parse(payload) as ParleyEvent));
    await db.outbox.deleteMany();
  }
  return events;
}
const movesOf = (events: ParleyEvent[], id: string) =>
  events.filter(
    (event): event is EventOf<'WatermarksMoved'> => event.type === 'WatermarksMoved' && event.conversationId === id,
  );
const toldInbox = (events: ParleyEvent[]) =>
  events.flatMap((event) => (event.type === 'InboxItemUpdated' ? event.userId : []));

type Ack = [type: 'MessageDelivered' | 'MessageRead', userId: string, conversationId: string, seq: number];
async function acknowledge(...acks: Ack[]): Promise<ParleyEvent[]> {
  await log.append(
    acks.map(([type, userId, conversationId, seq]) => ({
      topic: 'parley.conversation',
      key: conversationId,
      value: JSON.stringify({
        type,
        version: 1,
        id: newUuid(1),
        at: new Date().toISOString(),
        traceparent: null,
        userId,
        conversationId,
        seq,
      }),
    })),
  );
  while (log.committed < log.records.length) await log.handOver();
  return takeEvents();
}
async function replay(): Promise<ParleyEvent[]> {
  log.committed = 0;
  while (log.committed < log.records.length) await log.handOver();
  return takeEvents();
}

const memberOf = (id: string, userId: string) =>
  shards.of(id).db.member.findUniqueOrThrow({ where: { conversationId_userId: { conversationId: id, userId } } });
const marksOf = async (id: string, userId: string) => {
  const { deliveredSeq, readSeq } = await memberOf(id, userId);
  return [deliveredSeq, readSeq];
};
const versionOf = async (id: string) =>
  Number((await shards.of(id).db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } })).version);
async function putInbox(userId: string, id: string, lastSeq: number): Promise<void> {
  const now = new Date();
  const version = 1n;
  await shards.of(userId).db.inboxHead.create({ data: { userId, version } });
  await shards.of(userId).db.inbox.create({
    data: {
      userId,
      conversationId: id,
      lastSeq,
      readSeq: 0,
      lastActivityAt: now,
      conversationVersion: 1n,
      version,
      changedAt: now,
    },
  });
}
const inboxOf = (userId: string, id: string) =>
  shards.of(userId).db.inbox.findUniqueOrThrow({ where: { userId_conversationId: { userId, conversationId: id } } });

describe('receipts', () => {
  test('fold to the highest of each member and kind, and are told as one event that covers a version for each member', async () => {
    const [ann, bob, cid] = people(3) as [string, string, string];
    const id = await conversation('GROUP', [ann, bob, cid], 5);
    const before = await versionOf(id);
    const events = await acknowledge(
      ['MessageDelivered', bob, id, 2],
      ['MessageDelivered', bob, id, 4],
      ['MessageDelivered', bob, id, 3],
      ['MessageRead', cid, id, 5],
      ['MessageRead', cid, id, 1],
    );
    expect(await marksOf(id, bob)).toEqual([4, 0]);
    expect(await marksOf(id, cid)).toEqual([5, 5]); // who reads has received
    const [moved, ...others] = movesOf(events, id);
    expect(others).toEqual([]);
    expect(moved).toMatchObject({
      fromVersion: before + 1,
      conversationVersion: before + 2,
      watermarks: [
        { userId: bob, deliveredSeq: 4, readSeq: 0, hasRead: false },
        { userId: cid, deliveredSeq: 5, readSeq: 5, hasRead: true },
      ],
    });
    expect(await versionOf(id)).toBe(before + 2);
    expect([(await memberOf(id, bob)).watermarkVersion, (await memberOf(id, cid)).watermarkVersion]).toEqual([
      BigInt(before + 1),
      BigInt(before + 2),
    ]);
  });

  test('move nothing and tell nothing when they come again, or come late', async () => {
    const [ann, bob] = people(2) as [string, string];
    const id = await conversation('GROUP', [ann, bob], 5);
    expect(movesOf(await acknowledge(['MessageRead', bob, id, 4]), id)).toHaveLength(1);
    const version = await versionOf(id);
    expect(await replay()).toEqual([]);
    expect(await acknowledge(['MessageRead', bob, id, 3], ['MessageDelivered', bob, id, 4])).toEqual([]);
    expect(await marksOf(id, bob)).toEqual([4, 4]);
    expect(await versionOf(id)).toBe(version);
  });

  test('never pass the newest message, and never move who is not a member', async () => {
    const [ann, bob, eve] = people(3) as [string, string, string];
    const id = await conversation('GROUP', [ann, bob], 2);
    await acknowledge(['MessageRead', bob, id, 900], ['MessageDelivered', eve, id, 2]);
    expect(await marksOf(id, bob)).toEqual([2, 2]);
    await shards.of(id).db.$queryRaw`select remove_members(${id}::uuid, ${ann}::uuid, array[${bob}]::uuid[])`;
    await send(id, ann);
    await takeEvents();
    expect(await acknowledge(['MessageRead', bob, id, 3])).toEqual([]);
    expect(await marksOf(id, bob)).toEqual([2, 2]);
  });

  test('of many conversations on both shards are each told in their own', async () => {
    const [ann, bob] = people(2) as [string, string];
    const ids = [newUuid(3), newUuid(4_001), newUuid(4_002)];
    for (const id of ids) {
      await shards.of(id).db.$queryRaw`
        select create_conversation(${id}::uuid, 'GROUP', null, 'G', null, ${ann}::uuid, null, array[${bob}]::uuid[])`;
      await send(id, ann);
    }
    await takeEvents();
    const events = await acknowledge(...ids.map((id): Ack => ['MessageDelivered', bob, id, 2]));
    for (const id of ids) expect(movesOf(events, id)).toHaveLength(1);
  });

  test('give a sender whose message moved their marks already no version of their own', async () => {
    const [ann, bob] = people(2) as [string, string];
    const id = await conversation('GROUP', [ann, bob], 3);
    expect(await marksOf(id, ann)).toEqual([3, 3]);
    expect(await acknowledge(['MessageRead', ann, id, 3])).toEqual([]);
  });
});

describe('what others must not learn', () => {
  test('a read that is hidden takes no version and no event, but reaches the person’s own inbox, once', async () => {
    const [ann, bob] = people(2) as [string, string];
    const id = await conversation('GROUP', [ann, bob], 4);
    await putInbox(bob, id, 4);
    await acknowledge(['MessageDelivered', bob, id, 4]);
    hiding.add(bob);
    const version = await versionOf(id);
    const events = await acknowledge(['MessageRead', bob, id, 3]);
    expect(movesOf(events, id)).toEqual([]);
    expect(await versionOf(id)).toBe(version);
    expect(await marksOf(id, bob)).toEqual([4, 3]);
    expect(toldInbox(events)).toEqual([bob]);
    expect(await inboxOf(bob, id)).toMatchObject({ readSeq: 3, version: 2n });
    expect(await replay()).toEqual([]);
  });

  test('a hidden read that delivers tells of the delivery alone', async () => {
    const [ann, bob] = people(2) as [string, string];
    const id = await conversation('GROUP', [ann, bob], 4);
    hiding.add(bob);
    const [moved] = movesOf(await acknowledge(['MessageRead', bob, id, 4]), id);
    expect(moved?.watermarks).toMatchObject([{ userId: bob, deliveredSeq: 4, hasRead: false }]);
  });

  test('where one has blocked the other, marks move and nobody is told', async () => {
    const [ann, bob] = people(2) as [string, string];
    const id = await conversation('DIRECT', [ann, bob], 4);
    await putInbox(bob, id, 4);
    await shards.of(id).db.member.updateMany({ where: { conversationId: id, userId: ann }, data: { isBlocked: true } });
    const events = await acknowledge(['MessageRead', bob, id, 4], ['MessageDelivered', ann, id, 4]);
    expect(movesOf(events, id)).toEqual([]);
    expect(toldInbox(events)).toEqual([bob]);
    expect(await marksOf(id, bob)).toEqual([4, 4]);
  });

  test('where fan-out is on read, only what was read is kept, and told to the person’s own devices', async () => {
    const [ann, bob] = people(2) as [string, string];
    const id = await conversation('GROUP', [ann, bob], 4);
    await putInbox(bob, id, 4);
    await shards.of(id).db.conversation.update({ where: { conversationId: id }, data: { fanOut: 'ON_READ' } });
    const version = await versionOf(id);
    expect(await acknowledge(['MessageDelivered', bob, id, 4])).toEqual([]);
    expect(await marksOf(id, bob)).toEqual([0, 0]);
    const events = await acknowledge(['MessageRead', bob, id, 2]);
    expect(events.map(({ type }) => type)).toEqual(['InboxItemUpdated']);
    expect(await marksOf(id, bob)).toEqual([2, 2]);
    expect(await versionOf(id)).toBe(version);
    expect((await inboxOf(bob, id)).readSeq).toBe(2);
  });

  test('an inbox that a crash kept from following a quiet read follows on the replay', async () => {
    const [ann, bob] = people(2) as [string, string];
    const id = await conversation('GROUP', [ann, bob], 4);
    await putInbox(bob, id, 4);
    hiding.add(bob);
    await shards.of(id).db.$queryRaw`
      select * from move_watermarks(array[${id}]::uuid[], array[${bob}]::uuid[], array[0], array[4], array[true])`;
    expect((await inboxOf(bob, id)).readSeq).toBe(0);
    expect(toldInbox(await acknowledge(['MessageRead', bob, id, 4]))).toEqual([bob]);
    expect((await inboxOf(bob, id)).readSeq).toBe(4);
  });
});
