import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket, type ClientOptions } from 'ws';
import { waitFor } from '../tests/wait-for.js';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';
import type { SocketTiming } from './sockets.js';

let router: SmallRouter;
const never = 1e9;

async function connect(timing: Partial<SocketTiming>, options: ClientOptions = {}): Promise<WebSocket> {
  router = await startSmallRouter({ timing: { ping: never, init: never, ...timing } });
  const socket = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
  await once(socket, 'open');
  return socket;
}
afterEach(() => router.close());

const send = (socket: WebSocket, message: unknown) =>
  socket.send(typeof message === 'string' ? message : JSON.stringify(message));
const init = { type: 'connection_init' };
const subscribe = {
  id: '1',
  type: 'subscribe',
  payload: { query: 'subscription { conversationEvents(conversationId: "c") { cursor } }' },
};

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
describe('a socket is closed', () => {
  test('with 4408 when connection_init does not come', async () => {
    expect(await closeCode(await connect({ init: 20 }))).toBe(4408);
  });

  test.each([
    ['4400 for what is not JSON', 4400, ['hello']],
    ['4400 for a message that the protocol does not know', 4400, [{ type: 'start' }]],
    ['4401 for an operation before connection_init', 4401, [subscribe]],
    ['4429 for a second connection_init', 4429, [init, init]],
    ['4409 for a second operation of the same id', 4409, [init, subscribe, subscribe]],
  ])('with %s', async (_name, code, messages) => {
    const socket = await connect({});
    const closed = closeCode(socket);
    for (const message of messages) {
      send(socket, message);
      if (message === init && messages.at(-1) !== init) await once(socket, 'message'); // connection_ack
    }
    expect(await closed).toBe(code);
  });
});

describe('the ping of the server', () => {
  test('ends a socket that does not answer, and its streams', async () => {
    const socket = await connect({ ping: 30 }, { autoPong: false });
    expect(await closeCode(socket)).toBe(1006); // no close frame: nobody would read it
    await waitFor('the router has forgotten it', () => router.sockets.size === 0);
  });

  test('leaves one that answers alone', async () => {
    const socket = await connect({ ping: 30 });
    for (let pings = 0; pings < 4; pings++) await once(socket, 'ping');
    send(socket, init);
    const [ack] = (await once(socket, 'message')) as [Buffer];
    expect(ack.toString()).toContain('connection_ack');
  });
});
