import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import { Fault } from '../errors/errors.js';

/** How long requests that were on their way are still read and answered. */
const GRACE_MS = 50;
/** How long a client may take to close its side. */
const LINGER_MS = 1_000;

/**
 * The HTTP connections of a server, to be ended without a reset. Node's `close` destroys kept-alive connections, one with
 * an unread request too, whose client cannot tell what became of it; and it waits for connections that never ask.
 */
export class Connections {
  /** How many requests are at work on each. */
  private readonly open = new Map<Duplex, number>();
  private isEnding = false;

  constructor(server: Server) {
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.open.set(socket, 0);
      socket.once('close', () => this.open.delete(socket));
      if (this.isEnding) void finish(socket);
    });
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.count(socket, 1);
      response.once('close', () => this.count(socket, -1));
    });
    server.on('upgrade', (_request, socket: Duplex) => this.open.delete(socket));
  }

  /** Ends what is idle, and from now on each connection whose requests are answered. Resolves when the idle are gone. */
  async end(): Promise<void> {
    await delay(GRACE_MS);
    this.isEnding = true;
    const idle = [...this.open].filter(([, requests]) => requests === 0);
    await Promise.all(idle.map(([socket]) => finish(socket)));
  }

  private count(socket: Duplex, change: number): void {
    const before = this.open.get(socket);
    if (before === undefined) return;
    this.open.set(socket, before + change);
    if (this.isEnding && before + change === 0) void finish(socket);
  }
}

/** For a request that was on its way to a connection that ends: it was not begun. */
const NOT_BEGUN = (() => {
  const body = JSON.stringify({ errors: [new Fault('OVERLOADED', 'The server is stopping. Try again.').toJSON()] });
  const headers = [
    'HTTP/1.1 503 Service Unavailable',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'retry-after: 1',
    'connection: close',
  ];
  return [...headers, '', body].join('\r\n');
})();

/**
 * Says that nothing more is written, and lets the client close; what it still sends is read, not reset. The answer goes out
 * before any question, as a client that has asked meanwhile could not be answered any more; one that has not drops it.
 */
function finish(socket: Duplex): Promise<void> {
  const limit = setTimeout(() => socket.destroy(), LINGER_MS);
  if (socket.writable) socket.end(NOT_BEGUN);
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearTimeout(limit);
      resolve();
    });
  });
}
