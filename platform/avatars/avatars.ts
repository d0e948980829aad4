import { mediaKeys, type Attachables } from '../../schema/media.js';
import { endOfLink } from '../object-store/end-of-link.js';
import type { ObjectStore } from '../object-store/port.js';

/** Longest side, in pixels, of the thumbnail that is shown; every image has one. */
const SIDE = 128;

export interface AvatarsDeps {
  media: Pick<Attachables, 'attach'>;
  objects: Pick<ObjectStore, 'signDownload'>;
  /** How long links work. */
  linkSeconds: number;
  now?: () => number;
}

/**
 * Small pictures of people and of conversations: each is a thumbnail of an image that somebody uploaded, and goes when that
 * upload goes. Media ids are UUIDs.
 */
export class Avatars {
  constructor(private readonly deps: AvatarsDeps) {}

  /** Whether this person may choose it: an image of their own, that was looked at. */
  async mayChoose(userId: string, mediaId: string): Promise<boolean> {
    const found = (await this.deps.media.attach(userId, [mediaId])).get(mediaId);
    return found?.kind === 'IMAGE' && found.status === 'READY';
  }

  /** By which anybody gets the picture, for a while. Null without one. */
  async link(mediaId: string | null): Promise<string | null> {
    if (mediaId === null) return null;
    const { objects, linkSeconds, now = Date.now } = this.deps;
    return objects.signDownload({
      key: mediaKeys.thumbnail(mediaId, SIDE),
      contentType: 'image/webp',
      disposition: 'inline',
      filename: 'avatar.webp',
      expiresAt: endOfLink(linkSeconds, now()),
    });
  }
}
