import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** Frames of RFC 6455 §5.2. */
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

/**
 * A WebSocket client that leaves the processor to the server under test: text goes to the callback as bytes of the
 * chunk that arrived, unparsed, and the mask that a client owes is zero. Takes no extensions and no fragments.
 */
export class LiveSocket {
  /** Called once, when the server or the network ends the connection. */
  onEnd: (reason: string) => void = () => undefined;
  private rest: Buffer | null = null;

  private constructor(
    private readonly tcp: Socket,
    /** A text frame. The bytes are only valid during the call. */
    public onText: (text: Buffer) => void,
  ) {}

  static open(url: string, protocol: string | null, onText: (text: Buffer) => void): Promise<LiveSocket> {
    const { hostname, port, pathname, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const tcp = connect({ host: hostname, port: Number(port), noDelay: true });
      const socket = new LiveSocket(tcp, onText);
      tcp.once('error', reject);
      tcp.once('connect', () =>
        tcp.write(
          `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
            `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
            `${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`,
        ),
      );
      let head = Buffer.alloc(0);
      const onHead = (chunk: Buffer) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        tcp.off('data', onHead);
        const status = head.subarray(0, head.indexOf('\r\n')).toString();
        if (!status.includes(' 101 ')) return reject(new Error(`no WebSocket: ${status}`));
        tcp.off('error', reject);
        tcp.on('error', (error) => socket.onEnd(error.message));
        tcp.on('close', () => socket.onEnd('closed'));
        tcp.on('data', (bytes) => socket.receive(bytes));
        resolve(socket);
        if (head.length > end + 4) socket.receive(head.subarray(end + 4));
      };
      tcp.on('data', onHead);
    });
  }

  send(text: string): void {
    this.tcp.write(frame(TEXT, Buffer.from(text)));
  }

  close(): Promise<void> {
    this.onEnd = () => undefined;
    return new Promise((resolve) => {
      this.tcp.once('close', () => resolve());
      this.tcp.destroy();
    });
  }

  private receive(chunk: Buffer): void {
    const bytes = this.rest ? Buffer.concat([this.rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      if (bytes.length < at + 2) break;
      let length = bytes[at + 1]! & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (bytes.length < at + 4) break;
        length = bytes.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) {
        if (bytes.length < at + 10) break;
        length = bytes.readUInt32BE(at + 6);
        start = at + 10;
      }
      const end = start + length;
      if (bytes.length < end) break;
      const opcode = bytes[at]! & 0xf;
      if (opcode === TEXT) this.onText(bytes.subarray(start, end));
      else if (opcode === PING) this.tcp.write(frame(PONG, bytes.subarray(start, end)));
      else if (opcode === CLOSE)
        this.onEnd(`closed by the server: ${bytes.subarray(start, end).toString('latin1', 2)}`);
      at = end;
    }
    this.rest = at < bytes.length ? bytes.subarray(at) : null;
  }
}

function frame(opcode: number, payload: Buffer): Buffer {
  const long = payload.length > 125;
  if (payload.length > 0xffff) throw new Error('the load generator sends no such long frames');
  const bytes = Buffer.alloc((long ? 4 : 2) + 4 + payload.length); // four zero bytes of mask
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | (long ? 126 : payload.length);
  if (long) bytes.writeUInt16BE(payload.length, 2);
  payload.copy(bytes, bytes.length - payload.length);
  return bytes;
}

/** A signed-in graphql-transport-ws connection; `onText` gets every frame after the acknowledgement but pings. */
export async function openGraphQL(
  url: string,
  accessToken: string,
  onText: (text: Buffer) => void,
): Promise<LiveSocket> {
  const socket = await LiveSocket.open(url, 'graphql-transport-ws', () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.onEnd = (reason) => reject(new Error(`not let in: ${reason}`));
    socket.onText = (text) => {
      if (text.includes('"connection_ack"')) resolve();
    };
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${accessToken}` } }));
  });
  socket.onEnd = (reason) => {
    throw new Error(`the server ended a connection: ${reason}`);
  };
  socket.onText = (text) => {
    if (text.length < 40 && text.includes('"ping"')) socket.send('{"type":"pong"}');
    else onText(text);
  };
  return socket;
}
