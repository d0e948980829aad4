import type { MediaKind, MediaStatus } from '../../schema/media.js';

export interface StoredThumbnail {
  /** The longest side that it was made for. */
  size: number;
  width: number;
  height: number;
  key: string;
}

/** A media as it is stored. UUIDs, bytes, pixels, milliseconds. */
export interface MediaRow {
  mediaId: string;
  ownerId: string;
  kind: MediaKind;
  status: MediaStatus;
  rejection: string | null;
  filename: string;
  contentType: string;
  size: number;
  /** Of what was uploaded, in hex, where the client gave it. */
  sha256: string | null;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  waveform: number[] | null;
  blurHash: string | null;
  thumbnails: StoredThumbnail[];
  createdAt: Date;
  uploadExpiresAt: Date;
  isDeleted: boolean;
  version: number;
}

/** A row of the table "media". */
export interface StoredRow {
  user_id: string;
  media_id: string;
  kind: MediaKind;
  status: MediaStatus;
  rejection: string | null;
  filename: string;
  content_type: string;
  size: bigint;
  sha256: string | null;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  waveform: number[] | null;
  blur_hash: string | null;
  thumbnails: StoredThumbnail[] | null;
  created_at: Date;
  upload_expires_at: Date;
  deleted_at: Date | null;
  version: bigint;
}

export function toRow(row: StoredRow): MediaRow {
  return {
    mediaId: row.media_id,
    ownerId: row.user_id,
    kind: row.kind,
    status: row.status,
    rejection: row.rejection,
    filename: row.filename,
    contentType: row.content_type,
    size: Number(row.size),
    sha256: row.sha256,
    width: row.width,
    height: row.height,
    durationMs: row.duration_ms,
    waveform: row.waveform,
    blurHash: row.blur_hash,
    thumbnails: row.thumbnails ?? [],
    createdAt: row.created_at,
    uploadExpiresAt: row.upload_expires_at,
    isDeleted: row.deleted_at !== null,
    version: Number(row.version),
  };
}
