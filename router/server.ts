import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HeaderMap, type ApolloServer } from '@apollo/server';
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { catalogue, Fault, type FaultCode } from '../platform/errors/errors.js';
import type { Rules } from '../platform/rate-limit/rules.js';
import type { Log } from '../platform/telemetry/log.js';
import { startApolloServer, type HttpContext } from './apollo.js';
import { Connections } from '../platform/http/connections.js';
import { listenerFor, originOf, type Tls } from '../platform/http/listener.js';
import { formatErrors } from './errors.js';
import { explorer } from './explorer.js';
import { corsHeaders, serveRoute, type AllowedOrigins, type Route } from './routes.js';
import { paths, type Entrance } from './entrance.js';
import type { Operations } from './operations.js';
import { serveReference } from './reference/serve.js';
import { addressOf, type Sockets } from './sockets.js';
import type { ServerSentEvents } from './sse.js';
import { serveWebApp, type WebApp } from './web-app.js';

export interface RouterServerOptions extends Entrance {
  /** At paths.partners; nothing is there without it. */
  partners?: Entrance;
  host: string;
  /** 0: a free one. */
  port: number;
  tls: Tls | null;
  sockets: Sockets;
  events: ServerSentEvents;
  log: Log;
  /** Origins of browsers that may call from other sites. */
  allowedOrigins: AllowedOrigins;
  /** What is served besides. */
  routes?: readonly Route[];
  trustProxy: boolean;
  /** For the reference. */
  rateLimits: Rules;
  /** Requests at work at the same time; the next ones get 503 at once. */
  maxInFlight: number;
  /** Served at every other path; null where there is none. */
  webApp: WebApp | null;
  /** Where media lie, besides here, as an origin: the web app may load and put them there. */
  mediaOrigin?: string | null;
}

export interface RouterServer {
  /** Without a path: http://127.0.0.1:4000 */
  url: string;
  /** Answers what is under way, tells sockets to reconnect, spread over `spreadMs`, then ends. */
  close(spreadMs?: number): Promise<void>;
}

const BODY_LIMIT = 256 * 1024;
const REQUEST_TIMEOUT = 30_000;

/** /graphql for HTTP, SSE, sockets and the explorer, /partner/graphql, /docs, and the web app everywhere else. Rejects where the port is taken (code EADDRINUSE). */
export async function startRouterServer(options: RouterServerOptions): Promise<RouterServer> {
  const { operations, authenticator, partners, sockets, events, log, allowedOrigins, routes = [] } = options;
  const entrances = [open(paths.everybody, { operations, authenticator }, log)];
  if (partners) entrances.push(open(paths.partners, partners, log));
  await entrances[0]!.apollo();
  const listen = listenerFor(options.tls, {
    // Of whole requests, Node's would count for routes too: see limitBody.
    requestTimeout: 0,
    headersTimeout: 10_000,
    keepAliveTimeout: 65_000,
  });
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    serverFactory: (handle) =>
      listen((request, response) => {
        const route = routes.find(({ prefix }) => request.url?.startsWith(prefix));
        if (route) return void serveRoute(route, request, response, { allowedOrigins, isClosing, log });
        limitBody(request, response);
        handle(request, response);
      }),
    forceCloseConnections: false, // see Connections
    // Fastify's own 503 is no GraphQL answer.
    return503OnClosing: false,
  });
  let isClosing = false;
  app.removeContentTypeParser('text/plain');
  addRoutes(app, entrances, options, () => isClosing);
  sockets.attach(app.server);
  const connections = new Connections(app.server);
  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: originOf(options.tls, options.host, port),
    close: async (spreadMs) => {
      isClosing = true;
      events.close();
      const gone = sockets.close(spreadMs);
      // Meanwhile whoever still comes is told so.
      if (spreadMs) await gone;
      await Promise.all([gone, connections.end()]);
      await app.close();
      await Promise.all(entrances.map((entrance) => entrance.stop()));
    },
  };
}

interface OpenEntrance extends Entrance {
  path: string;
  /** Started when it is first asked for: few routers have partners. */
  apollo: () => Promise<ApolloServer<HttpContext>>;
  stop(): Promise<void>;
}

