import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../auth/caller.js';
import { SERVICE_HEADER, type ServiceTokens } from '../auth/service-token.js';
import { SubgraphCallers } from '../auth/subgraph-callers.js';
import { VIEWER_HEADER, type ViewerTokens } from '../auth/viewer-token.js';
import { Fault } from '../errors/errors.js';
import { Connections } from '../http/connections.js';
import { listenerFor, originOf, type Tls } from '../http/listener.js';
import type { PubSub } from '../pubsub/port.js';
import type { Log } from '../telemetry/log.js';
import { inSpan } from '../telemetry/tracing.js';
import { executeOn } from './execute.js';
import { answerInternal, type InternalCall } from './internal.js';
import type { Subgraph } from './subgraph.js';
import { SubscriptionSockets } from './subscription-sockets.js';

export interface SubgraphServer {
  /** Without a path. */
  url: string;
  /** Takes no more requests, answers those under way, then ends. */
  close(): Promise<void>;
}

export interface SubgraphServerOptions {
  host: string;
  /** 0: a free one. */
  port: number;
  tls?: Tls | null;
  viewerTokens: ViewerTokens;
  /** Those whom viewer tokens name, and nobody else, unless given. */
  callers?: SubgraphCallers;
  /** Serves the subgraph's subscriptions too. */
  sockets?: { pubsub: PubSub; max: number };
  log: Log;
  /** Whether the subgraph can take traffic. */
  isReady?: () => Promise<boolean> | boolean;
  /** What other processes ask of it beyond GraphQL, and how they say who they are. */
  internal?: { calls: readonly InternalCall[]; serviceTokens: ServiceTokens };
  /** Requests at work at the same time; the next ones get 503 at once. */
  maxInFlight?: number;
}

const BODY_LIMIT = 16 * 1024 * 1024;

const request = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});
const event = z.object({ request, streamEvent: z.record(z.string(), z.unknown()) });

/**
 * One subgraph over HTTP, for routers and Parley's own processes only: POST /graphql, and sockets for its subscriptions, for
 * a caller that SubgraphCallers knows; POST /event, which executes a subscription's selection on the event in the body (by
 * root field), for the caller in a viewer token; and POST /internal/…, for processes that show a service token. A 503 says
 * that nothing was begun.
 */
export async function serveSubgraph(subgraph: Subgraph, options: SubgraphServerOptions): Promise<SubgraphServer> {
  const { isReady = () => true, tls = null } = options;
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    serverFactory: listenerFor(tls, { keepAliveTimeout: 65_000 }),
    forceCloseConnections: false, // see Connections
    return503OnClosing: false,
  });
  let isClosing = false;
  refuseTooMuch(app, options.maxInFlight ?? Infinity, () => isClosing);
  addErrors(app, subgraph, options.log);
  addGraphQL(app, subgraph, options);
  addInternal(app, options);
  app.get('/healthz', () => 'ok\n');
  app.get('/readyz', async (_request, reply) => {
    const ready = !isClosing && (await Promise.resolve(isReady()).catch(() => false));
    return reply.code(ready ? 200 : 503).send({ ready });
  });
  const { sockets } = options;
  const subscriptions =
    sockets && subgraph.schema.getSubscriptionType()
      ? await SubscriptionSockets.attach(app.server, subgraph, {
          callers: callersOf(options),
          pubsub: sockets.pubsub,
          maxSockets: sockets.max,
          log: options.log,
        })
      : null;
  const connections = new Connections(app.server);
  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: originOf(tls, options.host, port),
    close: async () => {
      isClosing = true;
      await Promise.all([subscriptions?.close(), connections.end()]);
      await app.close();
    },
  };
}

function refuseTooMuch(app: FastifyInstance, maxInFlight: number, isClosing: () => boolean): void {
  let inFlight = 0;
  app.addHook('onRequest', (incoming, reply, done) => {
    if (incoming.method !== 'POST') return done();
    if (inFlight < maxInFlight && !isClosing()) {
      inFlight++;
      reply.raw.once('close', () => inFlight--);
      return done();
    }
    void reply.header('retry-after', '1');
    refuse(reply, 503, new Fault('OVERLOADED', 'This part of Parley has too much to do. Try again.'));
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing()) void reply.header('connection', 'close');
    done(null, payload);
  });
}

