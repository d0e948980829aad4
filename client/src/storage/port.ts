/**
 * Where the client keeps what has to survive a reload: the session, the outbox, and snapshots. Values can be cloned
 * (structured clone). A write is durable when it resolves. One that fails rejects; the client then goes on without.
 */
export interface Storage {
  /** What tabs that see the same content coordinate by; null where nobody else sees it. */
  readonly sharedAs: string | null;
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** All with keys that begin so, in the order of their keys. */
  entries(prefix: string): Promise<[key: string, value: unknown][]>;
}
