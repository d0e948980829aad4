import { beforeEach, expect, test } from '@jest/globals';
import { toPublicId } from '../../platform/ids/ids.js';
import type { PrivacyAudience } from '../../schema/people.js';
import { presenceChannels, type PeopleChange, type PersonState, type PresenceStatus } from '../../schema/presence.js';
import { waitFor } from '../../tests/wait-for.js';
import { PresenceStream } from './presence-stream.js';
import { nameOf, stateFixture, uuidOf } from './state.fixture.js';

let fixture: ReturnType<typeof stateFixture>;
let stream: PresenceStream;
let states: Map<string, PersonState>;
let stored: Set<string>;
let hidden: Set<string>;
let audience: PrivacyAudience;
let checks: number;
let number: number;
/** Looking up whom Ann may see waits for it. */
let looking: Promise<void>;

beforeEach(async () => {
  fixture = stateFixture('presenceChanged');
  states = new Map();
  stored = new Set();
  hidden = new Set();
  audience = 'EVERYONE';
  checks = 0;
  number = 0;
  looking = Promise.resolve();
  stream = new PresenceStream({
    ...fixture,
    feed: {
      visible: async (viewerId, userIds) => {
        checks++;
        if (nameOf(viewerId) === 'ann') await looking;
        return new Set(userIds.filter((userId) => !hidden.has(`${nameOf(viewerId)} ${nameOf(userId)}`)));
      },
      audiences: async (userIds) => new Map(userIds.map((userId) => [userId, audience])),
      states: async (userIds) => new Map(userIds.map((userId) => [userId, states.get(nameOf(userId)) ?? null])),
      recent: async (userIds) =>
        new Map(
          userIds.filter((userId) => stored.has(nameOf(userId))).map((userId) => [userId, states.get(nameOf(userId))!]),
        ),
    },
  });
  await stream.start();
});

function set(userId: string, status: PresenceStatus): PersonState {
  const state = { status, lastSeenAt: status === 'OFFLINE' ? 7 : null, number: ++number };
  states.set(userId, state);
  stored.add(userId);
  return state;
}
function publish(name: string, state: PersonState): Promise<void> {
  const userId = uuidOf(name);
  return fixture.pubsub.publish(
    presenceChannels.person(userId),
    JSON.stringify({ userId, ...state, at: Date.now() - 200 }),
  );
}
const change = (userId: string, status: PresenceStatus) => publish(userId, set(userId, status));
const announce = (kind: PeopleChange['kind'], ...names: string[]) =>
  fixture.pubsub.publish(presenceChannels.people, JSON.stringify({ kind, userIds: names.map(uuidOf) }));

const usr = (name: string) => toPublicId('user', uuidOf(name));

type Subscriber = ReturnType<typeof fixture.subscriber>;
const statuses = ({ told }: Subscriber, of = 'bob') =>
  told.flatMap((event) =>
    event.type === 'presence' && event.userId === uuidOf(of) ? [event.presence?.status ?? null] : [],
  );
const until = (subscriber: Subscriber, expected: (string | null)[], of = 'bob') =>
  waitFor(
    `${of}: ${expected.join()}`,
    () => String(statuses(subscriber, of)) === String(expected),
    2_000,
    () => subscriber.told,
  );
/** What is on its way has arrived: a change of somebody else came after it. */
async function settled(subscriber: Subscriber): Promise<void> {
  const before = statuses(subscriber, 'marker').length;
  await change('marker', 'ONLINE');
  await waitFor('the marker', () => statuses(subscriber, 'marker').length > before);
}
async function follow(viewerId: string, userIds = ['bob', 'marker'], key?: string): Promise<Subscriber> {
  const subscriber = fixture.subscriber(viewerId, { userIds: userIds.map(usr) }, key);
  await stream.open(subscriber.request);
  return subscriber;
}

