import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { bucketOf, fromPublicId, newUuid } from '../../platform/ids/ids.js';
import type { ObjectStore, SignedUpload } from '../../platform/object-store/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { Log } from '../../platform/telemetry/log.js';
import { channels } from '../../schema/live.js';
import { mediaChannels, mediaKeys } from '../../schema/media.js';
import { checkUpload, type UploadDraft } from './checks.js';
import type { LinkStore } from './link-store.js';
import type { MediaRow } from './rows.js';
import type { MediaStore, Quotas } from './store.js';

/** New and unverified accounts may keep and begin one so-many-th of what others may. */
const NEWCOMER = 10;

export interface UploadsDeps {
  store: MediaStore;
  links: Pick<LinkStore, 'carried'>;
  objects: Pick<ObjectStore, 'signUpload' | 'head'>;
  shards: Shards;
  pubsub: PubSub;
  limits: Limits;
  log: Log;
  quotas: Quotas;
  /** For how long somebody may take to put the bytes. */
  uploadSeconds: number;
  now?: () => number;
}

/** An upload that was begun, and where to put its bytes; null once they are there. */
export interface Begun {
  media: MediaRow;
  upload: (SignedUpload & { expiresAt: Date }) | null;
}

/** What people upload: who may begin, end and delete what. Media ids are public ones. */
export class Uploads {
  private readonly now: () => number;

  constructor(private readonly deps: UploadsDeps) {
    this.now = deps.now ?? Date.now;
  }

  /** A retry gets the first one, whatever it says, and is counted by no limit. */
  async create(viewer: Person, draft: UploadDraft): Promise<Begun> {
    const { store, limits } = this.deps;
    const checked = checkUpload(draft);
    const ownerId = viewer.userId;
    const before = await store.begunWith(ownerId, checked.clientMutationId);
    if (before) return this.asBegun(before);
    await limits.spend('createUpload', viewer);
    const mediaId = newUuid(bucketOf(ownerId), this.now());
    const begun = await store.begin({ ...checked, mediaId, ownerId }, this.deps.uploadSeconds, this.quotasOf(viewer));
    if (begun.kind === 'too-many')
      throw new UserFault('QUOTA_EXCEEDED', [], 'You have begun too many uploads for one day.', begun.retryAt);
    if (begun.kind === 'too-much')
      throw new UserFault('QUOTA_EXCEEDED', ['size'], 'This is more than you have room for. Delete something first.');
    const media = await store.begunWith(ownerId, checked.clientMutationId);
    if (!media) throw new Error(`media ${begun.mediaId} was begun and is not there`);
    return this.asBegun(media);
  }

  /** Once is enough: what is complete already is left as it is. */
  async complete({ userId }: Person, publicId: string): Promise<MediaRow> {
    const { store, objects } = this.deps;
    const media = await this.own(userId, publicId);
    if (media.status !== 'AWAITING_UPLOAD') return media;
    const object = await objects.head(mediaKeys.upload(media.mediaId));
    if (!object)
      throw new UserFault('NOT_UPLOADED', ['mediaId'], 'The bytes are not there. Put them where createUpload said.');
    if (object.size !== media.size)
      throw new UserFault('NOT_UPLOADED', ['mediaId'], `${media.size} bytes were announced, ${object.size} are there.`);
    if (await store.complete(userId, media.mediaId)) await this.tell(media.mediaId);
    return this.own(userId, publicId);
  }

  /** Returns it as it was. Twice is once, for as long as its row is kept. */
  async delete({ userId }: Person, publicId: string): Promise<MediaRow> {
    const { store, links } = this.deps;
    const media = await this.own(userId, publicId);
    const { mediaId } = media;
    if (!(await store.hold(mediaId)))
      throw new UserFault('CONFLICT', ['mediaId'], 'It may be about to be sent. Try again.', this.soon());
    if ((await links.carried([mediaId])).has(mediaId)) {
      await store.release(mediaId);
      throw new UserFault('CONFLICT', ['mediaId'], 'A message carries it. Delete that for everyone first.');
    }
    if (!(await store.delete(mediaId)))
      throw new UserFault('CONFLICT', ['mediaId'], 'This took too long. Try again.', this.soon());
    await this.tell(mediaId);
    return media;
  }

  async quota(viewer: Person) {
    const { bytes, uploadsToday } = await this.deps.store.usage(viewer.userId);
    const quotas = this.quotasOf(viewer);
    return { usedBytes: bytes, limitBytes: quotas.bytes, uploadsToday, uploadsPerDay: quotas.uploadsPerDay };
  }

  private quotasOf({ isNewcomer }: Person): Quotas {
    const { bytes, uploadsPerDay } = this.deps.quotas;
    const part = (most: number) => Math.max(1, Math.floor(most / NEWCOMER));
    return isNewcomer ? { bytes: part(bytes), uploadsPerDay: part(uploadsPerDay) } : { bytes, uploadsPerDay };
  }

  private async own(userId: string, publicId: string): Promise<MediaRow> {
    const mediaId = fromPublicId('media', publicId);
    const media = mediaId && (await this.deps.store.byId(mediaId));
    if (!media || media.ownerId !== userId)
      throw new UserFault('NOT_FOUND', ['mediaId'], 'There is no such upload of yours.');
    return media;
  }

  private async asBegun(media: MediaRow): Promise<Begun> {
    if (media.isDeleted)
      throw new UserFault('CONFLICT', ['clientMutationId'], 'This upload was deleted. Begin another one.');
    const { mediaId, contentType, size, sha256, uploadExpiresAt: expiresAt } = media;
    if (media.status !== 'AWAITING_UPLOAD' || expiresAt.getTime() <= this.now()) return { media, upload: null };
    const grant = { key: mediaKeys.upload(mediaId), contentType, size, sha256, expiresAt };
    return { media, upload: { ...(await this.deps.objects.signUpload(grant)), expiresAt } };
  }

  private soon(): Date {
    return new Date(this.now() + 10_000);
  }

  /** What is lost here is found by those who look, within seconds. */
  private async tell(mediaId: string): Promise<void> {
    const { pubsub, shards, log } = this.deps;
    await Promise.all([
      pubsub.publish(mediaChannels.media(mediaId), ''),
      pubsub.publish(channels.outbox(shards.of(mediaId).name), ''),
    ]).catch((error: unknown) => log.warn({ err: error }, 'a change of media was not published; it is looked for'));
  }
}
