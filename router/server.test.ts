import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { pino } from 'pino';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';

let router: SmallRouter;
const lines: string[] = [];
beforeAll(async () => {
  router = await startSmallRouter({ log: pino({ level: 'error' }, { write: (line: string) => lines.push(line) }) });
});
afterAll(() => router.close());

interface Answer {
  status: number;
  headers: Headers;
  body: { data?: unknown; errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[] };
}
async function ask(body: unknown, headers: Record<string, string> = {}, url = router.url): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}
const codes = ({ body }: Answer) => body.errors?.map(({ extensions }) => extensions.code);

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${router.url}/graphql`, fetchFn: fetch });
  test('has all 61 audits', () => expect(audits).toHaveLength(61));
  for (const audit of audits)
    test(`passes the audit ${audit.id}: ${audit.name}`, async () => {
      const result = await audit.fn();
      expect([result.status, 'reason' in result ? result.reason : undefined]).toEqual(['ok', undefined]);
    });

  test('answers across subgraphs', async () => {
    const { body } = await ask({ query: '{ message(id: "m1") { body sender { displayName } } }' });
    expect(body).toEqual({ data: { message: { body: 'body of m1', sender: { displayName: 'name of u-m1' } } } });
  });

  test('takes a persisted query by its hash once it was sent whole', async () => {
    const query = '{ hello }';
    const { createHash } = await import('node:crypto');
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    expect(codes(await ask({ extensions }))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect((await ask({ query, extensions })).body).toEqual({ data: { hello: 'world' } });
    expect((await ask({ extensions })).body).toEqual({ data: { hello: 'world' } });
  });

  test.each([
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['text/html;q=0.1, application/json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json; charset=utf-8'],
    ['application/json;q=0.9,application/graphql-response+json;q=0.1', 'application/json; charset=utf-8'],
  ])('answers whoever accepts %s with %s', async (accept, type) => {
    const { status, headers } = await ask({ query: '{ hello }' }, { accept });
    expect([status, headers.get('content-type')]).toEqual([200, type]);
  });

  test('answers whoever accepts no JSON with 406', async () => {
    expect((await ask({ query: '{ hello }' }, { accept: 'text/plain, application/json;q=0' })).status).toBe(406);
  });

  test('answers malformed JSON with JSON and 400', async () => {
    const answer = await ask('{"query": "{ he');
    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['BAD_REQUEST']);
  });

  test('answers a body past 256 KB with JSON and 413', async () => {
    const answer = await ask({ query: '{ hello }', variables: { a: 'x'.repeat(300_000) } });
    expect(answer.status).toBe(413);
    expect(codes(answer)).toEqual(['BAD_REQUEST']);
  });

  test('refuses batches', async () => {
    const answer = await ask([{ query: '{ hello }' }]);
    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['BAD_REQUEST']);
  });

  test('refuses what a form on another site could send', async () => {
    const response = await fetch(`${router.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"query":"{ hello }"}',
    });
    expect(response.status).toBe(415);
    const get = await fetch(`${router.url}/graphql?query=${encodeURIComponent('{ hello }')}`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(get.status).toBe(400);
  });

  test('refuses a subscription with a hint where it runs', async () => {
    const answer = await ask({ query: 'subscription { conversationEvents(conversationId: "c") { cursor } }' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.message).toContain('text/event-stream');
  });
});

describe('errors', () => {
  test('never tell what went wrong inside, but the log does, under the same reference', async () => {
    const answer = await ask({ query: '{ hello broken }' });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ hello: 'world', broken: null });
    const [error] = answer.body.errors ?? [];
    expect(error).toMatchObject({ path: ['broken'], extensions: { code: 'INTERNAL', retryable: false } });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(
      lines.some(
        (line) => line.includes(String(error?.extensions.reference)) && line.includes('the secret of the house'),
      ),
    ).toBe(true);
  });

  test('say that a database which cannot be reached is worth another try', async () => {
    const { body } = await ask({ query: '{ hello down }' });
    expect(body.data).toEqual({ hello: 'world', down: null });
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'UNAVAILABLE', retryable: true });
  });

  test('null the fields of the subgraph that failed and leave the others', async () => {
    const { body } = await ask({ query: '{ message(id: "down") { id body sender { displayName } } }' });
    expect(body.data).toEqual({ message: { id: 'down', body: 'body of down', sender: null } });
    expect(body.errors?.[0]).toMatchObject({ extensions: { code: 'UNAVAILABLE', retryable: true } });
  });

  test('name a variable that does not fit as bad input', async () => {
    const query = 'query($first: Int!) { messages(first: $first) { edges { cursor } } }';
    expect(codes(await ask({ query, variables: { first: 'many' } }))).toEqual(['BAD_USER_INPUT']);
  });

  test('of a field keep the status 200', async () => {
    const answer = await ask({ query: '{ viewer { id } }' });
    expect([answer.status, codes(answer)]).toEqual([200, ['UNAUTHENTICATED']]);
  });
});

