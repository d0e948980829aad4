import { z } from 'zod';

/** Topics of the event log. The key is the id that orders the events: the conversation, or the user. */
export const topics = { conversation: 'parley.conversation', user: 'parley.user' } as const;

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const instant = z.string();

const envelope = {
  /** UUID of the event itself. */
  id: uuid,
  /** RFC 3339 instant of the change. */
  at: instant,
  /** W3C trace context of the request that caused it, or null. */
  traceparent: z.string().nullable(),
};

/** An event of a conversation takes one number of its change feed: dense, 1, 2, 3 … */
const conversationEnvelope = {
  ...envelope,
  conversationId: uuid,
  conversationVersion: z.number().int().positive(),
};

function define<Type extends string, Shape extends z.ZodRawShape>(type: Type, version: number, shape: Shape) {
  return z.object({ type: z.literal(type), version: z.literal(version), ...shape });
}

/** A message as the change feed carries it. */
export const messageSnapshot = z.object({
  id: uuid,
  conversationId: uuid,
  seq: z.number().int().positive(),
  senderId: uuid,
  kind: z.enum(['TEXT']),
  body: z.string().nullable(),
  clientMessageId: z.string(),
  createdAt: instant,
});
export type MessageSnapshot = z.infer<typeof messageSnapshot>;

/** A membership as the change feed carries it. */
export const memberSnapshot = z.object({
  userId: uuid,
  role: z.enum(['OWNER', 'ADMIN', 'MEMBER']),
  joinedAt: instant,
});
export type MemberSnapshot = z.infer<typeof memberSnapshot>;

export const messageSent = define('MessageSent', 1, { ...conversationEnvelope, message: messageSnapshot });

export const conversationCreated = define('ConversationCreated', 1, {
  ...conversationEnvelope,
  kind: z.enum(['DIRECT', 'GROUP']),
  createdBy: uuid,
});

export const memberJoined = define('MemberJoined', 1, {
  ...conversationEnvelope,
  member: memberSnapshot,
  /** The first message that they may read. */
  fromSeq: z.number().int().positive(),
});

export const memberLeft = define('MemberLeft', 1, {
  ...conversationEnvelope,
  userId: uuid,
  /** Who removed them; themselves when they left. */
  removedBy: uuid,
});

export const memberRoleChanged = define('MemberRoleChanged', 1, { ...conversationEnvelope, member: memberSnapshot });

export const userSignedUp = define('UserSignedUp', 1, { ...envelope, userId: uuid });
export const userUpdated = define('UserUpdated', 1, { ...envelope, userId: uuid });
export const deviceSignedOut = define('DeviceSignedOut', 1, { ...envelope, userId: uuid, deviceId: uuid });

export const events = {
  MessageSent: messageSent,
  ConversationCreated: conversationCreated,
  MemberJoined: memberJoined,
  MemberLeft: memberLeft,
  MemberRoleChanged: memberRoleChanged,
  UserSignedUp: userSignedUp,
  UserUpdated: userUpdated,
  DeviceSignedOut: deviceSignedOut,
} as const;

export type EventType = keyof typeof events;
export type EventOf<Type extends EventType> = z.infer<(typeof events)[Type]>;
export type ParleyEvent = { [Type in EventType]: EventOf<Type> }[EventType];
export type ConversationLogEvent = Extract<ParleyEvent, { conversationVersion: number }>;

/** Which topic carries each event. */
export const topicOf: Record<EventType, string> = {
  MessageSent: topics.conversation,
  ConversationCreated: topics.conversation,
  MemberJoined: topics.conversation,
  MemberLeft: topics.conversation,
  MemberRoleChanged: topics.conversation,
  UserSignedUp: topics.user,
  UserUpdated: topics.user,
  DeviceSignedOut: topics.user,
};
