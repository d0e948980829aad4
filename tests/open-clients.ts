import { randomBytes } from 'node:crypto';
import { afterEach } from '@jest/globals';
import { WebSocket } from 'ws';
import type { Chat } from '../client/src/chat.js';
import type { Conversation } from '../client/src/conversation.js';
import {
  createParley,
  memoryStorage,
  ParleyError,
  type Parley,
  type Sending,
  type Storage,
} from '../client/src/index.js';
import { put } from '../client/src/transport/put.js';
import { waitFor } from './wait-for.js';

/** A network that the test takes away: no request is answered, and sockets break. */
export class Network {
  private isThere = true;
  private readonly sockets = new Set<WebSocket>();
  readonly environment = {
    fetch: (url: string, init: RequestInit) =>
      this.isThere ? fetch(url, init) : Promise.reject(new TypeError('The network is gone.')),
    put: async (url: string, sending: Sending) => {
      await this.putting;
      sending.signal.throwIfAborted();
      if (!this.isThere) throw new ParleyError('NO_ANSWER', 'The network is gone.', true);
      return put(url, sending);
    },
  };
  private putting: Promise<void> = Promise.resolve();
  readonly WebSocket = socketOf((url, protocols) => {
    const socket = new WebSocket(this.isThere ? url : 'ws://127.0.0.1:1', protocols);
    this.sockets.add(socket);
    return socket;
  });

  cut(): void {
    this.isThere = false;
    for (const socket of this.sockets) socket.terminate();
    this.sockets.clear();
  }

  restore(): void {
    this.isThere = true;
  }

  /** Bytes for the store stand still until the returned function is called. */
  holdUploads(): () => void {
    let release = (): void => undefined;
    this.putting = new Promise((resolve) => (release = resolve));
    return () => release();
  }
}

/** A constructor that gives what `open` opens. */
const socketOf = (open: (url: string, protocols: string[]) => WebSocket) =>
  Object.assign(
    function (url: string, protocols: string[]) {
      return open(url, protocols);
    },
    { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
  );

/** Gives what opens clients; they are closed when their story ends. */
export function openClients(): (url: string, network?: Network, storage?: Storage) => Parley {
  const open: Parley[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((parley) => parley.close()));
  });
  return (url, network = new Network(), storage = memoryStorage()) => {
    const { WebSocket: socket, environment } = network;
    const parley = createParley({ url, storage, environment, WebSocket: socket, deviceName: 'A test' });
    open.push(parley);
    return parley;
  };
}

export async function signUpWith(parley: Parley, name: string): Promise<Chat> {
  const handle = `${name.toLowerCase()}_${randomBytes(6).toString('hex')}`;
  const email = `${handle}@example.org`;
  await parley.session.signUp({ handle, email, displayName: name, password: `correct horse ${handle}` });
  return parley.chat.get()!;
}

export const untilLive = (conversation: Conversation) =>
  waitFor(
    'the conversation is live',
    () => conversation.view.get().state === 'live',
    10_000,
    () => conversation.view.get(),
  );
