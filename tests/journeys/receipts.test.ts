import { expect } from '@jest/globals';
import { createGroup, cursorOf, openDirect, say, sayAll, signInElsewhere } from '../chat.js';
import type { Device, Stream } from '../client.js';
import { withDatabase } from '../database.js';
import { Following, inboxEventsDocument, type InboxEvent } from '../following.js';
import { changesAfter, completeCursors, snapshot } from '../cursor-invariants.js';
import { databaseIsSound } from '../database-invariants.js';
import { inboxOf } from '../inbox-invariants.js';
import { marksMoveForward, unreadIsRecount } from '../invariants.js';
import { acknowledge, applyMarks, marksOf, progressOf } from '../receipts.js';
import { storiesOnParley } from '../story.js';
import { eventually, waitFor } from '../wait-for.js';

const story = storiesOnParley();
/** The hub finds by itself what is not brought, but only every 5 s. */
const LIVE = 3_000;

const told = (following: Following, device: Device, marks: { deliveredSeq?: number; readSeq?: number }) =>
  waitFor(
    `${following.device.person.handle} was told ${JSON.stringify(marks)} of ${device.person.handle}`,
    () =>
      following.events
        .flatMap(({ watermarks }) => watermarks ?? [])
        .find(
          (mark) =>
            mark.userId === device.userId &&
            mark.deliveredSeq >= (marks.deliveredSeq ?? 0) &&
            (mark.readSeq ?? 0) >= (marks.readSeq ?? 0),
        ),
    LIVE,
    () => following.told.slice(-3),
  );
const becomes = (sender: Device, messageId: string, progress: [string, number, number]) =>
  eventually(async () => expect(await progressOf(sender, messageId)).toEqual(progress), LIVE);
async function inboxStream(device: Device): Promise<Stream<{ inboxEvents: InboxEvent }>> {
  const stream = device.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument);
  await stream.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  return stream;
}

story('Ann sees her message sent, delivered and read, live, while Bob and Cid come to it', async ({ people }) => {
  const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid');
  const id = await createGroup(ann, 'Trip', [bob, cid]);
  const following = await Following.start(ann, id, { after: await cursorOf(ann, id) });
  const message = await say(ann, id, 'Who is coming?');
  expect(await progressOf(ann, message.id)).toEqual(['SENT', 0, 0]);

  await acknowledge(bob, id, { deliveredSeq: message.seq });
  await told(following, bob, { deliveredSeq: message.seq });
  await becomes(ann, message.id, ['SENT', 1, 0]);
  await acknowledge(cid, id, { readSeq: message.seq });
  await told(following, cid, { deliveredSeq: message.seq, readSeq: message.seq });
  await becomes(ann, message.id, ['DELIVERED', 2, 1]);
  // Bob answers: who writes has read, and the message tells it.
  await say(bob, id, 'Me!');
  await becomes(ann, message.id, ['READ', 2, 2]);
  expect(await progressOf(bob, message.id)).toEqual(['SENT', 0, 0]);
  marksMoveForward(following);

  const { message: seen } = await ann.query<{ message: unknown }>(
    'query ($id: ID!) { message(id: $id) { receipts { edges { node { user { displayName } hasReceived hasRead } } } } }',
    { id: message.id },
  );
  const node = (displayName: string) => ({ node: { user: { displayName }, hasReceived: true, hasRead: true } });
  expect(seen).toEqual({ receipts: { edges: expect.arrayContaining([node('Bob'), node('Cid')]) } });
});

