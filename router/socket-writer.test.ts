import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { SocketWriter } from './socket-writer.js';

let server: Server;
let sockets: WebSocketServer;
beforeEach(async () => {
  server = createServer();
  sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const client of sockets.clients) client.terminate();
  server.close();
});

async function connect(): Promise<{
  client: WebSocket;
  received: string[];
  socket: WebSocket;
  writer: SocketWriter;
  net: Socket;
}> {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const received: string[] = [];
  client.on('message', (data) => received.push((data as Buffer).toString()));
  const [request, net, head] = (await once(server, 'upgrade')) as [never, Socket, Buffer];
  const socket = await new Promise<WebSocket>((resolve) => sockets.handleUpgrade(request, net, head, resolve));
  await once(client, 'open');
  return { client, received, socket, writer: new SocketWriter(net), net };
}

const pieces = (id: string, payload: string) =>
  [Buffer.from(`{"id":"${id}","payload":`), Buffer.from(payload), Buffer.from('}')] as const;

describe('a socket writer', () => {
  test('makes frames of every length that a client parses, in order, with what ws sends in between', async () => {
    const { client, received, socket, writer } = await connect();
    const lengths = [0, 1, 80, 125, 126, 127, 1_000, 65_000, 65_535, 65_536, 200_000];
    const expected: string[] = [];
    for (const length of lengths) {
      const payload = JSON.stringify('é'.repeat(length / 2));
      writer.enqueue(...pieces(`n${length}`, payload));
      expected.push(`{"id":"n${length}","payload":${payload}}`);
      if (length % 2 === 0) socket.ping();
      if (length === 1_000) {
        writer.flush();
        socket.send('from ws');
        expected.push('from ws');
      }
    }
    writer.send('last');
    expected.push('last');
    while (received.length < expected.length) await once(client, 'message');
    expect(received).toEqual(expected);
    client.close();
    await once(client, 'close');
  });

  test('sends what is queued in one turn in one write', async () => {
    const writes: Buffer[] = [];
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        writes.push(chunk);
        done();
      },
    });
    const writer = new SocketWriter(sink);
    for (let i = 0; i < 10; i++) writer.send(`message ${i}`);
    expect(writes).toHaveLength(0);
    expect(writer.backlog).toBe(10 * (2 + 'message 0'.length));
    await new Promise((resolve) => writer.onDrain(() => resolve(null)));
    expect(writes).toHaveLength(1);
    expect(writer.backlog).toBe(0);
  });

  test('knows its backlog, and tells when a slow client has taken it', async () => {
    const { client, received, writer } = await connect();
    client.pause();
    const [head, payload, tail] = pieces('big', JSON.stringify('x'.repeat(1_000_000)));
    for (let i = 0; i < 20; i++) writer.enqueue(head, payload, tail);
    writer.flush();
    expect(writer.backlog).toBeGreaterThan(1_000_000);
    let isDrained = false;
    const drained = new Promise<void>((resolve) =>
      writer.onDrain(() => {
        isDrained = true;
        resolve();
      }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDrained).toBe(false);
    client.resume();
    await drained;
    expect(writer.backlog).toBe(0);
    while (received.length < 20) await once(client, 'message');
    client.close();
    await once(client, 'close');
  });

  test('drops what comes after the socket is gone', async () => {
    const { client, writer, net } = await connect();
    client.terminate();
    await once(net, 'close');
    writer.send('nobody hears');
    writer.flush();
    expect(writer.backlog).toBe(0);
  });
});
