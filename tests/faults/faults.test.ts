import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createGroup, cursorOf, draft, openDirect, postUntilAcked, signUp, type Send } from '../chat.js';
import type { Device } from '../client.js';
import { withDatabase } from '../database.js';
import { databaseIsSound } from '../database-invariants.js';
import { Following } from '../following.js';
import { ackedOnce, comesToHistory, denseSeq, unreadIsRecount } from '../invariants.js';
import { Deployment } from '../services/deployment.js';
import { anyMoment, waitFor } from '../wait-for.js';
import { faults } from './inflict.js';

const isShort = process.env.PARLEY_FAULTS === 'short';
const LANES = 6;
const spans = isShort
  ? { kafkaMs: 8_000, redisMs: 3_000, frozenMs: 15_000, cutMs: 8_000 }
  : { kafkaMs: 30_000, redisMs: 30_000, frozenMs: 60_000, cutMs: 30_000 };

let deployment: Deployment;
let crowd: Device[];
/** Each with those who are in it; new for each fault, as the people are. */
let conversations: { id: string; members: Device[] }[];
let followings: Following[];
/** Of all faults. */
const all: Send[] = [];

beforeAll(async () => {
  deployment = await Deployment.start({ routers: 2, instances: 2, workers: 2, shards: 3, withPassages: true });
}, 180_000);
afterAll(() => deployment?.remove(), 60_000);

beforeEach(async () => {
  const url = `http://127.0.0.1:${deployment.passage('to the routers').port}`;
  crowd = [];
  for (const name of ['Ann', 'Bob', 'Carol', 'Dave']) crowd.push(await signUp(url, name));
  const [ann, bob, carol, dave] = crowd as [Device, Device, Device, Device];
  conversations = [
    { id: await createGroup(ann, 'Group', [bob, carol, dave]), members: crowd },
    { id: await createGroup(bob, 'Smaller', [carol]), members: [bob, carol] },
    { id: await openDirect(carol, dave), members: [carol, dave] },
  ];
  followings = await Promise.all(
    conversations.flatMap(({ id, members }) =>
      members.map(async (device) => Following.start(device, id, { after: await cursorOf(device, id), persists: true })),
    ),
  );
}, 60_000);
afterEach(() => {
  for (const following of followings ?? []) following.stop();
  for (const device of crowd ?? []) device.close();
});

test.each(faults(spans))(
  '$name: nothing is lost or told twice',
  async ({ name, inflict }) => {
    const sends: Send[] = [];
    const waits: number[] = [];
    let isOver = false;
    const talk = async (lane: number) => {
      for (let i = 0; !isOver; i++) {
        const { id, members } = conversations[(lane + i) % conversations.length]!;
        const send = draft(members[lane % members.length]!, id, `${name}, lane ${lane}, ${i}`);
        sends.push(send);
        const sentAt = performance.now();
        await postUntilAcked(send, 120_000);
        waits.push(performance.now() - sentAt);
        await anyMoment(40, 120);
      }
    };
    const acked = () => sends.filter((send) => send.acked).length;
    const began = performance.now();
    const talking = Promise.all(Array.from({ length: LANES }, (_, lane) => talk(lane)));
    const throughIt = async () => {
      await waitFor('some are acknowledged', () => acked() > 30, 30_000);
      await inflict(deployment);
      const mended = performance.now();
      const before = acked();
      await waitFor('sends are acknowledged again', () => acked() > before + 2 * LANES, 60_000);
      return { mended, ackedAgain: performance.now() };
    };
    const { mended, ackedAgain } = await throughIt().finally(async () => {
      // Also where it failed: they would talk on into the next story.
      isOver = true;
      await Promise.allSettled([talking]);
    });
    await talking;
    const lastAcked = performance.now();
    all.push(...sends);

    expect(sends.every((send) => send.acked)).toBe(true);
    await ackedOnce(sends);
    const histories = await Promise.all(conversations.map(({ id, members }) => denseSeq(members[0]!, id)));
    expect(histories.reduce((sum, { length }) => sum + length, 0)).toBe(sends.length + 2); // and two groups were made
    for (const following of followings) await comesToHistory(following, 1, 60_000);
    await withDatabase(deployment.dataDir, (database) => databaseIsSound(database, all, 60_000));
    for (const device of crowd) await unreadIsRecount(device, 60_000);

    const told = followings.map((following) => following.told.filter(({ event, at }) => event.message && at >= began));
    const gaps = told.flatMap((each) => each.slice(1).map(({ at }, index) => at - each[index]!.at));
    const repeated = told.map((each) => each.length - new Set(each.map(({ event }) => event.message!.id)).size);
    const kept = new Set(histories.flat().map(({ clientMessageId }) => clientMessageId));
    const figures = [
      `sent and acked ${sends.length}`,
      `delivered ${told.flat().length}`,
      `lost ${sends.filter(({ clientMessageId }) => !kept.has(clientMessageId)).length}`,
      `told twice ${repeated.reduce((a, b) => a + b, 0)}`,
      `longest wait of a send ${Math.max(...waits).toFixed(0)} ms`,
      `longest gap ${Math.max(0, ...gaps).toFixed(0)} ms`,
      `acked again after ${(ackedAgain - mended).toFixed(0)} ms`,
      `all told ${Math.max(0, ...told.flat().map(({ at }) => at - lastAcked)).toFixed(0)} ms after the last was acked`,
    ];
    process.stdout.write(`${name}: ${figures.join(', ')}\n`);
  },
  300_000,
);
