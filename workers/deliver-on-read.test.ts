import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { EmbeddedEphemeral } from '../platform/ephemeral/embedded.js';
import { newUuid } from '../platform/ids/ids.js';
import { EmbeddedPubSub } from '../platform/pubsub/embedded.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { channels, keys, type FeedEvent, type InboxDelivery } from '../schema/live.js';
import { deliver } from './deliver.js';

let databases: TestDatabases;
let shards: Shards;
let log: MemoryEventLog;
let pubsub: EmbeddedPubSub;
let ephemeral: EmbeddedEphemeral;
let ann: string, bob: string, cid: string, channel: string;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());
beforeEach(async () => {
  [log, pubsub, ephemeral] = [new MemoryEventLog(), new EmbeddedPubSub(), new EmbeddedEphemeral()];
  await deliver({ shards, ephemeral, pubsub }).start({ eventLog: log, log: silentLog() });
  [ann, bob, cid] = [newUuid(7), newUuid(4_000), newUuid(8)];
  channel = newUuid(1);
  await shards.of(channel).db.$queryRaw`
    select create_conversation(${channel}::uuid, 'CHANNEL', null, 'Channel', null, ${ann}::uuid, null, array[${bob}::uuid], 'PUBLIC')`;
});
afterEach(() => Promise.all([pubsub.close(), ephemeral.close()]));

/** People beside the two, as many as fit before the channel switches: one more, and it does. Nobody is told of each. */
async function fill(): Promise<string[]> {
  const people = Array.from({ length: 254 }, (_, i) => newUuid(i % 2 ? 7 : 4_000));
  await shards.of(channel).db.$executeRaw`
    with member_row as (
      insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
      select ${channel}::uuid, u, 'MEMBER', clock_timestamp(), 0, now() from unnest(${people}::uuid[]) u
    ), span as (
      insert into member_span (conversation_id, user_id, from_seq) select ${channel}::uuid, u, 1 from unnest(${people}::uuid[]) u
    )
    update conversation_head set member_count = 256 where conversation_id = ${channel}::uuid`;
  return people;
}
const join = (user: string) => shards.of(channel).db.$queryRaw`select join_channel(${channel}::uuid, ${user}::uuid)`;
const leave = (user: string) =>
  shards.of(channel).db.$queryRaw`select remove_members(${channel}::uuid, ${user}::uuid, array[${user}::uuid])`;
const send = (user: string, body: string) => shards.of(channel).db.$queryRaw`
  select outcome from send_messages(true, array[${channel}]::uuid[], array[${user}]::uuid[], array[${newUuid(1)}]::uuid[],
    array[${newUuid(1)}]::text[], array[${body}]::text[])`;

async function deliverAll(): Promise<void> {
  for (const { db } of shards.all) {
    const rows = await db.outbox.findMany({ orderBy: { id: 'asc' } });
    await log.append(rows.map(({ topic, key, payload }) => ({ topic, key, value: payload })));
    await db.outbox.deleteMany();
  }
  while (log.committed < log.records.length) await log.handOver();
}
const rowOf = (userId: string) => shards.of(userId).db.inbox.findFirst({ where: { userId, conversationId: channel } });
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

async function listen(...users: string[]) {
  const [deliveries, feed]: [InboxDelivery[], FeedEvent[]] = [[], []];
  for (const user of users) await ephemeral.addMember(keys.routersOf(user), 'r1', 60_000);
  const ignore = () => undefined;
  await pubsub.subscribe(
    channels.inbox('r1'),
    (message) => deliveries.push(JSON.parse(message) as InboxDelivery),
    ignore,
  );
  await pubsub.subscribe(
    channels.conversation(channel),
    (message) => feed.push(JSON.parse(message) as FeedEvent),
    ignore,
  );
  return { deliveries, feed };
}
const bodiesOf = (deliveries: InboxDelivery[]) =>
  deliveries.flatMap(({ event }) => (event?.kind === 'message' && event.message.body) || []);

test('what was sent before the switch is in every inbox; the switch marks them all; what comes after goes to the channel alone', async () => {
  const { deliveries, feed } = await listen(ann, bob, cid);
  const people = await fill();
  await send(ann, 'before');
  await join(cid);
  await send(ann, 'after');
  await leave(cid);
  await deliverAll();
  await settled();
  for (const user of [ann, bob, people[0]!, people.at(-1)!])
    expect(await rowOf(user)).toMatchObject({ fanOut: 'ON_READ', leftAt: null, lastSeq: 2 });
  expect(await rowOf(bob)).toMatchObject({ kind: 'CHANNEL', readSeq: 1 });
  expect(bodiesOf(deliveries)).toEqual(['before']);
  const bodies = feed.flatMap((event) => (event.kind === 'message' && event.message.body) || []);
  expect(bodies).toEqual(['before', 'after']);
  // Who joins and leaves after the switch is told so, nobody else.
  const row = await rowOf(cid);
  expect(row).toMatchObject({ fanOut: 'ON_READ', kind: 'CHANNEL' });
  expect(row?.leftAt).not.toBeNull();
  const ofCid = deliveries.flatMap(({ own }) => own.filter(({ userId }) => userId === cid));
  expect(ofCid.map(({ isRemoved }) => isRemoved)).toEqual([false, true]);
  const last = feed.slice(-3).map(({ version }) => version);
  expect(deliveries.filter(({ event, recipients }) => recipients.length > 0 && last.includes(event!.version))).toEqual(
    [],
  );
});

test('a replay from before the switch changes nothing and switches nobody back', async () => {
  const people = await fill();
  await join(cid);
  await deliverAll();
  const users = [ann, bob, cid, people[0]!];
  const before = await Promise.all(users.map(rowOf));
  expect(before.map((row) => row?.fanOut)).toEqual(users.map(() => 'ON_READ'));
  for (const from of [0, 3, 5]) {
    log.committed = from;
    await deliverAll();
    expect(await Promise.all(users.map(rowOf))).toEqual(before);
  }
});

test('delivered late, when the channel has grown far beyond, it still reads no more than those of before', async () => {
  await fill();
  await send(ann, 'before');
  await join(cid);
  await shards.of(channel).db.$executeRaw`
    insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
    select ${channel}::uuid, uuidv7(), 'MEMBER', clock_timestamp(), 0, now() from generate_series(1, 2000)`;
  const [row] = await shards.of(channel).db.$queryRaw<[{ count: number }]>`
    select count(*)::int as count from open_members(array[${channel}]::uuid[])`;
  expect(row.count).toBe(257);
  await deliverAll();
  expect(await rowOf(bob)).toMatchObject({ fanOut: 'ON_READ', lastSeq: 2 });
});
