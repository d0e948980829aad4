import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface';
import type { ExecutionResult } from 'graphql';
import type { Caller } from '../platform/auth/caller.js';
import { VIEWER_HEADER, type ViewerTokens } from '../platform/auth/viewer-token.js';
import { unavailable } from '../platform/errors/report.js';
import { executeOn } from '../platform/subgraph/execute.js';
import { Instances } from '../platform/subgraph/instances.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import type { Log } from '../platform/telemetry/log.js';

/** What the router puts into every operation's context. */
export interface OperationContext {
  caller: Caller;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
  /** Whether its mutations may run twice, and return the first result then. */
  isIdempotent?: boolean;
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
  /** Of the subgraph's GraphQL endpoint; or the instances that have it at /graphql. */
  url: string | Instances;
  viewerTokens: ViewerTokens;
  /** Sockets kept to this subgraph. */
  connections?: number;
  /** For the whole answer, ms. */
  timeout?: number;
}

/** For how long a caller's signed token is used again, ms; it lives 30 s. */
const TOKEN_REUSE = 10_000;

/** A subgraph over HTTP. One that refuses, hangs or answers with anything but GraphQL is UNAVAILABLE. */
export class HttpDataSource implements GraphQLDataSource<Record<string, unknown>> {
  private readonly instances: Instances;
  private readonly path: string;
  private readonly tokens = new WeakMap<Caller, { token: string; until: number }>();

  constructor(private readonly options: HttpDataSourceOptions) {
    if (typeof options.url === 'string') {
      const url = new URL(options.url);
      this.path = url.pathname + url.search;
      this.instances = new Instances([url.origin], options);
    } else {
      this.path = '/graphql';
      this.instances = options.url;
    }
  }

  async process(options: Options): Promise<GatewayGraphQLResponse> {
    const { query, variables, operationName } = options.request;
    const { caller, signal, isIdempotent = false } = options.context as unknown as OperationContext;
    // Another mutation that may have reached an instance is repeated by the client alone, who knows whether that is safe.
    const mayRepeat = isIdempotent || !query?.trimStart().startsWith('mutation');
    return this.post(this.path, { query, variables, operationName }, this.tokenOf(caller), mayRepeat, signal);
  }

  /** Executes a selection on an event that the hub holds: the subgraph's POST /event. */
  runEvent(request: object, caller: Caller, streamEvent: unknown): Promise<ExecutionResult> {
    return this.post('/event', { request, streamEvent }, this.tokenOf(caller), true);
  }

  async close(): Promise<void> {
    await this.instances.close();
  }

  private async post(
    path: string,
    body: object,
    token: string,
    mayRepeat: boolean,
    signal?: AbortSignal,
  ): Promise<ExecutionResult> {
    try {
      const { status, text } = await this.instances.post({
        path,
        body: JSON.stringify(body),
        headers: { [VIEWER_HEADER]: token },
        signal,
        mayRepeat,
      });
      // That the subgraph does not know this router is no fault of the client, whose session is fine.
      if (status === 401) throw new Error('the subgraph does not take the tokens of this router');
      const result = JSON.parse(text) as ExecutionResult;
      if (result.data === undefined && !result.errors) throw new Error(`answered with ${status}`);
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