story(
  'what Bob reads on one device is read on the other, and Ann learns of it',
  async ({ parley, people, closing }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const phone = closing(await signInElsewhere(bob));
    const id = await openDirect(ann, bob);
    const inHand = await inboxStream(phone);
    const annsInbox = await inboxStream(ann);
    await sayAll(ann, id, ['one', 'two', 'three']);
    await waitFor('three unread', async () => (await inboxOf(phone)).items.get(id)?.unreadCount === 3);

    const reads = async (readSeq: number, unread: number) => {
      const before = inHand.values.length;
      await acknowledge(bob, id, { readSeq });
      await waitFor(
        `${unread} unread on the phone`,
        () =>
          inHand.values
            .slice(before)
            .some(
              ({ inboxEvents: { __typename, item } }) =>
                __typename === 'InboxItemChanged' && item?.unreadCount === unread,
            ),
        LIVE,
        () => inHand.values.slice(before),
      );
    };
    await reads(2, 1);
    await reads(3, 0);
    expect(await inboxOf(phone)).toMatchObject({ unreadCount: 0 });
    const moved = await annsInbox.waitFor(
      'Ann learns of it in her inbox',
      ({ inboxEvents }) => inboxEvents.watermarks?.[0]?.readSeq === 3,
      LIVE,
    );
    expect(moved.inboxEvents).toMatchObject({
      conversationId: id,
      watermarks: [{ userId: bob.userId, deliveredSeq: 3, readSeq: 3 }],
    });
    // The same again, or an older one, is nothing new to anybody.
    const events = inHand.values.length;
    await acknowledge(bob, id, { readSeq: 3 });
    await acknowledge(phone, id, { deliveredSeq: 1, readSeq: 1 });
    await say(ann, id, 'four');
    await inHand.waitFor('four', ({ inboxEvents }) => inboxEvents.message?.body === 'four');
    expect(inHand.values.length).toBe(events + 1);
    await Promise.all([unreadIsRecount(bob), unreadIsRecount(phone), unreadIsRecount(ann)]);
    await withDatabase(parley.dataDir, (database) => databaseIsSound(database));
  },
);

story('Bob was away: resumed, he holds the marks that a fresh read shows', async ({ people }) => {
  const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid');
  const id = await createGroup(ann, 'Trip', [bob, cid]);
  const [, two, three] = (await sayAll(ann, id, ['one', 'two', 'three', 'four'])).map(({ seq }) => seq);
  const held = { ...(await snapshot(bob, id)), marks: await marksOf(bob, id) };
  const following = await Following.start(bob, id, { after: held.cursor });
  await acknowledge(cid, id, { deliveredSeq: two! });
  await told(following, cid, { deliveredSeq: two! });

  following.interrupt();
  await waitFor('Bob is gone', () => !bob.isConnected);
  await acknowledge(cid, id, { readSeq: three! });
  const fifth = await say(cid, id, 'five');
  await acknowledge(ann, id, { readSeq: fifth.seq });
  await becomes(cid, fifth.id, ['SENT', 1, 1]);
  const sixth = await say(ann, id, 'six');
  await following.resume();
  await acknowledge(cid, id, { deliveredSeq: sixth.seq });
  await told(following, cid, { deliveredSeq: sixth.seq });

  const fresh = await marksOf(bob, id);
  expect(fresh.get(cid.userId)).toEqual({ deliveredSeq: sixth.seq, readSeq: fifth.seq });
  expect(applyMarks(held.marks, following.events)).toEqual(fresh);
  for (const pageSize of [1, 2, 100])
    expect(applyMarks(held.marks, await changesAfter(bob, id, held.cursor, pageSize))).toEqual(fresh);
  marksMoveForward(following);
  await completeCursors(bob, id, [held], following);
});

story(
  'many devices of a busy group acknowledge at once, and marks and counts come out right',
  async ({ parley, people }) => {
    const everybody = await people('Ann', 'Bob', 'Cid', 'Dan', 'Eve', 'Fay', 'Gil', 'Hal');
    const [ann, ...others] = everybody as [Device, ...Device[]];
    const id = await createGroup(ann, 'Everybody', others);
    const followings = await Promise.all(
      everybody.map(async (device) => Following.start(device, id, { after: await cursorOf(device, id) })),
    );
    const sent = await sayAll(ann, id, ['one', 'two', 'three', 'four', 'five']);
    await Promise.all(
      others.map(async (device, index) => {
        for (const [n, { seq }] of sent.entries())
          await acknowledge(device, id, { deliveredSeq: seq, ...(n < index && { readSeq: seq }) });
      }),
    );
    const last = sent.at(-1)!;
    await becomes(ann, last.id, ['DELIVERED', 7, 2]); // those who have read five or more
    for (const following of followings) {
      for (const device of others) await told(following, device, { deliveredSeq: last.seq });
      marksMoveForward(following);
      const { failures } = following;
      expect(failures).toEqual([]);
    }
    await Promise.all(everybody.map((device) => unreadIsRecount(device)));
    await withDatabase(parley.dataDir, (database) => databaseIsSound(database));
  },
);
