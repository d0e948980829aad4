import { z } from 'zod';

/** Topics of the event log. The key is the id that orders the events: the conversation, or the user. */
export const topics = {
  conversation: 'parley.conversation',
  user: 'parley.user',
  /** What one person changed of their own state of a conversation; keyed by the person. */
  inbox: 'parley.inbox',
  media: 'parley.media',
} as const;

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
  /** How the conversation reached people when this happened; absent: ON_WRITE. */
  fanOut: z.enum(['ON_WRITE', 'ON_READ']).optional(),
};

function define<Type extends string, Shape extends z.ZodRawShape>(type: Type, version: number, shape: Shape) {
  return z.object({ type: z.literal(type), version: z.literal(version), ...shape });
}

/** [start, end) in UTF-16 units of the body. */
const mention = z.object({ userId: uuid, start: z.number().int(), end: z.number().int() });

const systemEvent = z.object({
  kind: z.enum([
    'CONVERSATION_CREATED',
    'MEMBERS_JOINED',
    'MEMBERS_LEFT',
    'MEMBERS_REMOVED',
    'TITLE_CHANGED',
    'OWNER_CHANGED',
  ]),
  actorId: uuid.nullable(),
  /** Whom it happened to; the first 20. */
  subjectIds: z.array(uuid),
  /** The new title, where it is one. */
  text: z.string().nullable(),
});

export const mediaKinds = ['IMAGE', 'VIDEO', 'AUDIO', 'VOICE', 'FILE'] as const;
/** What a message carries; ready to be shown, or still being looked at. */
const attachment = z.object({ mediaId: uuid, kind: z.enum(mediaKinds) });