function open(path: string, { operations, authenticator }: Entrance, log: Log): OpenEntrance {
  let server: Promise<ApolloServer<HttpContext>> | null = null;
  return {
    path,
    operations,
    authenticator,
    apollo: () => (server ??= startApolloServer(operations, log)),
    stop: async () => (await server)?.stop(),
  };
}

/** Whoever sends the body of a request slowly does not hold its connection for ever. */
function limitBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const timer = setTimeout(() => {
    if (request.complete) return;
    if (!response.headersSent) response.writeHead(408, { connection: 'close' }).end();
    request.destroy();
  }, REQUEST_TIMEOUT);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}

function addRoutes(
  app: FastifyInstance,
  entrances: readonly OpenEntrance[],
  options: RouterServerOptions,
  isClosing: () => boolean,
): void {
  const { log, maxInFlight } = options;
  let inFlight = 0;
  app.setErrorHandler((error: FastifyError, request, reply) => refuse(request, reply, toFault(error, log), log));
  app.setNotFoundHandler((_request, reply) => notFound(reply));
  app.addHook('onRequest', (request, reply, done) => {
    allowOrigin(request, reply, options.allowedOrigins);
    if (inFlight < maxInFlight && !isClosing()) return done();
    const why = isClosing() ? 'The server is stopping.' : 'The server has too much to do.';
    refuse(request, reply, new Fault('OVERLOADED', `${why} Try again.`), log);
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing()) void reply.header('connection', 'close');
    done(null, payload);
  });
  for (const entrance of entrances) {
    const { path: url } = entrance;
    app.route({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        // Where documents are locked it would ask for the schema, and be refused.
        if (url === paths.everybody && wantsPage(request) && !entrance.operations.isLocked)
          return sendExplorer(request, reply);
        inFlight++;
        try {
          return await answer(request, reply, entrance, options);
        } finally {
          inFlight--;
        }
      },
    });
    app.options(url, (_request, reply) => reply.code(204).header('allow', 'GET, POST').send());
    app.route({
      method: ['PUT', 'PATCH', 'DELETE'],
      url,
      handler: (request, reply) => {
        void reply.code(405).header('allow', 'GET, POST');
        return refuse(request, reply, new Fault('BAD_REQUEST', 'GraphQL is asked by GET or POST.'), log, 405);
      },
    });
  }
  serveReference(app, options.operations, options.rateLimits, notFound);
  const { webApp, mediaOrigin } = options;
  if (webApp) serveWebApp(app, webApp, mediaOrigin ? [mediaOrigin] : [], notFound);
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .type('application/json; charset=utf-8')
    .send({ message: `Parley's API is at ${paths.everybody}.` });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { operations, authenticator, apollo }: OpenEntrance,
  options: RouterServerOptions,
): Promise<FastifyReply> {
  const caller = await authenticator.callerOf(
    request.headers.authorization,
    addressOf(request.raw, options.trustProxy),
  );
  if (wantsEvents(request)) {
    const params = request.method === 'GET' ? queryOf(request) : (request.body as Record<string, unknown> | null);
    await serveEvents(reply, (to) => options.events.serve(params ?? {}, request.method, caller, to, operations));
    return reply;
  }
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  // Apollo wants a preflight before every GET. Credentials here travel in a header that no other site can attach, and GET
  // runs queries only; so it is enough to refuse what a browser says comes from another site.
  if (request.method === 'GET' && !comesFromElsewhere(request)) headers.set('apollo-require-preflight', 'true');
  const usesStatus = prefersResponseType(request);
  // Apollo would negotiate twice, which takes a tenth of a small request; the type of the answer is set below.
  if (takesJson(request)) headers.delete('accept');
  const { search, body } = admitted(request, operations);
  const server = await apollo();
  const response = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method, headers, search, body },
    context: () =>
      Promise.resolve({ caller, signal: gone.signal, usesStatus, traceparent: headers.get('traceparent') }),
  });
  for (const [name, value] of response.headers) void reply.header(name, value);
  if (usesStatus && response.headers.get('content-type')?.startsWith('application/json'))
    void reply.type('application/graphql-response+json; charset=utf-8');
  void reply.code(response.status ?? 200);
  if (response.body.kind === 'complete') return reply.send(response.body.string);
  throw new Error('answers in parts are not spoken here');
}

