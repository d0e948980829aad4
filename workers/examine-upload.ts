import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MediaInspection } from '../platform/media-inspection/port.js';
import type { ObjectStore } from '../platform/object-store/port.js';
import type { VirusScan } from '../platform/virus-scan/port.js';
import { mediaKeys, type MediaKind } from '../schema/media.js';
import type { Found, Rejection } from '../subgraphs/media/store.js';

/** What was said of the bytes when the upload was begun. */
export interface Claimed {
  mediaId: string;
  kind: MediaKind;
  contentType: string;
  filename: string;
  size: number;
  sha256: string | null;
}

/** A file to be handed out, and where it goes. */
export interface Served {
  key: string;
  path: string;
  contentType: string;
  size: number;
}
export type Examined =
  { kind: 'accepted'; found: Found; served: Served[] } | { kind: 'rejected'; rejection: Rejection; why: string };

export interface Examiners {
  objects: Pick<ObjectStore, 'read'>;
  virusScan: Pick<VirusScan, 'scan'>;
  inspection: Pick<MediaInspection, 'inspect'>;
}

/** Takes the bytes of an upload into an empty folder and looks at them there. What is to be handed out lies in it then. */
export async function examineUpload(
  claimed: Claimed,
  folder: string,
  { objects, virusScan, inspection }: Examiners,
  signal: AbortSignal,
): Promise<Examined> {
  const { mediaId, kind, contentType, filename } = claimed;
  const file = join(folder, 'upload');
  const bytes = await objects.read(mediaKeys.upload(mediaId));
  if (!bytes) return rejected('CORRUPT', 'there are no bytes');
  const seen = measuring(claimed.size);
  try {
    await pipeline(bytes, seen, createWriteStream(file), { signal });
  } catch (error) {
    if (error instanceof Oversized) return rejected('CORRUPT', 'more bytes than were announced');
    throw error;
  }
  const { size, sha256 } = seen.measured();
  if (size !== claimed.size) return rejected('CORRUPT', 'fewer bytes than were announced');
  if (claimed.sha256 !== null && sha256 !== claimed.sha256) return rejected('CORRUPT', 'another checksum');

  const verdict = await virusScan.scan(createReadStream(file));
  if (verdict.kind === 'malware') return rejected('MALWARE', verdict.name);
  if (verdict.kind === 'tooLarge') return rejected('TOO_LARGE', 'more than the scanner takes');
  signal.throwIfAborted();

  const made = join(folder, 'made');
  await mkdir(made);
  const inspected = await inspection.inspect(file, { kind, contentType, filename }, made);
  if (inspected.kind === 'rejected') return rejected(inspected.rejection, inspected.why);
  signal.throwIfAborted();

  // Where the bytes do not say what they are, it stays what it was called; nobody's browser is told to run it.
  const isKnown = inspected.contentType !== 'application/octet-stream';
  const original = inspected.cleaned ?? {
    path: file,
    contentType: isKnown ? inspected.contentType : contentType,
    size,
  };
  const thumbnails = inspected.thumbnails.map(({ side, ...made }) => ({
    side,
    key: mediaKeys.thumbnail(mediaId, side),
    made,
  }));
  return {
    kind: 'accepted',
    served: [
      { ...original, key: mediaKeys.original(mediaId) },
      ...thumbnails.map(({ key, made: { path, contentType: type, size: length } }) => ({
        ...{ key, path, contentType: type, size: length },
      })),
    ],
    found: {
      contentType: original.contentType,
      size: original.size,
      width: inspected.width,
      height: inspected.height,
      durationMs: inspected.durationMs,
      waveform: inspected.waveform,
      blurHash: inspected.blurHash,
      thumbnails: thumbnails.map(({ side, key, made: { width, height } }) => ({ size: side, width, height, key })),
    },
  };
}

function rejected(rejection: Rejection, why: string): Examined {
  return { kind: 'rejected', rejection, why };
}

class Oversized extends Error {}

/** Lets bytes through and says what they were. Fails with Oversized at more than `most`. */
function measuring(most: number) {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      if (size > most) done(new Oversized());
      else done(null, chunk);
    },
  });
  return Object.assign(stream, { measured: () => ({ size, sha256: hash.digest('hex') }) });
}
