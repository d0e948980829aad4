import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { z } from 'zod';
import type { Internal } from '../../schema/internal.js';
import { waitFor } from '../../tests/wait-for.js';
import { ServiceTokens } from '../auth/service-token.js';
import { ViewerTokens } from '../auth/viewer-token.js';
import { Fault, UserFault } from '../errors/errors.js';
import { silentLog } from '../telemetry/log.js';
import { askSubgraphs } from './ask-subgraphs.js';
import { Instances } from './instances.js';
import { internalCalls, remoteInterface } from './internal.js';
import { serveSubgraph, type SubgraphServer } from './serve.js';

interface Counting {
  sizes(names: string[]): Promise<Map<string, bigint>>;
  nothing(): Promise<void>;
  fail(how: 'fault' | 'user' | 'crash' | 'database'): Promise<never>;
  wait(): Promise<string>;
}
const counting: Internal<Counting> = {
  name: 'counting',
  subgraph: 'small',
  methods: {
    sizes: z.tuple([z.array(z.string().min(1))]),
    nothing: z.tuple([]),
    fail: z.tuple([z.enum(['fault', 'user', 'crash', 'database'])]),
    wait: z.tuple([]),
  },
};

const secret = randomBytes(32);
const log = silentLog();
const viewerTokens = new ViewerTokens(secret);
const serviceTokens = new ServiceTokens(secret, 'test');
const schema = buildSubgraphSchema([{ typeDefs: parse('type Query { hello: String }') }]);
let go: () => void = () => undefined;
let waiting = 0;

const implementation: Counting = {
  sizes: (names) => Promise.resolve(new Map(names.map((name) => [name, BigInt(name.length)]))),
  nothing: () => Promise.resolve(),
  fail: (how) => {
    if (how === 'fault') throw new Fault('BAD_USER_INPUT', 'Not this cursor.', { extensions: { detail: 7 } });
    if (how === 'user') throw new UserFault('NOT_A_MEMBER', ['conversationId'], 'You are not in it.', new Date(5));
    if (how === 'database') throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    throw new Error('a secret of ours');
  },
  wait: () => {
    waiting++;
    return new Promise((resolve) => (go = () => resolve('at last')));
  },
};

function serve(maxInFlight?: number): Promise<SubgraphServer> {
  const internal = { calls: internalCalls(counting, implementation), serviceTokens };
  const subgraph = { name: 'small', sdl: () => '', schema, contextFor: () => ({}) };
  return serveSubgraph(subgraph, { host: '127.0.0.1', port: 0, viewerTokens, log, internal, maxInFlight });
}

const clients: Instances[] = [];
function clientOf(urls: string[], timeout?: number): Counting {
  const instances = new Instances(urls, { timeout });
  clients.push(instances);
  return remoteInterface(
    counting,
    askSubgraphs(() => instances, serviceTokens, log),
  );
}
afterEach(async () => {
  await Promise.all(clients.splice(0).map((each) => each.close()));
});

