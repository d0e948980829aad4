import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { ViewerTokens } from '../auth/viewer-token.js';
import type { Caller } from '../auth/caller.js';
import { silentLog } from '../telemetry/log.js';
import { serveSubgraph, type SubgraphServer } from './serve.js';
import type { Subgraph } from './subgraph.js';

const typeDefs = parse('type Query { whoAmI: String } type Subscription { events: Event } type Event { n: Int }');
const resolvers = {
  Query: { whoAmI: (_: unknown, _args: unknown, context: { caller: Caller }) => context.caller.kind },
};
const subgraph: Subgraph = {
  name: 'small',
  sdl: () => '',
  schema: buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]),
  contextFor: (caller) => ({ caller }),
};
const viewerTokens = new ViewerTokens(randomBytes(32));
let server: SubgraphServer;
let isReady = true;
beforeAll(async () => {
  server = await serveSubgraph(subgraph, {
    host: '127.0.0.1',
    port: 0,
    viewerTokens,
    log: silentLog(),
    isReady: () => isReady,
  });
});
afterAll(() => server.close());

const hub = { kind: 'hub', startedAt: 1 } as const;
async function post(path: string, body: unknown, token?: string) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'parley-viewer': token } : {}) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

describe('a subgraph over HTTP', () => {
  test('answers for the caller that the router vouches for', async () => {
    expect(await post('/graphql', { query: '{ whoAmI }' }, viewerTokens.sign(hub))).toEqual({
      status: 200,
      body: { data: { whoAmI: 'hub' } },
    });
  });

  test('refuses whoever the router did not send', async () => {
    const stranger = new ViewerTokens(randomBytes(32)).sign(hub);
    for (const token of [undefined, 'nonsense', stranger])
      for (const path of ['/graphql', '/event'])
        expect(await post(path, { query: '{ whoAmI }' }, token)).toMatchObject({
          status: 401,
          body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
        });
  });

  test('executes a selection on an event', async () => {
    const request = { query: 'subscription { events { n } }' };
    const body = { request, streamEvent: { events: { n: 7 } } };
    expect((await post('/event', body, viewerTokens.sign(hub))).body).toEqual({ data: { events: { n: 7 } } });
  });

  test('answers what is no request with 400 and JSON', async () => {
    const token = viewerTokens.sign(hub);
    for (const body of ['{', '[]', { query: 7 }]) expect((await post('/graphql', body, token)).status).toBe(400);
  });

  test('says whether it lives and whether it can take traffic', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    isReady = false;
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  });
});
