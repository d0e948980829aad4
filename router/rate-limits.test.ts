import { afterEach, describe, expect, test } from '@jest/globals';
import { parseRules } from '../platform/rate-limit/rules.js';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';

let router: SmallRouter | null = null;
afterEach(async () => {
  await router?.close();
  router = null;
});

async function ask(query: string): Promise<{ status: number; headers: Headers; body: Answer }> {
  const response = await fetch(`${router!.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
}
interface Answer {
  data?: unknown;
  errors?: { extensions: Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
}

describe('an allowance for operations', () => {
  test('is told with each answer, and refuses with 429 and when to come back', async () => {
    router = await startSmallRouter({ rateLimits: parseRules('operations.network=3/60') });
    const first = await ask('{ __typename }');
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe('"operations";q=3;w=60;qu="cost"');
    expect(first.headers.get('ratelimit')).toMatch(/^"operations";r=2;t=(59|60)$/);
    expect(first.body.extensions?.rateLimit).toEqual({ limit: 3, remaining: 2, resetAt: expect.any(String) });
    await ask('{ __typename }');
    await ask('{ __typename }');
    const refused = await ask('{ __typename }');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(refused.body.data).toBeUndefined();
    expect(refused.body.errors?.[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      rateLimit: { limit: 3, remaining: 0 },
    });
  });

  test('is not touched by what is refused before it runs', async () => {
    router = await startSmallRouter({ rateLimits: parseRules('operations.network=1/60') });
    for (let i = 0; i < 3; i++) expect((await ask('{ nothing }')).body.errors?.[0]?.extensions.code).toMatch(/VALID/);
    expect((await ask('{ __typename }')).status).toBe(200);
  });
});
