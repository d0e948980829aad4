import { createClient, type Client } from 'graphql-ws';
import { request } from 'undici';
import { WebSocket } from 'ws';
import { waitFor } from './wait-for.js';

export interface AnswerError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; retryable?: boolean; [key: string]: unknown };
}
export interface Answer<T = Record<string, unknown>> {
  status: number;
  data: T | null | undefined;
  errors: AnswerError[];
}
export interface UserError {
  code: string;
  path: string[];
  message: string;
}

/** An answer with GraphQL errors where none was expected. */
export class Failed extends Error {
  constructor(
    readonly errors: readonly AnswerError[],
    readonly status = 200,
  ) {
    super(`${status}: ${errors.map((error) => `${error.extensions?.code}: ${error.message}`).join('; ')}`);
  }

  get codes(): (string | undefined)[] {
    return this.errors.map((error) => error.extensions?.code);
  }
}

/** A payload whose `errors` say what the person can put right. */
export class Refused extends Error {
  constructor(readonly errors: UserError[]) {
    super(errors.map((error) => `${error.code} at ${error.path.join('.')}: ${error.message}`).join('; '));
  }

  get codes(): string[] {
    return this.errors.map((error) => error.code);
  }
}

/** No answer: the connection could not be made, or broke first. */
export class NoAnswer extends Error {}

export interface Person {
  userId: string;
  handle: string;
  displayName: string;
  email: string;
  password: string;
}
export interface Session {
  accessToken: string;
  refreshToken: string;
  device: { id: string };
}

/** How a stream ended: as complete, with errors, or because its socket closed. */
export type Ending =
  | { how: 'complete'; at: number }
  | { how: 'errors'; at: number; codes: (string | undefined)[]; errors: readonly AnswerError[] }
  | { how: 'closed'; at: number; code: number; reason: string };

/** One subscription, with all that it brought. Times are of performance.now(). */
export class Stream<T> {
  readonly received: { value: T; at: number }[] = [];
  /** Of events that came with errors. */
  readonly failures: AnswerError[] = [];
  ending: Ending | null = null;
  private onNext: (value: T, at: number) => void = () => undefined;
  private onEnding: (ending: Ending) => void = () => undefined;
  unsubscribe: () => void = () => undefined;

  get values(): T[] {
    return this.received.map(({ value }) => value);
  }

  /** Calls back for each event from now on, and once for the end. */
  listen(onNext: (value: T, at: number) => void, onEnding: (ending: Ending) => void): void {
    this.onNext = onNext;
    this.onEnding = onEnding;
    if (this.ending) onEnding(this.ending);
  }

  push(value: T): void {
    const at = performance.now();
    this.received.push({ value, at });
    this.onNext(value, at);
  }

  end(ending: Ending): void {
    if (this.ending) return;
    this.ending = ending;
    this.onEnding(ending);
  }

  /** The first event that fits, also of those that came before. */
  async waitFor(what: string, fits: (value: T) => boolean, limit = 5_000): Promise<T> {
    const found = await waitFor(
      what,
      () => {
        const index = this.received.findIndex(({ value }) => fits(value));
        if (index >= 0) return this.received[index];
        if (this.ending) throw new Error(`The stream ended before: ${what}. ${JSON.stringify(this.ending)}`);
        return null;
      },
      limit,
      () => ({ values: this.values.slice(-5), failures: this.failures }),
    );
    return found.value;
  }

  waitForEnding(limit = 5_000): Promise<Ending> {
    return waitFor(
      'the stream has ended',
      () => this.ending,
      limit,
      () => this.values.slice(-5),
    );
  }
}

/** One signed-in device: GraphQL over HTTP, and over one socket of graphql-ws's own client. */
export class Device {
  private readonly client: Client;
  private socket: WebSocket | null = null;
  /** Closings of its sockets, newest last. */
  readonly closings: { code: number; reason: string; at: number }[] = [];

