import { toPublicId } from '../../platform/ids/ids.js';
import type { MediaRow } from './rows.js';
import type { Media, MediaKind, MediaRejection, MediaStatus } from './schema.js';

/** Sources of resolvers carry what is stored beside what is shown. */
export interface MediaSource extends Media {
  row: MediaRow;
}

export function toMedia(row: MediaRow): MediaSource {
  const owner = { id: toPublicId('user', row.ownerId) };
  return {
    row,
    id: toPublicId('media', row.mediaId),
    ownerId: owner.id,
    owner,
    kind: row.kind as MediaKind,
    status: row.status as MediaStatus,
    rejection: row.rejection as MediaRejection | null,
    filename: row.filename,
    contentType: row.contentType,
    size: row.size,
    width: row.width,
    height: row.height,
    durationMs: row.durationMs,
    waveform: row.waveform,
    blurHash: row.blurHash,
    createdAt: row.createdAt,
  };
}

export interface ViewerSource {
  id: string;
  userId: string;
}

export function toViewer(userId: string): ViewerSource {
  return { id: toPublicId('viewer', userId), userId };
}
