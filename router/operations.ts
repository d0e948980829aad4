import { execute, Kind, type ExecutionResult, type GraphQLError, type GraphQLSchema } from 'graphql';
import type { Caller } from '../platform/auth/caller.js';
import { Fault } from '../platform/errors/errors.js';
import type { Limits } from '../platform/rate-limit/limits.js';
import type { Allowance } from '../platform/rate-limit/port.js';
import { inSpan } from '../platform/telemetry/tracing.js';
import { Documents, type PreparedOperation } from './documents.js';
import { formatErrors, withoutSuggestions } from './errors.js';
import type { Gateway } from './gateway.js';
import type { OperationLimits } from './limits.js';
import type { Surface } from './surface.js';
import type { RequestParams, TrustedDocuments } from './trusted-documents.js';

export interface OperationRequest {
  query: string;
  operationName: string | null;
  variables: Record<string, unknown>;
}

/** What every way in (HTTP, SSE, sockets) does with an operation before it runs. */
export class Operations {
  private readonly listeners = new Set<() => void>();
  /** Of the surface, made when the first operation comes. */
  private shown: { gateway: Gateway; schema: GraphQLSchema; documents: Documents } | null = null;

  constructor(
    private current: Gateway,
    private limits: OperationLimits,
    private readonly rates: Limits,
    private readonly options: {
      /** Whether those who are not signed in may read the schema, suggestions in error messages included. */
      introspectionForAnonymous: boolean;
      /** The only documents that run; null: all do. */
      trustedDocuments?: TrustedDocuments | null;
      /** Without one, all of the API. */
      surface?: Surface;
    },
  ) {}

  /** Whether known documents alone are run. */
  get isLocked(): boolean {
    return this.options.trustedDocuments != null;
  }

  /** The request as it came over any way in, with its text where it names a document. Throws DOCUMENT_NOT_TRUSTED. */
  admit(params: RequestParams): RequestParams {
    return this.options.trustedDocuments?.admit(params) ?? params;
  }

  /** The one in use now. */
  get gateway(): Gateway {
    return this.current;
  }

  /** What operations are validated against. */
  get schema(): GraphQLSchema {
    return this.show().schema;
  }

  /** The operation, or the errors that refuse it; limits, scopes and allowances come later. */
  read(query: string, operationName: string | null): PreparedOperation | readonly GraphQLError[] {
    return this.show().documents.prepare(query, operationName);
  }

  private show(): { schema: GraphQLSchema; documents: Documents } {
    const { gateway } = this;
    const { surface } = this.options;
    if (!surface) return gateway;
    if (this.shown?.gateway !== gateway) {
      const schema = surface.schemaOf(gateway.schema);
      this.shown = { gateway, schema, documents: new Documents(schema) };
    }
    return this.shown;
  }

  /** Operations that come from now on run on another supergraph. */
  replace(gateway: Gateway, limits: OperationLimits): void {
    this.current = gateway;
    this.limits = limits;
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` each time that the gateway was replaced. Returns what ends that. */
  onReplaced(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Parsed, validated, within the limits for this caller and paid for; or the errors that refuse it. */
  async prepare(
    { query, operationName, variables }: OperationRequest,
    caller: Caller,
  ): Promise<PreparedOperation | readonly GraphQLError[]> {
    const prepared = this.read(query, operationName);
    if (Array.isArray(prepared)) return this.formatted(prepared as readonly GraphQLError[], caller);
    try {
      await this.pay(this.check(prepared as PreparedOperation, variables, caller), caller);
      return prepared;
    } catch (error) {
      return this.formatted([error], caller);
    }
  }

  /** What the operation costs. Throws a Fault where it is not allowed. */
  check(prepared: PreparedOperation, variables: Record<string, unknown>, caller: Caller): number {
    const { cost, introspects } = this.limits.check(prepared, variables);
    if (introspects && !this.mayIntrospect(caller))
      throw new Fault('GRAPHQL_VALIDATION_FAILED', 'The schema is shown to those who are signed in.');
    const { surface } = this.options;
    if (!surface) return cost;
    surface.check(prepared, this.schema, caller);
    if (introspects && !asksOnlyForSchema(prepared))
      throw new Fault('BAD_REQUEST', 'Here the schema is asked for by an operation of its own.');
    return cost;
  }

  /** Takes what an operation costs from the caller's allowance, and tells what is left. Throws RATE_LIMITED. */
  async pay(cost: number, caller: Caller): Promise<Allowance | null> {
    const points = Math.max(1, cost);
    const allowance = await this.rates.take('operations', caller, {}, points);
    if (!allowance || allowance.isAllowed) return allowance;
    const { limit, remaining, resetAt } = allowance;
    const at = new Date(resetAt).toISOString();
    throw new Fault('RATE_LIMITED', `This costs ${points}, and ${remaining} of ${limit} are left until ${at}.`, {
      extensions: { retryAt: at, rateLimit: toExtension(allowance) },
    });
  }

  mayIntrospect(caller: Caller): boolean {
    return caller.kind !== 'nobody' || this.options.introspectionForAnonymous;
  }

  execute(
    prepared: PreparedOperation,
    variables: Record<string, unknown>,
    caller: Caller,
    signal?: AbortSignal,
    /** W3C trace context that the client sent. */
    parent?: string,
  ): Promise<ExecutionResult> {
    const { operation, name } = prepared.operation;
    // The gateway would answer with the whole API.
    if (this.options.surface && asksOnlyForSchema(prepared))
      return Promise.resolve(
        execute({
          schema: this.schema,
          document: prepared.document,
          operationName: prepared.operationName,
          variableValues: variables,
        }),
      );
    return inSpan(`${operation} ${name?.value ?? ''}`.trim(), { kind: 'SERVER', parent }, () =>
      this.gateway.execute(prepared, variables, caller, signal),
    );
  }

  formatted(errors: readonly unknown[], caller: Caller): GraphQLError[] {
    const formatted = formatErrors(errors, this.gateway.log);
    return this.mayIntrospect(caller) ? formatted : formatted.map(withoutSuggestions);
  }
}

/** `{ __schema { … } }`, whose fields need no resolver. */
function asksOnlyForSchema({ operation }: PreparedOperation): boolean {
  return operation.selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
  );
}

/** What extensions.rateLimit says. */
export function toExtension({ limit, remaining, resetAt }: Allowance) {
  return { limit, remaining, resetAt: new Date(resetAt).toISOString() };
}

export function isRefused(prepared: PreparedOperation | readonly GraphQLError[]): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}

/** The operation request in a JSON body, a query string or a subscribe message. Throws BAD_REQUEST. */
export function toOperationRequest(params: {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
}): OperationRequest {
  const { query, operationName, variables } = params;
  if (typeof query !== 'string' || query === '') throw new Fault('BAD_REQUEST', 'The request has no query.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw new Fault('BAD_REQUEST', 'operationName is a string.');
  if (variables !== undefined && variables !== null && (typeof variables !== 'object' || Array.isArray(variables)))
    throw new Fault('BAD_REQUEST', 'variables is an object.');
  return { query, operationName: operationName || null, variables: (variables ?? {}) as Record<string, unknown> };
}
