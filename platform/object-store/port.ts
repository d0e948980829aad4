import type { Readable } from 'node:stream';

/** What a client needs to send bytes to the store by itself. */
export interface SignedUpload {
  method: string;
  url: string;
  /** To be sent exactly so, Content-Type among them; Content-Length is what the bytes give. */
  headers: { name: string; value: string }[];
}

export interface UploadGrant {
  key: string;
  contentType: string;
  /** Bytes: neither more nor fewer are taken. */
  size: number;
  /** SHA-256 in hex: other bytes are refused, by the store where it can, else by whoever reads them; null where the client gave none. */
  sha256: string | null;
  expiresAt: Date;
}

export interface DownloadGrant {
  key: string;
  /** What the answer says it is. */
  contentType: string;
  disposition: 'inline' | 'attachment';
  /** As the person named it: in any script; never a path. */
  filename: string;
  expiresAt: Date;
}

export interface ListedObject {
  key: string;
  /** Bytes. */
  size: number;
  modifiedAt: Date;
}

export interface StoredObject extends ListedObject {
  contentType: string;
}

/**
 * Bytes by key. A key is made of [A-Za-z0-9/._=-], by Parley alone. An object is whole or absent: no reader sees a part of
 * one. Where the store cannot be reached, all but the signing of links throws Fault UNAVAILABLE.
 */
export interface ObjectStore {
  /**
   * A request by which whoever holds it may put this object until `expiresAt`, and no other: method, key, content type, length
   * and, where given, checksum are signed. It may be used again meanwhile, without a checksum for other bytes of that length:
   * what was looked at and is to be served has to be a copy, under a key that nobody may put.
   */
  signUpload(grant: UploadGrant): Promise<SignedUpload>;
  /**
   * A link by which whoever holds it may get this object until `expiresAt`, as the grant says. Ranges work. What a browser
   * might run or render as a page is always an attachment of type application/octet-stream.
   */
  signDownload(grant: DownloadGrant): Promise<string>;
  head(key: string): Promise<StoredObject | null>;
  /** Null where there is none. The reader consumes or destroys the stream. `range`: bytes from `start` to `end`, both included. */
  read(key: string, range?: { start: number; end: number }): Promise<Readable | null>;
  /** Resolves once durable. Replaces what was there. Throws, and leaves that, where the bytes are not `size`. */
  write(key: string, body: Buffer | Readable, about: { contentType: string; size: number }): Promise<void>;
  /** What is not there is deleted already. */
  delete(keys: readonly string[]): Promise<void>;
  /** All whose keys begin so, in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedObject>;
  close(): Promise<void>;
}
