import { UserFault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { Attachable, Attachables } from '../../schema/media.js';

/** That one message carries. */
const MAX_ATTACHMENTS = 10;

type Attachments = NonNullable<MessageSnapshot['attachments']>;

/** The UUIDs of what a message is to carry. Whether they are the sender's is for the media subgraph to say. */
export function toMediaIds(attachmentIds: readonly string[]): string[] {
  if (attachmentIds.length > MAX_ATTACHMENTS)
    throw new UserFault(
      'INVALID_INPUT',
      ['attachmentIds'],
      `A message carries at most ${MAX_ATTACHMENTS} attachments.`,
    );
  const mediaIds = attachmentIds.map((id, index) => fromPublicId('media', id) ?? unknown(index));
  const again = mediaIds.findIndex((id, index) => mediaIds.indexOf(id) !== index);
  if (again >= 0)
    throw new UserFault('INVALID_INPUT', ['attachmentIds', String(again)], 'A message carries each upload once.');
  return mediaIds;
}

/** What a message may carry of its sender's. Throws NOT_FOUND, MEDIA_NOT_READY or INVALID_INPUT. */
export async function attach(
  media: Attachables | null,
  senderId: string,
  mediaIds: readonly string[],
): Promise<Attachments> {
  const found = (await media?.attach(senderId, mediaIds)) ?? new Map<string, Attachable>();
  return mediaIds.map((mediaId, index) => {
    const { kind, status } = found.get(mediaId) ?? unknown(index);
    const at = ['attachmentIds', String(index)];
    if (status === 'AWAITING_UPLOAD')
      throw new UserFault('MEDIA_NOT_READY', at, 'Upload it first, then call completeUpload.');
    if (status === 'REJECTED') throw new UserFault('INVALID_INPUT', at, 'This upload was rejected. Send another file.');
    return { mediaId, kind };
  });
}

/** What a message carries, for another one that forwards it. Throws MEDIA_NOT_READY where some of it is gone. */
export async function attachAgain(media: Attachables | null, attachments: Attachments): Promise<Attachments> {
  const found = (await media?.attachAgain(attachments.map(({ mediaId }) => mediaId))) ?? new Map<string, Attachable>();
  if (attachments.some(({ mediaId }) => (found.get(mediaId)?.status ?? 'REJECTED') === 'REJECTED'))
    throw new UserFault('MEDIA_NOT_READY', ['messageId'], 'What this message carried is gone.');
  return attachments;
}

function unknown(index: number): never {
  throw new UserFault('NOT_FOUND', ['attachmentIds', String(index)], 'There is no such upload of yours.');
}
