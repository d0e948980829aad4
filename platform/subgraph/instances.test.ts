import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Instances, type InstancesOptions } from './instances.js';

/** Unix ms, as long as a test does not let time go by: on a busy machine who is away would be back too soon. */
let now: number;
let clock: { mockRestore(): void };
beforeEach(() => {
  now = 1_800_000_000_000;
  clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
});

const open: { close(): unknown }[] = [];
afterEach(() => {
  clock.mockRestore();
  for (const each of open.splice(0)) each.close();
});

interface Served {
  origin: string;
  asked: number;
  /** null: none. */
  status: number | null;
}

async function serve(status: number | null): Promise<Served> {
  const served = { origin: '', asked: 0, status };
  const server: Server = createServer((_request, response) => {
    served.asked++;
    if (served.status !== null) response.writeHead(served.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  served.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return served;
}

/** Asks with what must not run twice, unless told. */
function askerOf(servers: Served[], options?: InstancesOptions, mayRepeat = false): () => Promise<number | 'late'> {
  const instances = new Instances(
    servers.map(({ origin }) => origin),
    options,
  );
  open.push(instances);
  return () =>
    instances.post({ path: '/', body: '{}', headers: {}, mayRepeat }).then(
      ({ status }) => status,
      () => 'late',
    );
}

test('one that does not answer keeps one request waiting, and is passed over by those after it', async () => {
  const [silent, other] = [await serve(null), await serve(200)];
  const ask = askerOf([silent, other], { timeout: 300 });
  const answers = [];
  for (let i = 0; i < 8; i++) answers.push(await ask());
  expect(silent.asked).toBe(1);
  expect(answers.filter((answer) => answer === 'late')).toHaveLength(1);
  expect(other.asked).toBe(7);
});

test('one that refuses is passed over by those after it', async () => {
  const [refusing, other] = [await serve(503), await serve(200)];
  const ask = askerOf([refusing, other]);
  for (let i = 0; i < 8; i++) expect(await ask()).toBe(200);
  expect(refusing.asked).toBe(1);
});

test('where all were away, the one that has been so for longest is asked first', async () => {
  const [early, late] = [await serve(503), await serve(200)];
  const ask = askerOf([early, late]);
  while (early.asked === 0) expect(await ask()).toBe(200);
  [early.status, late.status] = [200, 503];
  now += 10;
  const asked = late.asked;
  for (let i = 0; i < 8; i++) expect(await ask()).toBe(200);
  expect(late.asked).toBe(asked + 1);
});

test('what may run twice is asked of another where one is silent, and those after it pass that one over', async () => {
  const [silent, other] = [await serve(null), await serve(200)];
  const ask = askerOf([silent, other], { patience: 50 }, true);
  for (let i = 0; i < 8; i++) expect(await ask()).toBe(200);
  expect([silent.asked, other.asked]).toEqual([1, 8]);
});

test('where all are silent, each is asked once', async () => {
  const servers = [await serve(null), await serve(null)];
  const ask = askerOf(servers, { patience: 50, timeout: 300 }, true);
  expect(await ask()).toBe('late');
  expect(servers.map(({ asked }) => asked)).toEqual([1, 1]);
});
