import './without-telemetry.js';
import { operationFromDocument, type Operation, type Schema } from '@apollo/federation-internals';
import { ApolloGateway, executeQueryPlan, type GraphQLDataSource, type ServiceMap } from '@apollo/gateway';
import { computeResponse } from '@apollo/gateway/dist/resultShaping.js';
import type { FetchNode, PlanNode, QueryPlan, QueryPlanner } from '@apollo/query-planner';
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import {
  getVariableValues,
  GraphQLError,
  Kind,
  parse,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Caller } from '../platform/auth/caller.js';
import type { Log } from '../platform/telemetry/log.js';
import type { OperationContext } from './data-source.js';
import { Documents, type PreparedOperation } from './documents.js';
import { isIdempotent } from './idempotent.js';
import { formatResult } from './errors.js';

export interface GatewayOptions {
  supergraphSdl: string;
  /** By subgraph name. */
  sources: Record<string, GraphQLDataSource>;
  log: Log;
}

/** A planned operation. `operation` is what the gateway shapes results by. */
interface Planned {
  operation: Operation;
  plan: QueryPlan;
  /** The plan's only step, where that is one fetch. */
  onlyFetch: FetchNode | null;
  isIdempotent: boolean;
}

/**
 * Apollo Gateway on the supergraph, for HTTP and sockets alike. Operations that span subgraphs go through the gateway's
 * executor; those that one subgraph answers (every mutation) take a short cut: one fetch, shaped by the gateway's own code.
 */
export class Gateway {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly apiSchema: Schema;
  readonly supergraphSchema: GraphQLSchema;
  readonly supergraph: DocumentNode;
  readonly documents: Documents;
  private readonly planner: QueryPlanner;
  private readonly planned = new WeakMap<PreparedOperation, Planned>();

  private constructor(
    private readonly apollo: ApolloGateway,
    private readonly sources: Record<string, GraphQLDataSource>,
    readonly log: Log,
    supergraphSdl: string,
  ) {
    // Private to the gateway, but what it has loaded already; the version of the package is exact.
    const { apiSchema, supergraphSchema, queryPlanner } = apollo as unknown as {
      apiSchema: Schema;
      supergraphSchema: GraphQLSchema;
      queryPlanner: QueryPlanner;
    };
    if (!apollo.schema) throw new Error('the gateway has no schema');
    this.schema = apollo.schema;
    this.apiSchema = apiSchema;
    this.supergraphSchema = supergraphSchema;
    this.planner = queryPlanner;
    this.supergraph = parse(supergraphSdl);
    this.documents = new Documents(this.schema);
  }

  static async open({ supergraphSdl, sources, log }: GatewayOptions): Promise<Gateway> {
    const apollo = new ApolloGateway({
      supergraphSdl,
      logger: toLogger(log),
      __exposeQueryPlanExperimental: false,
      buildService: ({ name }) => {
        const source = sources[name];
        if (!source) throw new Error(`the supergraph has a subgraph ${name} that nobody serves`);
        return source;
      },
    });
    await apollo.load();
    return new Gateway(apollo, sources, log, supergraphSdl);
  }

  /** The operation, or the errors that refuse it. */
  prepare(query: string, operationName: string | null): PreparedOperation | readonly GraphQLError[] {
    return this.documents.prepare(query, operationName);
  }

  /** Executes a query or mutation; its limits are the caller's matter. Resolves always, with errors of the catalogue. */
  async execute(
    prepared: PreparedOperation,
    variables: Record<string, unknown>,
    caller: Caller,
    signal?: AbortSignal,
  ): Promise<ExecutionResult> {
    try {
      const planned = this.plan(prepared);
      const context: OperationContext = { caller, signal, isIdempotent: planned.isIdempotent };
      const result = planned.onlyFetch
        ? await this.fetchOnly(planned.operation, planned.onlyFetch, prepared, variables, context)
        : await this.apollo.executor(this.requestContext(prepared, variables, context));
      return formatResult(result as ExecutionResult, this.log);
    } catch (error) {
      return formatResult({ errors: [error as GraphQLError] }, this.log);
    }
  }

  /** The plan of an operation of any kind; a subscription's is { kind: 'Subscription', primary, rest }. */
  planOf(document: DocumentNode, operationName: string | null): { operation: Operation; plan: QueryPlan } {
    const operation = operationFromDocument(this.apiSchema, document, { operationName: operationName ?? undefined });
    return { operation, plan: this.planner.buildQueryPlan(operation) };
  }

