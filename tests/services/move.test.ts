import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bucketOf, fromPublicId } from '../../platform/ids/ids.js';
import { createGroup, cursorOf, draft, postOnSocket, say, type Send } from '../chat.js';
import type { Device } from '../client.js';
import { Database } from '../database.js';
import { databaseIsSound } from '../database-invariants.js';
import { Following } from '../following.js';
import { InProcessParley } from '../in-process.js';
import { ackedOnce, comesToHistory, denseSeq, unreadIsRecount } from '../invariants.js';
import {
  completeUpload,
  createUpload,
  fetched,
  mediaOf,
  put,
  sendMedia,
  settled,
  upload,
  type UploadDraft,
} from '../media.js';
import { anyMoment, waitFor } from '../wait-for.js';
import { ShardServers } from './shard-servers.js';

const names = ['shard0', 'shard1', 'shard2'];
let servers: ShardServers;
let parley: InProcessParley;
beforeAll(async () => {
  servers = await ShardServers.start(3);
  parley = await InProcessParley.open({}, servers.environment(['shard0', 'shard1']));
}, 120_000);
afterAll(async () => {
  await parley?.close();
  await servers?.stop();
}, 60_000);

const bucket = (publicId: string) => bucketOf(fromPublicId('conversation', publicId)!);

/** Sends one after the other, each until it is stored, and notes for how long the longest took. */
function chatter(sender: Device, conversationId: string) {
  const sends: Send[] = [];
  let isOver = false;
  let longest = 0;
  const done = (async () => {
    while (!isOver) {
      const send = draft(sender, conversationId, `${sends.length}`);
      sends.push(send);
      const began = performance.now();
      await postOnSocket(send);
      longest = Math.max(longest, performance.now() - began);
      await anyMoment(1, 10);
    }
  })();
  return { sends, conversationId, longest: () => longest, stop: () => ((isOver = true), done) };
}

it('moves a range to a new shard and back while people write', async () => {
  const people = await parley.people('Ann', 'Bob', 'Cyd', 'Dan');
  const [ann, bob] = people as [Device, Device];
  const groups: string[] = [];
  const isThere = (want: (b: number) => boolean) => groups.filter((id) => want(bucket(id))).length;
  while (isThere((b) => b < 1024) < 4 || isThere((b) => b >= 1024) < 4)
    groups.push(await createGroup(ann, `Group ${groups.length}`, people.slice(1)));
  const moving = groups.filter((id) => bucket(id) < 1024).slice(0, 4);
  const staying = groups.filter((id) => bucket(id) >= 1024).slice(0, 4);
  const talked = [...moving, ...staying];
  const followings = await Promise.all(
    talked.map(async (id) => Following.start(bob, id, { after: await cursorOf(bob, id), persists: true })),
  );
  const talkers = talked.map((id, index) => chatter(people[index % 4]!, id));
  await servers.add('shard2');
  await waitFor('the process knows the new shard', () => parley.parts.shards.all.length === 3, 10_000);
  const held: (number | null)[] = [];
  for (const target of ['shard2', 'shard0', 'shard2', 'shard1']) {
    held.push((await servers.move(0, 1023, target)).heldMs);
    const before = talkers.map(({ sends }) => sends.length);
    await waitFor('all go on', () => talkers.every(({ sends }, i) => sends.length > before[i]! + 10), 20_000);
  }
  await Promise.all(talkers.map(({ stop }) => stop()));
  const longest = (ids: string[]) =>
    Math.round(Math.max(...talkers.filter((each) => ids.includes(each.conversationId)).map((each) => each.longest())));
  const sends = talkers.flatMap((each) => each.sends);
  process.stderr.write(
    `${sends.length} sends over 4 moves; writes held for ${held.join(', ')} ms; longest send: ${longest(moving)} ms in the range, ${longest(staying)} ms elsewhere\n`,
  );
  expect(held).not.toContain(null); // each was made while people wrote, with a hold

  await ackedOnce(sends);
  for (const id of talked) await denseSeq(ann, id);
  for (const following of followings) await comesToHistory(following, following.messages[0]?.seq, 30_000);
  for (const person of people) await unreadIsRecount(person, 30_000);
  const database = await Database.at(names.map((name) => servers.url(name)));
  await databaseIsSound(database, sends, 30_000);
  await database.close();
}, 240_000);

