import { afterEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';
import type { Route } from './routes.js';

let router: SmallRouter;
afterEach(() => router.close());

const route = (handle: Route['handle']): Route => ({
  prefix: '/files/',
  methods: ['GET', 'PUT'],
  headers: ['range'],
  handle,
});
/** Answers with the digest of what it was sent. */
const digest = route(async (request: IncomingMessage, response) => {
  const hash = createHash('sha256');
  for await (const chunk of request as AsyncIterable<Buffer>) hash.update(chunk);
  response.end(hash.digest('hex'));
});

test('takes any body, also while /graphql has all that it takes', async () => {
  let end = () => {};
  const slow = new Promise<string>((resolve) => (end = () => resolve('done')));
  router = await startSmallRouter({ routes: [digest], maxInFlight: 1, slow: () => slow });
  const ask = () =>
    fetch(`${router.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ slow }"}',
    });
  const first = ask();
  const statuses = [];
  while (statuses.at(-1) !== 503 && statuses.length < 50) {
    const second = await Promise.race([ask(), first]);
    statuses.push(second.status);
  }
  expect(statuses.at(-1)).toBe(503);
  const body = Buffer.alloc(3_000_000, 'x');
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      fetch(`${router.url}/files/${name}`, { method: 'PUT', headers: { 'content-type': 'image/png' }, body }),
    ),
  );
  for (const answer of answers) expect(await answer.text()).toBe(createHash('sha256').update(body).digest('hex'));
  end();
  expect((await first).status).toBe(200);
});

test('lets pages of allowed origins in, as /graphql does', async () => {
  const origin = 'https://chat.example.org';
  router = await startSmallRouter({ routes: [digest], allowedOrigins: [origin] });
  const preflight = await fetch(`${router.url}/files/a`, { method: 'OPTIONS', headers: { origin } });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, PUT');
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  const other = await fetch(`${router.url}/files/a`, { headers: { origin: 'https://evil.example.org' } });
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});

test('a failure is an answer, or the end of the connection where one has begun', async () => {
  router = await startSmallRouter({
    routes: [
      route((request, response) => {
        if (request.url === '/files/late') response.write('half');
        return Promise.reject(new Error('it broke'));
      }),
    ],
  });
  const early = await fetch(`${router.url}/files/early`);
  expect([early.status, await early.json()]).toEqual([500, { message: 'That failed. Try again.' }]);
  await expect(fetch(`${router.url}/files/late`).then((late) => late.text())).rejects.toThrow();
  expect((await fetch(`${router.url}/filesystem`)).status).toBe(404);
});