test('tells the present state of each, then every change, once', async () => {
  set('bob', 'OFFLINE');
  set('carol', 'AWAY');
  const ann = await follow('ann', ['bob', 'carol', 'marker']);
  await until(ann, ['OFFLINE']);
  await until(ann, ['AWAY'], 'carol');
  await change('bob', 'ONLINE');
  await publish('bob', states.get('bob')!);
  await until(ann, ['OFFLINE', 'ONLINE']);
  await settled(ann);
  expect(statuses(ann)).toEqual(['OFFLINE', 'ONLINE']);
});

test('drops what is older than what it has told', async () => {
  const older = set('bob', 'ONLINE');
  set('bob', 'AWAY');
  const ann = await follow('ann');
  await until(ann, ['AWAY']);
  await publish('bob', older);
  await settled(ann);
  expect(statuses(ann)).toEqual(['AWAY']);
});

test('says nothing of somebody of whom nothing is known yet, and then what comes to be known', async () => {
  const ann = await follow('ann');
  await settled(ann);
  expect(statuses(ann)).toEqual([]);
  states.set('bob', { status: 'OFFLINE', lastSeenAt: 5, number: 1 });
  await stream.findBehind();
  await until(ann, ['OFFLINE']);
});

test('a change that comes while it is looked up who may be seen is told once that is known', async () => {
  set('bob', 'OFFLINE');
  const subscriber = fixture.subscriber('ann', { userIds: ['bob', 'marker'].map(usr) });
  let answer: () => void = () => undefined;
  looking = new Promise((resolve) => {
    answer = resolve;
  });
  const opening = stream.open(subscriber.request);
  const other = await follow('carol', ['marker'], 'another');
  await waitFor('both have asked', () => checks === 2);
  await change('bob', 'ONLINE');
  await settled(other);
  answer();
  await opening;
  await until(subscriber, ['ONLINE']);
});

test('one rendering serves everybody who may see it; the others learn nothing', async () => {
  set('bob', 'OFFLINE');
  hidden.add('eve bob');
  const crowd = await Promise.all(Array.from({ length: 50 }, (_, i) => follow(`viewer${i}`)));
  const eve = await follow('eve');
  for (const each of crowd) await until(each, ['OFFLINE']);
  await until(eve, [null]);
  await change('bob', 'ONLINE');
  for (const each of crowd) await until(each, ['OFFLINE', 'ONLINE']);
  await settled(eve);
  expect(statuses(eve)).toEqual([null]);
  expect(
    fixture.rendered.filter(({ event }) => event.type === 'presence' && event.userId === uuidOf('bob')),
  ).toHaveLength(3);
});

test('a block ends what is seen at once, both ways, and an unblock brings it back', async () => {
  set('bob', 'ONLINE');
  set('ann', 'ONLINE');
  const ann = await follow('ann');
  const bob = await follow('bob', ['ann', 'marker']);
  await until(ann, ['ONLINE']);
  await until(bob, ['ONLINE'], 'ann');
  for (const pair of ['ann bob', 'bob ann']) hidden.add(pair);
  await announce('blocked', 'ann', 'bob');
  await until(ann, ['ONLINE', null]);
  await until(bob, ['ONLINE', null], 'ann');
  await change('bob', 'AWAY');
  await settled(ann);
  expect(statuses(ann)).toEqual(['ONLINE', null]);
  hidden.clear();
  await announce('unblocked', 'ann', 'bob');
  await until(ann, ['ONLINE', null, 'AWAY']);
});

test('a change that was being rendered when the block came is not told', async () => {
  set('bob', 'ONLINE');
  const ann = await follow('ann');
  await until(ann, ['ONLINE']);
  const release = fixture.holdRenderings();
  await change('bob', 'AWAY');
  await change('marker', 'ONLINE');
  hidden.add('ann bob');
  await announce('blocked', 'bob', 'ann');
  await waitFor('the block has been looked up', () => checks > 1);
  release();
  await until(ann, ['ONLINE', null]);
});

test('an old block that is told again hides nothing for long', async () => {
  set('bob', 'ONLINE');
  const ann = await follow('ann');
  await until(ann, ['ONLINE']);
  await announce('blocked', 'ann', 'bob');
  await waitFor('it is shown again', () => statuses(ann).at(-1) === 'ONLINE' && checks > 1);
});

