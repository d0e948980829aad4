import type { ExecutionResult, GraphQLError } from 'graphql';

/** Ends a stream with all these errors. */
export class StreamErrors extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super('the stream ended with errors');
  }
}

/**
 * What graphql-ws sees of a stream whose events are written past it: an async generator that yields nothing, and is done
 * when the stream ends. graphql-ws calls `return` when the client completes the operation or the socket is gone.
 */
export class StreamEnd implements AsyncGenerator<ExecutionResult, void, undefined> {
  isOver = false;
  private readonly listeners: (() => void)[] = [];
  private settle!: (errors: readonly GraphQLError[] | null) => void;
  private readonly ended = new Promise<readonly GraphQLError[] | null>((resolve) => {
    this.settle = resolve;
  });

  /** Ends it once: with errors, or as complete. */
  end(errors: readonly GraphQLError[] | null = null): void {
    if (this.isOver) return;
    this.isOver = true;
    this.settle(errors);
    for (const listener of this.listeners.splice(0)) listener();
  }

  onEnd(listener: () => void): void {
    if (this.isOver) listener();
    else this.listeners.push(listener);
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    const errors = await this.ended;
    if (errors && errors.length > 0) throw new StreamErrors(errors);
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<ExecutionResult, void>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: Error): Promise<IteratorResult<ExecutionResult, void>> {
    this.end();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end();
    return Promise.resolve();
  }
}
