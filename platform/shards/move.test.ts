import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid } from '../ids/ids.js';
import { movedTables, shardOwnTables } from '../database/move-tables.js';
import { moveBuckets } from './move.js';
import { nothing, openWorld, type World } from './moving.fixture.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** Sends to a conversation, one after the other, until told to stop. */
function chatter(conversationId: string, senderId: string) {
  const acked: string[] = [];
  const failed: unknown[] = [];
  let isOver = false;
  let longest = 0;
  const done = (async () => {
    for (let n = 0; !isOver; n++) {
      const began = performance.now();
      const outcome = await world.send(conversationId, senderId, `${n}`).catch((error: unknown) => failed.push(error));
      longest = Math.max(longest, performance.now() - began);
      if (typeof outcome === 'object' && outcome.kind === 'stored') acked.push(`${n}`);
    }
  })();
  return { acked, failed, longest: () => longest, stop: () => ((isOver = true), done) };
}

it('moves a range while people write: nothing is lost or doubled, and others do not notice', async () => {
  const range = { from: 0, to: 255 };
  const [ann, bob] = [newUuid(100), newUuid(3000)];
  const inside = await Promise.all([3, 77, 255].map((bucket) => world.conversation(bucket, ann, bob)));
  const outside = await Promise.all([256, 3000].map((bucket) => world.conversation(bucket, ann, bob)));
  await world.inbox(ann, inside[0]!);
  const stale = await world.staleShards();
  const talkers = [...inside, ...outside].map((id) => chatter(id, ann));
  const move = await world.move(range, 'shard1');
  const before = talkers.map(({ acked }) => acked.length);
  while (talkers.some(({ acked }, i) => acked.length < before[i]! + 5)) await new Promise(setImmediate);
  await Promise.all(talkers.map(({ stop }) => stop()));

  expect(move).toMatchObject({ step: 'done', source: 'shard0', target: 'shard1' });
  expect(talkers.flatMap(({ failed }) => failed)).toEqual([]);
  for (const [index, id] of [...inside, ...outside].entries())
    expect((await world.bodies(id)).slice(-talkers[index]!.acked.length)).toEqual(talkers[index]!.acked);
  expect(inside.map((id) => world.shards.of(id).name)).toEqual(['shard1', 'shard1', 'shard1']);
  expect(await world.held('shard0', range)).toEqual(nothing);
  expect([await world.owned('shard0', range), await world.owned('shard1', range)]).toEqual([0, 256]);
  expect(await world.databases.directory.shardRange.findMany({ orderBy: { fromBucket: 'asc' } })).toEqual([
    { fromBucket: 0, toBucket: 255, shard: 'shard1' },
    { fromBucket: 256, toBucket: 2047, shard: 'shard0' },
    { fromBucket: 2048, toBucket: 4095, shard: 'shard1' },
  ]);

  // Who still has the old map is refused, reading and writing, and finds the way.
  const [id] = inside as [string];
  expect(stale.of(id).name).toBe('shard0');
  await expect(stale.of(id).db.$queryRaw`select from message where owns_buckets(array[${id}::uuid])`).rejects.toThrow(
    /not owned by this shard/,
  );
  await expect(stale.of(id).db.$queryRaw`select fail_message(${id}::uuid, 1)`).rejects.toThrow(
    /not owned by this shard/,
  );
  const rows = await stale.on(
    id,
    ({ db }) => db.$queryRaw<unknown[]>`
    select seq from message where owns_buckets(array[${id}::uuid]) and conversation_id = ${id}::uuid`,
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(stale.of(id).name).toBe('shard1');
});

it('moves every table of a shard, but for those that are its own', async () => {
  const session = await world.open('shard0');
  const tables = await session.rows<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  );
  expect(tables.map(({ name }) => name)).toEqual([...Object.keys(movedTables), ...shardOwnTables].sort());
  // What is replicated is found by its primary key, which has the id that says which bucket.
  for (const [table, column] of Object.entries(movedTables))
    expect(
      await session.rows(
        `select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
         where i.indrelid = $1::regclass and i.indisprimary and a.attname = $2`,
        [table, column],
      ),
    ).toHaveLength(1);
});

