import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { LiveOperation, LiveStreams, Sink } from './live-streams.js';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';

let router: SmallRouter;
let streams: FakeStreams;
const open: WebSocket[] = [];

/** Hands out each sink; the test plays the hub. */
class FakeStreams implements LiveStreams {
  readonly operations: LiveOperation[] = [];
  refuseWith: readonly GraphQLError[] | null = null;
  private waiting: ((operation: LiveOperation) => void)[] = [];
  subscribe(operation: LiveOperation): Promise<readonly GraphQLError[] | null> {
    this.operations.push(operation);
    this.waiting.shift()?.(operation);
    return Promise.resolve(this.refuseWith);
  }
  next(): Promise<LiveOperation> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

beforeEach(async () => {
  streams = new FakeStreams();
  router = await startSmallRouter({ streams, maxSockets: 3, allowedOrigins: ['https://app.example'] });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await router.close();
});

interface Message {
  id?: string;
  type: string;
  payload?: never;
}
class Client {
  readonly messages: Message[] = [];
  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push(JSON.parse((data as Buffer).toString()) as Message));
    socket.on('error', () => undefined);
  }
  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
  subscribe(id: string, query: string, variables = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }
  async until(count: number): Promise<Message[]> {
    while (this.messages.length < count) await once(this.socket, 'message');
    return this.messages;
  }
  async closed(): Promise<[number, string]> {
    const [code, reason] = (await once(this.socket, 'close')) as [number, Buffer];
    return [code, String(reason)];
  }
}

async function connect(headers: Record<string, string> = {}): Promise<Client> {
  const socket = new WebSocket(`${router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  open.push(socket);
  const client = new Client(socket);
  await once(socket, 'open');
  return client;
}
async function connectAs(token?: string): Promise<Client> {
  const client = await connect();
  client.send({ type: 'connection_init', payload: token ? { authorization: `Bearer ${token}` } : {} });
  await client.until(1);
  expect(client.messages.shift()).toEqual({ type: 'connection_ack' });
  return client;
}

const events = 'subscription { conversationEvents(conversationId: "c") { cursor } }';
const payload = (n: number) => Buffer.from(JSON.stringify({ data: { conversationEvents: { cursor: `c${n}` } } }));

describe('a socket', () => {
  test('runs queries and mutations for the person of connection_init', async () => {
    const client = await connectAs('ann.phone');
    client.subscribe('1', '{ whoAmI }');
    expect(await client.until(2)).toEqual([
      { id: '1', type: 'next', payload: { data: { whoAmI: 'ann' } } },
      { id: '1', type: 'complete' },
    ]);
    client.subscribe('2', 'mutation($b: String!) { send(body: $b) { body sender { displayName } } }', { b: 'hi' });
    const messages = await client.until(4);
    expect(messages[2]).toMatchObject({
      payload: { data: { send: { body: 'hi', sender: { displayName: 'name of u-m-new' } } } },
    });
  });

  test('answers a syntax error with an error for that operation and stays open', async () => {
    const client = await connectAs();
    client.subscribe('1', '{ hello');
    const [message] = await client.until(1);
    expect(message).toMatchObject({
      id: '1',
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    });
    client.subscribe('2', '{ nothingOfTheKind }');
    expect((await client.until(2))[1]).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    client.subscribe('3', '{ hello }');
    expect((await client.until(3))[2]).toMatchObject({ type: 'next', payload: { data: { hello: 'world' } } });
  });

  test('holds operations to the limits', async () => {
    const client = await connectAs();
    client.subscribe('1', 'query($n: Int!) { messages(first: $n) { edges { node { body } } } }', { n: 90_000 });
    expect((await client.until(1))[0]).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'COST_LIMIT' } }],
    });
  });

  test('is closed with 4403 for a bad token, and with 4401 when its device is signed out', async () => {
    const stranger = await connect();
    stranger.send({ type: 'connection_init', payload: { authorization: 'Bearer forged' } });
    expect((await stranger.closed())[0]).toBe(4403);
    const [phone, laptop] = [await connectAs('ann.phone'), await connectAs('ann.laptop')];
    const closed = phone.closed();
    router.sockets.closeDevice('phone');
    expect((await closed)[0]).toBe(4401);
    laptop.subscribe('1', '{ hello }');
    expect((await laptop.until(1))[0]).toMatchObject({ type: 'next' });
  });

  test('refuses the operations of a device that was signed out meanwhile', async () => {
    const client = await connectAs('ann.phone');
    router.signedOut.add('phone');
    client.subscribe('1', '{ hello }');
    expect((await client.until(1))[0]).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('is refused to pages of other origins, and past the number that the router takes', async () => {
    await expect(connect({ origin: 'https://evil.example' })).rejects.toThrow('403');
    for (const origin of ['https://app.example', router.url]) await connect({ origin });
    await connect();
    await expect(connect()).rejects.toThrow('503');
  });

  test('is closed when a message is larger than 256 KB', async () => {
    const client = await connectAs();
    client.subscribe('1', `{ hello } # ${'x'.repeat(300_000)}`);
    expect((await client.closed())[0]).toBe(1009);
  });

  test('is told to reconnect when the server stops', async () => {
    const client = await connectAs();
    const closed = client.closed();
    await router.sockets.close();
    expect((await closed)[0]).toBe(1012);
  });

  test('runs at most 100 operations at a time', async () => {
    const client = await connectAs('ann.phone');
    for (let i = 0; i < 101; i++) client.subscribe(`s${i}`, events);
    const [message] = await client.until(1);
    expect(message).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
  });
});

