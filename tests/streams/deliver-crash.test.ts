import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PubSub } from '../../platform/pubsub/port.js';
import { deliver } from '../../workers/deliver.js';
import { createGroup, cursorOf, say, sayAll } from '../chat.js';
import type { Device } from '../client.js';
import { Following, inboxEventsDocument, type InboxEvent } from '../following.js';
import { inboxOf } from '../inbox-invariants.js';
import { comesToHistory, unreadIsRecount } from '../invariants.js';
import { waitFor } from '../wait-for.js';
import { InProcessParley } from '../in-process.js';

let parley: InProcessParley;
beforeAll(async () => {
  parley = await InProcessParley.open({ without: ['deliver'] });
}, 180_000);
afterAll(() => parley?.close(), 30_000);

/** A pubsub that publishes nothing: each publish hangs until `die`, then fails, as in a process that was killed there. */
function dyingPubSub(inner: PubSub) {
  const attempts: { channel: string; message: string }[] = [];
  let die: () => void = () => undefined;
  const death = new Promise<never>((_, reject) => {
    die = () => reject(new Error('killed before it could publish'));
  });
  death.catch(() => undefined);
  const pubsub: PubSub = {
    subscribe: (...args) => inner.subscribe(...args),
    close: () => inner.close(),
    publish: (channel, message) => {
      attempts.push({ channel, message });
      return death;
    },
  };
  return { pubsub, attempts, die: () => die() };
}

function recordingPubSub(inner: PubSub) {
  const published: string[] = [];
  const pubsub: PubSub = {
    subscribe: (...args) => inner.subscribe(...args),
    close: () => inner.close(),
    publish: async (channel, message) => {
      published.push(message);
      await inner.publish(channel, message);
    },
  };
  return { pubsub, published };
}

const startDeliver = (pubsub: PubSub) => {
  const { shards, ephemeral, eventLog, log } = parley.parts;
  return deliver({ shards, ephemeral, pubsub }).start({ eventLog, log });
};

test('deliver dies between its commit and its publish: its successor publishes again, and moves no inbox twice', async () => {
  const first = await startDeliver(parley.parts.pubsub);
  const [ann, bob] = (await parley.people('Ann', 'Bob')) as [Device, Device];
  const conversationId = await createGroup(ann, 'Deliveries', [bob]);
  const following = await Following.start(bob, conversationId, { after: await cursorOf(bob, conversationId) });
  const inbox = bob.subscribe<{ inboxEvents: InboxEvent }>(inboxEventsDocument);
  await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
  await say(ann, conversationId, 'before');
  await inbox.waitFor('the first', ({ inboxEvents }) => inboxEvents.message?.body === 'before');
  await first.stop();

  const dying = dyingPubSub(parley.parts.pubsub);
  const second = await startDeliver(dying.pubsub);
  await sayAll(ann, conversationId, ['lost 1', 'lost 2', 'lost 3']);
  await waitFor(
    'it has committed and would publish',
    () => dying.attempts.some(({ message }) => message.includes('lost 1')),
    5_000,
  );
  await waitFor(
    'the inbox has moved',
    async () => ((await inboxOf(bob)).items.get(conversationId)?.unreadCount ?? 0) >= 2,
  );
  const stopping = second.stop();
  dying.die();
  await stopping;

  const recording = recordingPubSub(parley.parts.pubsub);
  const startedAt = performance.now();
  const third = await startDeliver(recording.pubsub);
  for (const body of ['lost 1', 'lost 2', 'lost 3'])
    await waitFor(
      `"${body}" is published`,
      () => recording.published.some((message) => message.includes(body)),
      10_000,
    );
  const last = await say(ann, conversationId, 'after');
  await comesToHistory(following, 1, 10_000);
  await inbox.waitFor(
    'the last in the inbox',
    ({ inboxEvents: { message, item } }) => message?.id === last.id || item?.unreadCount === 5,
    10_000,
  );
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await unreadIsRecount(bob);
  expect((await inboxOf(bob)).items.get(conversationId)?.unreadCount).toBe(5);
  const told = inbox.values.flatMap(({ inboxEvents }) => inboxEvents.message?.seq ?? []);
  expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
  await third.stop();
}, 60_000);

test('while deliver is away, followers of the conversation are still told everything', async () => {
  const deliverer = await startDeliver(parley.parts.pubsub);
  const [ann, bob] = (await parley.people('Ann', 'Bob')) as [Device, Device];
  const conversationId = await createGroup(ann, 'Alone', [bob]);
  const following = await Following.start(bob, conversationId, { after: await cursorOf(bob, conversationId) });
  await deliverer.stop();
  await sayAll(ann, conversationId, ['one', 'two', 'three']);
  await comesToHistory(following, 1, 10_000);
  const successor = await startDeliver(parley.parts.pubsub);
  await say(ann, conversationId, 'four');
  await following.untilMessage('four', 10_000);
  expect(following.bodies).toEqual(['one', 'two', 'three', 'four']);
  await unreadIsRecount(bob);
  await successor.stop();
}, 60_000);
