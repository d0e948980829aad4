import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GatewayInterface, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { OperationTypeNode, print, type ExecutionResult } from 'graphql';
import { Fault } from '../platform/errors/errors.js';
import type { Allowance } from '../platform/rate-limit/port.js';
import type { Log } from '../platform/telemetry/log.js';
import type { OperationContext } from './data-source.js';
import { formatError, statusOf, withoutSuggestions } from './errors.js';
import { MAX_TOKENS, type PreparedOperation } from './documents.js';
import { isRefused, toExtension, type Operations } from './operations.js';

export interface HttpContext extends OperationContext {
  /** Whether the answer is application/graphql-response+json, where the status says what became of the request. */
  usesStatus: boolean;
  /** What the caller has left after this operation. */
  allowance?: Allowance | null;
  /** W3C trace context that the client sent. */
  traceparent?: string;
}

/** Apollo Server for operations over HTTP, on our gateway and with our limits and errors. Started. */
export async function startApolloServer(operations: Operations, log: Log): Promise<ApolloServer<HttpContext>> {
  const server = new ApolloServer<HttpContext>({
    gateway: asApolloGateway(operations),
    nodeEnv: 'production',
    introspection: true, // who may is decided in Operations
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    cache: 'bounded',
    logger: {
      debug: (message?: unknown) => log.debug(String(message)),
      info: (message?: unknown) => log.debug(String(message)),
      warn: (message?: unknown) => log.warn(String(message)),
      error: (message?: unknown) => log.error(String(message)),
    },
    formatError: (_formatted, error) => formatError(error, log).toJSON(),
    plugins: [ApolloServerPluginLandingPageDisabled(), checks(operations), answers(operations)],
  });
  await server.start();
  return server;
}

function asApolloGateway(operations: Operations): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (listener) => {
      const tell = () => {
        const { supergraph } = operations.gateway;
        listener({ apiSchema: operations.schema, coreSupergraphSdl: print(supergraph) });
      };
      tell();
      return operations.onReplaced(tell);
    },
    load: () => Promise.resolve({ executor: execute as never }),
    stop: () => Promise.resolve(),
  };

  async function execute({ source, request, context }: GatewayGraphQLRequestContext): Promise<ExecutionResult> {
    const prepared = prepare(operations, source, request.operationName);
    const { caller, signal, traceparent } = context as unknown as HttpContext;
    return operations.execute(prepared, request.variables ?? {}, caller, signal, traceparent);
  }
}

function prepare(operations: Operations, source: string, operationName: string | null | undefined): PreparedOperation {
  const prepared = operations.read(source, operationName || null);
  if (!isRefused(prepared)) return prepared;
  throw prepared[0] ?? new Error('refused without a reason');
}

function checks(operations: Operations): ApolloServerPlugin<HttpContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: async ({ source, request, operation, contextValue }) => {
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
            throw new Fault(
              'BAD_REQUEST',
              'Subscriptions run over a WebSocket (graphql-transport-ws) or with accept: text/event-stream.',
            );
          const prepared = prepare(operations, source, request.operationName);
          const cost = operations.check(prepared, request.variables ?? {}, contextValue.caller);
          contextValue.allowance = await operations.pay(cost, contextValue.caller);
        },
      }),
  };
}

/** Codes whose answer is 200 in the older application/json, which has well-formed GraphQL answers at 200. */
const answeredWith200 = new Set<unknown>(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

function answers(operations: Operations): ApolloServerPlugin<HttpContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ response, contextValue: { caller, usesStatus, allowance } }) => {
          if (response.body.kind !== 'single') return Promise.resolve();
          if (allowance) tellAllowance(response.http.headers, response.body.singleResult, allowance);
          const { errors, data } = response.body.singleResult;
          if (!errors || errors.length === 0) return Promise.resolve();
          if (!operations.mayIntrospect(caller))
            response.body.singleResult.errors = errors.map((error) => withoutSuggestions({ ...error }));
          if (data !== undefined) return Promise.resolve();
          const code = errors[0]?.extensions?.code;
          const status = statusOf(errors);
          if (!usesStatus) response.http.status = answeredWith200.has(code) ? 200 : status;
          else response.http.status = status === 200 && !isPersistedQuery(code) ? 400 : status;
          const retryAt = Date.parse(String(errors[0]?.extensions?.retryAt));
          const seconds = Number.isNaN(retryAt) ? 1 : Math.max(1, Math.ceil((retryAt - Date.now()) / 1_000));
          if (response.http.status === 503 || response.http.status === 429)
            response.http.headers.set('retry-after', String(seconds));
          return Promise.resolve();
        },
      }),
  };
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers, and the same in extensions.rateLimit. */
function tellAllowance(
  headers: Map<string, string>,
  result: { extensions?: Record<string, unknown> },
  allowance: Allowance,
): void {
  const seconds = Math.max(0, Math.ceil((allowance.resetAt - Date.now()) / 1_000));
  headers.set('ratelimit-policy', `"operations";q=${allowance.limit};w=60;qu="cost"`);
  headers.set('ratelimit', `"operations";r=${allowance.remaining};t=${seconds}`);
  result.extensions = { ...result.extensions, rateLimit: toExtension(allowance) };
}

function isPersistedQuery(code: unknown): boolean {
  return typeof code === 'string' && code.startsWith('PERSISTED_QUERY');
}