function addErrors(app: FastifyInstance, subgraph: Subgraph, log: Log): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, subgraph: subgraph.name }, 'a request failed');
    return refuse(
      reply,
      status,
      status < 500 ? new Fault('BAD_REQUEST', 'The request is not valid.') : new Fault('INTERNAL', 'It failed.'),
    );
  });
}

function callersOf({ callers, viewerTokens }: SubgraphServerOptions): SubgraphCallers {
  return callers ?? new SubgraphCallers(viewerTokens);
}

type CallerOf = (headers: FastifyRequest['headers']) => Promise<Caller | null>;

function addGraphQL(app: FastifyInstance, subgraph: Subgraph, options: SubgraphServerOptions): void {
  const { log } = options;
  const callers = callersOf(options);
  const serve = (path: string, callerOf: CallerOf, run: (body: unknown, caller: Caller) => Promise<object | null>) =>
    app.post(path, async (incoming: FastifyRequest, reply) => {
      const caller = await callerOf(incoming.headers).catch((error: unknown) => {
        if (error instanceof Fault) return error;
        throw error;
      });
      if (caller instanceof Fault)
        return refuse(reply, caller.extensions.code === 'UNAUTHENTICATED' ? 401 : 503, caller);
      if (!caller) return refuse(reply, 401, new Fault('UNAUTHENTICATED', 'Only the router asks here.'));
      const result = await inSpan(`${subgraph.name} ${path}`, { kind: 'SERVER', parent: parentOf(incoming) }, () =>
        run(incoming.body, caller),
      );
      return result ? send(reply, JSON.stringify(result)) : invalid(reply);
    });

  const vouched = (token: string | string[] | undefined) => (typeof token === 'string' ? token : undefined);
  const anyone: CallerOf = (headers) =>
    callers.of({ viewerToken: vouched(headers[VIEWER_HEADER]), authorization: headers.authorization });
  // An event in a request is believed, so only a router may bring one.
  const vouchedFor: CallerOf = async (headers) => callers.vouchedFor(vouched(headers[VIEWER_HEADER]) ?? '');
  serve('/graphql', anyone, async (body, caller) => {
    const parsed = request.safeParse(body);
    return parsed.success ? executeOn(subgraph, parsed.data, caller, undefined, log) : null;
  });
  serve('/event', vouchedFor, async (body, caller) => {
    const parsed = event.safeParse(body);
    return parsed.success ? executeOn(subgraph, parsed.data.request, caller, parsed.data.streamEvent, log) : null;
  });
}

function parentOf({ headers: { traceparent } }: FastifyRequest): string | null {
  return typeof traceparent === 'string' ? traceparent : null;
}

function addInternal(app: FastifyInstance, { internal, log }: SubgraphServerOptions): void {
  if (!internal) return;
  // Its bodies are encode's, see wire.ts.
  void app.register((scope, _options, done) => {
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    for (const call of internal.calls)
      scope.post(call.path, async (incoming: FastifyRequest, reply) => {
        const token = incoming.headers[SERVICE_HEADER];
        if (typeof token !== 'string' || !internal.serviceTokens.verify(token))
          return refuse(reply, 401, new Fault('UNAUTHENTICATED', 'Only processes of Parley ask here.'));
        const answer = await answerInternal(call, incoming.body as string, log);
        return answer === null ? invalid(reply) : send(reply, answer);
      });
    done();
  });
}

function send(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text);
}

function invalid(reply: FastifyReply): FastifyReply {
  return refuse(reply, 400, new Fault('BAD_REQUEST', 'The request is not valid.'));
}

function refuse(reply: FastifyReply, status: number, fault: Fault): FastifyReply {
  return send(reply.code(status), JSON.stringify({ errors: [fault.toJSON()] }));
}
