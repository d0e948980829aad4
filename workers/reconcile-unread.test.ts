import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { newUuid } from '../platform/ids/ids.js';
import { Shards } from '../platform/shards/shards.js';
import { firstPlace, reconcileOnce, type ReconcilePlace } from './reconcile-unread.js';

let databases: TestDatabases;
let shards: Shards;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());
beforeEach(async () => {
  for (const { db } of shards.all)
    await db.$executeRaw`truncate inbox, inbox_head, outbox, conversation_head, member, conversation`;
});

/** A person on one shard, in a conversation on the other, whose inbox reflects it: seq 5, read up to 2. */
async function reader(bucket = 7): Promise<{ userId: string; id: string }> {
  const [userId, id] = [newUuid(bucket), newUuid(4_000)];
  const { db } = shards.of(id);
  await db.$queryRaw`
    select create_conversation(${id}::uuid, 'GROUP', null, 'G', null, ${userId}::uuid, null, array[]::uuid[])`;
  await db.conversationHead.update({ where: { conversationId: id }, data: { lastSeq: 5 } });
  await db.member.updateMany({ where: { conversationId: id, userId }, data: { readSeq: 2, deliveredSeq: 5 } });
  const now = new Date();
  await shards.of(userId).db.inboxHead.upsert({ where: { userId }, create: { userId, version: 3n }, update: {} });
  await shards.of(userId).db.inbox.create({
    data: {
      userId,
      conversationId: id,
      lastSeq: 5,
      readSeq: 2,
      lastActivityAt: now,
      conversationVersion: 9n,
      version: 3n,
      changedAt: now,
    },
  });
  return { userId, id };
}
const rowOf = ({ userId, id }: { userId: string; id: string }) =>
  shards.of(userId).db.inbox.findUniqueOrThrow({ where: { userId_conversationId: { userId, conversationId: id } } });
const spoil = ({ userId, id }: { userId: string; id: string }, data: { lastSeq?: number; readSeq?: number }) =>
  shards.of(userId).db.inbox.update({ where: { userId_conversationId: { userId, conversationId: id } }, data });
const told = async () =>
  (await Promise.all(shards.all.map(({ db }) => db.outbox.findMany({ where: { topic: 'parley.inbox' } })))).flat();

/** Turns until the place is the first again, with one more to look at the last suspects. */
async function wholeRound(batch?: number) {
  const counts = { found: 0, repaired: 0 };
  const metrics = {
    found: (n: number) => void (counts.found += n),
    repaired: (n: number) => void (counts.repaired += n),
  };
  let place: ReconcilePlace = firstPlace;
  let turns = 0;
  do {
    place = await reconcileOnce(shards, metrics, place, batch);
    turns++;
  } while (place.shard !== 0 || place.after !== null);
  await reconcileOnce(shards, metrics, place, batch);
  return { ...counts, turns };
}

test('an inbox that reflects its conversation is left alone', async () => {
  const person = await reader();
  expect(await wholeRound()).toMatchObject({ found: 0, repaired: 0 });
  expect(await rowOf(person)).toMatchObject({ lastSeq: 5, readSeq: 2, version: 3n });
  expect(await told()).toEqual([]);
});

test.each([
  ['too few, for a message was lost', { lastSeq: 3 }],
  ['too many, for messages were counted that are not there', { lastSeq: 8 }],
  ['too many, for what was read was lost', { readSeq: 1 }],
])('an unread count that was broken is repaired, counted and told: %s', async (_what, broken) => {
  const person = await reader();
  const [, other] = [await spoil(person, broken), await reader(4_001)];
  expect(await wholeRound()).toMatchObject({ found: 1, repaired: 1 });
  expect(await rowOf(person)).toMatchObject({ lastSeq: 5, readSeq: 2, version: 4n });
  expect(await rowOf(other)).toMatchObject({ version: 3n });
  expect((await told()).map(({ key }) => key)).toEqual([person.userId]);
  expect(await wholeRound()).toMatchObject({ found: 0, repaired: 0 });
});

test('what was read never goes back', async () => {
  const person = await reader();
  await spoil(person, { readSeq: 4 });
  expect(await wholeRound()).toMatchObject({ found: 0, repaired: 0 });
  expect((await rowOf(person)).readSeq).toBe(4);
});

test('a row that only lags is deliver’s: it counts once it still lacks the same a turn later', async () => {
  const person = await reader();
  await spoil(person, { lastSeq: 4 });
  const counts: number[] = [];
  const metrics = { found: (n: number) => void counts.push(n), repaired: () => undefined };
  const place = await reconcileOnce(shards, metrics);
  expect(place.suspects).toHaveLength(1);
  await spoil(person, { lastSeq: 5 });
  await shards.of(person.id).db.conversationHead.update({ where: { conversationId: person.id }, data: { lastSeq: 6 } });
  await reconcileOnce(shards, metrics, place);
  expect(counts).toEqual([]);
  expect((await rowOf(person)).lastSeq).toBe(5);
});

test('small turns go on where the last one stopped, over all shards', async () => {
  const readers = await Promise.all([7, 7, 7, 4_001, 4_001].map((bucket) => reader(bucket)));
  for (const person of readers) await spoil(person, { readSeq: 0 });
  const { found, repaired, turns } = await wholeRound(1);
  expect([found, repaired]).toEqual([5, 5]);
  expect(turns).toBeGreaterThanOrEqual(5);
});

test('where fan-out is on read the newest seq is not the inbox’s matter', async () => {
  const person = await reader();
  await shards
    .of(person.id)
    .db.conversation.update({ where: { conversationId: person.id }, data: { fanOut: 'ON_READ' } });
  await spoil(person, { lastSeq: 0, readSeq: 0 });
  expect(await wholeRound()).toMatchObject({ found: 1, repaired: 1 });
  expect(await rowOf(person)).toMatchObject({ lastSeq: 0, readSeq: 2 });
});
