import type { ObjectStore } from '../platform/object-store/port.js';
import { mediaKeys } from '../schema/media.js';

/** Deletes all bytes of a media: what was put, and what was made of it. Twice is once. */
export async function deleteObjects(objects: Pick<ObjectStore, 'delete' | 'list'>, mediaId: string): Promise<void> {
  const keys = [mediaKeys.upload(mediaId)];
  for await (const { key } of objects.list(mediaKeys.served(mediaId))) keys.push(key);
  await objects.delete(keys);
}
