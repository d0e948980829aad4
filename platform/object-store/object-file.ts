import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** What stands before the bytes of an object in its file, so that both come and go together: JSON, filled up with spaces. */
const HEADER = 512;

/** Does not resolve before it is on the disk. `size` and what `check` throws on decide whether the file may be used. */
export async function writeObjectFile(
  path: string,
  body: AsyncIterable<Buffer>,
  about: { contentType: string; size: number },
): Promise<void> {
  const header = Buffer.from(JSON.stringify({ contentType: about.contentType }));
  if (header.length >= HEADER) throw new Error('the content type of an object is too long');
  const file = await open(path, 'wx', 0o600);
  try {
    await writeAll(file, Buffer.concat([header, Buffer.alloc(HEADER - header.length, ' ')]));
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > about.size) break;
      await writeAll(file, chunk);
    }
    if (size !== about.size) throw new WrongSize();
    await file.sync();
  } finally {
    await file.close();
  }
}

export class WrongSize extends Error {
  override readonly message = 'There are more bytes than were announced, or fewer.';
}

/** An object that was opened: it stays as it is, also where it is replaced or deleted meanwhile. */
export interface OpenedObject {
  contentType: string;
  size: number;
  modifiedAt: Date;
  /** Closes the file at its end. */
  stream(range?: { start: number; end: number }): Readable;
  close(): Promise<void>;
}

/** Null where there is none. */
export async function openObjectFile(path: string): Promise<OpenedObject | null> {
  const file = await open(path, 'r').catch(nullIfAbsent);
  if (!file) return null;
  try {
    const { size, mtime } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(HEADER), 0, HEADER, 0);
    const { contentType } = JSON.parse(buffer.toString()) as { contentType: string };
    return {
      contentType,
      size: size - HEADER,
      modifiedAt: mtime,
      stream: (range = { start: 0, end: Number.MAX_SAFE_INTEGER - HEADER }) =>
        createReadStream('', {
          fd: file,
          start: range.start + HEADER,
          end: range.end + HEADER,
          highWaterMark: 256 * 1024,
        }),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

export const sizeOfFile = (bytes: number): number => bytes - HEADER;

export function nullIfAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
