import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { packageRoot } from '../../platform/config/package-root.js';
import { createGroup, removeMembers, say, signUp } from '../chat.js';
import type { Device } from '../client.js';
import { conversationEventsDocument, type ConversationEvent } from '../following.js';
import { waitFor } from '../wait-for.js';
import { Deployment } from './deployment.js';

let deployment: Deployment;
let server: Server;
let url: string;
const ends: (() => unknown)[] = [];

/** Hive Gateway on the supergraph of this version: where the subgraphs are, and that access tokens are forwarded. */
async function startGateway(): Promise<void> {
  const supergraph = await readFile(join(packageRoot, 'schema/supergraph.graphql'), 'utf8');
  const addressOf = (name: string) => `${deployment.process(`${name}-1`).url}/graphql`;
  const names = ['users', 'conversations', 'messages', 'presence', 'media', 'search'];
  const gateway = createGatewayRuntime({
    supergraph: supergraph.replace(/@join__graph\(name: "(\w+)", url: "[^"]*"\)/g, (_, name: string) => {
      return `@join__graph(name: "${name}", url: "${addressOf(name)}")`;
    }),
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => {
        const authorization = request.headers.get('authorization');
        return authorization ? { authorization } : {};
      },
    },
    transportEntries: Object.fromEntries(
      names.map((name) => [
        name,
        {
          options: {
            subscriptions: {
              kind: 'ws',
              location: addressOf(name),
              options: { connectionParams: { authorization: '{context.headers.authorization}' } },
            },
          },
        },
      ]),
    ),
    logging: false,
    maskedErrors: false,
    landingPage: false,
  });
  server = createServer((request, response) => void gateway(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  ends.push(() => gateway[Symbol.asyncDispose]());
}

beforeAll(async () => {
  deployment = await Deployment.start({
    routers: 1,
    instances: 1,
    shards: 1,
    kafka: false,
    environment: { PARLEY_SUBGRAPHS_TAKE_ACCESS_TOKENS: 'on' },
  });
  await startGateway();
}, 180_000);
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  server?.closeAllConnections();
  server?.close();
  await deployment?.remove();
}, 60_000);

async function person(name: string): Promise<Device> {
  const device = await signUp(deployment.url, name);
  ends.push(() => device.close());
  return device;
}

async function through<T>(device: Device | null, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization(device) },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as T;
}
const authorization = (device: Device | null): Record<string, string> =>
  device ? { authorization: `Bearer ${device.session.accessToken}` } : {};

/** A subscription through Hive Gateway, over server-sent events. */
async function follow(device: Device, conversationId: string, after: string | null = null) {
  const ending = new AbortController();
  ends.push(() => ending.abort());
  const response = await fetch(url, {
    method: 'POST',
    signal: ending.signal,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...authorization(device) },
    body: JSON.stringify({ query: conversationEventsDocument, variables: { conversationId, after } }),
  });
  const following = { events: [] as ConversationEvent[], answers: [] as unknown[], isOver: false };
  const read = async () => {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: ?(\{.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data === undefined) continue;
        const answer = JSON.parse(data) as { data?: { conversationEvents?: ConversationEvent } };
        following.answers.push(answer);
        if (answer.data?.conversationEvents) following.events.push(answer.data.conversationEvents);
      }
    }
  };
  void read()
    .catch(() => undefined)
    .finally(() => (following.isOver = true));
  return following;
}
const bodiesOf = ({ events }: { events: ConversationEvent[] }) =>
  events.flatMap(({ message }) => (message?.body ? [message.body] : []));

test('another federation router serves queries over several subgraphs, and mutations', async () => {
  const [ann, bob] = [await person('Ann'), await person('Bob')];
  const conversationId = await createGroup(ann, 'Through Hive', [bob]);
  const sent = await through<{ data: { sendMessage: { message: { body: string }; errors: unknown[] } } }>(
    ann,
    'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { body } errors { code } } }',
    { input: { conversationId, clientMessageId: crypto.randomUUID(), body: 'sent through Hive' } },
  );
  expect(sent).toMatchObject({ data: { sendMessage: { message: { body: 'sent through Hive' }, errors: [] } } });
  const query = `query ($id: ID!) {
    conversation(id: $id) { title messages(first: 5) { edges { node { body sender { displayName } } } } } }`;
  const found = await through<unknown>(bob, query, { id: conversationId });
  expect(found).toMatchObject({ data: { conversation: { title: 'Through Hive' } } });
  expect(JSON.stringify(found)).toContain('"body":"sent through Hive","sender":{"displayName":"Ann"}');
  const ofNobody = await through<{ errors?: unknown[] }>(null, query, { id: conversationId });
  expect(JSON.stringify(ofNobody)).not.toContain('Through Hive');
});

test('and subscriptions: what others send comes live, resumes after a cursor, and ends with the membership', async () => {
  const [ann, bob, eve] = [await person('Ann'), await person('Bob'), await person('Eve')];
  const conversationId = await createGroup(ann, 'Live through Hive', [bob]);
  const following = await follow(bob, conversationId);
  const describe = () => JSON.stringify(following);
  const until = (body: string) => waitFor(body, () => bodiesOf(following).includes(body), 15_000, describe);
  await waitFor(
    'it is caught up',
    () => following.events.some((each) => each.__typename === 'CaughtUp'),
    15_000,
    describe,
  );
  await say(ann, conversationId, 'one');
  await until('one');
  await say(ann, conversationId, 'two');
  await until('two');
  expect(bodiesOf(following)).toEqual(['one', 'two']);

  const { cursor } = following.events.find(({ message }) => message?.body === 'one')!;
  const resumed = await follow(bob, conversationId, cursor);
  await waitFor('it resumes', () => resumed.events.some((each) => each.__typename === 'CaughtUp'), 15_000);
  expect(bodiesOf(resumed)).toEqual(['two']);

  const refused = await follow(eve, conversationId);
  await waitFor('it is refused', () => refused.answers.length > 0 || refused.isOver, 15_000);
  expect(refused.events).toEqual([]);

  await removeMembers(ann, conversationId, [bob]);
  await waitFor('the stream ends', () => following.isOver, 15_000, describe);
  expect(following.events.at(-1)).toMatchObject({ __typename: 'MemberChanged', userId: bob.userId, isMember: false });
  await say(ann, conversationId, 'without Bob');
  expect(bodiesOf(following)).not.toContain('without Bob');
}, 90_000);

test('a subgraph takes no token that is not valid, and no event from people', async () => {
  const ann = await person('Ann');
  const subgraph = deployment.process('messages-1').url!;
  const post = (path: string, token: string) =>
    fetch(subgraph + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ __typename }', request: { query: '{ __typename }' }, streamEvent: {} }),
    });
  expect((await post('/graphql', ann.session.accessToken)).status).toBe(200);
  expect((await post('/graphql', 'nonsense')).status).toBe(401);
  expect((await post('/event', ann.session.accessToken)).status).toBe(401);
  await ann.mutate('mutation { signOut { errors { code message } } }', {});
  await waitFor(
    'its token is worth nothing',
    async () => (await post('/graphql', ann.session.accessToken)).status === 401,
  );
});
