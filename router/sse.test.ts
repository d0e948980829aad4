import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { createClient } from 'graphql-sse';
import type { LiveOperation, LiveStreams } from './live-streams.js';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';

let router: SmallRouter;
let subscribed: (operation: LiveOperation) => Promise<readonly GraphQLError[] | null> = () => Promise.resolve(null);
const streams: LiveStreams = { subscribe: (operation) => subscribed(operation) };
beforeAll(async () => {
  router = await startSmallRouter({ streams });
});
afterAll(() => router.close());

const events = 'subscription { conversationEvents(conversationId: "c") { cursor } }';
const payload = (n: number) => ({ data: { conversationEvents: { cursor: `c${n}` } } });

function post(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${router.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query }),
  });
}

describe('server-sent events', () => {
  test('carry a subscription to the client of graphql-sse until it ends', async () => {
    subscribed = ({ sink, caller }) => {
      expect(caller).toMatchObject({ kind: 'person', userId: 'ann' });
      sink.write(Buffer.from(JSON.stringify(payload(1))));
      setImmediate(() => {
        sink.write(Buffer.from(JSON.stringify(payload(2))));
        sink.end();
      });
      return Promise.resolve(null);
    };
    const client = createClient({ url: `${router.url}/graphql`, headers: { authorization: 'Bearer ann.phone' } });
    const received = [];
    for await (const result of client.iterate({ query: events })) received.push(result);
    expect(received).toEqual([payload(1), payload(2)]);
    client.dispose();
  });

  test('carry queries too, by POST and GET', async () => {
    const text = 'event: next\ndata: {"data":{"hello":"world"}}\n\nevent: complete\ndata:\n\n';
    expect((await (await post('{ hello }')).text()).replace(':\n\n', '')).toBe(text);
    const get = await fetch(`${router.url}/graphql?query=${encodeURIComponent('{ hello }')}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(get.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await get.text()).toContain(text);
  });

  test('tell why an operation is refused', async () => {
    subscribed = () => Promise.resolve([new GraphQLError('not yours', { extensions: { code: 'FORBIDDEN' } })]);
    expect(await (await post(events)).text()).toContain('"code":"FORBIDDEN"');
    expect(await (await post('{ nothing }')).text()).toContain('"code":"GRAPHQL_VALIDATION_FAILED"');
    const get = await fetch(
      `${router.url}/graphql?query=${encodeURIComponent('mutation { send(body: "x") { id } }')}`,
      {
        headers: { accept: 'text/event-stream' },
      },
    );
    expect(await get.text()).toContain('"code":"BAD_REQUEST"');
  });

  test('are refused with 401 and 400 before they begin', async () => {
    const stranger = await post('{ hello }', { authorization: 'Bearer forged' });
    expect([stranger.status, await stranger.json()]).toMatchObject([
      401,
      { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    ]);
    const empty = await post('');
    expect([empty.status, await empty.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    ]);
  });

  test('tell the hub when the client is gone, and end when the device is signed out', async () => {
    let operation: LiveOperation | null = null;
    subscribed = (given) => {
      operation = given;
      return Promise.resolve(null);
    };
    const controller = new AbortController();
    const response = await fetch(`${router.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: events }),
      signal: controller.signal,
    });
    expect(response.status).toBe(200);
    const gone = new Promise<void>((resolve) => operation?.sink.onClose(resolve));
    controller.abort();
    await gone;

    const signedOut = await post(events, { authorization: 'Bearer ann.phone' });
    router.events.closeDevice('phone');
    expect(await signedOut.text()).toContain('event: complete');
    expect(router.events.size).toBe(0);
  });
});
