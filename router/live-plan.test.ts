import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { executeOn } from '../platform/subgraph/execute.js';
import type { Gateway } from './gateway.js';
import { LivePlan } from './live-plan.js';
import { messagesFixture, openSmallGateway } from './small-supergraph.fixture.js';

const hub = { kind: 'hub', startedAt: 0 } as const;
const subgraph = messagesFixture();
const event = (id: string) => ({
  conversationEvents: {
    __typename: 'MessageChanged',
    cursor: 'c1',
    message: { id, body: 'hi', sender: { id: `u-${id}` } },
  },
});

describe('a live plan', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openSmallGateway();
  });
  afterAll(() => gateway.close());

  const run = (text: string, variables: Record<string, unknown>, rootValue: object) =>
    LivePlan.create(gateway, parse(text), null).execute(
      variables,
      (query, primaryVariables, operationName) =>
        executeOn(subgraph, { query, variables: primaryVariables, operationName }, hub, rootValue),
      hub,
    );

  const whole = `subscription($id: ID!, $after: String!) {
    conversationEvents(conversationId: $id, after: $after) {
      __typename cursor ... on MessageChanged { message { id body sender { displayName } } }
    }
  }`;

  test('runs the event in its own subgraph and the rest in the others', async () => {
    const plan = LivePlan.create(gateway, parse(whole), null);
    expect(plan.rootField).toBe('conversationEvents');
    expect(plan.primary.serviceName).toBe('messages');
    expect(plan.rest).not.toBeNull();
    expect(await run(whole, { id: 'c' }, event('m1'))).toEqual({
      data: {
        conversationEvents: {
          __typename: 'MessageChanged',
          cursor: 'c1',
          message: { id: 'm1', body: 'hi', sender: { displayName: 'name of u-m1' } },
        },
      },
    });
  });

  test('applies aliases, fragments and @include as the client wrote them', async () => {
    const text = `subscription($id: ID!, $with: Boolean = false, $without: Boolean!) {
      e: conversationEvents(conversationId: $id) { ...F }
    }
    fragment F on Event { ... on MessageChanged { m: message { text: body @include(if: $with) id @skip(if: $without) by: sender { name: displayName } } } }`;
    const result = await run(text, { id: 'c', without: true }, event('m1'));
    expect(JSON.stringify(result)).toBe('{"data":{"e":{"m":{"by":{"name":"name of u-m1"}}}}}');
  });

  test('answers what the event alone tells without asking another subgraph', async () => {
    const text = 'subscription { conversationEvents(conversationId: "c") { at: cursor } }';
    expect(LivePlan.create(gateway, parse(text), null).rest).toBeNull();
    const result = await run(text, {}, { conversationEvents: { __typename: 'CaughtUp', cursor: 'c9' } });
    expect(JSON.stringify(result)).toBe('{"data":{"conversationEvents":{"at":"c9"}}}');
  });

  test('nulls the fields of a subgraph that cannot answer, and says UNAVAILABLE', async () => {
    const result = await run(whole, { id: 'c' }, event('down'));
    expect(result.data).toMatchObject({ conversationEvents: { message: { id: 'down', sender: null } } });
    expect(result.errors?.map((error) => error.toJSON())).toEqual([
      expect.objectContaining({
        path: ['conversationEvents', 'message', 'sender', 'displayName'],
        extensions: { code: 'UNAVAILABLE', retryable: true },
      }),
    ]);
  });

  test('has no data where the event itself cannot be told', async () => {
    const result = await run(whole, { id: 'c' }, { conversationEvents: () => Promise.reject(new Error('secret')) });
    expect(result.data ?? null).toBeNull();
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});