/** What is to be run: as it came, or, where known documents alone are run, one of them. Throws DOCUMENT_NOT_TRUSTED. */
function admitted(request: FastifyRequest, operations: Operations): { search: string; body: unknown } {
  const { method, body } = request;
  if (!operations.isLocked) return { search: searchOf(request), body };
  if (method === 'GET') {
    const params = operations.admit(Object.fromEntries(new URLSearchParams(searchOf(request))));
    return { search: `?${new URLSearchParams(params as Record<string, string>).toString()}`, body };
  }
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return { search: '', body: operations.admit(isObject ? (body as Record<string, unknown>) : {}) };
}

/** Fastify lets go of the response where the stream has begun; errors before that become an ordinary answer. */
async function serveEvents(reply: FastifyReply, serve: (response: ServerResponse) => Promise<void>): Promise<void> {
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  const serving = serve(reply.raw);
  if (reply.raw.headersSent) reply.hijack();
  await serving;
}

async function sendExplorer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { html, gzipped, policy } = await explorer();
  void reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-cache')
    .header('vary', 'accept, accept-encoding');
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return reply.send(html);
  return reply.header('content-encoding', 'gzip').send(gzipped);
}

function refuse(request: FastifyRequest, reply: FastifyReply, fault: Fault, log: Log, status?: number): FastifyReply {
  const code = fault.code;
  const chosen = status ?? (fault.extensions.status as number | undefined) ?? catalogue[code].status;
  if (chosen === 503 || chosen === 429) void reply.header('retry-after', '1');
  if (chosen === 401) void reply.header('www-authenticate', 'Bearer');
  return reply
    .code(chosen)
    .type(
      prefersResponseType(request)
        ? 'application/graphql-response+json; charset=utf-8'
        : 'application/json; charset=utf-8',
    )
    .send(JSON.stringify({ errors: formatErrors([fault], log) }));
}

function toFault(error: FastifyError, log: Log): Fault {
  if (error instanceof Fault) return error;
  const status = error.statusCode ?? 500;
  const bad = (message: string) => new Fault('BAD_REQUEST', message, { extensions: { status } });
  if (status === 413) return bad(`The body is larger than ${BODY_LIMIT / 1024} KB.`);
  if (status === 415) return bad('The body is not JSON: send content-type: application/json.');
  if (status === 400) return bad('The body is not valid JSON.');
  const [formatted] = formatErrors([error], log);
  return new Fault((formatted?.extensions.code as FaultCode) ?? 'INTERNAL', formatted?.message ?? '', {
    extensions: formatted?.extensions,
  });
}

function wantsPage(request: FastifyRequest): boolean {
  // With a query too: the explorer keeps its own in the address, for a reload or a link to share.
  return request.method === 'GET' && acceptOf(request).includes('text/html');
}

function wantsEvents(request: FastifyRequest): boolean {
  return acceptOf(request).includes('text/event-stream');
}

/** Fetch metadata (https://www.w3.org/TR/fetch-metadata/): only browsers send it. */
function comesFromElsewhere({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

/** Whether application/graphql-response+json comes before application/json, or stands alone. */
function prefersResponseType(request: FastifyRequest): boolean {
  const accept = acceptOf(request);
  const modern = accept.indexOf('application/graphql-response+json');
  const older = accept.indexOf('application/json');
  return modern >= 0 && (older < 0 || modern < older);
}

/** Whether a type of our answers is accepted, by a range without weight. */
function takesJson(request: FastifyRequest): boolean {
  return acceptOf(request)
    .split(',')
    .some((range) => /^ *application\/(graphql-response\+)?json *$/.test(range));
}

function acceptOf(request: FastifyRequest): string {
  return (request.headers.accept ?? '').toLowerCase();
}

function searchOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at);
}

function queryOf(request: FastifyRequest): Record<string, unknown> {
  const params: Record<string, unknown> = Object.fromEntries(new URLSearchParams(searchOf(request)));
  if (typeof params.variables !== 'string' || params.variables === '') return params;
  try {
    return { ...params, variables: JSON.parse(params.variables) as unknown };
  } catch {
    throw new Fault('BAD_REQUEST', 'variables is not valid JSON.');
  }
}

const cors = {
  methods: ['GET', 'POST'],
  headers: ['authorization', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'],
};

function allowOrigin({ headers }: FastifyRequest, reply: FastifyReply, allowed: AllowedOrigins): void {
  void reply.headers(corsHeaders(headers.origin, allowed, cors));
}
