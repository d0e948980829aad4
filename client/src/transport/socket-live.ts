import { createClient, type Client } from 'graphql-ws/client';
import type { Environment } from '../environment.js';
import { toParleyError, type AnswerError } from '../errors.js';
import type { TypedDocumentString } from '../generated/graphql.js';
import { Cell } from '../observable.js';
import type { Session } from '../session/session.js';
import type { Connection, Live, LiveSink } from './live.js';
import { reconnectAfter, reconnectDelay } from './reconnect.js';

interface Wanted {
  document: TypedDocumentString<unknown, unknown>;
  variables: unknown;
  sink: LiveSink<unknown>;
  /** Set while it runs on the socket. */
  stop: (() => void) | null;
}

/** How often the server is asked whether it is still there, and how long it may take to say so; in ms. */
const PING = 12_000;
const PONG = 8_000;
/** A socket without subscriptions is kept for a moment: somebody may come back. In ms. */
const LINGER = 5_000;
/** A connection that lasted so long ends a row of failures; in ms. */
const STEADY = 10_000;

/** One socket that speaks graphql-transport-ws, opened when there is something to subscribe to. */
export class SocketLive implements Live {
  readonly connection = new Cell<Connection>('offline');
  private readonly wanted = new Set<Wanted>();
  private readonly client: Client;
  private readonly stopWaking: () => void;
  private failures = 0;
  private onlineSince = 0;
  private token = '';
  private pongDue: ReturnType<typeof setTimeout> | undefined;
  /** While it is waited before the next attempt. */
  private waiting: AbortController | null = null;
  private isClosed = false;

  constructor(
    url: string,
    private readonly environment: Environment,
    private readonly session: Session,
  ) {
    this.client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: environment.WebSocket,
      connectionParams: async () => {
        this.token = await session.accessToken();
        return { authorization: `Bearer ${this.token}` };
      },
      // A subscription is started anew with the cursor of that moment, by whoever wants it.
      retryAttempts: 0,
      keepAlive: PING,
      lazyCloseTimeout: LINGER,
      on: {
        connecting: () => this.connection.set('connecting'),
        connected: () => {
          this.onlineSince = environment.now();
          this.connection.set('online');
        },
        ping: (received) => {
          if (!received) this.pongDue = setTimeout(() => this.client.terminate(), PONG);
        },
        pong: (received) => {
          if (received) clearTimeout(this.pongDue);
        },
        closed: () => {
          clearTimeout(this.pongDue);
          this.connection.set('offline');
        },
      },
    });
    this.stopWaking = environment.onAttention(() => this.waiting?.abort());
  }

  subscribe<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    sink: LiveSink<Result>,
  ): () => void {
    const wanted: Wanted = {
      document: document as TypedDocumentString<unknown, unknown>,
      variables,
      sink: sink,
      stop: null,
    };
    this.wanted.add(wanted);
    if (!this.waiting) this.run(wanted);
    return () => {
      if (this.wanted.delete(wanted)) wanted.stop?.();
    };
  }

  close(): void {
    this.isClosed = true;
    this.stopWaking();
    this.waiting?.abort();
    this.wanted.clear();
    clearTimeout(this.pongDue);
    // It waits for a connection that is being made, which may be refused.
    Promise.resolve(this.client.dispose()).catch(() => undefined);
  }

  private run(wanted: Wanted): void {
    const { document, variables, sink } = wanted;
    const isOver = () => !this.wanted.delete(wanted);
    wanted.stop = this.client.subscribe(
      { query: document.toString(), variables: variables as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (!this.wanted.has(wanted)) return;
          // An event that cannot be told in whole would be a hole.
          const isWhole = data != null && Object.values(data).every((value) => value !== null);
          if (isWhole) return sink.next(data);
          if (isOver()) return;
          wanted.stop?.();
          sink.end({ kind: 'refused', error: toParleyError(errors ?? []) });
        },
        complete: () => {
          if (!isOver()) sink.end({ kind: 'complete' });
        },
        error: (error) => {
          if (Array.isArray(error)) {
            if (!isOver()) sink.end({ kind: 'refused', error: toParleyError(error as AnswerError[]) });
            return;
          }
          // All that ran on the socket end one after the other; the first decides when it is tried again.
          this.connection.set('offline');
          if (!this.waiting) void this.wait(error);
          if (!isOver()) sink.end({ kind: 'lost' });
        },
      },
    );
  }

  /** Holds back whoever wants to subscribe until it makes sense to try again. */
  private async wait(cause: unknown): Promise<void> {
    const { environment } = this;
    const waiting = (this.waiting = new AbortController());
    const { code } = cause as { code?: unknown };
    const reconnect = reconnectAfter(typeof code === 'number' ? code : 1006);
    if (this.onlineSince > 0 && environment.now() - this.onlineSince > STEADY) this.failures = 0;
    this.onlineSince = 0;
    const delay = reconnectDelay(reconnect, this.failures++, environment.random);
    // Where the session is over, the renewal finds out, and all ends.
    const renewed = reconnect === 'withNewToken' ? this.session.renewed(this.token).catch(() => undefined) : undefined;
    await Promise.all([renewed, environment.sleep(delay, waiting.signal).catch(() => undefined)]);
    this.waiting = null;
    if (this.isClosed) return;
    for (const wanted of this.wanted) if (!wanted.stop) this.run(wanted);
  }
}
