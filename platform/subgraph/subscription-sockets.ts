import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLError } from 'graphql';
import { CloseCode, handleProtocols, type Context } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Caller } from '../auth/caller.js';
import type { SubgraphCallers } from '../auth/subgraph-callers.js';
import { VIEWER_HEADER } from '../auth/viewer-token.js';
import { Fault } from '../errors/errors.js';
import type { PubSub, Unsubscribe } from '../pubsub/port.js';
import type { Log } from '../telemetry/log.js';
import { channels, type Revocation } from '../../schema/live.js';
import { executeOn, prepare, type SubgraphRequest } from './execute.js';
import { subscribeOn } from './subscribe.js';
import type { Subgraph } from './subgraph.js';

export interface SubscriptionSocketsOptions {
  callers: SubgraphCallers;
  pubsub: PubSub;
  log: Log;
  maxSockets: number;
}

const PATH = '/graphql';
const MAX_MESSAGE = 1024 * 1024;
const RECHECK_MS = 60_000;
const RESTART = 1012;
const CLOSE_MS = 3_000;

interface OperationArgs {
  request: SubgraphRequest;
  caller: Caller;
}
type Sockets = Map<WebSocket, Caller>;

/**
 * The subscriptions of one subgraph over graphql-transport-ws, for any router of the supergraph. Who asks is said in
 * connection_init, or by the headers of the request, as over HTTP, and holds until the device is signed out.
 */
export class SubscriptionSockets {
  private readonly webSockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, handleProtocols });
  private readonly callers: Sockets = new Map();
  private readonly protocol: ReturnType<typeof useServer>;
  private readonly recheck: NodeJS.Timeout;
  private unsubscribe: Unsubscribe = () => Promise.resolve();
  private isClosing = false;

  private constructor(
    private readonly subgraph: Subgraph,
    private readonly options: SubscriptionSocketsOptions,
  ) {
    this.protocol = useServer(
      {
        onConnect: (context) => this.connect(context),
        onSubscribe: (context, _id, { query, variables, operationName }) =>
          this.prepare(context, { query, variables, operationName }),
        execute: (args: unknown) => {
          const { request, caller } = operationOf(args);
          return executeOn(subgraph, request, caller, undefined, options.log);
        },
        subscribe: (args: unknown) => {
          const { request, caller } = operationOf(args);
          return subscribeOn(subgraph, request, caller, options.log);
        },
      },
      this.webSockets,
    );
    this.recheck = setInterval(() => void this.endSignedOut(), RECHECK_MS);
    this.recheck.unref();
  }

  static async attach(
    server: Server,
    subgraph: Subgraph,
    options: SubscriptionSocketsOptions,
  ): Promise<SubscriptionSockets> {
    const sockets = new SubscriptionSockets(subgraph, options);
    sockets.unsubscribe = await options.pubsub.subscribe(
      channels.revocations,
      (message) => sockets.endDevices((JSON.parse(message) as Revocation).deviceIds),
      () => void sockets.endSignedOut(),
    );
    server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
    return sockets;
  }

  /** Tells routers to connect again, elsewhere. */
  async close(): Promise<void> {
    this.isClosing = true;
    clearInterval(this.recheck);
    await this.unsubscribe();
    const { clients } = this.webSockets;
    const gone = [...clients].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    for (const socket of clients) socket.close(RESTART, 'The server restarts');
    const limit = setTimeout(() => clients.forEach((socket) => socket.terminate()), CLOSE_MS);
    await Promise.all(gone);
    clearTimeout(limit);
    await this.protocol.dispose();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const isFound = new URL(request.url ?? '/', 'http://parley').pathname === PATH;
    const hasRoom = !this.isClosing && this.webSockets.clients.size < this.options.maxSockets;
    if (isFound && hasRoom)
      this.webSockets.handleUpgrade(request, socket, head, (webSocket) =>
        this.webSockets.emit('connection', webSocket, request),
      );
    else {
      const status = isFound ? '503 Service Unavailable' : '404 Not Found';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
  }

  /** False ends the socket with 4403. */
  private async connect({ connectionParams, extra }: Context<Record<string, unknown>, Extra>): Promise<boolean> {
    const { headers } = extra.request;
    const said = (name: string) => text(connectionParams?.[name]) ?? text(headers[name]);
    try {
      const caller = await this.options.callers.of({
        viewerToken: said(VIEWER_HEADER),
        authorization: said('authorization'),
      });
      if (!caller) return false;
      this.callers.set(extra.socket, caller);
      extra.socket.once('close', () => this.callers.delete(extra.socket));
      return true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const isRefused = error.extensions.code === 'UNAUTHENTICATED';
      extra.socket.close(isRefused ? CloseCode.Unauthorized : RESTART, error.message);
      return true;
    }
  }

  private async prepare({ extra }: Context<Record<string, unknown>, Extra>, request: SubgraphRequest) {
    const caller = this.callers.get(extra.socket);
    const isSignedIn = caller && (await this.options.callers.isSignedIn(caller).catch(() => null));
    if (isSignedIn === null) return [new Fault('UNAVAILABLE', 'This cannot be looked up right now. Try again.')];
    if (!isSignedIn) return [new Fault('UNAUTHENTICATED', 'This device was signed out.')];
    const prepared = prepare(this.subgraph.schema, request.query);
    if ('errors' in prepared) return prepared.errors as GraphQLError[];
    const operation: OperationArgs = { request, caller: { ...caller, startedAt: Date.now() } };
    return {
      schema: this.subgraph.schema,
      document: prepared.document,
      operationName: request.operationName,
      contextValue: operation,
    };
  }

  private endDevices(deviceIds: readonly string[]): void {
    for (const [socket, caller] of this.callers)
      if (caller.kind === 'person' && deviceIds.includes(caller.deviceId))
        socket.close(CloseCode.Unauthorized, 'This device was signed out');
  }

  /** Where a revocation may have been lost: asks about every device. */
  private async endSignedOut(): Promise<void> {
    for (const caller of new Set(this.callers.values()))
      if (caller.kind === 'person' && (await this.options.callers.isSignedIn(caller).catch(() => true)) === false)
        this.endDevices([caller.deviceId]);
  }
}

function operationOf(args: unknown): OperationArgs {
  return (args as { contextValue: OperationArgs }).contextValue;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
