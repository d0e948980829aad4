import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { fromPublicId } from '../../platform/ids/ids.js';
import { defaultPrivacy, type Privacy } from '../../schema/people.js';
import { topics } from '../../schema/events.js';
import { createGroup } from '../chat.js';
import type { Device } from '../client.js';
import {
  connect,
  presenceOf,
  setPresence,
  setTyping,
  statusesOf,
  untilStatus,
  watchPresence,
  watchTyping,
} from '../presence.js';
import { waitFor } from '../wait-for.js';
import { InProcessParley } from '../in-process.js';

/** What people have set, and whom they have blocked; told as the users subgraph tells it. */
const blocks = new Set<string>();
const settings = new Map<string, Partial<Privacy>>();
let parley: InProcessParley;
beforeAll(async () => {
  parley = await InProcessParley.open({
    people: {
      blocked: async (userId, others) =>
        new Set(others.filter((other) => blocks.has(`${userId} ${other}`) || blocks.has(`${other} ${userId}`))),
      privacy: async (userIds) =>
        new Map(userIds.map((userId) => [userId, { ...defaultPrivacy, ...settings.get(userId) }])),
    },
  });
}, 90_000);
afterAll(() => parley?.close());

const uuid = ({ userId }: Device) => fromPublicId('user', userId)!;

async function tell(type: string, userId: string, fields: object): Promise<void> {
  const event = {
    type,
    version: 1,
    id: randomUUID(),
    at: new Date().toISOString(),
    traceparent: null,
    userId,
    ...fields,
  };
  await parley.parts.eventLog.append([{ topic: topics.user, key: userId, value: JSON.stringify(event) }]);
}
async function setBlock(blocker: Device, other: Device, isBlocked: boolean): Promise<void> {
  const pair = `${uuid(blocker)} ${uuid(other)}`;
  if (isBlocked) blocks.add(pair);
  else blocks.delete(pair);
  const fields = { blockedUserId: uuid(other), blockVersion: 1 };
  await tell(isBlocked ? 'UserBlocked' : 'UserUnblocked', uuid(blocker), fields);
}

test('Bob blocks Ann: within a second neither sees the other, on streams that were open before', async () => {
  const [ann, bob] = (await parley.people('Ann', 'Bob')) as [Device, Device];
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

  await setBlock(bob, ann, true);
  await Promise.all([
    untilStatus(hers, bob, null, 1_000),
    untilStatus(his, ann, null, 1_000),
    typing.waitFor('no more', ({ typingChanged }) => typingChanged.userIds.length === 0, 1_000),
  ]);
  expect(await presenceOf(ann, bob)).toBeNull();
  expect(await presenceOf(bob, ann)).toBeNull();
  await setPresence(bob, 'AWAY');
  await waitFor('Bob is away', async () => (await presenceOf(bob, bob))?.status === 'AWAY');

  await setBlock(bob, ann, false);
  await untilStatus(hers, bob, 'AWAY');
  expect(statusesOf(hers, bob)).toEqual([...before, null, 'AWAY']);
});

test('Bob shows his presence to nobody: Ann sees it end', async () => {
  const [ann, bob] = (await parley.people('Ann', 'Bob')) as [Device, Device];
  connect(bob);
  const watching = watchPresence(ann, [bob]);
  await untilStatus(watching, bob, 'ONLINE');
  settings.set(uuid(bob), { lastSeen: 'NOBODY' });
  await tell('UserUpdated', uuid(bob), {});
  await untilStatus(watching, bob, null);
  expect(await presenceOf(ann, bob)).toBeNull();
  expect((await presenceOf(bob, bob))?.status).toBe('ONLINE');
});

test('one execution serves all who follow somebody; a document that asks more of a user is answered for each viewer', async () => {
  const [ann, bob, carol] = (await parley.people('Ann', 'Bob', 'Carol')) as [Device, Device, Device];
  const document =
    'subscription ($ids: [ID!]!) { presenceChanged(userIds: $ids) { userId presence { status } user { displayName presence { status } } } }';
  settings.set(uuid(bob), { lastSeen: 'DIRECT_CONTACTS' });
  await ann.mutate(
    'mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { errors { code path message } } }',
    { input: { userId: bob.userId } },
  );
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
});