test('a setting that changed is seen, and a changed profile costs no look at who may see', async () => {
  set('bob', 'ONLINE');
  const ann = await follow('ann');
  await until(ann, ['ONLINE']);
  await announce('updated', 'bob');
  await settled(ann);
  expect(checks).toBe(1);
  audience = 'NOBODY';
  hidden.add('ann bob');
  await announce('updated', 'bob');
  await until(ann, ['ONLINE', null]);
});

test('finds a change that was lost, somebody whom the store lost, and an execution that failed', async () => {
  set('bob', 'ONLINE');
  const ann = await follow('ann');
  await until(ann, ['ONLINE']);
  set('bob', 'AWAY');
  await stream.findBehind();
  await until(ann, ['ONLINE', 'AWAY']);

  stored.clear();
  states.set('bob', { status: 'OFFLINE', lastSeenAt: 7, number: 0 });
  await stream.findBehind();
  await until(ann, ['ONLINE', 'AWAY', 'OFFLINE']);

  fixture.failing.isOn = true;
  number = 100;
  await change('bob', 'ONLINE');
  await waitFor('it was tried three times', () => fixture.failing.count === 3);
  fixture.failing.isOn = false;
  await settled(ann);
  expect(statuses(ann)).toEqual(['ONLINE', 'AWAY', 'OFFLINE']);
  await stream.findBehind();
  await until(ann, ['ONLINE', 'AWAY', 'OFFLINE', 'ONLINE']);
});

test('a connection without room is told how things stand when it has some', async () => {
  set('bob', 'ONLINE');
  const ann = await follow('ann');
  const eve = await follow('eve');
  await until(ann, ['ONLINE']);
  ann.connection.backlog = 2 * 1024 * 1024;
  for (const status of ['AWAY', 'OFFLINE', 'ONLINE', 'AWAY'] as const) await change('bob', status);
  await waitFor('others are told', () => statuses(eve).at(-1) === 'AWAY');
  expect(statuses(ann)).toEqual(['ONLINE']);
  ann.connection.backlog = 0;
  ann.connection.drained();
  await until(ann, ['ONLINE', 'AWAY']);
});

test('listens to somebody only as long as someone follows them', async () => {
  const listening: string[] = [];
  const { pubsub } = fixture;
  const counting = new PresenceStream({
    ...stateFixture('presenceChanged'),
    pubsub: Object.assign(Object.create(pubsub) as typeof pubsub, {
      subscribe: async (channel: string) => {
        listening.push(channel);
        return async () => void listening.splice(listening.indexOf(channel), 1);
      },
    }),
    feed: {
      visible: async (_viewer, userIds) => new Set(userIds),
      audiences: async () => new Map(),
      states: async () => new Map(),
      recent: async () => new Map(),
    },
  });
  const one = fixture.subscriber('ann', { userIds: ['bob', 'carol', 'bob'].map(usr) });
  const two = fixture.subscriber('dave', { userIds: [usr('bob')] });
  await Promise.all([one, two].map(({ request }) => counting.open(request)));
  expect(listening.sort()).toEqual(['bob', 'carol'].map((name) => presenceChannels.person(uuidOf(name))).sort());
  one.connection.close();
  one.connection.close();
  await waitFor('carol is let go', () => listening.length === 1);
  two.connection.close();
  await waitFor('bob is let go', () => listening.length === 0);
});

test('refuses what it cannot follow', async () => {
  for (const userIds of [[], ['nobody'], Array.from({ length: 501 }, () => usr('bob'))])
    await expect(stream.open(fixture.subscriber('ann', { userIds }).request)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
});

test('measures how late a change was told', async () => {
  set('bob', 'ONLINE');
  const ann = await follow('ann');
  await until(ann, ['ONLINE']);
  await change('bob', 'AWAY');
  await until(ann, ['ONLINE', 'AWAY']);
  const text = await fixture.registry.metrics();
  expect(text).toMatch(/presence_update_lag_seconds_bucket\{le="0.1"\} 0/);
  expect(text).toMatch(/presence_update_lag_seconds_count 1/);
});
