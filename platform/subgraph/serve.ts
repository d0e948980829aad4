import type { AddressInfo } from 'node:net';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../auth/caller.js';
import { VIEWER_HEADER, type ViewerTokens } from '../auth/viewer-token.js';
import { Fault } from '../errors/errors.js';
import type { Log } from '../telemetry/log.js';
import { inSpan } from '../telemetry/tracing.js';
import { executeOn } from './execute.js';
import type { Subgraph } from './subgraph.js';

export interface SubgraphServer {
  /** Without a path. */
  url: string;
  close(): Promise<void>;
}

export interface SubgraphServerOptions {
  host: string;
  /** 0: a free one. */
  port: number;
  viewerTokens: ViewerTokens;
  log: Log;
  /** Whether the subgraph can take traffic. */
  isReady?: () => Promise<boolean> | boolean;
}

const request = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});
const event = z.object({ request, streamEvent: z.record(z.string(), z.unknown()) });

/**
 * One subgraph over HTTP, for routers only: POST /graphql, and POST /event, which executes a subscription's selection on
 * the event in the body (by root field). Both refuse whoever carries no viewer token of the router.
 */
export async function serveSubgraph(subgraph: Subgraph, options: SubgraphServerOptions): Promise<SubgraphServer> {
  const { viewerTokens, log, isReady = () => true } = options;
  const app = fastify({
    logger: false,
    bodyLimit: 4 * 1024 * 1024,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, subgraph: subgraph.name }, 'a request failed');
    return refuse(
      reply,
      status,
      status < 500 ? new Fault('BAD_REQUEST', 'The request is not valid.') : new Fault('INTERNAL', 'It failed.'),
    );
  });
  const serve = (path: string, run: (body: unknown, caller: Caller) => Promise<object | null>) =>
    app.post(path, async (incoming: FastifyRequest, reply) => {
      const token = incoming.headers[VIEWER_HEADER];
      const caller = typeof token === 'string' ? viewerTokens.verify(token) : null;
      if (!caller) return refuse(reply, 401, new Fault('UNAUTHENTICATED', 'Only the router asks here.'));
      const { traceparent: parent } = incoming.headers;
      const result = await inSpan(
        `${subgraph.name} ${path}`,
        { kind: 'SERVER', parent: typeof parent === 'string' ? parent : null },
        () => run(incoming.body, caller),
      );
      return result ? send(reply, result) : refuse(reply, 400, new Fault('BAD_REQUEST', 'The request is not valid.'));
    });

  serve('/graphql', async (body, caller) => {
    const parsed = request.safeParse(body);
    return parsed.success ? executeOn(subgraph, parsed.data, caller, undefined, log) : null;
  });
  serve('/event', async (body, caller) => {
    const parsed = event.safeParse(body);
    return parsed.success ? executeOn(subgraph, parsed.data.request, caller, parsed.data.streamEvent, log) : null;
  });
  app.get('/healthz', () => 'ok\n');
  app.get('/readyz', async (_request, reply) => {
    const ready = await Promise.resolve(isReady()).catch(() => false);
    return reply.code(ready ? 200 : 503).send({ ready });
  });

  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () => app.close(),
  };
}

function send(reply: FastifyReply, result: object): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(result));
}

function refuse(reply: FastifyReply, status: number, fault: Fault): FastifyReply {
  return send(reply.code(status), { errors: [fault.toJSON()] });
}
