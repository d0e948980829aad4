import type { MediaKind } from '../generated/graphql.js';

/** What is known of a file besides its bytes. */
export interface FileOptions {
  /** By default that of a File. */
  filename?: string;
  /** By default that of the Blob. */
  contentType?: string;
  /** By default what the content type says; VOICE only where it is said. */
  kind?: MediaKind;
  /** In pixels, where known: room is kept for it before the server has looked. */
  width?: number;
  height?: number;
  /** In ms. */
  durationMs?: number;
}

/** A file that a message is to carry, as it lies in storage with that message. */
export interface FileToSend extends FileOptions {
  uploadId: string;
  blob: Blob;
  filename: string;
  contentType: string;
  kind: MediaKind;
}

/** What the API takes as such; anything else is a FILE. */
const kinds: [MediaKind, RegExp][] = [
  ['IMAGE', /^image\/(jpe?g|png|gif|webp|avif)$/],
  ['VIDEO', /^video\/(mp4|webm|quicktime|ogg)$/],
  ['AUDIO', /^audio\/(mpeg|mp3|mp4|x-m4a|aac|ogg|opus|wav|x-wav|webm|flac|x-flac)$/],
];

export const kindOf = (contentType: string): MediaKind =>
  kinds.find(([, types]) => types.test(contentType.split(';', 1)[0]!.trim().toLowerCase()))?.[0] ?? 'FILE';

export function fileToSend(uploadId: string, given: Blob, options: FileOptions): FileToSend {
  const { name } = given as Partial<File>;
  const { filename = name ?? 'file', contentType = given.type || 'application/octet-stream' } = options;
  return {
    ...options,
    uploadId,
    // A plain Blob of the same bytes: not every storage takes a File.
    blob: given.slice(0, given.size, given.type),
    filename,
    contentType,
    kind: options.kind ?? kindOf(contentType),
  };
}
