import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { newUuid } from '../platform/ids/ids.js';
import { Shards } from '../platform/shards/shards.js';
import { events } from '../schema/events.js';
import { expireOnce } from './expire-messages.js';

let databases: TestDatabases;
let shards: Shards;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());

/** A conversation of two on the shard of this bucket, with messages of which the first so many are over. */
async function conversation(bucket: number, sent: number, over: number): Promise<string> {
  const [id, user, other] = [newUuid(bucket), newUuid(0), newUuid(0)];
  const { db } = shards.of(id);
  await db.$queryRaw`
    select create_conversation(${id}::uuid, 'DIRECT', ${id}, null, null, ${user}::uuid, null, array[${other}::uuid])`;
  await db.conversation.update({ where: { conversationId: id }, data: { messageTtlSeconds: 3_600 } });
  const each = Array.from({ length: sent }, () => newUuid(bucket));
  await db.$queryRaw`select outcome from send_messages(true, ${each.map(() => id)}::uuid[], ${each.map(() => user)}::uuid[],
    ${each}::uuid[], ${each}::text[], ${each.map(() => 'secret')}::text[])`;
  await db.message.updateMany({
    where: { conversationId: id, seq: { lte: over } },
    data: { expiresAt: new Date(Date.now() - 1_000) },
  });
  return id;
}
const bodiesOf = async (id: string) =>
  (await shards.of(id).db.message.findMany({ where: { conversationId: id }, orderBy: { seq: 'asc' } })).map(
    ({ body, deletedAt, expiresAt }) => (deletedAt?.getTime() === expiresAt?.getTime() ? body : [body, deletedAt]),
  );

test('what is over becomes a tombstone on every shard, is told once, and the rest stays', async () => {
  const ids = await Promise.all([conversation(1, 3, 2), conversation(4_000, 2, 1)]);
  const heads = await Promise.all(
    ids.map((id) => shards.of(id).db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } })),
  );
  // Two processes look at the same moment.
  const counts = await Promise.all([expireOnce(shards), expireOnce(shards)]);
  expect(counts[0] + counts[1]).toBe(3);
  expect(await expireOnce(shards)).toBe(0);
  expect(await bodiesOf(ids[0])).toEqual([null, null, ['secret', null]]);
  expect(await bodiesOf(ids[1])).toEqual([null, ['secret', null]]);
  for (const [index, id] of ids.entries()) {
    const outbox = await shards.of(id).db.outbox.findMany({ where: { key: id }, orderBy: { id: 'asc' } });
    const told = outbox
      .map(({ payload }) => JSON.parse(payload) as { type: string })
      .filter(({ type }) => type === 'MessageExpired')
      .map((event) => events.MessageExpired.strict().parse(event));
    expect(told.map((event) => event.conversationVersion - Number(heads[index]!.version))).toEqual(
      told.map((_, i) => i + 1),
    );
    expect(told.every(({ message }) => message.body === null && message.deletedAt === message.expiresAt)).toBe(true);
    expect(told).toHaveLength(2 - index);
  }
});

test('many are taken in batches, and those of a bucket that has moved away are left alone', async () => {
  const id = await conversation(1, 250, 250);
  const moved = await conversation(2, 1, 1);
  await shards.of(moved).db.$executeRaw`update bucket_owner set open = false where bucket = 2`;
  const turns: number[] = [];
  for (let count = await expireOnce(shards); count > 0; count = await expireOnce(shards)) turns.push(count);
  expect(turns).toEqual([100, 100, 50]);
  expect(new Set(await bodiesOf(id))).toEqual(new Set([null]));
  expect(await bodiesOf(moved)).toEqual([['secret', null]]);
});
