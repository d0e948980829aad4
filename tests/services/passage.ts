import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

interface Pair {
  near: Socket;
  far: Socket;
}

/**
 * A way over loopback to servers, each connection to the next of them that takes it, as behind a load balancer. It can be
 * cut in one direction, as networks sometimes are: what is asked still arrives, the answers do not. As with TCP, they come
 * late when the way is whole again before anybody has given up.
 */
export class Passage {
  private readonly pairs = new Set<Pair>();
  private isCut = false;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly port: number,
  ) {}

  static async to(...ports: number[]): Promise<Passage> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const passage = new Passage(server, (server.address() as AddressInfo).port);
    let turn = 0;
    server.on('connection', (near) => {
      near.on('error', () => undefined);
      const from = turn++;
      void connectToOne(ports.map((_, index) => ports[(from + index) % ports.length]!)).then(
        (far) => passage.join(near, far),
        () => near.destroy(),
      );
    });
    return passage;
  }

  cutAnswers(): void {
    this.isCut = true;
    for (const { near, far } of this.pairs) far.unpipe(near).pause();
  }

  mend(): void {
    this.isCut = false;
    for (const { near, far } of this.pairs) far.pipe(near);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const { near, far } of this.pairs) {
      near.destroy();
      far.destroy();
    }
    await closed;
  }

  private join(near: Socket, far: Socket): void {
    const pair = { near, far };
    this.pairs.add(pair);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.setNoDelay();
      // Who is told of an end that is an error is told of it by 'close', too.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.pairs.delete(pair);
        other.destroy();
      });
    }
    near.pipe(far);
    if (!this.isCut) far.pipe(near);
  }
}

async function connectToOne([port, ...others]: number[]): Promise<Socket> {
  const socket = connect(port!, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    if (others.length === 0) throw error;
    return connectToOne(others);
  }
}