describe('an interface over HTTP', () => {
  let server: SubgraphServer;
  let remote: Counting;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server.close());
  const call = (): Counting => (remote = clientOf([server.url]));

  test('answers as a call does', async () => {
    expect(await call().sizes(['a', 'bcd'])).toEqual(
      new Map([
        ['a', 1n],
        ['bcd', 3n],
      ]),
    );
    expect(await remote.nothing()).toBeUndefined();
  });

  test('throws what was thrown there', async () => {
    await expect(call().fail('fault')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'Not this cursor.',
      extensions: { code: 'BAD_USER_INPUT', retryable: false, detail: 7 },
    });
    const refused = await remote.fail('user').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserFault);
    expect(refused).toMatchObject({ code: 'NOT_A_MEMBER', path: ['conversationId'], retryAt: new Date(5) });
    await expect(remote.fail('database')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('tells nothing of what nobody planned for but a reference', async () => {
    const error = (await call()
      .fail('crash')
      .catch((each: unknown) => each)) as Fault;
    expect(error.code).toBe('INTERNAL');
    expect(error.extensions.reference).toEqual(expect.any(String));
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  test('refuses arguments that the method does not take', async () => {
    await expect(call().sizes([''])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const post = (body: string) =>
      fetch(`${server.url}/internal/counting/sizes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'parley-service': serviceTokens.token() },
        body,
      });
    for (const body of ['{', '[]', '[["a"],1]', '{"$map":7}']) expect((await post(body)).status).toBe(400);
    expect((await post('[["a"]]')).status).toBe(200);
  });

  test('refuses whoever is no process of Parley, a viewer of the router too', async () => {
    const person = { kind: 'hub', startedAt: 1 } as const;
    const stranger = new ServiceTokens(randomBytes(32), 'stranger').token();
    for (const token of [undefined, 'nonsense', stranger, viewerTokens.sign(person)]) {
      const response = await fetch(`${server.url}/internal/counting/nothing`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? { 'parley-service': token } : {}) },
        body: '[]',
      });
      expect(response.status).toBe(401);
    }
    const asViewer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'parley-viewer': serviceTokens.token() },
      body: '{"query":"{ hello }"}',
    });
    expect(asViewer.status).toBe(401);
  });
});

describe('instances of a subgraph', () => {
  const NOBODY = 'http://127.0.0.1:9';

  test('are asked in turn, and another one where one does not answer', async () => {
    const server = await serve();
    const remote = clientOf([NOBODY, server.url]);
    try {
      for (let i = 0; i < 6; i++) expect((await remote.sizes(['a'])).size).toBe(1);
    } finally {
      await server.close();
    }
    await expect(remote.sizes(['a'])).rejects.toMatchObject({ code: 'UNAVAILABLE', extensions: { retryable: true } });
  });

  test('are found again once they are back', async () => {
    const server = await serve();
    const port = new URL(server.url).port;
    const remote = clientOf([server.url]);
    await remote.nothing();
    await server.close();
    await expect(remote.nothing()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const again = createServer((_request, response) => response.end('{"value":null}'));
    await new Promise<void>((resolve) => again.listen(Number(port), '127.0.0.1', resolve));
    try {
      expect(await remote.nothing()).toBeNull();
    } finally {
      await closed(again);
    }
  });

  test('take what may not run twice to no second instance once the first may have begun it', async () => {
    let asked = 0;
    const breaking = createServer((request) => {
      asked++;
      request.socket.destroy();
    });
    await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(breaking.address() as AddressInfo).port}`;
    const instances = new Instances([url, url]);
    const request = { path: '/', body: '{}', headers: {} };
    try {
      await expect(instances.post({ ...request, mayRepeat: false })).rejects.toThrow();
      expect(asked).toBe(1);
      await expect(instances.post({ ...request, mayRepeat: true })).rejects.toThrow();
      expect(asked).toBe(4);
    } finally {
      await instances.close();
      await closed(breaking);
    }
  });
});

describe('a subgraph with too much to do', () => {
  test('refuses at once, and another instance takes over', async () => {
    const [busy, idle] = [await serve(1), await serve()];
    const waitingFor = waiting;
    const answer = clientOf([busy.url]).wait();
    await waitFor('it is at work', () => waiting > waitingFor);
    try {
      await expect(clientOf([busy.url]).nothing()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const refused = await fetch(`${busy.url}/internal/counting/nothing`, { method: 'POST' });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      const both = clientOf([busy.url, idle.url]);
      for (let i = 0; i < 4; i++) expect(await both.nothing()).toBeUndefined();
      go();
      expect(await answer).toBe('at last');
      expect(await clientOf([busy.url]).nothing()).toBeUndefined();
    } finally {
      await Promise.all([busy.close(), idle.close()]);
    }
  });

  test('that stops answers what is under way and refuses the rest', async () => {
    const server = await serve();
    const waitingFor = waiting;
    const answer = clientOf([server.url]).wait();
    await waitFor('it is at work', () => waiting > waitingFor);
    const closing = server.close();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    await expect(clientOf([server.url]).nothing()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    go();
    expect(await answer).toBe('at last');
    await closing;
  });
});

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
