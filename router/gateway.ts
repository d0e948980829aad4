import './without-telemetry.js';
import { operationFromDocument, type Operation, type Schema } from '@apollo/federation-internals';
import { ApolloGateway, executeQueryPlan, type GraphQLDataSource, type ServiceMap } from '@apollo/gateway';
import type { FetchNode, PlanNode, QueryPlan, QueryPlanner } from '@apollo/query-planner';
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import {
  getVariableValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
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
import { ResultShape } from './result-shape.js';

export interface GatewayOptions {
  supergraphSdl: string;
  /** Whether it is known to be valid, as the one that comes with Parley is: to check it takes a tenth of a start. */
  isValidated?: boolean;
  /** By subgraph name. */
  sources: Record<string, GraphQLDataSource>;
  log: Log;
}

interface Planned {
  /** Null where nothing is to be fetched. */
  steps: PlanNode | null;
  introspects: boolean;
  isIdempotent: boolean;
}

/**
 * Apollo Gateway on the supergraph, for HTTP and sockets alike. It plans operations, and runs the plans of those that span
 * subgraphs; what one subgraph answers (every mutation) is one fetch. All it does for an operation alone is done once: the
 * plan, and the shape of the answer.
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
  private readonly shapes = new WeakMap<PreparedOperation, ResultShape>();

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

  static async open({ supergraphSdl, isValidated = false, sources, log }: GatewayOptions): Promise<Gateway> {
    const apollo = new ApolloGateway({
      supergraphSdl,
      validateSupergraph: !isValidated,
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
      if (planned.introspects) {
        const result = await this.apollo.executor(this.requestContext(prepared, variables, context));
        return formatResult(result as ExecutionResult, this.log);
      }
      const errors = this.errorsIn(variables, prepared);
      if (errors) return formatResult({ errors }, this.log);
      const { steps } = planned;
      const result = isFetch(steps)
        ? await this.fetch(steps, variables, context)
        : await this.fetchAll(steps, prepared, variables, context);
      return this.shape(prepared, variables, result);
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
    prepared: PreparedOperation,
    first: { fetch: FetchNode; result: ExecutionResult },
    rest: PlanNode,
    variables: Record<string, unknown>,
    caller: Caller,
  ): Promise<ExecutionResult> {
    const node: PlanNode = { kind: 'Sequence', nodes: [{ ...first.fetch, serviceName: GIVEN }, rest] };
    const errors = await this.run(node, first.result, prepared, variables, { caller });
    return this.shape(prepared, variables, { data: first.result.data, errors });
  }

  /**
   * What a client gets from a result that one fetch has brought whole. Where the subgraph had no answer at all, each field
   * is null, or their parent where they may not be.
   */
  shape(
    prepared: PreparedOperation,
    variables: Record<string, unknown>,
    { data, errors }: ExecutionResult,
  ): ExecutionResult {
    if (data === null) return formatResult({ data, errors }, this.log);
    let shape = this.shapes.get(prepared);
    if (!shape) this.shapes.set(prepared, (shape = new ResultShape(this.schema, prepared)));
    return formatResult({ data: shape.apply(data ?? {}, variables), errors }, this.log);
  }

  async close(): Promise<void> {
    await this.apollo.stop();
  }

  private plan(prepared: PreparedOperation): Planned {
    let planned = this.planned.get(prepared);
    if (!planned) {
      const { node } = this.planOf(prepared.document, prepared.operationName).plan;
      if (node?.kind === 'Subscription') throw new Error('subscriptions are run by the hub');
      planned = {
        steps: node ?? null,
        introspects: selectsIntrospection(prepared),
        isIdempotent: isIdempotent(this.schema, prepared.operation),
      };
      this.planned.set(prepared, planned);
    }
    return planned;
  }

  private errorsIn(variables: Record<string, unknown>, { operation }: PreparedOperation): GraphQLError[] | null {
    const definitions = operation.variableDefinitions ?? [];
    const coerced = definitions.length > 0 ? getVariableValues(this.schema, definitions, variables) : null;
    return coerced?.errors?.map(toInputError) ?? null;
  }

  private async fetch(
    fetch: FetchNode,
    variables: Record<string, unknown>,
    context: OperationContext,
  ): Promise<ExecutionResult> {
    const used: Record<string, unknown> = {};
    for (const name of fetch.variableUsages ?? []) if (variables[name] !== undefined) used[name] = variables[name];
    const result = await this.sources[fetch.serviceName]?.process({
      kind: 'incoming operation' as never,
      request: { query: fetch.operation, operationName: fetch.operationName, variables: used },
      incomingRequestContext: null as never,
      context: context as never,
    });
    return result as ExecutionResult;
  }

  /**
   * What all steps bring. The executor keeps that to itself, except what it merges into an object it was given: so it is
   * given one as the field `data`, and the steps run within that.
   */
  private async fetchAll(
    steps: PlanNode | null,
    prepared: PreparedOperation,
    variables: Record<string, unknown>,
    context: OperationContext,
  ): Promise<ExecutionResult> {
    const data: Record<string, unknown> = Object.create(null) as never;
    if (!steps) return { data };
    const within: PlanNode = { kind: 'Sequence', nodes: [giveData, { kind: 'Flatten', path: ['data'], node: steps }] };
    const errors = await this.run(within, { data: { data } }, prepared, variables, context);
    return { data, errors: errors?.map(withoutFirstOfPath) };
  }

  /** Runs a plan in which GIVEN answers with `given`, and merges what it fetches into that. Returns the errors. */
  private async run(
    node: PlanNode,
    given: ExecutionResult,
    prepared: PreparedOperation,
    variables: Record<string, unknown>,
    context: OperationContext,
  ): Promise<readonly GraphQLError[] | undefined> {
    const services: ServiceMap = { ...this.sources, [GIVEN]: { process: () => Promise.resolve(given as never) } };
    // Its own answer is left: it would work out anew what is asked for, and shape it by that, see ResultShape.
    const { errors } = await executeQueryPlan(
      { kind: 'QueryPlan', node },
      services,
      this.requestContext(prepared, variables, context),
      { schema: this.schema, operation: withoutSelections(prepared.operation), fragments: {} },
      this.supergraphSchema,
      this.apiSchema,
    );
    return errors;
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

/** A subgraph that there is not, for what is known before a plan runs. */
const GIVEN = '(given)';

const giveData: FetchNode = {
  kind: 'Fetch',
  serviceName: GIVEN,
  operation: '',
  operationName: undefined,
  operationKind: OperationTypeNode.QUERY,
};

function withoutFirstOfPath(error: GraphQLError): GraphQLError {
  return Object.assign(error, { path: error.path?.slice(1) });
}

/** Whether it is one fetch of which nothing has to be changed. */
function isFetch(steps: PlanNode | null): steps is FetchNode {
  return steps?.kind === 'Fetch' && !steps.requires && !steps.outputRewrites && !steps.inputRewrites;
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

/** Only what the executor needs of it: the variables' defaults, by which conditions of a plan are decided. */
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
