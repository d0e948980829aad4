import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type GraphQLError, type ExecutionResult } from 'graphql';
import { handleProtocols, makeServer, type Context } from 'graphql-ws';
import { Gauge, type Registry } from 'prom-client';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Caller, Person } from '../platform/auth/caller.js';
import { Fault } from '../platform/errors/errors.js';
import type { Log } from '../platform/telemetry/log.js';
import { paths, type Entrance } from './entrance.js';
import type { PreparedOperation } from './documents.js';
import type { LiveStreams, Sink } from './live-streams.js';
import { isRefused, toOperationRequest } from './operations.js';
import { SocketWriter } from './socket-writer.js';
import { StreamEnd, StreamErrors } from './stream-end.js';

export interface SocketsOptions extends Entrance {
  /** At paths.partners; without it nobody is let in there. */
  partners?: Entrance;
  streams: LiveStreams;
  registry: Registry;
  log: Log;
  /** Origins of browsers that may connect; 'any', or a list beside the router's own host. */
  allowedOrigins: 'any' | readonly string[];
  /** Whether x-forwarded-for names the client. */
  trustProxy: boolean;
  maxSockets: number;
  /** In ms; the defaults are what clients rely on. */
  timing?: SocketTiming;
  /** Who is told which devices have a living socket here. */
  devices?: DeviceWatch;
}

export interface SocketTiming {
  /** From ping to ping; a socket that has not answered the last one is ended. */
  ping: number;
  /** How long connection_init may take. */
  init: number;
}

/** What happens to a device's sockets. */
export interface DeviceWatch {
  /** It has opened one, or has answered a ping on one: each 15 s. */
  lives(person: Person): Promise<void>;
  /** It has none any more. */
  gone(person: Person): Promise<void>;
}

const MAX_MESSAGE = 256 * 1024;
const MAX_OPERATIONS = 100;
const TIMING: SocketTiming = { ping: 15_000, init: 5_000 };
const CLOSE_MS = 3_000;

/** Close codes: of graphql-transport-ws, of RFC 6455, and 4408 of the hub for a client that takes nothing. */
const closing = { unauthorized: 4401, forbidden: 4403, failed: 4500, restart: 1012 } as const;

interface Connection {
  entrance: Entrance;
  socket: WebSocket;
  writer: SocketWriter;
  address: string | undefined;
  /** Set by connection_init. */
  caller: Caller | null;
  isAlive: boolean;
}
type Ctx = Context<Record<string, unknown>, Connection>;

/** What travels with one operation through graphql-ws. */
interface OperationArgs {
  prepared: PreparedOperation;
  variables: Record<string, unknown>;
  caller: Caller;
  connection: Connection;
  id: string;
  isOpen: () => boolean;
}

