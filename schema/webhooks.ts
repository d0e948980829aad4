/** What a webhook can be told of. */
export const webhookEventTypes = [
  'MESSAGE_SENT',
  'MESSAGE_EDITED',
  'MESSAGE_DELETED',
  'REACTION_CHANGED',
  'MEMBER_JOINED',
  'MEMBER_LEFT',
  'CONVERSATION_UPDATED',
] as const;
export type WebhookEventType = (typeof webhookEventTypes)[number];

/** Of the log, what each is made of. */
export const webhookEventOf = {
  MessageSent: 'MESSAGE_SENT',
  MessageEdited: 'MESSAGE_EDITED',
  MessageDeleted: 'MESSAGE_DELETED',
  MessageExpired: 'MESSAGE_DELETED',
  MessageReacted: 'REACTION_CHANGED',
  MemberJoined: 'MEMBER_JOINED',
  MemberLeft: 'MEMBER_LEFT',
  ConversationUpdated: 'CONVERSATION_UPDATED',
} as const satisfies Record<string, WebhookEventType>;
export type WebhookSource = keyof typeof webhookEventOf;
