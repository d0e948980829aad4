import type { Environment, Tabs } from '../environment.js';
import { ParleyError } from '../errors.js';
import type { TypedDocumentString } from '../generated/graphql.js';
import { Cell } from '../observable.js';
import type { Connection, Live, LiveEnd, LiveSink } from './live.js';

/** What tabs tell each other. `tab` is the one that asks, or that is answered. */
type Message =
  | { type: 'live.hello' }
  | { type: 'live.leader'; connection: Connection }
  | { type: 'live.connection'; connection: Connection }
  | { type: 'live.subscribe'; tab: string; id: string; query: string; variables: unknown }
  | { type: 'live.unsubscribe'; tab: string; id: string }
  | { type: 'live.next'; tab: string; id: string; result: unknown }
  | { type: 'live.end'; tab: string; id: string; end: CloneableEnd };

/** Errors lose their class when they are cloned. */
type CloneableEnd =
  { kind: 'lost' | 'complete' } | { kind: 'refused'; error: Pick<ParleyError, 'code' | 'message' | 'retryable'> };

interface Own {
  document: TypedDocumentString<unknown, unknown>;
  variables: unknown;
  sink: LiveSink<unknown>;
  stop: (() => void) | null;
}

/**
 * One socket for all tabs: the tab that holds the lock has it, and relays to the others. When it goes, the next one in line
 * opens its own, and everybody subscribes again after their last cursors.
 */
export class TabLive implements Live {
  readonly connection = new Cell<Connection>('offline');
  private readonly tab: string;
  private readonly own = new Map<string, Own>();
  /** Of other tabs, by tab and id; only where this one leads. */
  private readonly relayed = new Map<string, () => void>();
  private readonly watched = new Set<string>();
  private readonly closed = new AbortController();
  private readonly stopListening: () => void;
  private socket: Live | null = null;
  private endLeading: () => void = () => undefined;
  private count = 0;

  constructor(
    private readonly tabs: Tabs,
    environment: Environment,
    private readonly openSocket: () => Live,
  ) {
    this.tab = environment.uuid();
    this.stopListening = tabs.onMessage((message) => this.receive(message as Message));
    const untilClosed = () =>
      new Promise<void>((resolve) => this.closed.signal.addEventListener('abort', () => resolve(), { once: true }));
    // Whoever waits for this lock learns when this tab has gone.
    void tabs.alone(`tab/${this.tab}`, untilClosed);
    tabs.alone('leader', () => this.lead(), this.closed.signal).catch(() => undefined);
    this.post({ type: 'live.hello' });
  }

  get isLeader(): boolean {
    return this.socket !== null;
  }

  subscribe<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    sink: LiveSink<Result>,
  ): () => void {
    const id = String(this.count++);
    const own = { document, variables, sink, stop: null } as unknown as Own;
    this.own.set(id, own);
    this.start(id, own);
    return () => {
      if (!this.own.delete(id)) return;
      if (own.stop) own.stop();
      else this.post({ type: 'live.unsubscribe', tab: this.tab, id });
    };
  }

  close(): void {
    this.stopListening();
    this.own.clear();
    this.endLeading();
    this.closed.abort();
  }

  private start(id: string, own: Own): void {
    const { socket, tab } = this;
    if (!socket) {
      this.post({ type: 'live.subscribe', tab, id, query: own.document.toString(), variables: own.variables });
      return;
    }
    own.stop = socket.subscribe(own.document, own.variables, {
      next: (result) => own.sink.next(result),
      end: (end) => this.ended(id, end),
    });
  }

  private ended(id: string, end: LiveEnd): void {
    const own = this.own.get(id);
    if (this.own.delete(id)) own?.sink.end(end);
  }

  /** Until this tab closes. */
  private async lead(): Promise<void> {
    if (this.closed.signal.aborted) return;
    const over = new Promise<void>((resolve) => (this.endLeading = resolve));
    const socket = (this.socket = this.openSocket());
    const tell = () => {
      this.connection.set(socket.connection.get());
      this.post({ type: 'live.connection', connection: socket.connection.get() });
    };
    const stop = socket.connection.subscribe(tell);
    this.post({ type: 'live.leader', connection: socket.connection.get() });
    this.loseAll();
    await over;
    stop();
    socket.close();
    this.socket = null;
  }

  /** What ran by way of another tab's socket is over, or was never heard. */
  private loseAll(): void {
    for (const id of [...this.own.keys()]) this.ended(id, { kind: 'lost' });
  }

  private receive(message: Message): void {
    switch (message.type) {
      case 'live.hello':
        if (this.socket) this.post({ type: 'live.connection', connection: this.socket.connection.get() });
        return;
      case 'live.leader':
        this.connection.set(message.connection);
        return this.loseAll();
      case 'live.connection':
        return this.connection.set(message.connection);
      case 'live.subscribe':
        return this.relay(message);
      case 'live.unsubscribe':
        return this.stopRelaying(`${message.tab} ${message.id}`);
      case 'live.next':
        if (message.tab === this.tab) this.own.get(message.id)?.sink.next(message.result);
        return;
      case 'live.end':
        if (message.tab === this.tab) this.ended(message.id, revived(message.end));
    }
  }

  private relay({ tab, id, query, variables }: Message & { type: 'live.subscribe' }): void {
    const { socket } = this;
    if (!socket) return;
    const key = `${tab} ${id}`;
    const document = { toString: () => query } as TypedDocumentString<unknown, unknown>;
    const stop = socket.subscribe(document, variables, {
      next: (result) => this.post({ type: 'live.next', tab, id, result }),
      end: (end) => {
        this.relayed.delete(key);
        this.post({ type: 'live.end', tab, id, end: cloneable(end) });
      },
    });
    this.relayed.set(key, stop);
    void this.watch(tab);
  }

  /** A tab that was closed or has crashed tells nobody; its lock is free then. */
  private async watch(tab: string): Promise<void> {
    if (this.watched.has(tab)) return;
    this.watched.add(tab);
    await this.tabs.alone(`tab/${tab}`, () => Promise.resolve(), this.closed.signal).catch(() => undefined);
    this.watched.delete(tab);
    for (const key of [...this.relayed.keys()]) if (key.startsWith(`${tab} `)) this.stopRelaying(key);
  }

  private stopRelaying(key: string): void {
    this.relayed.get(key)?.();
    this.relayed.delete(key);
  }

  private post(message: Message): void {
    if (!this.closed.signal.aborted) this.tabs.post(message);
  }
}

function cloneable(end: LiveEnd): CloneableEnd {
  if (end.kind !== 'refused') return { kind: end.kind };
  const { code, message, retryable } = end.error;
  return { kind: 'refused', error: { code, message, retryable } };
}

function revived(end: CloneableEnd): LiveEnd {
  if (end.kind !== 'refused') return { kind: end.kind };
  const { code, message, retryable } = end.error;
  return { kind: 'refused', error: new ParleyError(code, message, retryable) };
}
