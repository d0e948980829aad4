import type { Writable } from 'node:stream';

/** Frames up to so many bytes in a tick are joined into one buffer; more go out as they are, in one writev. */
const JOIN_LIMIT = 64 * 1024;
const nothing = Buffer.alloc(0);

/**
 * Unmasked text frames of a WebSocket (RFC 6455 §5.2), written straight to its net.Socket: what several sockets share is
 * not copied into a string for each. Frames queued in one turn of the event loop go out in one write. Everything that is
 * text goes through here, so that order holds; pings and the close frame may be written by ws in between, because only
 * whole frames are ever written.
 */
export class SocketWriter {
  private queue: Buffer[] = [];
  private queued = 0;
  private isScheduled = false;
  private waiting: (() => void)[] = [];

  constructor(private readonly socket: Writable) {}

  /** Queues one text message that is made of three pieces. */
  enqueue(head: Buffer, payload: Buffer, tail: Buffer = nothing): void {
    if (this.socket.destroyed || this.socket.writableEnded) return;
    const length = head.length + payload.length + tail.length;
    const header = frameHeader(length);
    this.queue.push(header, head, payload, tail);
    this.queued += header.length + length;
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.flush);
  }

  send(text: string): void {
    this.enqueue(nothing, Buffer.from(text));
  }

  /** Bytes that the kernel has not taken yet. */
  get backlog(): number {
    return this.socket.writableLength + this.queued;
  }

  /** Calls back once, when the backlog is gone; at once where there is none. */
  onDrain(callback: () => void): void {
    if (this.backlog === 0) callback();
    else this.waiting.push(callback);
  }

  /** Writes what is queued now rather than at the end of the turn. */
  readonly flush = (): void => {
    this.isScheduled = false;
    const { queue, queued } = this;
    if (queued === 0) return;
    this.queue = [];
    this.queued = 0;
    if (this.socket.destroyed || this.socket.writableEnded) return;
    if (queued <= JOIN_LIMIT) {
      this.socket.write(Buffer.concat(queue, queued), this.onWritten);
      return;
    }
    this.socket.cork();
    for (const piece of queue) if (piece.length > 0) this.socket.write(piece);
    this.socket.write(nothing, this.onWritten);
    this.socket.uncork();
  };

  private readonly onWritten = (): void => {
    if (this.waiting.length === 0 || this.backlog > 0) return;
    const callbacks = this.waiting;
    this.waiting = [];
    for (const callback of callbacks) callback();
  };
}

/** FIN and opcode text, then the length in 7 bits, 16 or 64. */
export function frameHeader(length: number): Buffer {
  if (length < 126) return Buffer.from([0x81, length]);
  if (length < 65_536) return Buffer.from([0x81, 126, length >> 8, length & 0xff]);
  const header = Buffer.alloc(10);
  header[0] = 0x81;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