it('goes on after a crash at any step', async () => {
  const points = ['prepared', 'copied', 'held', 'verified', 'gave-up', 'fenced', 'opened', 'mapped', 'cut'];
  for (const [index, point] of points.entries()) {
    const range = { from: 256 + 16 * index, to: 271 + 16 * index };
    const ann = newUuid(range.from + 1);
    const id = await world.conversation(range.from, ann);
    await world.send(id, ann, point);
    await world.inbox(ann, id);
    const before = await world.held('shard0', range);
    await world.dieAt(point, range, 'shard1');
    const move = await world.resume();
    expect([point, move.step]).toEqual([point, 'done']);
    expect([point, await world.held('shard1', range)]).toEqual([point, before]);
    expect([point, await world.held('shard0', range)]).toEqual([point, nothing]);
    expect([point, await world.owned('shard1', range), await world.owned('shard0', range)]).toEqual([point, 16, 0]);
    await world.send(id, ann, 'after');
    expect((await world.bodies(id)).slice(-2)).toEqual([point, 'after']);
  }
}, 60_000);

describe('a move that is given up', () => {
  const range = { from: 1000, to: 1015 };

  it('leaves everything where it was', async () => {
    const ann = newUuid(1001);
    const id = await world.conversation(1002, ann);
    await world.send(id, ann, 'here');
    const before = await world.held('shard0', range);
    await world.dieAt('held', range, 'shard1');
    expect(await world.abort()).toMatchObject({ step: 'aborted' });
    expect(await world.held('shard0', range)).toEqual(before);
    expect(await world.held('shard1', range)).toEqual(nothing);
    await world.send(id, ann, 'still here');
    expect(world.shards.of(id).name).toBe('shard0');
  });

  it('is refused past the switch', async () => {
    await world.dieAt('gave-up', range, 'shard1');
    await expect(world.abort()).rejects.toThrow(/past the switch/);
    expect(await world.resume()).toMatchObject({ step: 'done' });
  });
});

it('changes nothing where the copy differs from the source', async () => {
  const range = { from: 1100, to: 1115 };
  const ann = newUuid(1101);
  const id = await world.conversation(1102, ann);
  await world.send(id, ann, 'true');
  const target = world.databases.shards.get('shard1')!;
  const reached = async (point: string) => {
    if (point === 'copied')
      await target.$executeRaw`update message set body = 'false' where conversation_id = ${id}::uuid`;
  };
  await expect(world.move(range, 'shard1', { reached })).rejects.toThrow(/differs.*\n {2}message: 2 rows/);
  await world.send(id, ann, 'still here');
  expect(await world.owned('shard0', range)).toBe(16);
  await world.abort();
});

it('lets writes go on where the switch takes too long', async () => {
  const range = { from: 1200, to: 1215 };
  const ann = newUuid(1201);
  const id = await world.conversation(1202, ann);
  const reached = (point: string) => (point === 'held' ? new Promise<void>((go) => setTimeout(go, 120)) : undefined);
  await expect(world.move(range, 'shard1', { reached, holdMs: 100 })).rejects.toThrow(/--hold/);
  await world.send(id, ann, 'goes on');
  expect(await world.resume()).toMatchObject({ step: 'done' });
  await world.abort().catch((error: unknown) => expect(String(error)).toContain('No move is under way'));
});

it('refuses what makes no sense, before anything has changed', async () => {
  const range = { from: 2000, to: 2015 };
  await expect(world.move(range, 'shard7')).rejects.toThrow(/no shard shard7/);
  await expect(world.move(range, 'shard0')).rejects.toThrow(/has 2000-2015 already/);
  await expect(world.move({ from: 2040, to: 2050 }, 'shard0')).rejects.toThrow(
    /2040-2047 of shard0, 2048-2050 of shard1/,
  );
  await world.dieAt('copied', range, 'shard1');
  await expect(world.move({ from: 2020, to: 2021 }, 'shard1')).rejects.toThrow(
    /2000-2015 from shard0 to shard1 is under way/,
  );
  const directory = await world.open('directory');
  await directory.rows('select pg_advisory_lock(72707372)');
  const second = { directory: await world.open('directory'), connect: world.open, replicationUrl: world.databases.url };
  await expect(moveBuckets(range, 'shard1', second)).rejects.toThrow(/Another mover/);
  await directory.close();
  await world.abort();
});
