import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { waitFor } from '../tests/wait-for.js';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';

/** Long enough for a busy machine to answer within it. */
const PING_MS = 400;

let router: SmallRouter;
let told: string[];
/** What telling of a life waits for. */
let telling: Promise<void>;
const open: WebSocket[] = [];

beforeEach(async () => {
  told = [];
  telling = Promise.resolve();
  router = await startSmallRouter({
    timing: { ping: PING_MS, init: 5_000 },
    devices: {
      lives: async ({ deviceId }) => {
        await telling;
        told.push(`${deviceId} lives`);
      },
      gone: async ({ deviceId }) => void told.push(`${deviceId} gone`),
    },
  });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await router.close();
});

async function connectAs(token: string, options: { autoPong?: boolean } = {}): Promise<WebSocket> {
  const socket = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
  open.push(socket);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await once(socket, 'message');
  return socket;
}
const count = (what: string) => told.filter((each) => each === what).length;

test('tells that a device lives when it connects and once for each ping, and that it is gone with its last socket', async () => {
  const first = await connectAs('ann.phone');
  expect(told[0]).toBe('phone lives');
  const second = await connectAs('ann.phone');
  await waitFor('three pings', () => count('phone lives') >= 4);
  first.close();
  await waitFor('one of two is closed', () => router.sockets.size === 1);
  expect(count('phone gone')).toBe(0);
  second.terminate();
  await waitFor('it is gone', () => count('phone gone') === 1);
  expect(told.at(-1)).toBe('phone gone');
});

test('a socket that answers no ping does not keep its device alive', async () => {
  await connectAs('ann.phone', { autoPong: false });
  await waitFor('it is gone', () => count('phone gone') === 1);
  expect(count('phone lives')).toBeLessThanOrEqual(2);
});

test('a device that has gone while it was told of is gone in the end', async () => {
  let answer: () => void = () => undefined;
  telling = new Promise((resolve) => {
    answer = resolve;
  });
  const socket = await connectAs('ann.phone');
  socket.terminate();
  await waitFor('it is gone', () => count('phone gone') === 1);
  answer();
  await waitFor('it is gone in the end', () => told.length >= 3 && told.at(-1) === 'phone gone');
});

test('strangers are not told of', async () => {
  const socket = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  open.push(socket);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.close();
  await waitFor('it is closed', () => router.sockets.size === 0);
  expect(told).toEqual([]);
});
