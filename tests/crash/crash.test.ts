import { expect } from '@jest/globals';
import { createGroup, draft, openDirect, postUntilAcked, type Send } from '../chat.js';
import { withDatabase } from '../database.js';
import { Following } from '../following.js';
import { completeCursors, snapshot } from '../cursor-invariants.js';
import { databaseIsSound } from '../database-invariants.js';
import { completeInboxCursor, inboxOf } from '../inbox-invariants.js';
import { ackedOnce, comesToHistory, denseSeq, unreadIsRecount } from '../invariants.js';
import { storiesOnParley } from '../story.js';
import { anyMoment, waitFor } from '../wait-for.js';

const story = storiesOnParley({}, 'alone');
const ROUNDS = Number(process.env.PARLEY_CRASH_ROUNDS ?? 3);

story(
  `killed ${ROUNDS} times at random moments under load, it loses nothing and repeats nothing`,
  async ({ parley, people }) => {
    const crowd = await people('Ann', 'Bob', 'Carol', 'Dave');
    const [ann, bob, carol, dave] = crowd;
    const group = await createGroup(ann, 'Group', [bob, carol, dave]);
    const conversations = [group, await createGroup(bob, 'Smaller', [carol]), await openDirect(carol, dave)];
    const membersOf = [crowd, [bob, carol], [carol, dave]];
    const start = await Promise.all(conversations.map((id, index) => snapshot(membersOf[index]![0]!, id)));
    const inboxBefore = await inboxOf(carol);
    const followings = await Promise.all(
      conversations.flatMap((id, index) =>
        membersOf[index]!.map((device) => Following.start(device, id, { after: start[index]!.cursor, persists: true })),
      ),
    );
    const all: Send[] = [];

    for (let round = 0; round < ROUNDS; round++) {
      const kills = round % 3 === 1 ? 'both' : 'server';
      const sends: Send[] = [];
      let isOver = false;
      const talk = async (lane: number) => {
        for (let i = 0; !isOver; i++) {
          const index = (lane + i) % conversations.length;
          const senders = membersOf[index]!;
          const send = draft(
            senders[lane % senders.length]!,
            conversations[index]!,
            `round ${round} lane ${lane} ${i}`,
          );
          sends.push(send);
          await postUntilAcked(send);
        }
      };
      const talking = Promise.all([0, 1, 2, 3, 4, 5].map(talk));
      // Both ends of this may find nobody home; each is what it is about.
      await waitFor('some have been sent', () => sends.filter(({ acked }) => acked).length > 10, 10_000);
      await anyMoment(0, 700);
      if (kills === 'both' && Math.random() < 0.5) parley.killPostgres();
      await parley.kill();
      if (kills === 'both' && parley.postmaster() !== null) parley.killPostgres();
      await parley.start();
      await anyMoment(0, 300);
      isOver = true;
      await talking;

      all.push(...sends);
      expect(sends.every(({ acked }) => acked)).toBe(true);
      await ackedOnce(sends);
      const totals = new Map(
        await Promise.all(
          conversations.map(async (id, index) => [id, (await denseSeq(membersOf[index]![0]!, id)).length] as const),
        ),
      );
      expect([...totals.values()].reduce((a, b) => a + b, 0)).toBe(all.length + 2); // and that two groups were made
      for (const following of followings) await comesToHistory(following, 1, 15_000);
      await withDatabase(parley.dataDir, (database) => databaseIsSound(database, all));
      for (const device of crowd) await unreadIsRecount(device);
    }

    await ackedOnce(all.slice(0, 200));
    for (const [index, id] of conversations.entries())
      await completeCursors(
        membersOf[index]![0]!,
        id,
        [start[index]!],
        followings.find(({ conversationId }) => conversationId === id),
        61,
      );
    await completeInboxCursor(carol, inboxBefore);
    expect(Math.min(...followings.map(({ attempts }) => attempts))).toBeGreaterThan(ROUNDS);
  },
  30_000 + ROUNDS * 30_000,
);
