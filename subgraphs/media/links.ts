import { endOfLink } from '../../platform/object-store/end-of-link.js';
import type { ObjectStore } from '../../platform/object-store/port.js';
import { mediaKeys } from '../../schema/media.js';
import type { MediaRow, StoredThumbnail } from './rows.js';

/** Signed links to what is READY, and to nothing else. Whoever has one may use it, until it has ended. */
export class Links {
  constructor(
    private readonly objects: Pick<ObjectStore, 'signDownload'>,
    private readonly seconds: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Null unless READY. */
  async original(row: MediaRow, disposition: 'inline' | 'attachment'): Promise<string | null> {
    if (row.status !== 'READY') return null;
    const { filename, contentType } = row;
    return this.objects.signDownload({
      key: mediaKeys.original(row.mediaId),
      contentType,
      disposition,
      filename,
      expiresAt: this.end(),
    });
  }

  async thumbnails(row: MediaRow): Promise<(StoredThumbnail & { url: string })[]> {
    if (row.status !== 'READY') return [];
    const expiresAt = this.end();
    return Promise.all(
      row.thumbnails.map(async (thumbnail) => ({
        ...thumbnail,
        url: await this.objects.signDownload({
          key: thumbnail.key,
          contentType: 'image/webp',
          disposition: 'inline',
          filename: 'thumbnail.webp',
          expiresAt,
        }),
      })),
    );
  }

  private end(): Date {
    return endOfLink(this.seconds, this.now());
  }
}