describe('authentication', () => {
  test('makes the bearer the caller', async () => {
    expect((await ask({ query: '{ whoAmI }' }, { authorization: 'Bearer ann.phone' })).body.data).toEqual({
      whoAmI: 'ann',
    });
    expect((await ask({ query: '{ whoAmI }' })).body.data).toEqual({ whoAmI: 'nobody' });
  });

  test('refuses the whole request for a bad token or a device that was signed out', async () => {
    router.signedOut.add('lost');
    for (const authorization of ['Bearer forged', 'Basic YTpi', 'Bearer ann.lost']) {
      const answer = await ask({ query: '{ hello }' }, { authorization });
      expect([answer.status, codes(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
    }
  });
});

describe('limits', () => {
  test('refuse an operation that costs too much, with the numbers', async () => {
    const query = 'query($n: Int!) { messages(first: $n) { edges { node { replyTo { body } } } } }';
    const answer = await ask({ query, variables: { n: 100_000 } });
    expect([answer.status, codes(answer)]).toEqual([400, ['COST_LIMIT']]);
    expect(answer.body.errors?.[0]?.extensions.cost).toEqual({ limit: 'cost', requested: 300_001, maximum: 10_000 });
  });

  test('refuse a document of more than 2,000 tokens', async () => {
    const answer = await ask({ query: `{ ${'hello '.repeat(2_100)} }` });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('2000');
  });

  test('turn away at once what is more than the server takes on at a time', async () => {
    const small = await startSmallRouter({ maxInFlight: 1 });
    try {
      const [slow, second] = await Promise.all([
        ask({ query: '{ slow }' }, {}, small.url),
        new Promise<Answer>((resolve) => setTimeout(() => resolve(ask({ query: '{ hello }' }, {}, small.url)), 100)),
      ]);
      expect(slow.body).toEqual({ data: { slow: 'at last' } });
      expect([second.status, second.headers.get('retry-after'), codes(second)]).toEqual([503, '1', ['OVERLOADED']]);
    } finally {
      await small.close();
    }
  });
});

describe('the schema', () => {
  const introspection = '{ __schema { queryType { name } } }';
  test('is shown in development', async () => {
    expect((await ask({ query: introspection })).body.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  test('is hidden from anonymous people in production, suggestions included', async () => {
    const production = await startSmallRouter({ introspectionForAnonymous: false });
    try {
      const signedIn = { authorization: 'Bearer ann.phone' };
      expect(codes(await ask({ query: introspection }, {}, production.url))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
      expect((await ask({ query: introspection }, signedIn, production.url)).body.errors).toBeUndefined();
      const message = async (headers: Record<string, string>) =>
        (await ask({ query: '{ helo }' }, headers, production.url)).body.errors?.[0]?.message;
      expect(await message({})).toBe('Cannot query field "helo" on type "Query".');
      expect(await message(signedIn)).toContain('Did you mean "hello"?');
    } finally {
      await production.close();
    }
  });
});

describe('the explorer', () => {
  test('is one page that loads nothing from elsewhere', async () => {
    const response = await fetch(`${router.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    const markup = page.replace(/<script>[\s\S]*<\/script>/, '').replace(/<style>[\s\S]*<\/style>/, '');
    expect(markup).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page).toContain('inboxEvents');
  });

  test('is also what a reload and a shared link get, whose address has the query', async () => {
    const shared = `${router.url}/graphql?query=${encodeURIComponent('subscription { nothing }')}`;
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const response = await fetch(shared, { headers: { accept } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    await response.text();
  });
});
