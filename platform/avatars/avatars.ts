import { mediaKeys, type Attachables } from '../../schema/media.js';
import { UserFault } from '../errors/errors.js';
import { fromPublicId } from '../ids/ids.js';
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

  /**
   * The UUID of what this person chooses, null for none. Throws NOT_FOUND at avatarMediaId unless it is an image of their own
   * that was looked at.
   */
  async choose(userId: string, avatarMediaId: string | null | undefined): Promise<string | null> {
    if (avatarMediaId == null) return null;
    const mediaId = fromPublicId('media', avatarMediaId);
    const found = mediaId && (await this.deps.media.attach(userId, [mediaId])).get(mediaId);
    if (!mediaId || !found || found.kind !== 'IMAGE' || found.status !== 'READY')
      throw new UserFault('NOT_FOUND', ['avatarMediaId'], 'You have no READY image with this id.');
    return mediaId;
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
