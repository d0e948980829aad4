import type { ParleyError } from '../errors.js';
import type { TypedDocumentString } from '../generated/graphql.js';
import type { Observable } from '../observable.js';

export type Connection = 'offline' | 'connecting' | 'online';

/** Why a subscription is over. */
export type LiveEnd =
  /** The connection is gone. Subscribe again, after the last cursor: that waits until a connection can be tried. */
  | { kind: 'lost' }
  /** The server refused it, or ended it with an error. */
  | { kind: 'refused'; error: ParleyError }
  /** The server has no more to tell. */
  | { kind: 'complete' };

export interface LiveSink<Result> {
  next(result: Result): void;
  /** Once, and nothing after it. Not called after unsubscribing. */
  end(end: LiveEnd): void;
}

/** Subscriptions of this tab, over one socket that all tabs share. */
export interface Live {
  readonly connection: Observable<Connection>;
  subscribe<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    sink: LiveSink<Result>,
  ): () => void;
  close(): void;
}
