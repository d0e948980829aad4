import type { EventOf, EventType } from './events.js';

/** What is counted. Receipts, presence and settings are not: they are many, and say little that these do not. */
export const countedEvents = [
  'MessageSent',
  'MessageEdited',
  'MessageDeleted',
  'MessageExpired',
  'MessageFailed',
  'MessageReacted',
  'ConversationCreated',
  'MemberJoined',
  'MemberLeft',
  'UserSignedUp',
  'UserBlocked',
  'UserDeleted',
  'ReportResolved',
  'MediaUploaded',
  'MediaReady',
  'MediaRejected',
] as const satisfies EventType[];
export type CountedEvent = EventOf<(typeof countedEvents)[number]>;

/** A line of analytics: ids, kinds, sizes and times. Nothing that a person wrote, and no name. What does not apply is absent. */
export interface AnalyticsRow {
  /** Of the event: a line may come twice, with the same id. */
  id: string;
  type: CountedEvent['type'];
  /** RFC 3339, UTC. */
  happened_at: string;
  /** Who did it, where that is known. */
  user_id?: string;
  /** To whom it was done. */
  subject_id?: string;
  conversation_id?: string;
  message_id?: string;
  media_id?: string;
  /** Of the message, conversation or media; of a report, what became of it; of a rejection, why. */
  kind?: string;
  /** Of the message's body, in UTF-16 units. */
  length?: number;
  attachments?: number;
  mentions?: number;
  is_reply?: boolean;
  is_forward?: boolean;
  is_added?: boolean;
}

/** Built field by field, so that what is added to an event is in no line before somebody puts it there. */
export function analyticsRow(event: CountedEvent): AnalyticsRow {
  const { id, type, at } = event;
  return { id, type, happened_at: at, ...told(event) };
}

function told(event: CountedEvent): Partial<AnalyticsRow> {
  switch (event.type) {
    case 'MessageSent':
      return {
        ...messageOf(event),
        length: event.message.body?.length ?? 0,
        attachments: event.message.attachments?.length ?? 0,
        mentions: event.message.mentions?.length ?? 0,
        is_reply: event.message.replyToId !== undefined,
        is_forward: event.message.forwardedFromId !== undefined,
      };
    case 'MessageEdited':
    case 'MessageDeleted':
    case 'MessageExpired':
    case 'MessageFailed':
      return messageOf(event);
    case 'MessageReacted':
      return { ...messageOf(event), user_id: event.reaction.userId, is_added: event.reaction.isAdded };
    case 'ConversationCreated':
      return { conversation_id: event.conversationId, user_id: event.createdBy, kind: event.kind };
    case 'MemberJoined':
      return { conversation_id: event.conversationId, user_id: event.member.userId, kind: event.kind };
    case 'MemberLeft':
      return { conversation_id: event.conversationId, user_id: event.removedBy, subject_id: event.userId };
    case 'UserSignedUp':
    case 'UserDeleted':
      return { user_id: event.userId };
    case 'UserBlocked':
      return { user_id: event.userId, subject_id: event.blockedUserId };
    case 'ReportResolved':
      return { user_id: event.resolvedBy, subject_id: event.subject.id, kind: event.resolution };
    case 'MediaUploaded':
    case 'MediaReady':
      return { media_id: event.mediaId, user_id: event.ownerId, kind: event.kind };
    case 'MediaRejected':
      return { media_id: event.mediaId, user_id: event.ownerId, kind: event.rejection };
  }
}

function messageOf({
  conversationId,
  message,
}: EventOf<'MessageSent' | 'MessageEdited' | 'MessageReacted'> | MessageChange) {
  const { id, senderId, kind } = message;
  return { conversation_id: conversationId, message_id: id, user_id: senderId ?? undefined, kind };
}
type MessageChange = EventOf<'MessageDeleted' | 'MessageExpired' | 'MessageFailed'>;
