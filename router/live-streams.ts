import type { DocumentNode, GraphQLError } from 'graphql';
import type { Caller } from '../platform/auth/caller.js';

/** Where one subscription's events go: an operation on a socket, or an SSE response. */
export interface Sink {
  /** Sends one event; `payload` is the JSON of the ExecutionResult and may be shared with other sinks. */
  write(payload: Buffer): void;
  /** Bytes that wait to be sent on the connection, those of its other operations included. */
  backlog(): number;
  /** Calls back once, when the backlog is gone; at once where there is none. */
  onDrain(callback: () => void): void;
  /** Ends this operation as complete. */
  end(): void;
  /** Ends this operation with errors. */
  fail(errors: readonly GraphQLError[]): void;
  /** Ends the whole connection with a close code of graphql-transport-ws or of ours. */
  close(code: number, reason: string): void;
  /** Calls back once, when the operation is over for whatever reason. */
  onClose(callback: () => void): void;
}

export interface LiveOperation {
  /** Parsed and validated against the API schema, its cost within limits. */
  document: DocumentNode;
  operationName: string | null;
  /** As the client sent them; not coerced yet. */
  variables: Record<string, unknown>;
  caller: Caller;
  sink: Sink;
}

/** Runs subscriptions. */
export interface LiveStreams {
  /** Resolves once the stream runs, with null, or with the errors that refuse it. Events may be written before it resolves. */
  subscribe(operation: LiveOperation): Promise<readonly GraphQLError[] | null>;
}