/** Sockets that speak graphql-transport-ws, on /graphql and /partner/graphql of an HTTP server. */
export class Sockets {
  private readonly connections = new Set<Connection>();
  private readonly byDevice = new Map<string, Set<Connection>>();
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols,
  });
  private readonly protocol;
  private readonly pinger: NodeJS.Timeout;
  private isClosing = false;

  constructor(private readonly options: SocketsOptions) {
    const connections = this.connections;
    const timing = options.timing ?? TIMING;
    new Gauge({
      name: 'websocket_connections',
      help: 'Open sockets',
      registers: [options.registry],
      collect() {
        this.set(connections.size);
      },
    });
    new Gauge({
      name: 'socket_queue_bytes',
      help: 'Bytes that wait to be taken by clients, of all sockets together',
      registers: [options.registry],
      collect() {
        let waiting = 0;
        for (const { writer } of connections) waiting += writer.backlog;
        this.set(waiting);
      },
    });
    this.protocol = makeServer<Record<string, unknown>, Connection>({
      connectionInitWaitTimeout: timing.init,
      onConnect: (ctx) => this.connect(ctx),
      onSubscribe: (ctx, id, payload) => this.prepare(ctx, id, payload),
      execute: (args) => this.execute(args as unknown as { contextValue: OperationArgs }),
      subscribe: (args) => this.subscribe(args as unknown as { contextValue: OperationArgs }),
      onError: (_ctx, _id, _payload, errors) => this.toErrors(errors),
    });
    this.pinger = setInterval(() => this.ping(), timing.ping);
    this.pinger.unref();
  }

  get size(): number {
    return this.connections.size;
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Ends all sockets of a device that was signed out. */
  closeDevice(deviceId: string): void {
    for (const connection of [...(this.byDevice.get(deviceId) ?? [])])
      this.end(connection, closing.unauthorized, 'This device was signed out');
  }

  /**
   * Tells everyone to reconnect, not all at once but spread over `spreadMs`, and waits until they are gone, for 3 s more at
   * most. Streams go on until then.
   */
  async close(spreadMs = 0): Promise<void> {
    this.isClosing = true;
    clearInterval(this.pinger);
    const gone = [...this.connections].map(
      (connection) => new Promise<void>((resolve) => connection.socket.once('close', () => resolve())),
    );
    [...this.connections].forEach((connection, index, { length }) => {
      const end = () => this.end(connection, closing.restart, 'The server restarts');
      if (spreadMs === 0) end();
      else setTimeout(end, (spreadMs * index) / length);
    });
    const limit = setTimeout(() => {
      for (const { socket } of this.connections) socket.terminate();
    }, spreadMs + CLOSE_MS);
    await Promise.all(gone);
    clearTimeout(limit);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', destroy);
    const entrance = this.entranceOf(request);
    if (!entrance) return turnAway(socket, '404 Not Found');
    const refused = this.refusal(request);
    if (refused) return turnAway(socket, refused);
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.open(entrance, webSocket, socket, request),
    );
  }

  private entranceOf(request: IncomingMessage): Entrance | null {
    const { pathname } = new URL(request.url ?? '/', 'http://parley');
    if (pathname === paths.everybody) return this.options;
    return pathname === paths.partners ? (this.options.partners ?? null) : null;
  }

  private refusal(request: IncomingMessage): string | null {
    if (!this.mayConnect(request)) return '403 Forbidden';
    if (this.isClosing || this.connections.size >= this.options.maxSockets) return '503 Service Unavailable';
    return null;
  }

  private mayConnect({ headers }: IncomingMessage): boolean {
    const { allowedOrigins } = this.options;
    // Only browsers send an Origin, and only of them it has to be believed.
    if (headers.origin === undefined || allowedOrigins === 'any' || allowedOrigins.includes(headers.origin))
      return true;
    return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
  }

  private open(entrance: Entrance, socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    const writer = new SocketWriter(stream);
    const address = addressOf(request, this.options.trustProxy);
    const connection: Connection = { entrance, socket, writer, address, caller: null, isAlive: true };
    this.connections.add(connection);
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => writer.send(text),
        close: (code, reason) => this.end(connection, code ?? 1000, reason ?? ''),
        onMessage: (handle) =>
          socket.on('message', (data) => void this.receive(connection, handle, (data as Buffer).toString())),
      },
      connection,
    );
    socket.on('pong', () => {
      connection.isAlive = true;
    });
    // ws closes a socket after an error by itself: a frame that is not valid, a message that is too large.
    socket.on('error', () => undefined);
    socket.once('close', (code, reason) => {
      this.forget(connection);
      closed(code, String(reason)).catch((error: unknown) =>
        this.options.log.error({ err: error }, 'a socket did not close cleanly'),
      );
    });
  }

  private async receive(connection: Connection, handle: (text: string) => Promise<void>, text: string): Promise<void> {
    try {
      await handle(text);
    } catch (error) {
      this.options.log.error({ err: error }, 'a message on a socket could not be handled');
      this.end(connection, closing.failed, 'Internal error');
    }
  }

  private end(connection: Connection, code: number, reason: string): void {
    connection.writer.flush();
    connection.socket.close(code, reason);
  }

  private forget(connection: Connection): void {
    this.connections.delete(connection);
    if (connection.caller?.kind !== 'person') return;
    const { deviceId } = connection.caller;
    const ofDevice = this.byDevice.get(deviceId);
    ofDevice?.delete(connection);
    if (ofDevice?.size !== 0) return;
    this.byDevice.delete(deviceId);
    this.watch((devices, person) => devices.gone(person), connection.caller);
  }

  private ping(): void {
    const living = new Map<string, Person>();
    for (const connection of this.connections) {
      const { caller, socket } = connection;
      if (!connection.isAlive) socket.terminate();
      else if (socket.readyState === socket.OPEN) {
        if (caller?.kind === 'person') living.set(caller.deviceId, caller);
        connection.isAlive = false;
        socket.ping();
      }
    }
    for (const person of living.values()) this.tellOfLife(person);
  }

  private tellOfLife(person: Person): void {
    this.watch(async (devices) => {
      await devices.lives(person);
      // It may have gone while that was on its way.
      if (!this.byDevice.has(person.deviceId)) await devices.gone(person);
    }, person);
  }

  private watch(tell: (devices: DeviceWatch, person: Person) => Promise<void>, person: Person): void {
    const { devices, log } = this.options;
    if (devices)
      tell(devices, person).catch((error: unknown) => log.warn({ err: error }, 'presence of a device was not told'));
  }

  private async connect(ctx: Ctx): Promise<boolean> {
    const { connectionParams, extra } = ctx;
    const authorization = connectionParams?.authorization ?? connectionParams?.Authorization;
    // Or the token would be kept for as long as the socket is open.
    delete (ctx as { connectionParams?: unknown }).connectionParams;
    const given = typeof authorization === 'string' ? authorization : undefined;
    try {
      const caller = await extra.entrance.authenticator.callerOf(given, extra.address);
      if (!this.connections.has(extra)) return false;
      extra.caller = caller;
      if (caller.kind === 'person') {
        const ofDevice = this.byDevice.get(caller.deviceId) ?? new Set();
        this.byDevice.set(caller.deviceId, ofDevice.add(extra));
        if (ofDevice.size === 1) this.tellOfLife(caller);
      }
      return true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // 4403 lets a client try again with a fresh token; another code than these two is a server that cannot say.
      const code = error.code === 'UNAUTHENTICATED' ? closing.forbidden : 1013;
      this.end(extra, code, error.message);
      return false;
    }
  }

  private async prepare(ctx: Ctx, id: string, payload: object): Promise<never> {
    const prepared = await this.prepareOperation(ctx, id, payload);
    // graphql-ws takes both: errors that refuse the operation, or arguments for `execute` and `subscribe`.
    return prepared as never;
  }

  private async prepareOperation(ctx: Ctx, id: string, payload: object): Promise<object> {
    const connection = ctx.extra;
    const { operations, authenticator } = connection.entrance;
    let caller: Caller = connection.caller ?? { kind: 'nobody', startedAt: Date.now() };
    try {
      if (Object.keys(ctx.subscriptions).length > MAX_OPERATIONS)
        throw new Fault('RATE_LIMITED', `At most ${MAX_OPERATIONS} operations run on one socket at the same time.`);
      const request = toOperationRequest(operations.admit({ ...payload }));
      caller = await authenticator.again(caller);
      const prepared = await operations.prepare(request, caller);
      if (isRefused(prepared)) return prepared;
      const { variables } = request;
      const contextValue: OperationArgs = {
        prepared,
        variables,
        caller,
        connection,
        id,
        isOpen: () => id in ctx.subscriptions,
      };
      return {
        schema: operations.schema,
        document: prepared.document,
        operationName: prepared.operationName,
        variableValues: variables,
        contextValue,
      };
    } catch (error) {
      return operations.formatted([error], caller);
    }
  }

  private execute({ contextValue }: { contextValue: OperationArgs }): Promise<ExecutionResult> {
    const { prepared, variables, caller, connection } = contextValue;
    return connection.entrance.operations.execute(prepared, variables, caller);
  }

  private async subscribe({ contextValue }: { contextValue: OperationArgs }): Promise<StreamEnd> {
    const { prepared, variables, caller } = contextValue;
    const { streams } = this.options;
    const stream = new StreamEnd();
    const { connection } = contextValue;
    const { operations } = connection.entrance;
    const sink = toSink(
      contextValue,
      stream,
      (code, reason) => this.end(connection, code, reason),
      (errors) => operations.formatted(errors, caller),
    );
    const { document, operationName } = prepared;
    try {
      const refused = await streams.subscribe({ document, operationName, variables, caller, sink });
      if (refused) sink.fail(refused);
    } catch (error) {
      sink.fail([error as GraphQLError]);
    }
    return stream;
  }

  private toErrors(errors: readonly GraphQLError[]) {
    const ended = errors[0]?.originalError;
    return (ended instanceof StreamErrors ? ended.errors : errors).map((error) => error.toJSON());
  }
}

