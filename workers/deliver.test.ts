import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { EmbeddedEphemeral } from '../platform/ephemeral/embedded.js';
import { newUuid } from '../platform/ids/ids.js';
import { EmbeddedPubSub } from '../platform/pubsub/embedded.js';
import { Shards } from '../platform/shards/shards.js';
import { silentLog } from '../platform/telemetry/log.js';
import { MemoryEventLog } from '../platform/worker/memory-event-log.fixture.js';
import { channels, keys, type FeedEvent, type InboxDelivery } from '../schema/live.js';
import { waitFor } from '../tests/wait-for.js';
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

/** People whose inboxes lie on both shards. */
const people = (count: number) => Array.from({ length: count }, (_, i) => newUuid(i % 2 === 0 ? 7 : 4_000));

async function createGroup(owner: string, others: string[], bucket = 1): Promise<string> {
  const id = newUuid(bucket);
  await shards.of(id).db.$queryRaw`
    select create_conversation(${id}::uuid, 'GROUP', null, 'Group', null, ${owner}::uuid, null, ${others}::uuid[])`;
  return id;
}
async function send(conversationId: string, senderId: string, ...bodies: string[]): Promise<void> {
  for (const body of bodies) {
    const rows = await shards.of(conversationId).db.$queryRaw<{ outcome: string }[]>`
      select outcome from send_messages(true, array[${conversationId}]::uuid[], array[${senderId}]::uuid[], array[${newUuid(1)}]::uuid[],
        array[${newUuid(1)}]::text[], array[${body}]::text[])`;
    expect(rows[0]?.outcome).toBe('stored');
  }
}
const add = (id: string, actor: string, users: string[]) =>
  shards.of(id).db.$queryRaw`select add_members(${id}::uuid, ${actor}::uuid, ${users}::uuid[], 256)`;
const remove = (id: string, actor: string, users: string[]) =>
  shards.of(id).db.$queryRaw`select remove_members(${id}::uuid, ${actor}::uuid, ${users}::uuid[])`;

/** What the relay does: all outboxes to the log. */
async function relay(): Promise<void> {
  for (const { db } of shards.all) {
    const rows = await db.outbox.findMany({ orderBy: { id: 'asc' } });
    await log.append(rows.map(({ topic, key, payload }) => ({ topic, key, value: payload })));
    await db.outbox.deleteMany();
  }
}
async function deliverAll(): Promise<void> {
  await relay();
  while (log.committed < log.records.length) await log.handOver();
}

const inboxOf = async (userId: string) => {
  const { db } = shards.of(userId);
  const head = await db.inboxHead.findUnique({ where: { userId } });
  return {
    head: Number(head?.version ?? 0n),
    rows: await db.inbox.findMany({ where: { userId }, orderBy: { version: 'asc' } }),
  };
};
const rowOf = async (userId: string, conversationId: string) =>
  (await inboxOf(userId)).rows.find((row) => row.conversationId === conversationId);
const versionOf = async (id: string) =>
  Number((await shards.of(id).db.conversationHead.findUniqueOrThrow({ where: { conversationId: id } })).version);

