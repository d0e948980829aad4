import { expect } from '@jest/globals';
import { createGroup, openDirect, removeMembers, say, signInElsewhere } from '../chat.js';
import type { Refused } from '../client.js';
import {
  blockUser,
  connect,
  heartbeat,
  presenceOf,
  setPresence,
  setTyping,
  statusesOf,
  unblockUser,
  untilStatus,
  updatePrivacy,
  watchPresence,
  watchTyping,
} from '../presence.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();

story('Ann sees Bob come, go idle on both devices, and go', async ({ people, closing }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const watching = watchPresence(ann, [bob]);
  await untilStatus(watching, bob, 'OFFLINE');
  expect(await presenceOf(ann, bob)).toEqual({ status: 'OFFLINE', lastSeenAt: null });

  connect(bob);
  await untilStatus(watching, bob, 'ONLINE');
  const laptop = closing(await signInElsewhere(bob));
  connect(laptop);
  await waitFor('the laptop is connected', () => laptop.isConnected);
  await setPresence(bob, 'AWAY');
  await setPresence(laptop, 'AWAY');
  await untilStatus(watching, bob, 'AWAY');
  await setPresence(laptop, 'ONLINE');
  await untilStatus(watching, bob, 'ONLINE');
  expect(await presenceOf(ann, bob)).toEqual({ status: 'ONLINE', lastSeenAt: null });

  const before = Date.now();
  bob.close();
  laptop.close();
  await untilStatus(watching, bob, 'OFFLINE', 15_000);
  expect(Date.now() - before).toBeGreaterThan(9_000);
  expect(statusesOf(watching, bob)).toEqual(['OFFLINE', 'ONLINE', 'AWAY', 'ONLINE', 'OFFLINE']);
  const seen = await presenceOf(ann, bob);
  expect(Math.abs(Date.parse(seen?.lastSeenAt ?? '') - before)).toBeLessThan(3_000);
});

story('Bob is invisible: offline to all, and everything works for him', async ({ people, closing }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  const watching = watchPresence(ann, [bob]);
  connect(bob);
  await untilStatus(watching, bob, 'ONLINE');
  await setPresence(bob, 'INVISIBLE');
  await untilStatus(watching, bob, 'OFFLINE');
  const phone = closing(await signInElsewhere(bob));
  connect(phone);
  await heartbeat(phone);
  await say(phone, conversationId, 'still here');
  expect(await presenceOf(ann, bob)).toMatchObject({ status: 'OFFLINE' });
  const { conversation } = await ann.query<{ conversation: { onlineCount: number } }>(
    'query ($id: ID!) { conversation(id: $id) { onlineCount } }',
    { id: conversationId },
  );
  expect(conversation.onlineCount).toBe(1);
  await setPresence(bob, 'ONLINE');
  await untilStatus(watching, bob, 'ONLINE');
  expect(statusesOf(watching, bob).slice(-3)).toEqual(['ONLINE', 'OFFLINE', 'ONLINE']);
});

story('Bob types: Ann sees it begin, go on, and end by itself', async ({ people }) => {
  const [ann, bob, eve] = await people('Ann', 'Bob', 'Eve');
  const conversationId = await createGroup(ann, 'Group', [bob]);
  const typing = watchTyping(ann, conversationId);
  const lists = () => typing.values.map(({ typingChanged }) => typingChanged.userIds);
  await waitFor('Ann listens', () => ann.isConnected);
  const refused = await setTyping(eve, conversationId).catch((error: unknown) => error);
  expect((refused as Refused).codes).toEqual(['NOT_A_MEMBER']);

  await setTyping(bob, conversationId);
  await waitFor('Bob types', () => lists().length === 1);
  const seen = await ann.query<{ conversation: { typingUsers: { displayName: string }[] } }>(
    'query ($id: ID!) { conversation(id: $id) { typingUsers { displayName } } }',
    { id: conversationId },
  );
  expect(seen.conversation.typingUsers).toEqual([{ displayName: 'Bob' }]);
  const renewed = performance.now();
  await setTyping(bob, conversationId);
  await waitFor('it ends by itself', () => lists().length === 2, 8_000);
  expect(performance.now() - renewed).toBeGreaterThan(5_900);

  await setTyping(bob, conversationId);
  await waitFor('he types again', () => lists().length === 3);
  await say(bob, conversationId, 'what he typed');
  await waitFor('his message ends it', () => lists().length === 4, 2_000);
  await setTyping(bob, conversationId);
  await setTyping(bob, conversationId, false);
  await waitFor('he thought better of it', () => lists().length === 6, 2_000);
  expect(lists()).toEqual([[bob.userId], [], [bob.userId], [], [bob.userId], []]);
});

