import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PreparedOperation } from './documents.js';
import type { Gateway } from './gateway.js';
import { openSmallGateway } from './small-supergraph.fixture.js';

const caller = { kind: 'hub', startedAt: 0 } as const;

describe('the gateway', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openSmallGateway();
  });
  afterAll(() => gateway.close());

  const run = (query: string, variables: Record<string, unknown> = {}) =>
    gateway.execute(gateway.prepare(query, null) as PreparedOperation, variables, caller);

  test('puts together what several subgraphs know', async () => {
    const query = '{ viewer { displayName } hello message(id: "m1") { by: sender { displayName } body } }';
    expect(JSON.stringify(await run(query))).toBe(
      JSON.stringify({
        data: {
          viewer: { displayName: 'name of u-me' },
          hello: 'world',
          message: { by: { displayName: 'name of u-m1' }, body: 'body of m1' },
        },
      }),
    );
  });

  test('tells where in the answer a subgraph that was asked second failed', async () => {
    const query =
      '{ a: message(id: "x") { s: sender { displayName } } b: message(id: "down") { s: sender { displayName } } }';
    const { data, errors } = await run(query);
    expect(JSON.parse(JSON.stringify(data))).toEqual({ a: { s: { displayName: 'name of u-x' } }, b: { s: null } });
    expect(errors).toMatchObject([{ path: ['b', 's', 'displayName'], extensions: { code: 'UNAVAILABLE' } }]);
  });

  test('tells where one failed that was asked first', async () => {
    const { data, errors } = await run('{ viewer { displayName } d: down hello }');
    expect(data).toMatchObject({ viewer: { displayName: 'name of u-me' }, d: null, hello: 'world' });
    expect(errors).toMatchObject([{ path: ['d'], extensions: { code: 'UNAVAILABLE' } }]);
  });

  test('decides by variables and their defaults which subgraphs to ask', async () => {
    const query = `query ($with: Boolean = false, $id: ID!) { message(id: $id) { id } viewer @include(if: $with) { id displayName } }`;
    expect((await run(query, { id: 'm1' })).data).toEqual({ message: { id: 'm1' } });
    const both = await run(query, { id: 'm1', with: true });
    expect(both.data).toEqual({ message: { id: 'm1' }, viewer: { id: 'u-me', displayName: 'name of u-me' } });
  });

  test('refuses variables that do not fit before it asks anybody', async () => {
    const { data, errors } = await run('query ($id: ID!) { message(id: $id) { sender { displayName } } }', {
      id: null,
    });
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', retryable: false } }]);
  });

  test('answers what no subgraph is asked for', async () => {
    expect((await run('{ what: __typename }')).data).toEqual({ what: 'Query' });
    const { data } = await run('{ hello __type(name: "Message") { name } }');
    expect(data).toEqual({ hello: 'world', __type: { name: 'Message' } });
  });
});