  /**
   * Runs a plan whose first step has been taken: `first` answers what that step would have fetched, and is filled up with what
   * the rest brings. Returns what a client gets, aliases, fragments, @include and @skip applied, errors formatted.
   */
  async executeAfter(
    operation: Operation,
    prepared: PreparedOperation,
    first: { fetch: FetchNode; result: ExecutionResult },
    rest: PlanNode,
    variables: Record<string, unknown>,
    caller: Caller,
  ): Promise<ExecutionResult> {
    const services: ServiceMap = {
      ...this.sources,
      [FIRST]: { process: () => Promise.resolve(first.result as never) },
    };
    const plan: QueryPlan = {
      kind: 'QueryPlan',
      node: { kind: 'Sequence', nodes: [{ ...first.fetch, serviceName: FIRST }, rest] },
    };
    const { errors } = await executeQueryPlan(
      plan,
      services,
      this.requestContext(prepared, variables, { caller }),
      { schema: this.schema, operation: withoutSelections(prepared.operation), fragments: {} },
      this.supergraphSchema,
      this.apiSchema,
    );
    // The executor has merged what it fetched into the objects of the first result.
    return this.shape(operation, variables, { data: first.result.data, errors });
  }

  /**
   * What a client gets from a result that one fetch has brought whole. Where the subgraph had no answer at all, each field
   * is null, or their parent where they may not be.
   */
  shape(operation: Operation, variables: Record<string, unknown>, { data, errors }: ExecutionResult): ExecutionResult {
    if (data === null) return formatResult({ data, errors }, this.log);
    const shaped = computeResponse({ operation, variables, input: data ?? {}, introspectionHandling: () => null });
    return formatResult({ data: shaped.data as ExecutionResult['data'], errors }, this.log);
  }

  async close(): Promise<void> {
    await this.apollo.stop();
  }

  private plan(prepared: PreparedOperation): Planned {
    let planned = this.planned.get(prepared);
    if (!planned) {
      const { operation, plan } = this.planOf(prepared.document, prepared.operationName);
      const onlyFetch = selectsIntrospection(prepared) ? null : onlyFetchOf(plan);
      planned = { operation, plan, onlyFetch, isIdempotent: isIdempotent(this.schema, prepared.operation) };
      this.planned.set(prepared, planned);
    }
    return planned;
  }

  private async fetchOnly(
    operation: Operation,
    fetch: FetchNode,
    prepared: PreparedOperation,
    variables: Record<string, unknown>,
    context: OperationContext,
  ): Promise<ExecutionResult> {
    const definitions = prepared.operation.variableDefinitions ?? [];
    const coerced = definitions.length > 0 ? getVariableValues(this.schema, definitions, variables) : null;
    if (coerced?.errors) return { errors: coerced.errors.map(toInputError) };
    const used: Record<string, unknown> = {};
    for (const name of fetch.variableUsages ?? []) if (variables[name] !== undefined) used[name] = variables[name];
    const result = await this.sources[fetch.serviceName]?.process({
      kind: 'incoming operation' as never,
      request: { query: fetch.operation, operationName: fetch.operationName, variables: used },
      incomingRequestContext: null as never,
      context: context as never,
    });
    return this.shape(operation, variables, result as ExecutionResult);
  }

  private requestContext(
    prepared: PreparedOperation,
    variables: Record<string, unknown>,
    context: OperationContext,
  ): GatewayGraphQLRequestContext {
    return {
      request: { query: prepared.query, operationName: prepared.operationName ?? undefined, variables },
      document: prepared.document,
      operation: prepared.operation,
      operationName: prepared.operationName,
      source: prepared.query,
      queryHash: prepared.hash,
      schema: this.schema,
      schemaHash: '' as never,
      context: context as never,
      metrics: {},
      logger: toLogger(this.log),
      cache: null as never,
      overallCachePolicy: null,
    };
  }
}

const FIRST = '(the event)';

function onlyFetchOf({ node }: QueryPlan): FetchNode | null {
  return node?.kind === 'Fetch' && !node.requires && !node.outputRewrites && !node.inputRewrites ? node : null;
}

function selectsIntrospection({ query }: PreparedOperation): boolean {
  return query.includes('__schema') || query.includes('__type(') || /__type\s*[({]/.test(query);
}

function toInputError(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    extensions: { code: 'BAD_USER_INPUT', retryable: false },
  });
}

/**
 * The executor would build the operation anew for each event only to shape the result, which is done here with the one that
 * was built with the plan. It keeps the variables' defaults, by which conditions of a plan are decided.
 */
function withoutSelections(operation: OperationDefinitionNode): OperationDefinitionNode {
  const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;
  return {
    ...operation,
    directives: [],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [typename] },
  };
}

function toLogger(log: Log) {
  return {
    debug: (message?: unknown) => log.debug(String(message)),
    info: (message?: unknown) => log.debug(String(message)),
    warn: (message?: unknown) => log.warn(String(message)),
    error: (message?: unknown) => log.error(String(message)),
  };
}
