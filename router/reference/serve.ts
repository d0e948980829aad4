import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Caller } from '../../platform/auth/caller.js';
import type { Rules } from '../../platform/rate-limit/rules.js';
import type { Gateway } from '../gateway.js';
import type { Operations } from '../operations.js';
import { toPage } from './page.js';
import { describeApi } from './reference.js';

interface Made {
  html: Buffer;
  gzipped: Buffer;
  policy: string;
}

/**
 * GET /docs: the reference of the API that this router serves, subgraphs of others included; made when it is first asked for,
 * and again once the supergraph has changed. Where the schema is shown to signed-in people only, there is none.
 */
export function serveReference(
  app: FastifyInstance,
  operations: Operations,
  rules: Rules,
  notFound: (reply: FastifyReply) => FastifyReply,
): void {
  const made = new WeakMap<Gateway, Promise<Made>>();
  app.get('/docs', async (request, reply) => {
    if (!operations.mayIntrospect(anybody)) return notFound(reply);
    const { gateway } = operations;
    const making = made.get(gateway) ?? make(gateway, rules);
    made.set(gateway, making);
    const { html, gzipped, policy } = await making;
    void reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-cache')
      .header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return reply.send(html);
    return reply.header('content-encoding', 'gzip').send(gzipped);
  });
}

const anybody: Caller = { kind: 'nobody', startedAt: 0 };

async function make({ schema, supergraph }: Gateway, rules: Rules): Promise<Made> {
  const { html, policy } = toPage(describeApi(schema, supergraph, rules));
  return { html: Buffer.from(html), gzipped: await promisify(gzip)(html), policy };
}