function turnAway(socket: Duplex, status: string): void {
  const retry = status.startsWith('503') ? 'Retry-After: 5\r\n' : '';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${retry}\r\n`);
}

/** No closure: one would keep the request for as long as the socket is open. */
function destroy(this: Duplex): void {
  this.destroy();
}

const nextTail = Buffer.from('}');

/** Memory of its own: a piece of a pool would keep the whole pool for as long as the stream lasts. */
function lasting(text: string): Buffer {
  const buffer = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  buffer.write(text);
  return buffer;
}

function toSink(
  { connection, id, isOpen }: OperationArgs,
  stream: StreamEnd,
  close: (code: number, reason: string) => void,
  format: (errors: readonly unknown[]) => GraphQLError[],
): Sink {
  const { writer } = connection;
  const head = lasting(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  return {
    write: (payload) => {
      if (!stream.isOver && isOpen()) writer.enqueue(head, payload, nextTail);
    },
    backlog: () => writer.backlog,
    onDrain: (callback) => writer.onDrain(callback),
    end: () => stream.end(),
    fail: (errors) => stream.end(format(errors)),
    close,
    onClose: (callback) => stream.onEnd(callback),
  };
}

/** Where a request came from: the peer, or, behind a proxy that is trusted, the last address it added. */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string | undefined {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1)?.trim();
  return last || request.socket.remoteAddress;
}
