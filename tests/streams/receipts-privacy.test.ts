import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fromPublicId } from '../../platform/ids/ids.js';
import { FaultyPubSub } from '../../platform/pubsub/faulty.js';
import { defaultPrivacy } from '../../schema/people.js';
import { createGroup, cursorOf, openDirect, say, signInElsewhere } from '../chat.js';
import type { Device } from '../client.js';
import { Following, inboxEventsDocument, type InboxEvent, type Watermark } from '../following.js';
import { changesAfter } from '../cursor-invariants.js';
import { inboxOf } from '../inbox-invariants.js';
import { marksMoveForward } from '../invariants.js';
import { acknowledge, applyMarks, marksOf, progressOf } from '../receipts.js';
import { eventually, waitFor } from '../wait-for.js';
import { InProcessParley } from '../in-process.js';

/** Those who hide what they have read. */
const hiding = new Set<string>();
const hide = (device: Device) => hiding.add(fromPublicId('user', device.userId)!);
const show = (device: Device) => hiding.delete(fromPublicId('user', device.userId)!);
let isLossy = false;

let parley: InProcessParley;
beforeAll(async () => {
  parley = await InProcessParley.open({
    people: (inner) => ({
      known: (ids) => inner.known(ids),
      blocked: (userId, others) => inner.blocked(userId, others),
      findable: (userId, others) => inner.findable(userId, others),
      privacy: async (ids) => new Map(ids.map((id) => [id, { ...defaultPrivacy, readReceipts: !hiding.has(id) }])),
    }),
    pubsub: (inner) =>
      new FaultyPubSub(inner, {
        seed: 7,
        faults: { drop: 0.3, double: 0.3, reorder: 0.3 },
        harms: (channel) => isLossy && /^(conversation|inbox):/.test(channel),
      }),
  });
}, 60_000);
afterAll(() => parley.close());

const marksIn = (following: Following, device: Device): Watermark[] =>
  following.events.flatMap(({ watermarks }) => watermarks ?? []).filter(({ userId }) => userId === device.userId);
const untilMark = (following: Following, device: Device, deliveredSeq: number, limit = 2_000) =>
  waitFor(
    `${following.device.person.handle} was told of ${device.person.handle}`,
    () => marksIn(following, device).find((mark) => mark.deliveredSeq >= deliveredSeq),
    limit,
    () => following.told.slice(-3),
  );

test('who hides what they have read is seen by nobody as having read, and sees nobody; the others see each other', async () => {
  const [ann, bob, cid, dan] = (await parley.people('Ann', 'Bob', 'Cid', 'Dan')) as [Device, Device, Device, Device];
  hide(bob);
  const id = await createGroup(ann, 'Group', [bob, cid, dan]);
  const start = await cursorOf(ann, id);
  const streams = await Promise.all([ann, bob, cid, dan].map((device) => Following.start(device, id)));
  const [ofAnn, ofBob, ofCid] = streams as [Following, Following, Following];
  const message = await say(ann, id, 'hello');
  const { seq } = message;

  await acknowledge(cid, id, { readSeq: seq });
  for (const stream of streams) await untilMark(stream, cid, seq);
  expect(marksIn(ofAnn, cid)).toEqual([{ userId: cid.userId, deliveredSeq: seq, readSeq: seq }]);
  expect(marksIn(ofCid, cid)).toEqual([{ userId: cid.userId, deliveredSeq: seq, readSeq: seq }]);
  expect(marksIn(ofBob, cid)).toEqual([{ userId: cid.userId, deliveredSeq: seq, readSeq: null }]);

  await acknowledge(bob, id, { deliveredSeq: seq });
  await untilMark(ofAnn, bob, seq);
  await acknowledge(bob, id, { readSeq: seq });
  await eventually(async () => expect((await marksOf(bob, id)).get(bob.userId)?.readSeq).toBe(seq));
  // A receipt of somebody else, told after it, proves that Bob's reading was not.
  await acknowledge(dan, id, { readSeq: seq });
  await untilMark(ofAnn, dan, seq);
  expect(marksIn(ofAnn, bob)).toEqual([{ userId: bob.userId, deliveredSeq: seq, readSeq: null }]);

  expect(await progressOf(ann, message.id)).toEqual(['DELIVERED', 3, 2]);
  const seenByAnn = await marksOf(ann, id);
  expect(seenByAnn.get(bob.userId)).toEqual({ deliveredSeq: seq, readSeq: null });
  expect(seenByAnn.get(cid.userId)).toEqual({ deliveredSeq: seq, readSeq: seq });
  const seenByBob = await marksOf(bob, id);
  expect(seenByBob.get(cid.userId)).toEqual({ deliveredSeq: seq, readSeq: null });
  expect(seenByBob.get(bob.userId)).toEqual({ deliveredSeq: seq, readSeq: seq });
  const toBob = applyMarks(new Map(), await changesAfter(bob, id, start));
  expect([...toBob.values()].map(({ readSeq }) => readSeq)).toEqual([null, null, null]);
  expect(applyMarks(new Map(), await changesAfter(ann, id, start)).get(bob.userId)?.readSeq).toBeNull();
  for (const stream of streams) expect(stream.failures).toEqual([]);
  show(bob);
});

