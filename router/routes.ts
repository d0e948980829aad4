import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../platform/telemetry/log.js';

/** Something that is served on the router's port beside /graphql, without its limits of size, time and number. */
export interface Route {
  /** Of all paths that it takes; with a slash at both ends. */
  prefix: string;
  /** What pages of allowed origins may send. */
  methods: readonly string[];
  headers: readonly string[];
  /** Answers, whatever is asked. Streams as it likes. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export type AllowedOrigins = 'any' | readonly string[];

/** CORS (https://fetch.spec.whatwg.org/#http-cors-protocol) for a page of this origin; nothing where it may not call. */
export function corsHeaders(
  origin: string | undefined,
  allowed: AllowedOrigins,
  { methods, headers }: { methods: readonly string[]; headers: readonly string[] },
): Record<string, string> {
  if (origin === undefined || (allowed !== 'any' && !allowed.includes(origin))) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-headers': headers.join(', '),
    'access-control-allow-methods': methods.join(', '),
    'access-control-max-age': '600',
    vary: 'origin',
  };
}

/** One request of a route. Never rejects. */
export async function serveRoute(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  { allowedOrigins, isClosing, log }: { allowedOrigins: AllowedOrigins; isClosing: boolean; log: Log },
): Promise<void> {
  const cors = corsHeaders(request.headers.origin, allowedOrigins, route);
  for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
  if (isClosing) response.setHeader('connection', 'close');
  try {
    if (isClosing) say(response, 503, 'The server is stopping. Try again.');
    else if (request.method === 'OPTIONS') response.writeHead(204, { allow: route.methods.join(', ') }).end();
    else await route.handle(request, response);
  } catch (error) {
    log.error({ err: error, route: route.prefix }, 'a request failed');
    if (response.headersSent) response.destroy();
    else say(response, 500, 'That failed. Try again.');
  }
}

function say(response: ServerResponse, status: number, message: string): void {
  if (status === 503) response.setHeader('retry-after', '1');
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ message }));
}
