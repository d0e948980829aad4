import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../platform/auth/caller.js';
import { openPresence } from './testing.js';

let parley: Awaited<ReturnType<typeof openPresence>>;
beforeAll(async () => {
  parley = await openPresence();
});
afterAll(() => parley.close());

const PEOPLE = 200;
const PING_MS = 15_000;

/** 200 people online on one router, who have been there for a minute. */
async function onlineOn(router: string): Promise<Person[]> {
  const crowd = await parley.crowd(PEOPLE);
  const connectAll = () => Promise.all(crowd.map((person) => parley.presence.socketLives(person, router)));
  await connectAll();
  await keepAlive(crowd, router, 60_000);
  parley.published.length = 0;
  return crowd;
}

/** Lets time go by while these people's sockets answer each ping. */
async function keepAlive(people: Person[], router: string, ms: number): Promise<void> {
  let sincePing = 0;
  await parley.pass(ms, async () => {
    sincePing += 250;
    if (sincePing % PING_MS === 0)
      await Promise.all(people.map((person) => parley.presence.socketLives(person, router)));
  });
}

const statusesOf = ({ userId }: Person) => parley.told(userId).map(({ status }) => status);

describe('kill -9 of the router with 200 people online', () => {
  test('on a store that lives on: no flicker for those who are back within 10 s, offline within a minute for the others', async () => {
    const crowd = await onlineOn('first');
    const [back, gone] = [crowd.slice(0, 120), crowd.slice(120)];
    await parley.restart('store');
    for (let second = 0; second < 10; second++) {
      await parley.pass(1_000);
      for (const person of back.slice(second * 12, second * 12 + 12))
        await parley.presence.socketLives(person, 'second');
    }
    await keepAlive(back, 'second', 46_000);
    for (const person of back) expect(statusesOf(person)).toEqual([]);
    for (const person of gone) expect(statusesOf(person)).toEqual(['OFFLINE']);
    await keepAlive(back, 'second', 60_000);
    expect(parley.published).toHaveLength(gone.length);
    const states = await parley.feed.states(crowd.map(({ userId }) => userId));
    expect(back.every(({ userId }) => states.get(userId)?.status === 'ONLINE')).toBe(true);
    expect(gone.every(({ userId }) => states.get(userId)?.status === 'OFFLINE')).toBe(true);
  });

  test('with a store that is lost: nothing is said of anybody until they are back, or have had their time', async () => {
    const crowd = await onlineOn('first');
    const userIds = crowd.map(({ userId }) => userId);
    const [back, gone] = [crowd.slice(0, 120), crowd.slice(120)];
    const stranger = await parley.somebody();
    await parley.restart('nothing');
    for (let second = 0; second < 10; second++) {
      await parley.pass(1_000);
      for (const person of back.slice(second * 12, second * 12 + 12))
        await parley.presence.socketLives(person, 'second');
      const states = await parley.feed.states(userIds);
      expect([...states.values()].filter((state) => state?.status === 'OFFLINE')).toEqual([]);
      expect([...states.values()].filter((state) => state?.status === 'ONLINE')).toHaveLength((second + 1) * 12);
      // Who was offline before is known to be.
      const { data } = await parley.seen(crowd[0]!, stranger);
      expect(data.status).toBe('OFFLINE');
    }
    await keepAlive(back, 'second', 6_000);
    const states = await parley.feed.states(userIds);
    for (const { userId } of gone) {
      expect(states.get(userId)).toMatchObject({ status: 'OFFLINE', lastSeenAt: expect.any(Number) });
    }
    for (const person of back) expect(statusesOf(person)).toEqual(['ONLINE']);
    for (const person of gone) expect(statusesOf(person)).toEqual([]);
  });
});

test('1,000 reconnects at once publish at most one change a person', async () => {
  const crowd = await parley.crowd(100);
  parley.published.length = 0;
  const tenTimes = (source: (i: number) => string) =>
    Promise.all(
      Array.from({ length: 1_000 }, (_, i) => parley.presence.socketLives(crowd[i % crowd.length]!, source(i))),
    );
  await tenTimes((i) => `r${i % 7}`);
  await parley.pass(2_000);
  for (const person of crowd) expect(statusesOf(person)).toEqual(['ONLINE']);
  await Promise.all(
    crowd.flatMap((person) => Array.from({ length: 7 }, (_, i) => parley.presence.socketsGone(person, `r${i}`))),
  );
  await parley.pass(9_000);
  await tenTimes((i) => `s${i % 7}`);
  await parley.pass(20_000);
  for (const person of crowd) expect(statusesOf(person)).toEqual(['ONLINE']);
});
