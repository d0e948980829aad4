import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { waitFor } from '../../tests/wait-for.js';
import { channels } from '../../schema/live.js';
import type { Caller, Person } from '../auth/caller.js';
import { SubgraphCallers } from '../auth/subgraph-callers.js';
import { ViewerTokens } from '../auth/viewer-token.js';
import { newUuid, randomBucket } from '../ids/ids.js';
import { EmbeddedPubSub } from '../pubsub/embedded.js';
import { Heard, toldOf } from '../pubsub/heard.js';
import { silentLog } from '../telemetry/log.js';
import { serveSubgraph, type SubgraphServer } from './serve.js';
import { under } from './subscribe.js';

const pubsub = new EmbeddedPubSub();
const viewerTokens = new ViewerTokens(randomBytes(32));
const ann: Person = {
  kind: 'person',
  userId: newUuid(randomBucket()),
  deviceId: newUuid(randomBucket()),
  startedAt: Date.now(),
};
let listening = 0;

async function* numbers(heard: Heard) {
  while (!heard.isClosed) {
    const message = await heard.next(60_000);
    if (message) yield { n: Number(message.text) };
  }
}
const resolvers = {
  Query: { whoAmI: (_: unknown, _args: unknown, { caller }: { caller: Caller }) => caller.kind },
  Subscription: {
    events: {
      subscribe: async () => {
        const heard = await Heard.open(pubsub, ['numbers']);
        listening++;
        return under('events', Promise.resolve(toldOf(heard, numbers(heard), () => listening--)));
      },
    },
  },
};
const typeDefs = parse('type Query { whoAmI: String } type Subscription { events: Event } type Event { n: Int }');
let server: SubgraphServer;
const clients: Client[] = [];
beforeAll(async () => {
  server = await serveSubgraph(
    {
      name: 'small',
      sdl: () => '',
      schema: buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]),
      contextFor: (caller) => ({ caller }),
    },
    {
      host: '127.0.0.1',
      port: 0,
      viewerTokens,
      callers: new SubgraphCallers(viewerTokens),
      sockets: { pubsub, max: 10 },
      log: silentLog(),
    },
  );
});
afterAll(async () => {
  for (const client of clients) await client.dispose();
  await server.close();
});

function connect(connectionParams: Record<string, unknown>, closed: (code: number) => void = () => undefined): Client {
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
    on: { closed: (event) => closed((event as { code: number }).code) },
  });
  clients.push(client);
  return client;
}

describe('the subscriptions of a subgraph', () => {
  test('are served for whom a router vouches, and let go of when nobody wants them', async () => {
    const client = connect({ 'parley-viewer': viewerTokens.sign(ann) });
    const events = client.iterate({ query: 'subscription { events { n } }' });
    const first = events.next();
    await waitFor('it listens', () => listening === 1);
    await pubsub.publish('numbers', '7');
    expect((await first).value).toEqual({ data: { events: { n: 7 } } });
    await events.return!();
    await waitFor('it listens no more', () => listening === 0);
    expect(await client.iterate({ query: '{ whoAmI }' }).next()).toMatchObject({
      value: { data: { whoAmI: 'person' } },
    });
  });

  test('are refused to everybody else', async () => {
    const stranger = new ViewerTokens(randomBytes(32)).sign(ann);
    for (const params of [{}, { 'parley-viewer': stranger }, { authorization: 'Bearer x' }]) {
      const codes: number[] = [];
      await expect(
        connect(params, (code) => codes.push(code))
          .iterate({ query: 'subscription { events { n } }' })
          .next(),
      ).rejects.toBeTruthy();
      expect(codes).toEqual([4403]);
    }
  });

  test('end when the device is signed out', async () => {
    const codes: number[] = [];
    const client = connect({ 'parley-viewer': viewerTokens.sign(ann) }, (code) => codes.push(code));
    const next = client
      .iterate({ query: 'subscription { events { n } }' })
      .next()
      .catch(() => 'ended');
    await waitFor('it listens', () => listening === 1);
    await pubsub.publish(channels.revocations, JSON.stringify({ userId: ann.userId, deviceIds: [ann.deviceId] }));
    expect(await next).toBe('ended');
    expect(codes).toEqual([4401]);
    await waitFor('it listens no more', () => listening === 0);
  });
});
