import {
  execute,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../auth/caller.js';
import { isUnavailable } from '../database/unavailable.js';
import { Fault, UserFault } from '../errors/errors.js';
import { reportInternal, unavailable } from '../errors/report.js';
import type { Log } from '../telemetry/log.js';
import type { Subgraph } from './subgraph.js';

export interface SubgraphRequest {
  query: string;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
}

type Prepared = { document: DocumentNode } | { errors: readonly GraphQLError[] };

/** A router sends the same few texts again and again: the fetches of its query plans. */
const prepared = new WeakMap<GraphQLSchema, LRUCache<string, Prepared>>();

/**
 * Executes one operation of a subgraph. Resolves always: every error has a code of the catalogue, and what nobody planned
 * for is INTERNAL with a reference that `log` has too. A subscription is executed once, on `rootValue`, which holds the
 * event under the name of the subscription's field.
 */
export async function executeOn(
  subgraph: Subgraph,
  request: SubgraphRequest,
  caller: Caller,
  rootValue?: unknown,
  log?: Log,
): Promise<ExecutionResult> {
  const document = prepare(subgraph.schema, request.query);
  if ('errors' in document) return { errors: document.errors };
  const contextValue = subgraph.contextFor(caller);
  const result = await execute({
    schema: subgraph.schema,
    document: document.document,
    operationName: request.operationName,
    variableValues: request.variables,
    contextValue,
    rootValue,
  });
  const errors = [...(result.errors ?? []), ...(contextValue.shortfalls ?? [])];
  if (errors.length === 0) return result;
  return { ...result, errors: errors.map((error) => toFault(error, subgraph.name, log)) };
}

export function prepare(schema: GraphQLSchema, query: string): Prepared {
  let cache = prepared.get(schema);
  if (!cache) prepared.set(schema, (cache = new LRUCache({ max: 2_000 })));
  let known = cache.get(query);
  if (!known) cache.set(query, (known = parseAndValidate(schema, query)));
  return known;
}

function parseAndValidate(schema: GraphQLSchema, query: string): Prepared {
  try {
    const document = parse(query, { noLocation: true });
    const errors = validate(schema, document);
    if (errors.length === 0) return { document };
    return { errors: errors.map((error) => new Fault('GRAPHQL_VALIDATION_FAILED', error.message)) };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [new Fault('GRAPHQL_PARSE_FAILED', error.message)] };
    throw error;
  }
}

export function toFault(error: GraphQLError, subgraph: string, log?: Log): GraphQLError {
  const fault = faultOf(error) ?? reportInternal(error.originalError ?? error, log, { subgraph, path: error.path });
  return new GraphQLError(fault.message, { path: error.path, extensions: fault.extensions });
}

function faultOf(error: GraphQLError): Fault | null {
  for (let inner: unknown = error; inner; inner = inner instanceof GraphQLError ? inner.originalError : null) {
    if (inner instanceof Fault) return inner;
    if (inner instanceof UserFault) return new Fault('BAD_USER_INPUT', inner.message);
  }
  // graphql-js itself refused: before execution (no path), or an argument built from a variable.
  const isPlain = !error.originalError || error.originalError instanceof GraphQLError;
  if (isPlain && (!error.path || error.message.startsWith('Argument "')))
    return new Fault('BAD_USER_INPUT', error.message);
  return isUnavailable(error.originalError) ? unavailable(error.originalError) : null;
}
