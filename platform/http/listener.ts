import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** PEM. */
export interface Tls {
  certificate: string;
  key: string;
}

/** A connection that says nothing is not waited for when a server ends. */
const HANDSHAKE_MS = 5_000;

/** The server below an HTTP API: with TLS where there is a certificate. As fastify's serverFactory, which leaves all options to it. */
export const listenerFor =
  (tls: Tls | null, options: ServerOptions) =>
  (handle: RequestListener): Server =>
    tls
      ? createTlsServer({ ...options, cert: tls.certificate, key: tls.key, handshakeTimeout: HANDSHAKE_MS }, handle)
      : createServer(options, handle);

/** Without a path. */
export function originOf(tls: Tls | null, host: string, port: number): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
