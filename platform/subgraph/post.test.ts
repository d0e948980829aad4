import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Pool } from 'undici';
import { post } from './post.js';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function serve(answer: RequestListener, connections = 1): Promise<Pool> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections });
  open.push({ close: () => pool.destroy() }, { close: () => (server.closeAllConnections(), server.close()) });
  return pool;
}

const request = { path: '/graphql', body: '{}', headers: {} };

test('an answer that comes in parts is read whole, a letter that lies across two included', async () => {
  const [head, tail] = [Buffer.from('{"a":"é'), Buffer.from('è"}')];
  const parts = [Buffer.concat([head, tail.subarray(0, 1)]), tail.subarray(1)] as const;
  const pool = await serve((_request, response) => {
    response.writeHead(418);
    response.write(parts[0], () => setImmediate(() => response.end(parts[1])));
  });
  expect(await post(pool, request)).toEqual({ status: 418, text: '{"a":"éè"}' });
});

test('an answer may be empty', async () => {
  const pool = await serve((_request, response) => response.writeHead(204).end());
  expect(await post(pool, request)).toEqual({ status: 204, text: '' });
});

test('whoever does not wait any more gets the reason, whether it is answered already or waits for a socket', async () => {
  const stop = new AbortController();
  const pool = await serve((_request, response) => {
    response.write('{');
    stop.abort(new Error('nobody waits'));
  });
  const [asked, waiting] = [
    post(pool, { ...request, signal: stop.signal }),
    post(pool, { ...request, signal: stop.signal }),
  ];
  await expect(asked).rejects.toThrow('nobody waits');
  await expect(waiting).rejects.toThrow('nobody waits');
  await expect(post(pool, { ...request, signal: stop.signal })).rejects.toThrow('nobody waits');
});

test('a connection that breaks off within an answer is an error', async () => {
  const pool = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('{', () => response.destroy());
  });
  await expect(post(pool, request)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
});