/** What reaches one router; `settled` resolves once all published so far has come. */
async function listen(router: string, ...users: string[]) {
  const deliveries: InboxDelivery[] = [];
  for (const user of users) await ephemeral.addMember(keys.routersOf(user), router, 60_000);
  await pubsub.subscribe(
    channels.inbox(router),
    (message) => deliveries.push(JSON.parse(message) as InboxDelivery),
    () => undefined,
  );
  const versionsOf = (user: string) =>
    deliveries.flatMap(({ recipients, own }) => [
      ...recipients.filter(([id]) => id === user).map(([, version]) => version),
      ...own.filter(({ userId }) => userId === user).map(({ inboxVersion }) => inboxVersion),
    ]);
  return { deliveries, versionsOf };
}
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const oneTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('a group of five on two shards', () => {
  test('every change gives each member the next inbox version, and each router hears of all of its people', async () => {
    const [ann, bob, cid, dan, eve] = people(5) as [string, string, string, string, string];
    const group = await createGroup(ann, [bob, cid, dan, eve]);
    const [first, second] = [await listen('r1', ann, bob), await listen('r2', bob, cid)];
    const feed: FeedEvent[] = [];
    await pubsub.subscribe(
      channels.conversation(group),
      (message) => feed.push(JSON.parse(message) as FeedEvent),
      () => undefined,
    );

    await deliverAll();
    await send(group, ann, 'one', 'two');
    await deliverAll();
    await send(group, bob, 'three');
    await deliverAll();
    await settled();

    const total = await versionOf(group);
    expect(total).toBe(10); // created, five joined, told of it, three sent
    for (const user of [ann, bob, cid, dan, eve]) {
      const { head, rows } = await inboxOf(user);
      expect(head).toBe(6); // created, their own joining, told of it, three sent
      expect(rows).toEqual([
        expect.objectContaining({
          conversationId: group,
          lastSeq: 4,
          leftAt: null,
          version: 6n,
          conversationVersion: 10n,
        }),
      ]);
    }
    expect(await Promise.all([ann, bob, cid].map(async (user) => (await rowOf(user, group))?.readSeq))).toEqual([
      3, 4, 1,
    ]);
    expect(feed.map((event) => event.version)).toEqual(oneTo(10));
    // Of the founding members each hears of their own joining only.
    expect(first.deliveries.map(({ event }) => event?.version)).toEqual([1, 2, 3, 7, 8, 9, 10]);
    expect(first.deliveries.map(({ event }) => event)).toEqual(
      feed.filter(({ version }) => ![4, 5, 6].includes(version)),
    );
    expect(feed.slice(-3).map((event) => event.kind === 'message' && [event.reason, event.message.body])).toEqual([
      ['SENT', 'one'],
      ['SENT', 'two'],
      ['SENT', 'three'],
    ]);
    expect([first.versionsOf(ann), first.versionsOf(bob), second.versionsOf(bob), second.versionsOf(cid)]).toEqual([
      oneTo(6),
      oneTo(6),
      oneTo(6),
      oneTo(6),
    ]);
    expect([first.versionsOf(cid), second.versionsOf(ann), first.versionsOf(dan)]).toEqual([[], [], []]);
    // Their own joining is told as a change of their inbox.
    expect(first.deliveries.flatMap(({ own }) => own.map(({ userId, isRemoved }) => [userId, isRemoved]))).toEqual([
      [ann, false],
      [bob, false],
    ]);
  });

  test('a replay, whole or in part, moves nothing, and publishes the newest versions again', async () => {
    const [ann, bob] = people(2) as [string, string];
    const group = await createGroup(ann, [bob]);
    await send(group, ann, 'one', 'two');
    await deliverAll();
    const before = await Promise.all([inboxOf(ann), inboxOf(bob)]);

    const { deliveries, versionsOf } = await listen('r1', ann, bob);
    log.committed = 0;
    await deliverAll();
    log.committed = 3;
    await deliverAll();
    await settled();
    expect(await Promise.all([inboxOf(ann), inboxOf(bob)])).toEqual(before);
    expect(deliveries).toHaveLength(9);
    expect(versionsOf(ann)).toEqual([5, 5, 5, 5, 5, 5, 5, 5]);

    await log.append(log.records.slice(0, 6)); // appended twice, as a relay does that died before it deleted
    await send(group, ann, 'three');
    await deliverAll();
    await settled();
    expect((await inboxOf(ann)).head).toBe(6);
    expect(versionsOf(ann).at(-1)).toBe(6);
  });

  test('a message counts as unread for all but who sent it; who joins has nothing to catch up on', async () => {
    const [ann, bob, cid] = people(3) as [string, string, string];
    const group = await createGroup(ann, [bob]);
    await send(group, ann, 'one', 'two', 'three');
    await add(group, ann, [cid]);
    await send(group, bob, 'four');
    await deliverAll();
    const unread = async (user: string) => {
      const row = await rowOf(user, group);
      return row && row.lastSeq - row.readSeq;
    };
    expect([await unread(ann), await unread(bob), await unread(cid)]).toEqual([1, 0, 1]);
  });
});