/** A message as the change feed carries it. What is absent does not apply. */
export const messageSnapshot = z.object({
  id: uuid,
  conversationId: uuid,
  seq: z.number().int().positive(),
  /** Null for SYSTEM. */
  senderId: uuid.nullable(),
  kind: z.enum(['TEXT', 'MEDIA', 'VOICE', 'SYSTEM']),
  /** Null once deleted, and for SYSTEM. */
  body: z.string().nullable(),
  clientMessageId: z.string(),
  createdAt: instant,
  mentions: z.array(mention).optional(),
  attachments: z.array(attachment).optional(),
  systemEvent: systemEvent.optional(),
  replyToId: uuid.optional(),
  /** The user who wrote what was forwarded. */
  forwardedFromId: uuid.optional(),
  editedAt: instant.optional(),
  deletedAt: instant.optional(),
  expiresAt: instant.optional(),
  pinnedAt: instant.optional(),
  failedAt: instant.optional(),
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

/** The message as it is after the change. */
const messageChange = {
  ...conversationEnvelope,
  message: messageSnapshot,
  /** Whom it mentioned before the change, and now does not. */
  unmentionedIds: z.array(uuid).optional(),
};
export const messageEdited = define('MessageEdited', 1, messageChange);
export const messageDeleted = define('MessageDeleted', 1, messageChange);
export const messagePinned = define('MessagePinned', 1, messageChange);
export const messageExpired = define('MessageExpired', 1, messageChange);
export const messageFailed = define('MessageFailed', 1, messageChange);
export const messageReacted = define('MessageReacted', 1, {
  ...messageChange,
  reaction: z.object({ userId: uuid, emoji: z.string(), isAdded: z.boolean() }),
});

/** What a person's device says: every message up to `seq` has reached it, or was read. No change yet: the receipts worker folds them. */
const receipt = { ...envelope, userId: uuid, conversationId: uuid, seq: z.number().int().positive() };
export const messageDelivered = define('MessageDelivered', 1, receipt);
export const messageRead = define('MessageRead', 1, receipt);

/**
 * Watermarks of several members, told as one: it covers the versions from `fromVersion` to conversationVersion, one for each
 * of `watermarks`, in their order.
 */
export const watermarksMoved = define('WatermarksMoved', 1, {
  ...conversationEnvelope,
  fromVersion: z.number().int().positive(),
  watermarks: z.array(
    z.object({
      userId: uuid,
      deliveredSeq: z.number().int(),
      readSeq: z.number().int(),
      /** Whether readSeq has moved. */
      hasRead: z.boolean().optional(),
    }),
  ),
});

export const conversationCreated = define('ConversationCreated', 1, {
  ...conversationEnvelope,
  kind: z.enum(['DIRECT', 'GROUP', 'CHANNEL']),
  createdBy: uuid,
});

/** Title, description, visibility, policy, avatar or fan-out. */
export const conversationUpdated = define('ConversationUpdated', 1, {
  ...conversationEnvelope,
  /** Set by the last event that goes to every member's inbox: later ones reach people when they read. */
  switchedTo: z.literal('ON_READ').optional(),
});

export const memberJoined = define('MemberJoined', 1, {
  ...conversationEnvelope,
  member: memberSnapshot,
  /** The first message that they may read. */
  fromSeq: z.number().int().positive(),
  /** One of those whom the conversation was made with: the others learn of them from ConversationCreated. */
  isFounding: z.boolean().optional(),
  /** Up to here they have nothing to catch up on; absent: up to the message before fromSeq. */
  readSeq: z.number().int().nonnegative().optional(),
  kind: z.enum(['DIRECT', 'GROUP', 'CHANNEL']).optional(),
});

export const memberLeft = define('MemberLeft', 1, {
  ...conversationEnvelope,
  userId: uuid,
  /** Who removed them; themselves when they left. */
  removedBy: uuid,
});

export const memberRoleChanged = define('MemberRoleChanged', 1, { ...conversationEnvelope, member: memberSnapshot });

export const inboxItemUpdated = define('InboxItemUpdated', 1, {
  ...envelope,
  userId: uuid,
  conversationId: uuid,
  inboxVersion: z.number().int().positive(),
  /** Set where the change is that the person hid this message. */
  hiddenMessageId: uuid.optional(),
});

export const userSignedUp = define('UserSignedUp', 1, { ...envelope, userId: uuid });
export const userUpdated = define('UserUpdated', 1, { ...envelope, userId: uuid });
/** `blockVersion` grows with each block and unblock of the two: what carries a lower one than was seen is out of date. */
const blockChange = { ...envelope, userId: uuid, blockedUserId: uuid, blockVersion: z.number().int().positive() };
export const userBlocked = define('UserBlocked', 1, blockChange);
export const userUnblocked = define('UserUnblocked', 1, blockChange);

export const userDeleted = define('UserDeleted', 1, { ...envelope, userId: uuid, eraseMessages: z.boolean() });

/** Keyed by the report. With CONTENT_REMOVED, whoever owns the subject removes it; removing it twice is one removal. */
export const reportResolved = define('ReportResolved', 1, {
  ...envelope,
  reportId: uuid,
  resolution: z.enum(['DISMISSED', 'CONTENT_REMOVED', 'USER_WARNED', 'USER_SUSPENDED']),
  subject: z.object({ kind: z.enum(['user', 'message', 'conversation']), id: uuid }),
  resolvedBy: uuid,
});

/** When somebody is told of what waits may be another moment now. */
export const quietHoursChanged = define('QuietHoursChanged', 1, { ...envelope, userId: uuid });

export const deviceSignedOut = define('DeviceSignedOut', 1, { ...envelope, userId: uuid, deviceId: uuid });

/** Keyed by the media. */
const mediaEnvelope = { ...envelope, mediaId: uuid, ownerId: uuid, kind: z.enum(mediaKinds) };
/** Its bytes are in the store: they are to be looked at. */
export const mediaUploaded = define('MediaUploaded', 1, mediaEnvelope);
export const mediaReady = define('MediaReady', 1, mediaEnvelope);
export const mediaRejected = define('MediaRejected', 1, {
  ...mediaEnvelope,
  rejection: z.enum(['MALWARE', 'TYPE_MISMATCH', 'CORRUPT', 'TOO_LARGE', 'UPLOAD_EXPIRED']),
});

export const events = {
  MessageSent: messageSent,
  MessageEdited: messageEdited,
  MessageDeleted: messageDeleted,
  MessageReacted: messageReacted,
  MessagePinned: messagePinned,
  MessageExpired: messageExpired,
  MessageFailed: messageFailed,
  MessageDelivered: messageDelivered,
  MessageRead: messageRead,
  WatermarksMoved: watermarksMoved,
  ConversationCreated: conversationCreated,
  ConversationUpdated: conversationUpdated,
  MemberJoined: memberJoined,
  MemberLeft: memberLeft,
  MemberRoleChanged: memberRoleChanged,
  InboxItemUpdated: inboxItemUpdated,
  UserSignedUp: userSignedUp,
  UserUpdated: userUpdated,
  UserBlocked: userBlocked,
  UserUnblocked: userUnblocked,
  UserDeleted: userDeleted,
  ReportResolved: reportResolved,
  QuietHoursChanged: quietHoursChanged,
  DeviceSignedOut: deviceSignedOut,
  MediaUploaded: mediaUploaded,
  MediaReady: mediaReady,
  MediaRejected: mediaRejected,
} as const;

export type EventType = keyof typeof events;
export type EventOf<Type extends EventType> = z.infer<(typeof events)[Type]>;
export type ParleyEvent = { [Type in EventType]: EventOf<Type> }[EventType];
export type ConversationLogEvent = Extract<ParleyEvent, { conversationVersion: number }>;

/** Which topic carries each event. */
export const topicOf: Record<EventType, string> = {
  MessageSent: topics.conversation,
  MessageEdited: topics.conversation,
  MessageDeleted: topics.conversation,
  MessageReacted: topics.conversation,
  MessagePinned: topics.conversation,
  MessageExpired: topics.conversation,
  MessageFailed: topics.conversation,
  MessageDelivered: topics.conversation,
  MessageRead: topics.conversation,
  WatermarksMoved: topics.conversation,
  ConversationCreated: topics.conversation,
  ConversationUpdated: topics.conversation,
  MemberJoined: topics.conversation,
  MemberLeft: topics.conversation,
  MemberRoleChanged: topics.conversation,
  InboxItemUpdated: topics.inbox,
  UserSignedUp: topics.user,
  UserUpdated: topics.user,
  UserBlocked: topics.user,
  UserUnblocked: topics.user,
  UserDeleted: topics.user,
  ReportResolved: topics.user,
  QuietHoursChanged: topics.user,
  DeviceSignedOut: topics.user,
  MediaUploaded: topics.media,
  MediaReady: topics.media,
  MediaRejected: topics.media,
};