story('a member who is removed sees no more of who types', async ({ people }) => {
  const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
  const conversationId = await createGroup(ann, 'Group', [bob, carol]);
  const hers = watchTyping(carol, conversationId);
  await setTyping(bob, conversationId);
  await hers.waitFor('Bob types', ({ typingChanged }) => typingChanged.userIds.includes(bob.userId));
  await removeMembers(ann, conversationId, [carol]);
  expect(await hers.waitForEnding(1_000)).toMatchObject({ how: 'complete' });
  const again = watchTyping(carol, conversationId);
  expect(await again.waitForEnding()).toMatchObject({ how: 'errors', codes: ['FORBIDDEN'] });
  const { conversation } = await bob.query<{ conversation: { onlineCount: number } }>(
    'query ($id: ID!) { conversation(id: $id) { onlineCount } }',
    { id: conversationId },
  );
  expect(conversation.onlineCount).toBeLessThanOrEqual(2);
});

story(
  'Bob blocks Ann: within a second neither sees the other, on streams that were open before',
  async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const conversationId = await createGroup(ann, 'Group', [bob]);
    for (const device of [ann, bob]) connect(device);
    const hers = watchPresence(ann, [bob]);
    const his = watchPresence(bob, [ann]);
    await untilStatus(hers, bob, 'ONLINE');
    await untilStatus(his, ann, 'ONLINE');
    const before = statusesOf(hers, bob);
    expect(before).not.toContain(null);
    const typing = watchTyping(ann, conversationId);
    await setTyping(bob, conversationId);
    await typing.waitFor('Bob types', ({ typingChanged }) => typingChanged.userIds.length === 1);

    await blockUser(bob, ann);
    await Promise.all([
      untilStatus(hers, bob, null, 1_000),
      untilStatus(his, ann, null, 1_000),
      typing.waitFor('no more', ({ typingChanged }) => typingChanged.userIds.length === 0, 1_000),
    ]);
    expect(await presenceOf(ann, bob)).toBeNull();
    expect(await presenceOf(bob, ann)).toBeNull();
    await setPresence(bob, 'AWAY');
    await waitFor('Bob is away', async () => (await presenceOf(bob, bob))?.status === 'AWAY');

    await unblockUser(bob, ann);
    await untilStatus(hers, bob, 'AWAY');
    expect(statusesOf(hers, bob)).toEqual([...before, null, 'AWAY']);
  },
);

story('Bob shows his presence to nobody: Ann sees it end', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  connect(bob);
  const watching = watchPresence(ann, [bob]);
  await untilStatus(watching, bob, 'ONLINE');
  await updatePrivacy(bob, { lastSeen: 'NOBODY' });
  await untilStatus(watching, bob, null);
  expect(await presenceOf(ann, bob)).toBeNull();
  expect((await presenceOf(bob, bob))?.status).toBe('ONLINE');
});

story(
  'one execution serves all who follow somebody; a document that asks more of a user is answered for each viewer',
  async ({ people }) => {
    const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
    const document =
      'subscription ($ids: [ID!]!) { presenceChanged(userIds: $ids) { userId presence { status } user { displayName presence { status } } } }';
    await updatePrivacy(bob, { lastSeen: 'DIRECT_CONTACTS' });
    await openDirect(ann, bob);
    type Told = { presenceChanged: { presence: unknown; user: { displayName: string; presence: unknown } } };
    const [hers, carols] = [ann, carol].map((device) => device.subscribe<Told>(document, { ids: [bob.userId] }));
    const offline = { status: 'OFFLINE' };
    await waitFor('both are told', () => hers!.values.length === 1 && carols!.values.length === 1);
    expect(hers!.values[0]?.presenceChanged).toEqual({
      userId: bob.userId,
      presence: offline,
      user: { displayName: 'Bob', presence: offline },
    });
    expect(carols!.values[0]?.presenceChanged).toEqual({
      userId: bob.userId,
      presence: null,
      user: { displayName: 'Bob', presence: null },
    });
    expect([hers!.failures, carols!.failures]).toEqual([[], []]);
  },
);

story('a device that is signed out sees no more of anybody', async ({ people, closing }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const other = closing(await signInElsewhere(ann));
  const watching = watchPresence(other, [bob]);
  await untilStatus(watching, bob, 'OFFLINE');
  await ann.mutate(
    'mutation ($input: SignOutDevicesInput!) { signOutDevices(input: $input) { errors { code path message } } }',
    { input: { deviceIds: [other.session.device.id] } },
  );
  await watching.waitForEnding(1_000);
  connect(bob);
  const mine = watchPresence(ann, [bob]);
  await untilStatus(mine, bob, 'ONLINE');
  expect(statusesOf(watching, bob)).toEqual(['OFFLINE']);
});

story('what cannot be followed is refused with a sentence', async ({ people }) => {
  const [ann] = await people('Ann');
  const crowd = Array.from({ length: 501 }, () => ann);
  for (const asked of [[], crowd, [{ ...ann, userId: 'nobody' } as typeof ann]])
    expect(await watchPresence(ann, asked).waitForEnding()).toMatchObject({
      how: 'errors',
      codes: ['BAD_USER_INPUT'],
    });
});
