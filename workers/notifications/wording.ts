import type { Push } from '../../platform/push/port.js';
import { toPublicId } from '../../platform/ids/ids.js';
import { PUSH_LIFE_MS } from './decide.js';
import type { Situation, UnreadMessage } from './situations.js';

const BODY = 180;

/** The beginning of what was said, or what kind of thing it is. */
export function excerptOf({ kind, body }: Pick<UnreadMessage, 'kind' | 'body'>): string {
  const characters = [...(body ?? '').replaceAll(/\s+/g, ' ').trim()];
  if (characters.length > BODY) return `${characters.slice(0, BODY).join('')}…`;
  if (characters.length > 0) return characters.join('');
  return kind === 'VOICE' ? 'Voice message' : kind === 'MEDIA' ? 'Attachment' : 'New message';
}

/** Who wrote, and where, if that is not between the two alone. */
export function headingOf({ kind, title }: Pick<Situation, 'kind' | 'title'>, senderName: string): string {
  return kind === 'DIRECT' || title === null ? senderName : `${senderName} · ${title}`;
}

/** What a conversation's pushes have in common, so that a newer one takes the place of an older one. */
const collapseKeyOf = (conversationId: string) => conversationId.replaceAll('-', '');

/** `senderName`: null where the person has previews off: then nothing of what was said, where and by whom is in it. */
export function alertPush(options: {
  conversationId: string;
  situation: Pick<Situation, 'kind' | 'title'>;
  message: UnreadMessage;
  senderName: string | null;
  badge: number;
  now: number;
}): Push {
  const { conversationId, situation, message, senderName, badge, now } = options;
  return {
    collapseKey: collapseKeyOf(conversationId),
    alert:
      senderName === null
        ? { title: 'Parley', body: 'New message' }
        : { title: headingOf(situation, senderName), body: excerptOf(message) },
    badge,
    data: { conversationId: toPublicId('conversation', conversationId), messageId: toPublicId('message', message.id) },
    ttlMs: Math.max(1_000, message.createdAt + PUSH_LIFE_MS - now),
  };
}

/** Takes back what is shown of a conversation. It lives as long as what it takes back may still be on its way. */
export function clearingPush(conversationId: string, badge: number): Push {
  return {
    collapseKey: collapseKeyOf(conversationId),
    alert: null,
    badge,
    data: { conversationId: toPublicId('conversation', conversationId) },
    ttlMs: PUSH_LIFE_MS,
  };
}
