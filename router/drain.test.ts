import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tests/wait-for.js';
import { startSmallRouter, type SmallRouter } from './router.fixture.js';

let router: SmallRouter;
/** Resolves once a request for `slow` is at work. */
let isAtWork: Promise<void>;
/** Lets it be answered. */
let finish: () => void;
let agent: Agent;

beforeEach(async () => {
  let begun: () => void;
  isAtWork = new Promise((resolve) => (begun = resolve));
  const finished = new Promise<string>((resolve) => (finish = () => resolve('at last')));
  router = await startSmallRouter({
    slow: () => {
      begun();
      return finished;
    },
  });
  agent = new Agent({ keepAlive: true });
});
afterEach(() => agent.destroy());

interface Answer {
  status: number | undefined;
  connection: string | undefined;
  body: unknown;
}

async function ask(query: string): Promise<Answer> {
  const asked = request(`${router.url}/graphql`, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json' },
  });
  asked.end(JSON.stringify({ query }));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const body = JSON.parse(await text(response)) as unknown;
  return { status: response.statusCode, connection: response.headers.connection, body };
}

const hello = (() => {
  const body = JSON.stringify({ query: '{ hello }' });
  return `POST /graphql HTTP/1.1\r\nhost: parley\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
})();

describe('a server that stops', () => {
  test('answers the request that is at work, and then ends its connection', async () => {
    const answer = ask('{ slow }');
    await isAtWork;
    const closed = router.close();
    finish();
    expect(await answer).toEqual({ status: 200, connection: 'close', body: { data: { slow: 'at last' } } });
    await closed;
  });

  test('answers it also when that takes longer than all else', async () => {
    const answer = ask('{ slow }');
    await isAtWork;
    const idle = await RawConnection.open();
    const closed = router.close();
    await idle.ended; // by now only the slow one holds the server
    idle.socket.end();
    finish();
    expect(await answer).toMatchObject({ status: 200, body: { data: { slow: 'at last' } } });
    await closed;
  });

  test.each(['kept-alive', 'fresh'])('tells a request on a %s connection to come back', async (kind) => {
    const connection = await RawConnection.open();
    if (kind === 'kept-alive') await connection.ask();
    const closed = router.close();
    connection.socket.write(hello);
    await connection.ended;
    connection.socket.end();
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1.1 503 /);
    expect(connection.received).toMatch(/^connection: close\r$/m);
    expect(connection.received).toContain('"OVERLOADED"');
    await closed;
  });

  test('ends idle connections without a reset, and a request that crosses that on its way is told to come back', async () => {
    const connection = await RawConnection.open();
    await connection.ask();
    const closed = router.close();
    await connection.ended;
    connection.socket.write(hello);
    connection.socket.end();
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1.1 503 /);
    expect(connection.received).toContain('"OVERLOADED"');
    await closed;
  });
});

class RawConnection {
  received = '';
  /** The server has closed its side. */
  readonly ended: Promise<unknown>;
  /** Rejects where the connection was reset. */
  readonly closed: Promise<unknown>;

  static async open(): Promise<RawConnection> {
    const socket = connect({ port: Number(new URL(router.url).port), host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  private constructor(readonly socket: Socket) {
    socket.on('data', (data) => (this.received += data.toString()));
    this.ended = once(socket, 'end');
    this.closed = once(socket, 'close');
    this.closed.catch(() => undefined);
  }

  /** Asks and forgets the answer: the connection is idle and kept alive then. */
  async ask(): Promise<void> {
    this.socket.write(hello);
    await waitFor('it is answered', () => this.received.includes('"world"'));
    this.received = '';
  }
}
