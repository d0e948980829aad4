import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { checkKey } from './key.js';
import { LocalLinks } from './local-links.js';
import { nullIfAbsent, openObjectFile, sizeOfFile, writeObjectFile, type OpenedObject } from './object-file.js';
import type { DownloadGrant, ListedObject, ObjectStore, SignedUpload, StoredObject, UploadGrant } from './port.js';

/** After the last part of a key: no key has it, so an object and a folder never want the same name. */
const MARK = '~';
const PARTS = '~parts';

export interface EmbeddedObjectStoreOptions {
  folder: string;
  /** Signs links. */
  secret: Buffer;
  /** Where people reach the router that serves it, without a slash at the end. */
  origin: () => string;
}

/** Objects as files, each whole in one, for whoever runs Parley on their own machine; served by serveObjects. */
export class EmbeddedObjectStore implements ObjectStore {
  readonly links: LocalLinks;

  private constructor(
    private readonly folder: string,
    { secret, origin }: EmbeddedObjectStoreOptions,
  ) {
    this.links = new LocalLinks(secret, origin);
  }

  static async open(options: EmbeddedObjectStoreOptions): Promise<EmbeddedObjectStore> {
    const { folder } = options;
    // What a process that died had not finished.
    await rm(join(folder, PARTS), { recursive: true, force: true });
    await mkdir(join(folder, PARTS), { recursive: true, mode: 0o700 });
    return new EmbeddedObjectStore(folder, options);
  }

  signUpload(grant: UploadGrant): Promise<SignedUpload> {
    checkKey(grant.key);
    return Promise.resolve(this.links.upload(grant));
  }

  signDownload(grant: DownloadGrant): Promise<string> {
    checkKey(grant.key);
    return Promise.resolve(this.links.download(grant));
  }

  async head(key: string): Promise<StoredObject | null> {
    const object = await this.open(key);
    if (!object) return null;
    await object.close();
    const { size, contentType, modifiedAt } = object;
    return { key, size, contentType, modifiedAt };
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Readable | null> {
    return (await this.open(key))?.stream(range) ?? null;
  }

  /** The reader takes its stream to the end, destroys it, or closes. */
  open(key: string): Promise<OpenedObject | null> {
    return openObjectFile(this.fileOf(key));
  }

  async write(
    key: string,
    body: Buffer | Readable,
    about: { contentType: string; size: number; sha256?: string | null },
  ): Promise<void> {
    const file = this.fileOf(key);
    const part = join(this.folder, PARTS, randomUUID());
    try {
      await writeObjectFile(part, checked(Buffer.isBuffer(body) ? Readable.from([body]) : body, about.sha256), about);
      const made = await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await rename(part, file);
      // The names are to be as durable as the bytes: of this file, and of each folder that it made.
      const highest = made === undefined ? dirname(file) : dirname(made);
      for (let folder = dirname(file); ; folder = dirname(folder)) {
        await syncFolder(folder);
        if (folder === highest) break;
      }
    } finally {
      await rm(part, { force: true });
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) await rm(this.fileOf(key), { force: true });
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    const at = prefix.lastIndexOf('/') + 1;
    yield* this.listFolder(prefix.slice(0, at), prefix);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** `folder`: empty, or ending with a slash. */
  private async *listFolder(folder: string, prefix: string): AsyncIterable<ListedObject> {
    const entries = (await readdir(join(this.folder, folder), { withFileTypes: true }).catch(nullIfAbsent)) ?? [];
    const keys = entries
      .filter(({ name }) => name !== PARTS)
      .map((entry) => folder + (entry.isDirectory() ? `${entry.name}/` : entry.name.slice(0, -MARK.length)))
      .filter((key) => key.startsWith(prefix))
      .sort((one, other) => (one < other ? -1 : 1));
    for (const key of keys) {
      if (key.endsWith('/')) yield* this.listFolder(key, prefix);
      else {
        const found = await stat(this.fileOf(key)).catch(nullIfAbsent);
        if (found) yield { key, size: sizeOfFile(found.size), modifiedAt: found.mtime };
      }
    }
  }

  private fileOf(key: string): string {
    return join(this.folder, checkKey(key) + MARK);
  }
}

/** Other bytes than were promised. */
export class WrongChecksum extends Error {
  override readonly message = 'These are other bytes than were announced: their SHA-256 differs.';
}

async function* checked(body: Readable, sha256: string | null | undefined): AsyncIterable<Buffer> {
  const hash = sha256 ? createHash('sha256') : null;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    hash?.update(chunk);
    yield chunk;
  }
  if (hash && hash.digest('hex') !== sha256) throw new WrongChecksum();
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
