import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDirect, say, signUp } from '../chat.js';
import { ParleyProcess } from '../parley-process.js';
import type { RunningParley } from '../running-parley.js';
import { Deployment } from '../services/deployment.js';
import { isDeployed } from '../story.js';
import { TraceCollector, type CollectedSpan } from '../trace-collector.js';
import { waitFor } from '../wait-for.js';

let collector: TraceCollector;
let parley: RunningParley;
beforeAll(async () => {
  collector = await TraceCollector.start();
  const environment = { PARLEY_OTLP_ENDPOINT: collector.url, PARLEY_TRACE_RATIO: '0' };
  parley = await (isDeployed
    ? Deployment.start({ environment, instances: 1, workers: ['relay', 'deliver'] })
    : ParleyProcess.start(environment));
}, 180_000);
afterAll(async () => {
  await parley?.remove();
  await collector?.close();
}, 60_000);

test('one trace follows a message from the mutation to the sockets', async () => {
  const ann = await signUp(parley.url, 'Ann');
  const bob = await signUp(parley.urls.at(-1)!, 'Bob');
  const conversationId = await openDirect(ann, bob);
  const inbox = bob.subscribe<{ inboxEvents: { __typename: string; message?: { body: string } } }>(
    'subscription { inboxEvents { __typename ... on MessageChanged { message { body } } } }',
  );
  await inbox.waitFor('it is caught up', () =>
    inbox.values.some(({ inboxEvents }) => inboxEvents.__typename === 'InboxCaughtUp'),
  );

  const traceId = randomBytes(16).toString('hex');
  const parent = randomBytes(8).toString('hex');
  const response = await fetch(`${parley.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${ann.session.accessToken}`,
      traceparent: `00-${traceId}-${parent}-01`,
    },
    body: JSON.stringify({
      query: 'mutation Send($input: SendMessageInput!) { sendMessage(input: $input) { message { seq } } }',
      variables: { input: { conversationId, clientMessageId: randomUUID(), body: 'hello' } },
    }),
  });
  expect(await response.json()).toMatchObject({ data: { sendMessage: { message: { seq: 1 } } } });
  // No caller traces this one.
  await say(ann, conversationId, 'again');

  const expected = ['mutation Send', 'append message', 'deliver MessageSent', 'inboxEvents to sockets'];
  if (isDeployed) expected.push('messages /graphql', 'relay of shard');
  const spans = await waitFor(
    'the spans have come',
    () => {
      const found = collector.ofTrace(traceId);
      return expected.every((name) => found.some((span) => span.name.startsWith(name))) && found;
    },
    15_000,
    () => collector.spans.map((span) => `${span.name} ${span.parentSpanId}`),
  );
  const named = (name: string) => spans.find((span) => span.name === name)!;
  expect(named('mutation Send').parentSpanId).toBe(parent);
  const asked = isDeployed ? named('messages /graphql') : named('mutation Send');
  expect(named('append message').parentSpanId).toBe(asked.spanId);
  for (const name of ['deliver MessageSent', 'inboxEvents to sockets'])
    expect(named(name).parentSpanId).toBe(named('append message').spanId);
  await inbox.waitFor(
    'both messages',
    () => inbox.values.filter(({ inboxEvents }) => inboxEvents.message).length === 2,
  );
  expect(new Set(collector.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  if (!isDeployed) return;
  process.stdout.write(`${collector.printed(traceId)}\n`);
  expectFiveProcesses(spans);
}, 60_000);

/** One trace over five processes, those of two routers among them; the run shows it. */
function expectFiveProcesses(spans: CollectedSpan[]): void {
  const way = ['mutation Send', 'append message', 'relay of shard', 'deliver MessageSent', 'inboxEvents to sockets'];
  const found = way.map((name) => spans.find((span) => span.name.startsWith(name)));
  const services = ['router', 'messages', 'relay', 'deliver', 'router'].map((name) => `parley-${name}`);
  expect(found.map((span) => span?.service)).toEqual(services);
  expect(new Set(found.map((span) => span?.pid)).size).toBe(5);
  expect(found[2]!.parentSpanId).toBe(found[1]!.spanId);
}
