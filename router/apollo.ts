import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GatewayInterface, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { OperationTypeNode, print, type ExecutionResult } from 'graphql';
import { Fault } from '../platform/errors/errors.js';
import type { Log } from '../platform/telemetry/log.js';
import type { OperationContext } from './data-source.js';
import { formatError, statusOf, withoutSuggestions } from './errors.js';
import { MAX_TOKENS, type PreparedOperation } from './documents.js';
import { isRefused, type Operations } from './operations.js';

export interface HttpContext extends OperationContext {
  /** Whether the answer is application/graphql-response+json, where the status says what became of the request. */
  usesStatus: boolean;
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
  const { gateway } = operations;
  return {
    onSchemaLoadOrUpdate: (listener) => {
      listener({ apiSchema: gateway.schema, coreSupergraphSdl: print(gateway.supergraph) });
      return () => undefined;
    },
    load: () => Promise.resolve({ executor: execute as never }),
    stop: () => Promise.resolve(),
  };

  async function execute({ source, request, context }: GatewayGraphQLRequestContext): Promise<ExecutionResult> {
    const prepared = prepare(operations, source, request.operationName);
    const { caller, signal } = context as unknown as HttpContext;
    return operations.execute(prepared, request.variables ?? {}, caller, signal);
  }
}

function prepare(operations: Operations, source: string, operationName: string | null | undefined): PreparedOperation {
  const prepared = operations.gateway.prepare(source, operationName || null);
  if (!isRefused(prepared)) return prepared;
  throw prepared[0] ?? new Error('refused without a reason');
}

function checks(operations: Operations): ApolloServerPlugin<HttpContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ source, request, operation, contextValue: { caller } }) => {
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
            throw new Fault(
              'BAD_REQUEST',
              'Subscriptions run over a WebSocket (graphql-transport-ws) or with accept: text/event-stream.',
            );
          operations.check(prepare(operations, source, request.operationName), request.variables ?? {}, caller);
          return Promise.resolve();
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
        willSendResponse: ({ response, contextValue: { caller, usesStatus } }) => {
          if (response.body.kind !== 'single') return Promise.resolve();
          const { errors, data } = response.body.singleResult;
          if (!errors || errors.length === 0) return Promise.resolve();
          if (!operations.mayIntrospect(caller))
            response.body.singleResult.errors = errors.map((error) => withoutSuggestions({ ...error }));
          if (data !== undefined) return Promise.resolve();
          const code = errors[0]?.extensions?.code;
          const status = statusOf(errors);
          if (!usesStatus) response.http.status = answeredWith200.has(code) ? 200 : status;
          else response.http.status = status === 200 && !isPersistedQuery(code) ? 400 : status;
          if (response.http.status === 503 || response.http.status === 429)
            response.http.headers.set('retry-after', '1');
          return Promise.resolve();
        },
      }),
  };
}

function isPersistedQuery(code: unknown): boolean {
  return typeof code === 'string' && code.startsWith('PERSISTED_QUERY');
}
