import { expect } from '@jest/globals';
import {
  createGroup,
  cursorOf,
  draft,
  history,
  isTransient,
  openDirect,
  post,
  postUntilAcked,
  say,
  sayAll,
  type Send,
} from '../chat.js';
import { type Failed, NoAnswer, type Device } from '../client.js';
import { withDatabase } from '../database.js';
import { Following } from '../following.js';
import { completeCursors, snapshot } from '../cursor-invariants.js';
import { databaseIsSound } from '../database-invariants.js';
import { ackedOnce, comesToHistory, denseSeq, unreadIsRecount } from '../invariants.js';
import { connect, presenceOf, statusesOf, untilStatus, watchPresence } from '../presence.js';
import { isDeployed, storiesOnParley } from '../story.js';
import { anyMoment, waitFor } from '../wait-for.js';

const story = storiesOnParley({}, 'alone');
const ONLINE = isDeployed ? 200 : 60;

/** Sends one after the other, each once, until told to stop; what fails stays unacknowledged. */
function chatter(sender: Device, conversationId: string) {
  const sends: Send[] = [];
  const outcomes: { took: number; error: unknown }[] = [];
  let isOver = false;
  const done = (async () => {
    while (!isOver) {
      const send = draft(sender, conversationId, `${sender.person.displayName} ${sends.length}`);
      sends.push(send);
      const began = performance.now();
      const error = await post(send).then(
        () => null,
        (reason: unknown) => reason,
      );
      outcomes.push({ took: performance.now() - began, error });
      await anyMoment(1, 60);
    }
  })();
  const acked = () => sends.filter((send) => send.acked).length;
  return { sends, outcomes, acked, stop: () => ((isOver = true), done) };
}