test('what is hidden from others is read on the person’s other devices all the same', async () => {
  const [ann, bob] = (await parley.people('Ann', 'Bob')) as [Device, Device];
  hide(bob);
  const phone = await signInElsewhere(bob);
  const id = await openDirect(ann, bob);
  const inbox = phone.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument);
  await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  const annsInbox = ann.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument);
  await annsInbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  await say(ann, id, 'hello');
  await waitFor('one unread', async () => (await inboxOf(phone)).items.get(id)?.unreadCount === 1);
  await acknowledge(bob, id, { deliveredSeq: 1 });
  await annsInbox.waitFor('delivered', ({ inboxEvents }) => inboxEvents.watermarks?.[0]?.deliveredSeq === 1, 2_000);
  const before = annsInbox.values.length;
  const beforeReading = inbox.values.length;
  await acknowledge(bob, id, { readSeq: 1 });
  await waitFor(
    'none unread',
    () =>
      inbox.values
        .slice(beforeReading)
        .some(({ inboxEvents: { __typename, item } }) => __typename === 'InboxItemChanged' && item?.unreadCount === 0),
    2_000,
  );
  await say(ann, id, 'and?');
  await annsInbox.waitFor('and?', ({ inboxEvents }) => inboxEvents.message?.body === 'and?');
  expect(annsInbox.values.slice(before).map(({ inboxEvents }) => inboxEvents.__typename)).toEqual(['MessageChanged']);
  phone.close();
  show(bob);
});

test('somebody who begins to hide what they read soon sees no more of others, on the stream that runs', async () => {
  const [ann, bob] = (await parley.people('Ann', 'Bob')) as [Device, Device];
  const id = await openDirect(ann, bob);
  const following = await Following.start(ann, id);
  await say(ann, id, 'one');
  await acknowledge(bob, id, { readSeq: 1 });
  expect((await untilMark(following, bob, 1)).readSeq).toBe(1);
  hide(ann);
  const caughtUp = () => following.told.filter(({ event }) => event.__typename === 'CaughtUp').length;
  await waitFor('she is in the other group', () => caughtUp() === 2, 8_000);
  await say(ann, id, 'two');
  await acknowledge(bob, id, { readSeq: 2 });
  expect((await untilMark(following, bob, 2)).readSeq).toBeNull();
  show(ann);
  await waitFor('she is back', () => caughtUp() === 3, 8_000);
  await say(ann, id, 'three');
  await acknowledge(bob, id, { readSeq: 3 });
  expect((await untilMark(following, bob, 3)).readSeq).toBe(3);
  expect(following.bodies).toEqual(['one', 'two', 'three']);
}, 30_000);

test('marks come to what a fresh read shows, forward only, though pubsub loses, doubles and reorders', async () => {
  const people = await parley.people('Ann', 'Bob', 'Cid', 'Dan', 'Eve');
  const [ann, ...others] = people as [Device, ...Device[]];
  const id = await createGroup(ann, 'Group', others);
  const held = await marksOf(ann, id);
  const streams = await Promise.all(people.map((device) => Following.start(device, id)));
  let last = 0;
  isLossy = true;
  try {
    for (let n = 1; n <= 20; n++) {
      const { seq } = await say(people[n % people.length]!, id, `message ${n}`);
      last = seq;
      await Promise.all(
        others.map((device, index) =>
          acknowledge(device, id, { deliveredSeq: seq, readSeq: Math.max(0, seq - index) }),
        ),
      );
    }
  } finally {
    isLossy = false;
  }
  await eventually(async () => {
    const fresh = await marksOf(ann, id);
    for (const device of others) expect(fresh.get(device.userId)?.deliveredSeq).toBe(last);
    for (const stream of streams) expect(applyMarks(held, stream.events)).toEqual(fresh);
  }, 20_000);
  for (const stream of streams) {
    marksMoveForward(stream);
    expect(stream.failures).toEqual([]);
    expect(stream.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => last - 19 + i));
    // No version twice: each cursor is told once.
    const cursors = stream.events.map(({ cursor }) => cursor);
    expect(new Set(cursors).size).toBe(cursors.length);
  }
}, 60_000);
