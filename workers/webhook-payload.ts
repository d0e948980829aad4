import { toPublicId } from '../platform/ids/ids.js';
import type { EventOf, MessageSnapshot } from '../schema/events.js';
import { webhookEventOf, type WebhookEventType, type WebhookSource } from '../schema/webhooks.js';

/** What a receiver gets, as JSON. Ids are those of the API. */
export interface WebhookPayload {
  /** Of the event: the same however often it is sent. */
  id: string;
  type: WebhookEventType | 'TEST';
  at: string;
  conversationId?: string;
  /** Of the conversation's change feed: grows from event to event. */
  version?: number;
  [more: string]: unknown;
}

/** Nothing of what only the sender or the log needs: neither clientMessageId nor traces. */
export function payloadOf(event: EventOf<WebhookSource>): WebhookPayload {
  return {
    id: event.id,
    type: webhookEventOf[event.type],
    at: event.at,
    conversationId: toPublicId('conversation', event.conversationId),
    version: event.conversationVersion,
    ...about(event),
  };
}

function about(event: EventOf<WebhookSource>): Record<string, unknown> {
  switch (event.type) {
    case 'MemberJoined':
      return { userId: user(event.member.userId), role: event.member.role };
    case 'MemberLeft':
      return { userId: user(event.userId), removedBy: user(event.removedBy) };
    case 'ConversationUpdated':
      return {};
    case 'MessageReacted': {
      const { userId, emoji, isAdded } = event.reaction;
      return { message: toMessage(event.message), reaction: { userId: user(userId), emoji, isAdded } };
    }
    default:
      return { message: toMessage(event.message) };
  }
}

function toMessage(message: MessageSnapshot) {
  const { seq, kind, body, createdAt, editedAt, deletedAt, replyToId, attachments } = message;
  return {
    id: toPublicId('message', message.id),
    senderId: message.senderId && user(message.senderId),
    replyToId: replyToId && toPublicId('message', replyToId),
    attachments: attachments?.map((each) => ({ mediaId: toPublicId('media', each.mediaId), kind: each.kind })),
    ...{ seq, kind, body, createdAt, editedAt, deletedAt },
  };
}

const user = (id: string) => toPublicId('user', id);