test('versions stay dense for a person whose conversations lie on both shards and come in one batch', async () => {
  const [ann, bob] = people(2) as [string, string];
  const groups = [
    await createGroup(ann, [bob], 1),
    await createGroup(bob, [ann], 4_000),
    await createGroup(ann, [bob], 2),
  ];
  const { versionsOf } = await listen('r1', ann, bob);
  for (let i = 0; i < 12; i++) await send(groups[i % 3]!, i % 2 === 0 ? ann : bob, String(i));
  await deliverAll();
  await settled();
  for (const user of [ann, bob]) {
    const { head, rows } = await inboxOf(user);
    expect(head).toBe(3 * 3 + 12);
    expect(versionsOf(user)).toEqual(oneTo(head));
    expect(new Set(rows.map((row) => row.version)).size).toBe(3);
    expect(rows.map((row) => row.conversationVersion)).toEqual([8n, 8n, 8n]);
  }
});

describe('somebody who leaves', () => {
  test('is told that, and nothing later; the tombstone stays', async () => {
    const [ann, bob, cid] = people(3) as [string, string, string];
    const group = await createGroup(ann, [bob, cid]);
    await deliverAll();
    const { deliveries, versionsOf } = await listen('r1', bob);
    await send(group, ann, 'before');
    await deliverAll();
    await remove(group, ann, [bob]);
    await send(group, ann, 'after');
    await deliverAll();
    await settled();
    expect(deliveries.map(({ recipients, own }) => [recipients.length, own.map((each) => each.isRemoved)])).toEqual([
      [1, []],
      [0, [true]],
    ]);
    expect(versionsOf(bob)).toEqual([4, 5]);
    const row = await rowOf(bob, group);
    expect(row).toMatchObject({ lastSeq: 2, version: 5n });
    expect(row?.leftAt).not.toBeNull();
    expect(await rowOf(cid, group)).toMatchObject({ lastSeq: 4, leftAt: null });

    const told = deliveries.length;
    log.committed = 0;
    await deliverAll();
    await settled();
    // Of the replay, too, only the leaving: what was before it is no longer theirs.
    expect(deliveries.slice(told).flatMap(({ recipients, own }) => [...recipients, ...own])).toEqual([
      expect.objectContaining({ userId: bob, isRemoved: true, inboxVersion: 5 }),
    ]);
    expect(await rowOf(bob, group)).toEqual(row);
  });

  test('and comes back has a living row again, and what was sent in between is neither told nor unread', async () => {
    const [ann, bob] = people(2) as [string, string];
    const group = await createGroup(ann, [bob]);
    await send(group, ann, 'one');
    await remove(group, ann, [bob]);
    await send(group, ann, 'between');
    await add(group, ann, [bob]);
    await send(group, ann, 'three');
    const { deliveries } = await listen('r1', bob);
    await deliverAll();
    await settled();
    expect(await rowOf(bob, group)).toMatchObject({ lastSeq: 6, readSeq: 5, leftAt: null, conversationVersion: 11n });
    const bodies = deliveries.flatMap(({ event, recipients }) =>
      event?.kind === 'message' && recipients.length > 0 ? [event.message.body] : [],
    );
    expect(bodies).toEqual([null, 'three']); // that they joined, and what came then
  });

  test('before anything was delivered ends with a tombstone', async () => {
    const [ann, bob] = people(2) as [string, string];
    const group = await createGroup(ann, []);
    await add(group, ann, [bob]);
    await send(group, ann, 'one');
    await remove(group, ann, [bob]);
    await deliverAll();
    const row = await rowOf(bob, group);
    expect(row?.leftAt).not.toBeNull();
    expect((await inboxOf(bob)).head).toBe(2);
  });
});

