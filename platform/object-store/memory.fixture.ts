import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { DownloadGrant, ObjectStore, StoredObject, UploadGrant } from './port.js';

/** An object store in memory, whose links say what they are for. */
export class MemoryObjectStore implements ObjectStore {
  readonly objects = new Map<string, { bytes: Buffer; about: StoredObject }>();
  readonly uploads: UploadGrant[] = [];

  /** As a client does with a signed upload. */
  put(key: string, bytes: Buffer, contentType = 'application/octet-stream', modifiedAt = new Date()): void {
    this.objects.set(key, { bytes, about: { key, size: bytes.length, contentType, modifiedAt } });
  }
  async signUpload(grant: UploadGrant) {
    this.uploads.push(grant);
    const headers = [{ name: 'content-type', value: grant.contentType }];
    return { method: 'PUT', url: `https://store.test/${grant.key}`, headers };
  }
  async signDownload({ key, disposition, filename, contentType, expiresAt }: DownloadGrant) {
    const grant = new URLSearchParams({ disposition, filename, contentType, until: expiresAt.toISOString() });
    return `https://store.test/${key}?${grant.toString()}`;
  }
  async head(key: string) {
    return this.objects.get(key)?.about ?? null;
  }
  async read(key: string) {
    const found = this.objects.get(key);
    return found ? Readable.from([found.bytes]) : null;
  }
  async write(key: string, body: Buffer | Readable, { contentType }: { contentType: string }) {
    this.put(key, Buffer.isBuffer(body) ? body : await buffer(body), contentType);
  }
  async delete(keys: readonly string[]) {
    for (const key of keys) this.objects.delete(key);
  }
  async *list(prefix: string) {
    for (const [key, { about }] of [...this.objects].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (key.startsWith(prefix)) yield about;
  }
  async close() {
    this.objects.clear();
  }
}