  constructor(
    readonly url: string,
    readonly person: Person,
    public session: Session,
  ) {
    this.client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: () => ({ authorization: `Bearer ${this.session.accessToken}` }),
      retryAttempts: 0,
      lazy: true,
      // The errors go to each operation's sink.
      onNonLazyError: () => undefined,
      on: {
        opened: (socket) => {
          this.socket = socket as WebSocket;
        },
        closed: (event) => {
          const { code = 1006, reason = '' } = event as { code?: number; reason?: string };
          this.closings.push({ code, reason, at: performance.now() });
          this.socket = null;
        },
      },
    });
  }

  get userId(): string {
    return this.person.userId;
  }

  get isConnected(): boolean {
    return this.socket !== null;
  }

  /** The answer as it is, over HTTP. */
  ask<T>(document: string, variables: Record<string, unknown> = {}, signal?: AbortSignal): Promise<Answer<T>> {
    return ask(this.url, document, variables, this.session.accessToken, signal);
  }

  /** The data; throws Failed where there is any error. */
  async query<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    return dataOf(await this.ask<T>(document, variables));
  }

  /** The payload of the only mutation in the document; throws Refused where it says why nothing was done. */
  async mutate<T>(document: string, variables: Record<string, unknown> = {}, signal?: AbortSignal): Promise<T> {
    return payloadOf<T>(
      dataOf(await this.ask<Record<string, T & { errors: UserError[] }>>(document, variables, signal)),
    );
  }

  /** As mutate, over the socket. */
  async mutateOnSocket<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    const stream = this.subscribe<Record<string, T & { errors: UserError[] }>>(document, variables);
    const ending = await waitFor('the answer on the socket', () => stream.ending, 30_000);
    if (ending.how === 'errors') throw new Failed(ending.errors);
    if (stream.failures.length > 0) throw new Failed(stream.failures);
    const data = stream.values[0];
    if (!data) throw new NoAnswer(JSON.stringify(ending));
    return payloadOf<T>(data);
  }

  /** Starts an operation on the socket, which is opened where it is not. */
  subscribe<T>(document: string, variables: Record<string, unknown> = {}): Stream<T> {
    const stream = new Stream<T>();
    stream.unsubscribe = this.client.subscribe<T>(
      { query: document, variables },
      {
        next: ({ data, errors }) => {
          if (errors) stream.failures.push(...(errors as AnswerError[]));
          if (data) stream.push(data);
        },
        complete: () => stream.end({ how: 'complete', at: performance.now() }),
        error: (error) => stream.end(endingOf(error)),
      },
    );
    return stream;
  }

  /** The network is gone: no close frame, no goodbye. */
  drop(): void {
    this.socket?.terminate();
  }

  close(): void {
    // It waits for a connection that is being made, which may be refused.
    Promise.resolve(this.client.dispose()).catch(() => undefined);
    this.socket?.terminate();
  }
}

const LIMIT_MS = 30_000;

/** One request over HTTP; throws NoAnswer where none came. */
export async function ask<T>(
  url: string,
  document: string,
  variables: Record<string, unknown> = {},
  accessToken?: string,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  let status: number;
  let text: string;
  try {
    // In half the time of fetch: stories ask thousands of times.
    const { statusCode, body } = await request(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify({ query: document, variables }),
      signal,
      headersTimeout: LIMIT_MS,
      bodyTimeout: LIMIT_MS,
    });
    status = statusCode;
    text = await body.text();
  } catch (error) {
    const { message, cause } = error as Error;
    throw new NoAnswer(`${message} ${cause instanceof Error ? cause.message : ''}`, { cause: error });
  }
  const { data, errors = [] } = JSON.parse(text) as { data?: T | null; errors?: AnswerError[] };
  return { status, data, errors };
}

function dataOf<T>({ data, errors, status }: Answer<T>): T {
  if (errors.length > 0 || !data) throw new Failed(errors, status);
  return data;
}

function payloadOf<T>(data: Record<string, T & { errors: UserError[] }>): T {
  const [payload] = Object.values(data);
  if (!payload) throw new Error('The mutation returned nothing.');
  if (payload.errors.length > 0) throw new Refused(payload.errors);
  return payload;
}

function endingOf(error: unknown): Ending {
  const at = performance.now();
  if (Array.isArray(error)) {
    const errors = error as AnswerError[];
    return { how: 'errors', at, errors, codes: errors.map(({ extensions }) => extensions?.code) };
  }
  const { code, reason, message } = error as { code?: unknown; reason?: string; message?: string };
  if (typeof code === 'number') return { how: 'closed', at, code, reason: reason ?? '' };
  return { how: 'closed', at, code: 1006, reason: message ?? String(error) };
}