story(
  'the server is killed with a send under way; the retry after its restart is stored once',
  async ({ parley, people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const conversationId = await openDirect(ann, bob);
    const following = await Following.start(bob, conversationId, {
      after: await cursorOf(bob, conversationId),
      persists: true,
    });
    const acked = [draft(ann, conversationId, 'acked 1'), draft(ann, conversationId, 'acked 2')];
    for (const send of acked) await post(send);
    const underWay = Array.from({ length: 20 }, (_, i) => draft(ann, conversationId, `under way ${i}`));
    const sending = Promise.allSettled(underWay.map((send) => post(send)));
    await anyMoment(0, 15);
    await parley.kill();
    await sending;
    expect(parley.postmaster()).not.toBeNull();
    await parley.start();
    for (const send of underWay) await postUntilAcked(send);
    await ackedOnce([...acked, ...underWay]);
    const all = await denseSeq(ann, conversationId);
    expect(all).toHaveLength(22);
    await comesToHistory(following);
    await unreadIsRecount(bob);
    await withDatabase(parley.dataDir, (database) => databaseIsSound(database, [...acked, ...underWay]));
  },
  60_000,
);

story(
  'the router restarts: clients come back by cursor, and end with exactly the history',
  async ({ parley, people }) => {
    const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
    const conversationId = await createGroup(ann, 'Restart', [bob, carol]);
    const held = await snapshot(bob, conversationId);
    const [his, hers] = await Promise.all(
      [bob, carol].map((device) => Following.start(device, conversationId, { after: held.cursor, persists: true })),
    );
    const sends = Array.from({ length: 120 }, (_, i) => draft(ann, conversationId, `message ${i}`));
    const sending = (async () => {
      for (const send of sends) await postUntilAcked(send);
    })();
    await his!.untilSeq(10);
    expect(await parley.stop()).toBe(0);
    if (!isDeployed) expect(parley.postmaster()).toBeNull();
    await parley.start();
    await sending;
    await Promise.all([comesToHistory(his!), comesToHistory(hers!)]);
    expect(his!.bodies).toEqual(sends.map(({ body }) => body));
    expect(his!.attempts).toBeGreaterThan(1);
    await completeCursors(bob, conversationId, [held], his, 10);
    await ackedOnce(sends);
  },
  60_000,
);

story(
  `killed with ${ONLINE} people online: nobody who comes back flickers, and the others go`,
  async ({ parley, people, person, closing }) => {
    const crowd: Device[] = [];
    // Not all at once: each password costs memory to hash.
    while (crowd.length < ONLINE)
      crowd.push(...(await Promise.all(Array.from({ length: 10 }, (_, i) => person(`P${crowd.length + i}`)))));
    const [ann] = await people('Ann');
    for (const device of crowd) connect(device);
    const before = watchPresence(ann, crowd);
    for (const device of crowd) await untilStatus(before, device, 'ONLINE', 20_000);
    const [back, gone] = [crowd.slice(0, ONLINE / 2), crowd.slice(ONLINE / 2)];
    for (const device of gone) device.close();

    await parley.kill();
    await parley.start();
    const after = watchPresence(ann, crowd);
    await waitFor('Ann is back', () => ann.isConnected);
    for (const device of back) connect(closing(device));
    for (const device of back) await untilStatus(after, device, 'ONLINE', 20_000);
    // What Redis has of a killed router lives for 45 s, and 10 s later its people are told as gone.
    for (const device of gone) await untilStatus(after, device, 'OFFLINE', isDeployed ? 70_000 : 25_000);
    for (const device of back) expect(statusesOf(after, device)).toEqual(['ONLINE']);
    const known = isDeployed ? [['OFFLINE'], ['ONLINE', 'OFFLINE']] : [['OFFLINE']];
    for (const device of gone) expect(known).toContainEqual(statusesOf(after, device));
    expect((await presenceOf(ann, gone[0]!))?.lastSeenAt).not.toBeNull();
  },
  240_000,
);

story(
  'Postgres is killed under it: sends succeed or fail as UNAVAILABLE within 5 s, and it recovers by itself',
  async ({ parley, people }) => {
    const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
    const conversationId = await createGroup(ann, 'Storm', [bob, carol]);
    const start = await cursorOf(carol, conversationId);
    const following = await Following.start(carol, conversationId, { after: start, persists: true });
    await say(ann, conversationId, 'before');
    const talkers = [ann, bob].map((device) => chatter(device, conversationId));
    await waitFor('both have sent', () => talkers.every(({ acked }) => acked() > 5));

    // A short outage may pass as a slow send: so it is killed again, whenever it comes back, until one has failed.
    const killed = new Set<number | null>([null]);
    const outcomes = () => talkers.flatMap((talker) => talker.outcomes);
    await waitFor(
      'a send has failed',
      () => {
        if (!killed.has(parley.postmaster())) killed.add(parley.killPostgres());
        return outcomes().some(({ error }) => error !== null);
      },
      10_000,
    );
    await waitFor('another Postgres runs', () => !killed.has(parley.postmaster()), 20_000);
    const ackedThen = talkers.map(({ acked }) => acked());
    await waitFor(
      'both send again',
      () => talkers.every(({ acked }, index) => acked() > ackedThen[index]! + 5),
      20_000,
    );
    await Promise.all(talkers.map(({ stop }) => stop()));
    expect(parley.isRunning()).toBe(true);

    for (const { took, error } of outcomes()) {
      expect(took).toBeLessThan(5_000);
      if (error === null) continue;
      expect(error).not.toBeInstanceOf(NoAnswer);
      const { errors } = error as Failed;
      expect(errors.map(({ extensions }) => [extensions?.code, extensions?.retryable])).toEqual(
        errors.map(() => ['UNAVAILABLE', true]),
      );
      expect(isTransient(error)).toBe(true);
    }
    const sends = talkers.flatMap((talker) => talker.sends);
    for (const send of sends) if (!send.acked) await postUntilAcked(send);
    await ackedOnce(sends);
    const all = await denseSeq(ann, conversationId);
    expect(all).toHaveLength(sends.length + 2); // that the group was made, and 'before'
    await comesToHistory(following);
    await unreadIsRecount(carol);
    await withDatabase(parley.dataDir, (database) => databaseIsSound(database, sends));
  },
  90_000,
);

story(
  'Postgres is killed while nobody sends: streams go on, and queries answer again',
  async ({ parley, people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const conversationId = await openDirect(ann, bob);
    const following = await Following.start(bob, conversationId, {
      after: await cursorOf(bob, conversationId),
      persists: true,
    });
    await sayAll(ann, conversationId, ['one', 'two']);
    await following.untilMessage('two');
    const killed = parley.postmaster();
    parley.killPostgres();
    const began = performance.now();
    const answer = await bob.ask('query ($id: ID!) { conversation(id: $id) { title } }', { id: conversationId });
    expect(performance.now() - began).toBeLessThan(5_000);
    for (const { extensions } of answer.errors)
      expect([extensions?.code, extensions?.retryable]).toEqual(['UNAVAILABLE', true]);
    await waitFor('another Postgres runs', () => ![null, killed].includes(parley.postmaster()), 20_000);
    await postUntilAcked(draft(ann, conversationId, 'three'));
    await following.untilMessage('three', 10_000);
    await comesToHistory(following);
    expect((await history(bob, conversationId)).map(({ body }) => body)).toEqual(['one', 'two', 'three']);
  },
  60_000,
);
