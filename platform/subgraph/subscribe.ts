import { createSourceEventStream, type ExecutionResult } from 'graphql';
import type { Caller } from '../auth/caller.js';
import type { Log } from '../telemetry/log.js';
import { executeOn, prepare, toFault, type SubgraphRequest } from './execute.js';
import type { Subgraph } from './subgraph.js';

/**
 * One subscription that a subgraph serves itself: what its field's `subscribe` tells, each event executed for this caller as
 * an operation of its own. Errors of one event do not end it; where it is refused, an answer with the errors.
 */
export async function subscribeOn(
  subgraph: Subgraph,
  request: SubgraphRequest,
  caller: Caller,
  log?: Log,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const document = prepare(subgraph.schema, request.query);
  if ('errors' in document) return { errors: document.errors };
  const source = await createSourceEventStream({
    schema: subgraph.schema,
    document: document.document,
    operationName: request.operationName,
    variableValues: request.variables,
    contextValue: subgraph.contextFor(caller),
  });
  if (!(Symbol.asyncIterator in source))
    return { errors: source.errors?.map((error) => toFault(error, subgraph.name, log)) };
  return mapped(source[Symbol.asyncIterator](), (event) =>
    executeOn(subgraph, request, { ...caller, startedAt: Date.now() }, event, log),
  );
}

/** Events as values of a root field of Subscription. */
export async function under<Event>(
  field: string,
  events: Promise<AsyncIterator<Event>>,
): Promise<AsyncIterableIterator<Record<string, Event>>> {
  return mapped(await events, (event) => ({ [field]: event }));
}

/** Ends the source at once when it is returned, also while a next event is awaited. */
function mapped<From, To>(
  source: AsyncIterator<From>,
  map: (value: From) => To | Promise<To>,
): AsyncIterableIterator<To> {
  return {
    next: async () => {
      const result = await source.next();
      return result.done ? { done: true, value: undefined } : { done: false, value: await map(result.value) };
    },
    return: async () => {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
