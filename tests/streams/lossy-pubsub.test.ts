import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FaultyPubSub, type Faults } from '../../platform/pubsub/faulty.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import { addMembers, createGroup, cursorOf, removeMembers, say, sayAll } from '../chat.js';
import type { Device, Stream } from '../client.js';
import { Following, inboxEventsDocument, type InboxEvent } from '../following.js';
import { comesToHistory, silentAfterRemoval, unreadIsRecount } from '../invariants.js';
import { waitFor } from '../wait-for.js';
import { InProcessParley } from '../in-process.js';

/** What live streams hear of; revocations and the relay's pokes arrive. */
const isLive = (channel: string) => /^(conversation|inbox):/.test(channel);
const LIMIT = 10_000;

/** Faults that a test chooses while Parley runs. */
class Weather implements PubSub {
  private faulty: FaultyPubSub;
  /** Messages that never arrive. */
  drops: (message: string) => boolean = () => false;
  dropped = 0;
  private readonly gaps = new Set<() => void>();

  constructor(private readonly inner: PubSub) {
    this.faulty = this.turn({});
  }

  /** From now on these strike, and no message is dropped by its content. */
  turn(faults: Faults, seed = 1): FaultyPubSub {
    this.drops = () => false;
    this.dropped = 0;
    this.faulty = new FaultyPubSub(this.inner, { seed, faults, harms: isLive });
    return this.faulty;
  }

  async publish(channel: string, message: string): Promise<void> {
    if (isLive(channel) && this.drops(message)) this.dropped++;
    else await this.faulty.publish(channel, message);
  }

  async subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void) {
    this.gaps.add(onGap);
    const unsubscribe = await this.inner.subscribe(channel, onMessage, onGap);
    return async () => {
      this.gaps.delete(onGap);
      await unsubscribe();
    };
  }

  /** The connection to the pubsub server broke and came back. */
  tellOfGap(): void {
    for (const onGap of [...this.gaps]) onGap();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

let weather: Weather;
let parley: InProcessParley;
beforeAll(async () => {
  parley = await InProcessParley.open({ pubsub: (inner) => (weather = new Weather(inner)) });
}, 180_000);
afterAll(() => parley?.close(), 30_000);

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `message ${i + 1}`);
type Inbox = Stream<{ inboxEvents: InboxEvent }>;

async function scene() {
  weather.turn({});
  const devices = (await parley.people('Ann', 'Bob', 'Carol')) as [Device, Device, Device];
  const [ann, ...others] = devices;
  const conversationId = await createGroup(ann, 'Storm', others);
  const start = await cursorOf(ann, conversationId);
  const followings = await Promise.all(
    devices.map((device) => Following.start(device, conversationId, { after: start })),
  );
  const inboxes = await Promise.all(
    others.map(async (device) => {
      const inbox: Inbox = device.subscribe(inboxEventsDocument);
      await inbox.waitFor('InboxCaughtUp', ({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp');
      return inbox;
    }),
  );
  return { devices, ann, others, conversationId, followings, inboxes };
}

/** The inbox stream has told of the conversation's newest message: as it is, or as an item that counts it. */
async function inboxHears(inbox: Inbox, conversationId: string, seq: number): Promise<void> {
  await inbox.waitFor(
    `message ${seq}, or an item that counts it`,
    ({ inboxEvents: { message, item } }) =>
      message?.seq === seq || (item?.conversationId === conversationId && item.unreadCount === seq - 1),
    LIMIT,
  );
  const seqs = inbox.values.flatMap(({ inboxEvents }) =>
    inboxEvents.conversationId === conversationId ? (inboxEvents.message?.seq ?? []) : [],
  );
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect([inbox.ending, inbox.failures]).toEqual([null, []]);
}

describe('when pubsub', () => {
  test.each([
    ['loses every third message', { drop: 0.33 }],
    ['brings messages twice', { double: 0.6 }],
    ['delays and reorders messages', { delay: 0.3, reorder: 0.4, maxDelayMs: 150 }],
    ['loses, doubles, delays and reorders', { drop: 0.2, double: 0.2, delay: 0.2, reorder: 0.2, maxDelayMs: 200 }],
  ] as [string, Faults][])(
    '%s, every stream ends with the history, in order, each message once',
    async (_what, faults) => {
      const { ann, others, conversationId, followings, inboxes } = await scene();
      const { counts } = weather.turn(faults, 7);
      const bodies = numbered(60);
      await Promise.all([
        sayAll(ann, conversationId, bodies.slice(0, 30)),
        sayAll(ann, conversationId, bodies.slice(30)),
      ]);
      await Promise.all([
        ...followings.map((following) => comesToHistory(following, 1, LIMIT)),
        ...inboxes.map((inbox) => inboxHears(inbox, conversationId, bodies.length + 1)),
      ]);
      for (const device of others) await unreadIsRecount(device);
      const { dropped, doubled, delayed, reordered } = counts;
      expect(dropped + doubled + delayed + reordered).toBeGreaterThan(20);
    },
  );

  test('loses the very last message of a conversation, which no later one can show, it is told within 10 s', async () => {
    const { ann, conversationId, followings, inboxes } = await scene();
    weather.drops = (message) => message.includes('the last word');
    await say(ann, conversationId, 'not the last');
    await Promise.all(followings.map((following) => following.untilMessage('not the last')));
    const last = await say(ann, conversationId, 'the last word');
    await waitFor('it was lost', () => weather.dropped >= 2);
    await Promise.all([
      ...followings.map((following) => comesToHistory(following, 1, LIMIT)),
      ...inboxes.map((inbox) => inboxHears(inbox, conversationId, last.seq)),
    ]);
  });

  test('brings the last message before the others, it waits for them', async () => {
    const { ann, conversationId, followings } = await scene();
    weather.drops = (message) => message.includes('held back');
    await sayAll(ann, conversationId, ['held back 1', 'held back 2', 'arrives']);
    await Promise.all(followings.map((following) => comesToHistory(following, 1, 2_000)));
  });

  test('loses everything, streams still end with the history', async () => {
    const { ann, conversationId, followings, inboxes } = await scene();
    weather.turn({ drop: 1 });
    await sayAll(ann, conversationId, numbered(15));
    await Promise.all([
      ...followings.map((following) => comesToHistory(following, 1, LIMIT)),
      ...inboxes.map((inbox) => inboxHears(inbox, conversationId, 16)),
    ]);
  });

  test('says that some may be lost, streams look at once', async () => {
    const { ann, conversationId, followings } = await scene();
    weather.drops = () => true;
    await say(ann, conversationId, 'lost with the connection');
    await waitFor('it was lost', () => weather.dropped > 0);
    weather.tellOfGap();
    await Promise.all(followings.map((following) => following.untilMessage('lost with the connection', 1_500)));
  });

  test('loses a removal, the removed person gets nothing of what is said later', async () => {
    const { ann, others, conversationId, followings } = await scene();
    const bob = others[0];
    await say(ann, conversationId, 'with Bob');
    await Promise.all(followings.map((following) => following.untilMessage('with Bob')));
    weather.drops = (message) => message.includes('"kind":"member"');
    await removeMembers(ann, conversationId, [bob]);
    const removedAt = performance.now();
    const said = await sayAll(ann, conversationId, ['without Bob 1', 'without Bob 2']);
    const his = followings[1]!;
    await his.untilEnded(LIMIT);
    silentAfterRemoval(his, removedAt, said[0]!.seq - 1);
    await comesToHistory(followings[2]!, 1, LIMIT);
    weather.turn({});
    await addMembers(ann, conversationId, [bob]);
  });
});
