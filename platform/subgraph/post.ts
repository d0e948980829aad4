import type { Dispatcher, Pool } from 'undici';

export interface PostRequest {
  path: string;
  /** JSON */
  body: string;
  headers: Record<string, string>;
  signal?: AbortSignal;
}

export interface PostAnswer {
  status: number;
  text: string;
}

/**
 * POST of JSON, whose answer is read whole. On undici's own interface, because its `request` makes a stream of each answer and
 * a resource for async_hooks: half as much CPU again. Rejects as `request` does; once `signal` is aborted, with its reason.
 */
export function post(pool: Pool, { path, body, headers, signal }: PostRequest): Promise<PostAnswer> {
  const json = { 'content-type': 'application/json', accept: 'application/json', ...headers };
  return new Promise((resolve, reject) => {
    pool.dispatch({ path, method: 'POST', headers: json, body }, new WholeAnswer(resolve, reject, signal));
  });
}

class WholeAnswer implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private status = 0;
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly resolve: (answer: PostAnswer) => void,
    private readonly reject: (error: Error) => void,
    private readonly signal?: AbortSignal,
  ) {
    signal?.addEventListener('abort', this.abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.signal?.aborted) this.abort();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.signal?.removeEventListener('abort', this.abort);
    const [first] = this.chunks;
    const bytes = first && this.chunks.length === 1 ? first : Buffer.concat(this.chunks);
    this.resolve({ status: this.status, text: bytes.toString() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.signal?.removeEventListener('abort', this.abort);
    this.reject(error);
  }

  private readonly abort = () => this.controller?.abort(this.signal?.reason as Error);
}
