import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Fault } from '../errors/errors.js';
import type { Verdict, VirusScan } from './port.js';

const CONNECT_MS = 2_000;
/** For clamd to take the next piece. */
const TAKE_MS = 10_000;
/** For it to say what it found, once it has everything. */
const VERDICT_MS = 60_000;
const LONGEST_PIECE = 256 * 1024;

/**
 * Scans by a clamd over TCP, command INSTREAM (clamd(8)). The connection is not encrypted: it belongs into one's own network.
 * What is larger than its StreamMaxLength is `tooLarge`; keep MaxFileSize and MaxScanSize at least as high, or it calls
 * the rest of a large file clean unseen.
 */
export class ClamdVirusScan implements VirusScan {
  private readonly open = new Set<Socket>();

  constructor(private readonly address: { host: string; port: number }) {}

  async scan(bytes: Readable): Promise<Verdict> {
    const socket = connect(this.address);
    this.open.add(socket);
    const replying = replyOf(socket);
    try {
      await within(CONNECT_MS, socket, once(socket, 'connect'));
      await Promise.race([send(bytes, socket), replying]);
      return verdictOf(await within(VERDICT_MS, socket, replying));
    } catch (error) {
      if (error instanceof SourceFailed) throw error.cause;
      throw new Fault('UNAVAILABLE', 'Files cannot be scanned now. Try again.', { cause: error });
    } finally {
      this.open.delete(socket);
      socket.destroy();
      bytes.destroy();
    }
  }

  close(): Promise<void> {
    for (const socket of this.open) socket.destroy(new Error('the scan was ended'));
    return Promise.resolve();
  }
}

/** The bytes could not be read: that says nothing of the scanner. */
class SourceFailed extends Error {}

async function send(bytes: Readable, socket: Socket): Promise<void> {
  socket.write('zINSTREAM\0');
  const pieces = bytes[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const piece = await pieces.next().catch((cause: unknown) => {
      throw new SourceFailed('', { cause });
    });
    if (piece.done) break;
    for (let at = 0; at < piece.value.length; at += LONGEST_PIECE) {
      const part = piece.value.subarray(at, at + LONGEST_PIECE);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      socket.write(length);
      if (!socket.write(part)) await within(TAKE_MS, socket, once(socket, 'drain'));
    }
  }
  socket.write(Buffer.alloc(4));
}

/** All that it says: it answers once, and closes. Also where it does so before it has everything. */
function replyOf(socket: Socket): Promise<string> {
  const replying = new Promise<string>((resolve, reject) => {
    let reply = '';
    const settle = (error?: Error) =>
      reply.includes('\0') ? resolve(reply) : reject(error ?? new Error(`clamd closed after "${reply}"`));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      reply += text;
      if (reply.includes('\0') || reply.length > 4_096) settle();
    });
    socket.once('error', settle);
    socket.once('close', () => settle());
  });
  // Whoever waits for it may have ended before.
  replying.catch(() => undefined);
  return replying;
}

function verdictOf(reply: string): Verdict {
  const text = reply.split('\0', 1)[0]!.trim();
  if (text === 'stream: OK') return { kind: 'clean' };
  const name = /^stream: (.+) FOUND$/.exec(text)?.[1];
  if (name !== undefined) return { kind: 'malware', name };
  if (text.startsWith('INSTREAM size limit exceeded')) return { kind: 'tooLarge' };
  throw new Error(`clamd says: ${text}`);
}

/** Ends the connection, and with it the work, when that takes longer. */
async function within<T>(ms: number, socket: Socket, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => socket.destroy(new Error(`clamd was silent for ${ms} ms`)), ms);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
