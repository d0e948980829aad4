import { beforeEach, expect, test } from '@jest/globals';
import { toPublicId } from '../../platform/ids/ids.js';
import { channels } from '../../schema/live.js';
import { presenceChannels } from '../../schema/presence.js';
import { waitFor } from '../../tests/wait-for.js';
import { nameOf, stateFixture, uuidOf } from './state.fixture.js';
import { TypingStream } from './typing-stream.js';

let fixture: ReturnType<typeof stateFixture>;
let stream: TypingStream;
/** When each typist's time is over, of performance.now(). */
let typing: Map<string, number>;
let blocked: Set<string>;
let members: Set<string>;
let blockReads: number;

beforeEach(async () => {
  fixture = stateFixture('typingChanged');
  typing = new Map();
  blocked = new Set();
  members = new Set(['ann', 'bob', 'carol']);
  blockReads = 0;
  stream = new TypingStream({
    ...fixture,
    feed: {
      isMember: async (_conversation, userId) => members.has(nameOf(userId)),
      typists: async () =>
        new Map(
          [...typing]
            .map(([userId, until]) => [uuidOf(userId), until - performance.now()] as const)
            .filter(([, ms]) => ms > 0),
        ),
      blocked: async (typist, viewers) => {
        blockReads++;
        return new Set(viewers.filter((viewer) => blocked.has(`${nameOf(typist)} ${nameOf(viewer)}`)));
      },
      stopped: async (_conversation, userId) => {
        if (typing.delete(nameOf(userId))) await poke();
      },
    },
  });
  await stream.start();
});

const poke = () => fixture.pubsub.publish(presenceChannels.typing(uuidOf('c')), '');
async function type(userId: string, ms = 60_000): Promise<void> {
  typing.set(userId, performance.now() + ms);
  await poke();
}
async function listen(viewerId: string) {
  const subscriber = fixture.subscriber(viewerId, { conversationId: toPublicId('conversation', uuidOf('c')) });
  await stream.open(subscriber.request);
  return subscriber;
}
type Listener = Awaited<ReturnType<typeof listen>>;
const lists = ({ told }: Listener) =>
  told.map((event) => (event.type === 'typing' ? event.userIds.map(nameOf).sort().join('+') : ''));
const until = (listener: Listener, expected: string[]) =>
  waitFor(
    JSON.stringify(expected),
    () => String(lists(listener)) === String(expected),
    2_000,
    () => lists(listener),
  );

test('tells the whole list at each change, and nothing while nobody types', async () => {
  const ann = await listen('ann');
  await type('carol');
  await until(ann, ['carol']);
  await type('bob');
  await until(ann, ['carol', 'bob+carol']);
  await poke();
  typing.delete('carol');
  await poke();
  await until(ann, ['carol', 'bob+carol', 'bob']);
});

test('begins with those who type already', async () => {
  await type('bob');
  await until(await listen('ann'), ['bob']);
});

test("tells when somebody's time is over, though nobody says so, and not before it was renewed", async () => {
  const ann = await listen('ann');
  await type('bob', 150);
  await until(ann, ['bob']);
  typing.set('bob', performance.now() + 300);
  const renewed = performance.now();
  await until(ann, ['bob', '']);
  expect(performance.now() - renewed).toBeGreaterThan(295);
});

test('one rendering serves all who see the same list', async () => {
  const listeners = await Promise.all(['ann', 'bob', 'carol'].map(listen));
  await type('bob');
  for (const listener of listeners) await until(listener, ['bob']);
  expect(fixture.rendered).toHaveLength(1);
});

test('leaves out whom a block cuts off, from the moment it is announced', async () => {
  const [ann, carol] = await Promise.all(['ann', 'carol'].map(listen));
  await type('bob');
  await until(ann!, ['bob']);
  blocked.add('bob ann');
  await fixture.pubsub.publish(
    presenceChannels.people,
    JSON.stringify({ kind: 'blocked', userIds: ['ann', 'bob'].map(uuidOf) }),
  );
  await until(ann!, ['bob', '']);
  await type('carol');
  await until(ann!, ['bob', '', 'carol']);
  await until(carol!, ['bob', 'bob+carol']);
  const reads = blockReads;
  await poke();
  typing.delete('carol');
  await poke();
  await until(ann!, ['bob', '', 'carol', '']);
  expect(blockReads).toBe(reads);
});

test('who joins while somebody whom they blocked types does not see it', async () => {
  await listen('carol');
  await type('bob');
  blocked.add('bob ann');
  const ann = await listen('ann');
  await type('carol');
  await until(ann, ['carol']);
});

test('is for members, and ends when they are one no longer', async () => {
  await expect(listen('eve')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const nonsense = fixture.subscriber('ann', { conversationId: 'nonsense' });
  await expect(stream.open(nonsense.request)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const [ann, bob] = await Promise.all(['ann', 'bob'].map(listen));
  const left = { kind: 'member', conversationId: uuidOf('c'), version: 9, userId: uuidOf('ann'), member: null };
  await fixture.pubsub.publish(channels.conversation(uuidOf('c')), JSON.stringify(left));
  await waitFor('it ends', () => ann!.connection.ended);
  expect(bob!.connection.ended).toBe(false);
  members.delete('bob');
  await stream.recheck();
  await waitFor('it ends', () => bob!.connection.ended);
});

test('a message ends the typing of who sent it', async () => {
  const ann = await listen('ann');
  await type('bob');
  await until(ann, ['bob']);
  const sent = {
    kind: 'message',
    conversationId: uuidOf('c'),
    version: 9,
    reason: 'SENT',
    message: { senderId: uuidOf('bob') },
  };
  await fixture.pubsub.publish(channels.conversation(uuidOf('c')), JSON.stringify(sent));
  await until(ann, ['bob', '']);
});

test('tells nothing more after it was closed', async () => {
  const [ann, bob] = await Promise.all(['ann', 'bob'].map(listen));
  ann!.connection.close();
  await type('carol');
  await until(bob!, ['carol']);
  expect(lists(ann!)).toEqual([]);
});