test('messages, an own join and creation move a conversation up the list; others joining does not', async () => {
  const [ann, bob, cid] = people(3) as [string, string, string];
  const group = await createGroup(ann, [bob]);
  await send(group, ann, 'one');
  await deliverAll();
  const before = await rowOf(bob, group);
  await add(group, ann, [cid]);
  await deliverAll();
  const after = await rowOf(bob, group);
  expect(after?.lastActivityAt).toEqual(before?.lastActivityAt);
  expect(after?.version).toBe(before!.version + 2n); // that somebody joined, and the message of it
  expect((await rowOf(cid, group))!.lastActivityAt.getTime()).toBeGreaterThanOrEqual(before!.lastActivityAt.getTime());
});

test('a batch that failed on the way, with one of two shards moved, is repeated without a gap', async () => {
  const [ann, bob] = people(2) as [string, string];
  const group = await createGroup(ann, [bob]);
  await deliverAll();
  const { versionsOf } = await listen('r1', ann, bob);
  const shard1 = databases.shards.get('shard1')!;
  await shard1.$executeRaw`update bucket_owner set open = false where bucket = 4000`;
  await send(group, ann, 'one');
  await relay();
  const handing = log.handOver();
  // Ann's shard has moved while Bob's refuses.
  for (let head = 0; head < 4;) head = (await inboxOf(ann)).head;
  await shard1.$executeRaw`update bucket_owner set open = true where bucket = 4000`;
  await handing;
  await settled();
  expect([(await inboxOf(ann)).head, (await inboxOf(bob)).head]).toEqual([4, 4]);
  expect([versionsOf(ann), versionsOf(bob)]).toEqual([[4], [4]]);
});

test('a large group is moved in several calls, each person with dense versions', async () => {
  const users = people(120);
  const [owner = '', ...others] = users;
  const group = await createGroup(owner, others);
  for (let i = 0; i < 40; i++) await send(group, owner, String(i));
  await deliverAll();
  for (const user of users) {
    expect((await inboxOf(user)).head).toBe(43);
    expect(await rowOf(user, group)).toMatchObject({ version: 43n, conversationVersion: 162n });
  }
});

test('two deliverers that meet at the same people leave dense versions', async () => {
  const users = people(4);
  const groups = await Promise.all(
    users.map((user, i) =>
      createGroup(
        user,
        users.filter((other) => other !== user),
        i,
      ),
    ),
  );
  await deliverAll();
  const { versionsOf } = await listen('r1', ...users);
  for (const group of groups) for (const user of users) await send(group, user, 'x');
  await relay();
  // Each takes the events of two groups, as the readers of two partitions do.
  const logs = await Promise.all(
    [0, 1].map(async (n) => {
      const own = new MemoryEventLog();
      await own.append(log.records.slice(log.committed).filter((record) => groups.indexOf(record.key) % 2 === n));
      await deliver({ shards, ephemeral, pubsub }).start({ eventLog: own, log: silentLog() });
      return own;
    }),
  );
  // A third holds everybody's heads until both stand before them.
  const holders = await Promise.all(
    ['shard0', 'shard1'].map(async (name) => {
      const holder = new Client({ connectionString: databases.url(name) });
      await holder.connect();
      await holder.query('begin');
      await holder.query('select from inbox_head where user_id = any ($1) for update', [users]);
      return holder;
    }),
  );
  const handing = Promise.all(logs.map((own) => own.handOver()));
  for (const holder of holders) {
    await waitFor('both wait', async () => {
      // Within a transaction the view stays as it was first seen.
      await holder.query('select pg_stat_clear_snapshot()');
      const { rows } = await holder.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length === 2;
    });
    await holder.query('commit');
    await holder.end();
  }
  await handing;
  await settled();
  for (const user of users) {
    const { head } = await inboxOf(user);
    expect(head).toBe(4 * (3 + 4));
    expect(versionsOf(user).sort((a, b) => a - b)).toEqual(oneTo(head).slice(4 * 3));
  }
});
