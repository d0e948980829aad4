import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface';
import type { ExecutionResult } from 'graphql';
import { Pool } from 'undici';
import type { Caller } from '../platform/auth/caller.js';
import { VIEWER_HEADER, type ViewerTokens } from '../platform/auth/viewer-token.js';
import { unavailable } from '../platform/errors/report.js';
import { executeOn } from '../platform/subgraph/execute.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import { traceparent } from '../platform/telemetry/tracing.js';
import type { Log } from '../platform/telemetry/log.js';

/** What the router puts into every operation's context. */
export interface OperationContext {
  caller: Caller;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
}

type Options = GraphQLDataSourceProcessOptions<Record<string, unknown>>;

/** A subgraph in this very process. */
export class InProcessDataSource implements GraphQLDataSource<Record<string, unknown>> {
  constructor(
    private readonly subgraph: Subgraph,
    private readonly log: Log,
  ) {}

  async process(options: Options): Promise<GatewayGraphQLResponse> {
    const { query, variables, operationName } = options.request;
    const { caller } = options.context as unknown as OperationContext;
    const request = { query: query ?? '', variables, operationName };
    return await executeOn(this.subgraph, request, caller, undefined, this.log);
  }
}

export interface HttpDataSourceOptions {
  /** Of the subgraph's GraphQL endpoint. */
  url: string;
  viewerTokens: ViewerTokens;
  /** Sockets kept to this subgraph. */
  connections?: number;
  /** For the whole answer, ms. */
  timeout?: number;
}

/** For how long a caller's signed token is used again, ms; it lives 30 s. */
const TOKEN_REUSE = 10_000;

/**
 * A subgraph over HTTP/1.1 on sockets that are kept. A subgraph that refuses, hangs or answers with anything but GraphQL
 * is UNAVAILABLE.
 */
export class HttpDataSource implements GraphQLDataSource<Record<string, unknown>> {
  private readonly pool: Pool;
  private readonly path: string;
  private readonly tokens = new WeakMap<Caller, { token: string; until: number }>();

  constructor(private readonly options: HttpDataSourceOptions) {
    const url = new URL(options.url);
    const timeout = options.timeout ?? 10_000;
    this.path = url.pathname + url.search;
    this.pool = new Pool(url.origin, {
      connections: options.connections ?? 64,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      connectTimeout: 2_000,
      headersTimeout: timeout,
      bodyTimeout: timeout,
    });
  }

  async process(options: Options): Promise<GatewayGraphQLResponse> {
    const { query, variables, operationName } = options.request;
    const { caller, signal } = options.context as unknown as OperationContext;
    const result = await this.post(this.path, { query, variables, operationName }, this.tokenOf(caller), signal);
    return result;
  }

  /** Executes a selection on an event that the hub holds: the subgraph's POST /event. */
  runEvent(request: object, caller: Caller, streamEvent: unknown): Promise<ExecutionResult> {
    return this.post('/event', { request, streamEvent }, this.tokenOf(caller));
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private async post(path: string, body: object, token: string, signal?: AbortSignal): Promise<ExecutionResult> {
    try {
      const response = await this.pool.request({
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          [VIEWER_HEADER]: token,
          traceparent: traceparent(),
        },
        body: JSON.stringify(body),
        signal,
      });
      const result = (await response.body.json()) as ExecutionResult;
      if (result.data === undefined && !result.errors) throw new Error(`answered with ${response.statusCode}`);
      return result;
    } catch (cause) {
      return { errors: [unavailable(cause)] };
    }
  }

  private tokenOf(caller: Caller): string {
    const now = Date.now();
    const known = this.tokens.get(caller);
    if (known && known.until > now) return known.token;
    const token = this.options.viewerTokens.sign(caller);
    this.tokens.set(caller, { token, until: now + TOKEN_REUSE });
    return token;
  }
}
