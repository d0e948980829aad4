import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ViewerTokens } from '../platform/auth/viewer-token.js';
import { Instances } from '../platform/subgraph/instances.js';
import { serveSubgraph, type SubgraphServer } from '../platform/subgraph/serve.js';
import { silentLog } from '../platform/telemetry/log.js';
import { HttpDataSource, InProcessDataSource } from './data-source.js';
import { isRefused } from './operations.js';
import { Gateway } from './gateway.js';
import { messagesFixture, smallSupergraph, usersFixture } from './small-supergraph.fixture.js';

const log = silentLog();
const viewerTokens = new ViewerTokens(randomBytes(32));
const person = {
  kind: 'person',
  userId: '01890a5d-ac96-774b-bcce-b302099a8057',
  deviceId: '01890a5d-ac96-774b-bcce-b302099a8058',
  startedAt: 1,
} as const;
const query = '{ whoAmI message(id: "m1") { body sender { displayName } } }';

async function run(gateway: Gateway, text = query) {
  const prepared = gateway.prepare(text, null);
  if (isRefused(prepared)) throw new Error(String(prepared));
  return gateway.execute(prepared, {}, person);
}

describe('a subgraph behind HTTP', () => {
  let users: SubgraphServer;
  let messages: SubgraphServer;
  const sources: HttpDataSource[] = [];
  const source = (url: string, timeout?: number) => {
    const created = new HttpDataSource({ url, viewerTokens, timeout });
    sources.push(created);
    return created;
  };
  beforeAll(async () => {
    const options = { host: '127.0.0.1', port: 0, viewerTokens, log };
    [users, messages] = await Promise.all([
      serveSubgraph(usersFixture(), options),
      serveSubgraph(messagesFixture(), options),
    ]);
  });
  afterAll(async () => {
    await Promise.all(sources.map((each) => each.close()));
    await Promise.all([users.close(), messages.close()]);
  });
  const open = (over: Partial<Record<'users' | 'messages', HttpDataSource>> = {}) =>
    Gateway.open({
      supergraphSdl: smallSupergraph(),
      sources: { users: source(`${users.url}/graphql`), messages: source(`${messages.url}/graphql`), ...over },
      log,
    });

  test('answers as one in the same process does', async () => {
    const overHttp = await run(await open());
    const inProcess = await run(
      await Gateway.open({
        supergraphSdl: smallSupergraph(),
        sources: {
          users: new InProcessDataSource(usersFixture(), log),
          messages: new InProcessDataSource(messagesFixture(), log),
        },
        log,
      }),
    );
    expect(overHttp).toEqual({
      data: { whoAmI: person.userId, message: { body: 'body of m1', sender: { displayName: 'name of u-m1' } } },
    });
    expect(JSON.stringify(inProcess)).toBe(JSON.stringify(overHttp));
  });

  test('that refuses connections is UNAVAILABLE and leaves the rest of the answer', async () => {
    const result = await run(await open({ users: source('http://127.0.0.1:9/graphql') }));
    expect(result.data).toEqual({ whoAmI: person.userId, message: { body: 'body of m1', sender: null } });
    expect(result.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'UNAVAILABLE', retryable: true }]);
  });

  test('that hangs is UNAVAILABLE when its time is over', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/graphql`;
    try {
      const result = await run(await open({ messages: source(url, 50) }), '{ hello }');
      expect(result).toMatchObject({
        data: { hello: null },
        errors: [{ extensions: { code: 'UNAVAILABLE', retryable: true } }],
      });
    } finally {
      silent.close();
    }
  });

  test.each([true, false])(
    'a mutation goes to another instance where the first broke off, if it may run twice: %s',
    async (isIdempotent) => {
      const breaking = createServer((socket) => socket.once('data', () => socket.destroy()));
      await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve));
      // The second of them has the first turn.
      const broken = `http://127.0.0.1:${(breaking.address() as AddressInfo).port}`;
      const instances = new Instances([messages.url, broken]);
      const created = new HttpDataSource({ url: instances, viewerTokens });
      sources.push(created);
      try {
        const answer = await created.process({
          request: { query: 'mutation { send(body: "once more") { body } }' },
          context: { caller: person, isIdempotent },
        } as never);
        const refused = { errors: [{ extensions: { code: 'UNAVAILABLE', retryable: true } }] };
        expect(answer).toMatchObject(isIdempotent ? { data: { send: { body: 'once more' } } } : refused);
      } finally {
        breaking.close();
      }
    },
  );

  test('executes an event that the hub holds', async () => {
    const request = { query: 'subscription { conversationEvents(conversationId: "c") { cursor } }' };
    const result = await source(`${messages.url}/graphql`).runEvent(
      request,
      { kind: 'hub', startedAt: 1 },
      {
        conversationEvents: { __typename: 'CaughtUp', cursor: 'c7' },
      },
    );
    expect(result).toEqual({ data: { conversationEvents: { cursor: 'c7' } } });
  });
});
