import { GraphQLError, type ExecutionResult } from 'graphql';
import { catalogue, Fault, type FaultCode } from '../platform/errors/errors.js';
import { reportInternal } from '../platform/errors/report.js';
import type { Log } from '../platform/telemetry/log.js';

/** Extensions that leave; what the gateway adds (serviceName, stacktrace, downstream answers) does not. */
const kept = ['code', 'retryable', 'reference', 'cost', 'rateLimit', 'retryAt'] as const;

/**
 * Errors as clients get them: a code of the catalogue, `retryable`, message and path. An error without such a code becomes
 * INTERNAL, with a reference that the log has too. Formatting twice changes nothing.
 */
export function formatErrors(errors: readonly unknown[], log: Log): GraphQLError[] {
  return errors.map((error) => formatError(error, log));
}

export function formatError(error: unknown, log: Log): GraphQLError {
  const known = error as Partial<GraphQLError> | null;
  const code = codeOf(known);
  if (!code) {
    const original = known?.originalError ?? error;
    const { message, extensions } = reportInternal(original, log, { path: known?.path });
    return new GraphQLError(message, { path: known?.path, extensions });
  }
  const extensions: Record<string, unknown> = {};
  for (const name of kept) if (known?.extensions?.[name] !== undefined) extensions[name] = known.extensions[name];
  return new GraphQLError(known?.message ?? code, {
    path: known?.path,
    nodes: known?.nodes,
    source: known?.source,
    positions: known?.positions,
    extensions: { ...extensions, code, retryable: extensions.retryable ?? catalogue[code].retryable },
  });
}

/** A result with formatted errors, and without the extensions that the gateway means for developers. */
export function formatResult({ data, errors }: ExecutionResult, log: Log): ExecutionResult {
  const formatted = errors && errors.length > 0 ? formatErrors(errors, log) : undefined;
  if (!formatted) return { data };
  return data === undefined ? { errors: formatted } : { errors: formatted, data };
}

/** Suggestions would spell out the schema to those who may not introspect it. */
export function withoutSuggestions<E extends { message: string }>(error: E): E {
  error.message = error.message.replace(/ ?Did you mean [^?]*\?/g, '');
  return error;
}

/** The HTTP status of an answer without data. */
export function statusOf(errors: readonly { extensions?: Record<string, unknown> }[] | undefined): number {
  const code = errors?.[0]?.extensions?.code;
  return typeof code === 'string' && code in catalogue ? catalogue[code as FaultCode].status : 500;
}

function codeOf(error: Partial<GraphQLError> | null): FaultCode | null {
  if (error instanceof Fault) return error.code;
  const code = error?.extensions?.code;
  if (typeof code !== 'string') return null;
  if (code === 'GRAPHQL_PARSE_FAILED' && tooManyTokens.test(error?.message ?? '')) return 'COST_LIMIT';
  return code in catalogue ? (code as FaultCode) : (synonyms[code] ?? null);
}

/** graphql-js has no code for it. */
const tooManyTokens = /more that \d+ tokens/;

/** Codes of Apollo Server and Gateway for what the catalogue has its own name for. */
const synonyms: Record<string, FaultCode> = {
  INVALID_GRAPHQL: 'GRAPHQL_VALIDATION_FAILED',
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
  QUERY_PLAN_COMPLEXITY_EXCEEDED: 'COST_LIMIT',
};