describe('a live stream on a socket', () => {
  async function stream(): Promise<{ client: Client; operation: LiveOperation; sink: Sink }> {
    const client = await connectAs('ann.phone');
    const next = streams.next();
    client.subscribe('live', events);
    const operation = await next;
    return { client, operation, sink: operation.sink };
  }

  test('writes shared bytes between the answers of other operations, and completes', async () => {
    const { client, sink, operation } = await stream();
    expect(operation.caller).toMatchObject({ kind: 'person', userId: 'ann', deviceId: 'phone' });
    for (let n = 0; n < 50; n++) sink.write(payload(n));
    client.subscribe('1', '{ hello }');
    await client.until(52);
    sink.write(payload(50));
    sink.end();
    const messages = await client.until(54);
    const live = messages.filter(({ id }) => id === 'live');
    expect(live).toHaveLength(52);
    expect(live.slice(0, 51)).toEqual(
      Array.from({ length: 51 }, (_, n) => ({
        id: 'live',
        type: 'next',
        payload: { data: { conversationEvents: { cursor: `c${n}` } } },
      })),
    );
    expect(live.at(-1)).toEqual({ id: 'live', type: 'complete' });
  });

  test('ends with all its errors, after what was written', async () => {
    const { client, sink } = await stream();
    sink.write(payload(1));
    sink.fail([
      new GraphQLError('no more', { extensions: { code: 'FORBIDDEN' } }),
      new GraphQLError('internals', { originalError: new Error('secret') }),
    ]);
    const messages = await client.until(2);
    expect(messages.map(({ type }) => type)).toEqual(['next', 'error']);
    expect(messages[1]?.payload).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
      { extensions: { code: 'INTERNAL' } },
    ]);
    expect(JSON.stringify(messages)).not.toContain('secret');
  });

  test('is refused with an error message', async () => {
    streams.refuseWith = [new GraphQLError('not yours', { extensions: { code: 'FORBIDDEN', retryable: false } })];
    const { client } = await stream();
    expect(await client.until(1)).toEqual([
      {
        id: 'live',
        type: 'error',
        payload: [{ message: 'not yours', extensions: { code: 'FORBIDDEN', retryable: false } }],
      },
    ]);
  });

  test('tells the hub once when the client completes it or is gone, and writes nothing after', async () => {
    const first = await stream();
    let ends = 0;
    const ended = new Promise<void>((resolve) =>
      first.sink.onClose(() => {
        ends++;
        resolve();
      }),
    );
    first.client.send({ id: 'live', type: 'complete' });
    await ended;
    first.sink.write(payload(1));
    first.sink.end();
    first.client.subscribe('1', '{ hello }');
    expect((await first.client.until(2)).map(({ id }) => id)).toEqual(['1', '1']);
    expect(ends).toBe(1);

    const second = await stream();
    const gone = new Promise<void>((resolve) => second.sink.onClose(resolve));
    second.client.socket.terminate();
    await gone;
  });

  test('closes the connection with the code of the hub', async () => {
    const { client, sink } = await stream();
    const closed = client.closed();
    sink.close(4408, 'Too slow');
    expect(await closed).toEqual([4408, 'Too slow']);
  });

  test('is understood by the client of graphql-ws', async () => {
    const client = createClient({
      url: `${router.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'Bearer ann.phone' },
    });
    const next = streams.next();
    const iterator = client.iterate({ query: events });
    const first = iterator.next();
    const { sink } = await next;
    sink.write(payload(1));
    expect(await first).toEqual({ done: false, value: { data: { conversationEvents: { cursor: 'c1' } } } });
    sink.end();
    expect((await iterator.next()).done).toBe(true);
    await client.dispose();
  });
});
