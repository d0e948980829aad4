import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { answer } from '../helper.js';

/**
 * The baseline of everything live: the `ws` library and nothing else. Whoever says "listen" gets `replay` messages and
 * word that they are caught up; each "publish" goes to all of them by ws.send. The text is a frame that Parley sent.
 */
const http = createServer();
const server = new WebSocketServer({ server: http });
const listeners = new Set<WebSocket>();
let seq = 0;
let replay = 0;
let head = '';
let tail = '';
const asText = { binary: false };

server.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('close', () => listeners.delete(socket));
  socket.on('message', (data: Buffer) => {
    if (data.toString() === 'publish') {
      const text = frameOf(++seq);
      for (const listener of listeners) listener.send(text, asText);
      return;
    }
    listeners.add(socket);
    for (let missed = 1; missed <= replay; missed++) socket.send(frameOf(missed), asText);
    socket.send('{"id":"1","type":"next","payload":{"data":{"conversationEvents":{"__typename":"CaughtUp"}}}}');
  });
});

function frameOf(number: number): Buffer {
  return Buffer.from(`${head}${number}${tail}`);
}

answer({
  listen: (options: { sample: string | null; replay: number }) => {
    const at = options.sample === null ? -1 : options.sample.indexOf('"seq":') + 6;
    if (options.sample !== null) {
      head = options.sample.slice(0, at);
      tail = options.sample.slice(at).replace(/^\d+/, '');
    }
    replay = options.replay;
    if (http.listening) return urlOf();
    return new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(urlOf())));
  },
});

function urlOf(): string {
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}