it('moves what people have uploaded with them, and what carries it with the conversations', async () => {
  const file = (text: string): UploadDraft => ({
    ...{ filename: 'notes.txt', contentType: 'text/plain', kind: 'FILE' },
    bytes: Buffer.from(text),
  });
  const isInRange = (b: number) => b < 1024;
  const owners: Device[] = [];
  const isOwnerInRange = ({ userId }: Device) => isInRange(bucketOf(fromPublicId('user', userId)!));
  while (!owners.some(isOwnerInRange) || owners.every(isOwnerInRange)) owners.push(...(await parley.people('Owner')));
  const [moving, staying] = [owners.find(isOwnerInRange)!, owners.find((each) => !isOwnerInRange(each))!];
  const groups: string[] = [];
  while (!groups.some((id) => isInRange(bucket(id))) || groups.every((id) => isInRange(bucket(id))))
    groups.push(await createGroup(moving, 'Album', [staying]));
  const places = [groups.find((id) => isInRange(bucket(id)))!, groups.find((id) => !isInRange(bucket(id)))!];
  const pairs = [
    { owner: moving, other: staying },
    { owner: staying, other: moving },
  ];
  const carried: { owner: Device; other: Device; id: string; text: string }[] = [];
  for (const pair of pairs)
    for (const place of places) {
      const text = `of ${pair.owner.person.handle} in ${place}`;
      const { id } = await upload(pair.owner, file(text));
      await sendMedia(pair.owner, place, [id]);
      await settled(pair.owner, id);
      carried.push({ ...pair, id, text });
    }
  const quotas = () =>
    Promise.all(
      pairs.map(({ owner }) =>
        owner.query('{ viewer { mediaQuota { usedBytes uploadsToday } uploads { edges { node { id } } } } }'),
      ),
    );
  const begun = await createUpload(moving, file('begun before'));
  const before = await quotas();

  for (const target of ['shard2', 'shard1']) {
    await servers.move(0, 1023, target);
    for (const { other, id, text } of carried) {
      const seen = await mediaOf(other, id);
      expect(seen).toMatchObject({ status: 'READY' });
      expect((await fetched(seen!.url!)).bytes.toString()).toBe(text);
    }
    expect(await quotas()).toEqual(before);
  }
  expect(await put(begun.upload!, Buffer.from('begun before'))).toBe(200);
  await completeUpload(moving, begun.media.id);
  expect(await settled(moving, begun.media.id)).toMatchObject({ status: 'READY' });
}, 120_000);

it('goes on for the others when a shard is gone', async () => {
  // The directory stays with shard0; shard2 is empty by now, and gets a part.
  await servers.move(2048, 3071, 'shard2');
  // Their own lists are elsewhere in this story.
  const people: Device[] = [];
  while (people.length < 2) {
    const [person] = await parley.people('Eve');
    const own = bucketOf(fromPublicId('user', person!.userId)!);
    if (own < 2048 || own > 3071) people.push(person!);
  }
  const [eve, fay] = people as [Device, Device];
  const at = (id: string) => parley.parts.shards.of(id).name;
  const uuid = (id: string) => fromPublicId('conversation', id)!;
  const groups: string[] = [];
  while (!names.every((name) => groups.some((id) => at(uuid(id)) === name)) || groups.length < 6)
    groups.push(await createGroup(eve, `Group ${groups.length}`, [fay]));
  for (const id of groups) await say(eve, id, 'before');
  await servers.end('shard2');
  const lost = groups.filter((id) => at(uuid(id)) === 'shard2');
  const kept = groups.filter((id) => at(uuid(id)) !== 'shard2');
  for (const id of kept) {
    const began = performance.now();
    await say(eve, id, 'after');
    expect(performance.now() - began).toBeLessThan(2_000);
  }
  const sending = await eve.ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } errors { code } } }`,
    { input: { conversationId: lost[0], clientMessageId: 'lost', body: 'lost' } },
  );
  expect(sending.errors.map(({ extensions }) => [extensions?.code, extensions?.retryable])).toEqual([
    ['UNAVAILABLE', true],
  ]);
  const began = performance.now();
  const { data, errors } = await eve.ask<{
    viewer: {
      inbox: {
        edges: {
          node: {
            conversationId: string;
            conversation: { title: string } | null;
            lastMessage: { body: string } | null;
          };
        }[];
      };
    };
  }>(
    `{ viewer { inbox(first: 50) { edges { node { conversationId conversation { title } lastMessage { body } } } } } }`,
  );
  expect(performance.now() - began).toBeLessThan(6_000);
  const items = new Map(data?.viewer.inbox.edges.map(({ node }) => [node.conversationId, node]));
  expect(items.size).toBe(groups.length);
  for (const id of kept) expect(items.get(id)).toMatchObject({ lastMessage: { body: 'after' } });
  for (const id of lost) expect(items.get(id)).toMatchObject({ conversation: null, lastMessage: null });
  expect(new Set(errors.map(({ extensions }) => extensions?.code))).toEqual(new Set(['UNAVAILABLE']));
}, 120_000);
