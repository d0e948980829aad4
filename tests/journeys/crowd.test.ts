import { expect } from '@jest/globals';
import { createGroup, draft, postUntilAcked, removeMembers, type Send } from '../chat.js';
import type { Device } from '../client.js';
import { withDatabase } from '../database.js';
import { Following } from '../following.js';
import { completeCursors, snapshot } from '../cursor-invariants.js';
import { databaseIsSound } from '../database-invariants.js';
import { ackedOnce, comesToHistory, denseSeq, silentAfterRemoval, unreadIsRecount } from '../invariants.js';
import { storiesOnParley } from '../story.js';
import { anyMoment, waitFor } from '../wait-for.js';

const story = storiesOnParley();
const HAMMERING_MS = 4_000;

story(
  'twenty people hammer one group while their connections drop, and two are removed',
  async ({ parley, people }) => {
    const names = Array.from({ length: 20 }, (_, i) => `P${i}`);
    const crowd: Device[] = await people(...names);
    const [owner, ...others] = crowd as [Device, ...Device[]];
    const conversationId = await createGroup(owner, 'Crowd', others);
    const held = [await snapshot(owner, conversationId)];
    const followings = await Promise.all(
      crowd.map((device) => Following.start(device, conversationId, { after: held[0]!.cursor, persists: true })),
    );
    const leaving = others.slice(-2);
    const sends: Send[] = [];
    const removals: { following: Following; at: number }[] = [];
    let isOver = false;

    const hammer = async (device: Device) => {
      for (let i = 0; !isOver && !(leaving.includes(device) && removals.length > 0); i++) {
        const send = draft(device, conversationId, `${device.person.displayName} ${i}`);
        try {
          await postUntilAcked(send);
          sends.push(send);
        } catch (error) {
          // Sent while being removed.
          if (!leaving.includes(device)) throw error;
          return;
        }
        await anyMoment(40, 160);
      }
    };
    const disturb = async () => {
      while (!isOver) {
        await anyMoment(20, 120);
        crowd[Math.floor(Math.random() * crowd.length)]!.drop();
      }
    };
    const remove = async () => {
      await waitFor('many have been sent', () => sends.length > 200, 45_000);
      held.push(await snapshot(owner, conversationId));
      await removeMembers(owner, conversationId, leaving);
      const at = performance.now();
      for (const device of leaving) removals.push({ following: followings[crowd.indexOf(device)]!, at });
    };
    const removing = remove();
    const working = Promise.all([...crowd.map(hammer), disturb(), removing]);
    try {
      await Promise.race([Promise.all([removing, anyMoment(HAMMERING_MS, HAMMERING_MS)]), working]);
    } finally {
      isOver = true;
    }
    await working;

    const all = await denseSeq(owner, conversationId);
    // A send of somebody being removed may be stored, though they heard NOT_A_MEMBER of its retry.
    expect(all.length).toBeGreaterThanOrEqual(sends.length);
    expect(all.length).toBeLessThanOrEqual(sends.length + leaving.length);
    const stayed = followings.filter(({ device }) => !leaving.includes(device));
    await Promise.all(stayed.map((following) => following.untilSeq(all.length)));
    for (const following of stayed) await comesToHistory(following);
    expect(stayed.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(10);
    for (const { following, at } of removals) {
      // One whose connection was down when it happened finds out when it comes back, and not as a member.
      await following.untilEnded();
      const removal = following.events.findLast(
        ({ userId, isMember }) => userId === following.device.userId && isMember === false,
      );
      const lastSeq = removal
        ? following.lastSeq
        : (all.findLast(({ createdAt }) => Date.parse(createdAt) < performance.timeOrigin + at)?.seq ?? 0);
      silentAfterRemoval(following, at, lastSeq);
      const seen = following.messages;
      expect(seen).toEqual(all.slice(0, seen.length));
    }
    await ackedOnce(sends.filter(({ sender }) => !leaving.includes(sender)));
    await completeCursors(owner, conversationId, held, stayed[1], 97);
    for (const device of [owner, others[3]!, others[9]!]) await unreadIsRecount(device);
    await withDatabase(parley.dataDir, (database) => databaseIsSound(database, sends));
  },
  120_000,
);
