import type { ServerResponse } from 'node:http';
import { GraphQLError, OperationTypeNode } from 'graphql';
import type { Caller } from '../platform/auth/caller.js';
import type { LiveStreams, Sink } from './live-streams.js';
import { isRefused, toOperationRequest, type Operations } from './operations.js';
import { StreamEnd } from './stream-end.js';

const KEEP_ALIVE_MS = 12_000;
const nextHead = Buffer.from('event: next\ndata: ');
const nextTail = Buffer.from('\n\n');
const COMPLETE = 'event: complete\ndata:\n\n';

/** Of responses, so that a device that signs out, or a server that stops, can end them. */
export interface OpenResponse {
  caller: Caller;
  end(): void;
}

/**
 * GraphQL over server-sent events, "distinct connections mode" of graphql-sse
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): one response an operation, queries and mutations too.
 * The stream is accepted first; errors that refuse the operation are its only result.
 */
export class ServerSentEvents {
  private readonly open = new Set<OpenResponse>();

  constructor(private readonly streams: LiveStreams) {}

  get size(): number {
    return this.open.size;
  }

  /** Ends all responses of a device that was signed out. */
  closeDevice(deviceId: string): void {
    for (const response of [...this.open])
      if (response.caller.kind === 'person' && response.caller.deviceId === deviceId) response.end();
  }

  close(): void {
    for (const response of [...this.open]) response.end();
  }

  /** Serves one operation; `params` is the body or the query string. Throws BAD_REQUEST before anything is written. */
  async serve(
    params: Record<string, unknown>,
    method: string,
    caller: Caller,
    response: ServerResponse,
    operations: Operations,
  ): Promise<void> {
    const request = toOperationRequest(operations.admit(params));
    const prepared = await operations.prepare(request, caller);
    const output = new EventStream(response);
    const stream = new StreamEnd();
    const entry: OpenResponse = { caller, end: () => stream.end() };
    this.open.add(entry);
    response.once('close', () => stream.end());
    stream.onEnd(() => {
      this.open.delete(entry);
      output.complete();
    });
    const refuse = (errors: readonly unknown[]) => {
      output.next(Buffer.from(JSON.stringify({ errors: operations.formatted(errors, caller) })));
      stream.end();
    };
    if (isRefused(prepared)) return refuse(prepared);
    const { variables } = request;
    const { operation, document, operationName } = prepared;
    if (operation.operation === OperationTypeNode.MUTATION && method === 'GET')
      return refuse([new GraphQLError('Mutations are sent by POST.', { extensions: { code: 'BAD_REQUEST' } })]);
    try {
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
        const sink = toSink(output, stream, refuse);
        const refused = await this.streams.subscribe({ document, operationName, variables, caller, sink });
        if (refused) refuse(refused);
      } else {
        const result = await operations.execute(prepared, variables, caller);
        output.next(Buffer.from(JSON.stringify(result)));
        stream.end();
      }
    } catch (error) {
      refuse([error]);
    }
  }
}

function toSink(output: EventStream, stream: StreamEnd, refuse: (errors: readonly unknown[]) => void): Sink {
  return {
    write: (payload) => {
      if (!stream.isOver) output.next(payload);
    },
    backlog: () => output.backlog,
    onDrain: (callback) => output.onDrain(callback),
    end: () => stream.end(),
    fail: (errors) => {
      if (!stream.isOver) refuse(errors);
    },
    close: () => {
      stream.end();
      output.destroy();
    },
    onClose: (callback) => stream.onEnd(callback),
  };
}

class EventStream {
  private readonly keepAlive: NodeJS.Timeout;
  private waiting: (() => void)[] = [];

  constructor(private readonly response: ServerResponse) {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    // Some browsers take the headers only with a first byte of the body.
    response.write(':\n\n');
    this.keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS);
    this.keepAlive.unref();
    response.on('error', () => undefined);
  }

  get backlog(): number {
    return this.response.writableLength;
  }

  next(payload: Buffer): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.response.write(Buffer.concat([nextHead, payload, nextTail]), () => this.written());
  }

  onDrain(callback: () => void): void {
    if (this.backlog === 0) callback();
    else this.waiting.push(callback);
  }

  complete(): void {
    clearInterval(this.keepAlive);
    if (!this.response.writableEnded && !this.response.destroyed) this.response.end(COMPLETE);
  }

  destroy(): void {
    this.response.destroy();
  }

  private written(): void {
    if (this.backlog > 0) return;
    for (const callback of this.waiting.splice(0)) callback();
  }
}
