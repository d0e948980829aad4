/* eslint-disable */
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant, RFC 3339 with milliseconds, in UTC. */
  DateTime: { input: string; output: string; }
  EmailAddress: { input: string; output: string; }
  URL: { input: string; output: string; }
};

export type AcceptInviteInput = {
  code: Scalars['String']['input'];
};

export type AddMembersInput = {
  conversationId: Scalars['ID']['input'];
  userIds: Array<Scalars['ID']['input']>;
};

export type AddReactionInput = {
  /** One emoji. */
  emoji: Scalars['String']['input'];
  messageId: Scalars['ID']['input'];
};

/** What the holder of an API key may do at /partner/graphql. A bot sees and does no more than a person could. */
export type ApiKeyScope =
  /** Reads conversations, their members, and the bot’s inbox. */
  | 'CONVERSATIONS_READ'
  /** Opens, makes, joins, changes and leaves conversations. */
  | 'CONVERSATIONS_WRITE'
  /** Reads, searches and follows messages of conversations that the bot is in. */
  | 'MESSAGES_READ'
  /** Sends, edits, deletes, forwards, pins and reacts, with attachments. */
  | 'MESSAGES_WRITE'
  /** Reads and finds people. */
  | 'USERS_READ'
  /** Makes, lists, tests and deletes the bot’s webhooks. */
  | 'WEBHOOKS_MANAGE';

export type BlockUserInput = {
  userId: Scalars['ID']['input'];
};

export type ChangePasswordInput = {
  currentPassword: Scalars['String']['input'];
  /** 8 to 128 characters. */
  newPassword: Scalars['String']['input'];
};

export type CompleteUploadInput = {
  mediaId: Scalars['ID']['input'];
};

export type ConversationKind =
  /** Any number of members; public or by invite. */
  | 'CHANNEL'
  /** Two people; at most one per pair. */
  | 'DIRECT'
  /** Up to 256 members. */
  | 'GROUP';

/** A field left out stays as it is, or takes the default; null clears messageTtlSeconds. */
export type ConversationPolicyInput = {
  deleteWindowSeconds?: InputMaybe<Scalars['Int']['input']>;
  editWindowSeconds?: InputMaybe<Scalars['Int']['input']>;
  messageTtlSeconds?: InputMaybe<Scalars['Int']['input']>;
  slowModeSeconds?: InputMaybe<Scalars['Int']['input']>;
  whoCanInvite?: InputMaybe<MemberRole>;
  whoCanSend?: InputMaybe<MemberRole>;
};

export type CreateApiKeyInput = {
  botId: Scalars['ID']['input'];
  /** Null: it does not expire. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** For its owner to tell it from the others, 1 to 80 characters. */
  name: Scalars['String']['input'];
  /** At least one; they cannot be changed later. */
  scopes: Array<ApiKeyScope>;
};

export type CreateBotInput = {
  /** Up to 500 characters. */
  bio?: InputMaybe<Scalars['String']['input']>;
  /** 1 to 80 characters. */
  displayName: Scalars['String']['input'];
  /** 3 to 30 of a-z, 0-9 and _. */
  handle: Scalars['String']['input'];
};

export type CreateChannelInput = {
  /** A READY image of the viewer; the picture goes when that is deleted. */
  avatarMediaId?: InputMaybe<Scalars['ID']['input']>;
  /** Makes a retry return the first result. */
  clientMutationId: Scalars['ID']['input'];
  description?: InputMaybe<Scalars['String']['input']>;
  policy?: InputMaybe<ConversationPolicyInput>;
  title: Scalars['String']['input'];
  visibility?: Visibility;
};

export type CreateGroupInput = {
  /** A READY image of the viewer; the picture goes when that is deleted. */
  avatarMediaId?: InputMaybe<Scalars['ID']['input']>;
  /** Makes a retry return the first result. */
  clientMutationId: Scalars['ID']['input'];
  description?: InputMaybe<Scalars['String']['input']>;
  memberIds: Array<Scalars['ID']['input']>;
  policy?: InputMaybe<ConversationPolicyInput>;
  title: Scalars['String']['input'];
};

export type CreateInviteInput = {
  /** Makes a retry return the first result. */
  clientMutationId: Scalars['ID']['input'];
  conversationId: Scalars['ID']['input'];
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  maxUses?: InputMaybe<Scalars['Int']['input']>;
  needsApproval?: Scalars['Boolean']['input'];
};

export type CreateUploadInput = {
  /** Makes a retry return the first result. */
  clientMutationId: Scalars['ID']['input'];
  contentType: Scalars['String']['input'];
  filename: Scalars['String']['input'];
  kind: MediaKind;
  /** SHA-256 of the bytes, in hex: other bytes are refused. */
  sha256?: InputMaybe<Scalars['String']['input']>;
  size: Scalars['Float']['input'];
};

export type CreateWebhookInput = {
  /** Of a bot of the viewer; null, at /partner/graphql, for the bot that asks. */
  botId?: InputMaybe<Scalars['ID']['input']>;
  /** At most 100; null for all that the bot is in. One that it is not in is told of once it is. */
  conversationIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** At least one. */
  eventTypes: Array<WebhookEventType>;
  /** https, at a public address; up to 2,048 characters. */
  url: Scalars['String']['input'];
};

export type DecideJoinRequestInput = {
  approve: Scalars['Boolean']['input'];
  joinRequestId: Scalars['ID']['input'];
};

export type DeleteAccountInput = {
  /** Whether what they wrote goes too. */
  eraseMessages?: Scalars['Boolean']['input'];
  /** Required where the account has one. */
  password?: InputMaybe<Scalars['String']['input']>;
};

export type DeleteBotInput = {
  botId: Scalars['ID']['input'];
};

export type DeleteMediaInput = {
  mediaId: Scalars['ID']['input'];
};

export type DeleteMessageInput = {
  messageId: Scalars['ID']['input'];
  scope?: DeleteScope;
};

export type DeleteScope =
  | 'EVERYONE'
  /** Hides it from the viewer on all their devices. */
  | 'VIEWER';

export type DeleteWebhookInput = {
  webhookId: Scalars['ID']['input'];
};

/** The device that signs in. */
export type DeviceInput = {
  /** A stable id the client made up for this installation: signing in again reuses the device. */
  installationId?: InputMaybe<Scalars['String']['input']>;
  /** For its person to tell it from their others, 1 to 80 characters. */
  name: Scalars['String']['input'];
  platform: DevicePlatform;
};

/** What kind of client a device runs. */
export type DevicePlatform =
  | 'ANDROID'
  | 'BOT'
  | 'DESKTOP'
  | 'IOS'
  | 'OTHER'
  | 'WEB';

export type Disposition =
  | 'ATTACHMENT'
  | 'INLINE';

export type EditMessageInput = {
  body: Scalars['String']['input'];
  mentions?: Array<MentionInput>;
  messageId: Scalars['ID']['input'];
};

export type FanOut =
  /** More: stored once, delivered on conversationEvents, unread computed when read. */
  | 'ON_READ'
  /** Up to 256 members: delivered to each member's inbox stream and counted per member as it is sent. */
  | 'ON_WRITE';

export type ForwardMessageInput = {
  clientMessageId: Scalars['ID']['input'];
  conversationId: Scalars['ID']['input'];
  messageId: Scalars['ID']['input'];
};

export type InboxFilter = {
  archived?: Scalars['Boolean']['input'];
  kinds?: InputMaybe<Array<ConversationKind>>;
  unreadOnly?: Scalars['Boolean']['input'];
};

export type JoinChannelInput = {
  conversationId: Scalars['ID']['input'];
};

export type LeaveConversationInput = {
  conversationId: Scalars['ID']['input'];
};

export type MediaKind =
  | 'AUDIO'
  | 'FILE'
  | 'IMAGE'
  | 'VIDEO'
  | 'VOICE';

export type MediaRejection =
  | 'CORRUPT'
  | 'MALWARE'
  | 'TOO_LARGE'
  | 'TYPE_MISMATCH'
  | 'UPLOAD_EXPIRED';

export type MediaStatus =
  | 'AWAITING_UPLOAD'
  | 'PROCESSING'
  | 'READY'
  | 'REJECTED';

export type MemberRole =
  | 'ADMIN'
  | 'MEMBER'
  | 'OWNER';

/** [start, end) in UTF-16 units of body. */
export type MentionInput = {
  end: Scalars['Int']['input'];
  start: Scalars['Int']['input'];
  userId: Scalars['ID']['input'];
};

export type MessageChangeReason =
  | 'CHANGED'
  | 'DELETED'
  | 'EDITED'
  | 'EXPIRED'
  | 'FAILED'
  | 'PINNED'
  | 'REACTED'
  | 'SENT';

export type MessageKind =
  | 'MEDIA'
  /** Made by the server: somebody joined, the title changed. */
  | 'SYSTEM'
  | 'TEXT'
  | 'VOICE';

/** What a message must be to be found; all of it. */
export type MessageSearchFilter = {
  conversationId?: InputMaybe<Scalars['ID']['input']>;
  /** True: with attachments; false: without. */
  hasMedia?: InputMaybe<Scalars['Boolean']['input']>;
  /** With an attachment of one of these kinds. */
  mediaKinds?: InputMaybe<Array<SearchMediaKind>>;
  /** True: those that mention the viewer. */
  mentionsViewer?: InputMaybe<Scalars['Boolean']['input']>;
  senderId?: InputMaybe<Scalars['ID']['input']>;
  /** At this instant or later. */
  sentAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** At this instant or before. */
  sentBefore?: InputMaybe<Scalars['DateTime']['input']>;
};

/** CREATED exists only in a client that has not heard back yet; a stored message is at least SENT. */
export type MessageStatus =
  | 'CREATED'
  | 'DELIVERED'
  /** Could not be delivered; the sender may retry. */
  | 'FAILED'
  | 'READ'
  | 'SENT'
  | 'STORED';

export type MuteUserInput = {
  /** Null: until unmuted. */
  until?: InputMaybe<Scalars['DateTime']['input']>;
  userId: Scalars['ID']['input'];
};

export type NotificationLevel =
  | 'ALL'
  | 'MENTIONS_AND_DIRECT'
  | 'NONE';

export type OpenDirectConversationInput = {
  userId: Scalars['ID']['input'];
};

export type PinMessageInput = {
  messageId: Scalars['ID']['input'];
};

export type PresenceIntent =
  | 'AWAY'
  | 'INVISIBLE'
  | 'ONLINE';

/** ONLINE if any device is; AWAY if all live devices are idle. */
export type PresenceStatus =
  | 'AWAY'
  | 'OFFLINE'
  | 'ONLINE';

/** For whom something is. */
export type PrivacyAudience =
  /** People the viewer already has a direct conversation with. */
  | 'DIRECT_CONTACTS'
  | 'EVERYONE'
  | 'NOBODY';

export type PushProvider =
  | 'APNS'
  | 'FCM'
  | 'WEB_PUSH';

export type QuietHoursInput = {
  from: Scalars['String']['input'];
  timeZone: Scalars['String']['input'];
  to: Scalars['String']['input'];
};

export type ReceiptInput = {
  conversationId: Scalars['ID']['input'];
  deliveredSeq?: InputMaybe<Scalars['Int']['input']>;
  readSeq?: InputMaybe<Scalars['Int']['input']>;
};

export type RefreshSessionInput = {
  /** Made up per attempt: the same token with the same id returns the first result for 60 seconds, so that a lost answer does not sign anyone out. */
  clientMutationId: Scalars['ID']['input'];
  refreshToken: Scalars['String']['input'];
};

/** Exactly one of fcmToken, apnsToken and webPush. */
export type RegisterPushTargetInput = {
  apnsToken?: InputMaybe<Scalars['String']['input']>;
  fcmToken?: InputMaybe<Scalars['String']['input']>;
  webPush?: InputMaybe<WebPushInput>;
};

export type RemoveMembersInput = {
  conversationId: Scalars['ID']['input'];
  userIds: Array<Scalars['ID']['input']>;
};

export type RemovePushTargetInput = {
  pushTargetId: Scalars['ID']['input'];
};

export type RemoveReactionInput = {
  /** One emoji. */
  emoji: Scalars['String']['input'];
  messageId: Scalars['ID']['input'];
};

/** Exactly one of userId, messageId and conversationId. */
export type ReportInput = {
  /** Makes a retry return the first result. */
  clientMutationId: Scalars['ID']['input'];
  /** Up to 1,000 characters. */
  comment?: InputMaybe<Scalars['String']['input']>;
  conversationId?: InputMaybe<Scalars['ID']['input']>;
  messageId?: InputMaybe<Scalars['ID']['input']>;
  reason: ReportReason;
  userId?: InputMaybe<Scalars['ID']['input']>;
};

/** What is wrong with what is reported. */
export type ReportReason =
  | 'HARASSMENT'
  | 'HATE'
  | 'IMPERSONATION'
  | 'MALWARE'
  | 'OTHER'
  | 'SEXUAL_CONTENT'
  | 'SPAM'
  | 'VIOLENCE';

/** What a moderator decided. */
export type ReportResolution =
  /** The message is deleted; of a person, the display name and the bio are cleared. */
  | 'CONTENT_REMOVED'
  | 'DISMISSED'
  /** The person is signed out everywhere and cannot sign in any more. */
  | 'USER_SUSPENDED'
  /** A letter went to the person. */
  | 'USER_WARNED';

/** Whether a moderator has decided. */
export type ReportStatus =
  | 'OPEN'
  | 'RESOLVED';

export type RequestPasswordResetInput = {
  email: Scalars['EmailAddress']['input'];
};

export type ResetPasswordInput = {
  device: DeviceInput;
  /** 8 to 128 characters. */
  newPassword: Scalars['String']['input'];
  /** From the newest letter; works once. */
  token: Scalars['String']['input'];
};

export type ResolveReportInput = {
  /** For other moderators, up to 1,000 characters. */
  note?: InputMaybe<Scalars['String']['input']>;
  reportId: Scalars['ID']['input'];
  resolution: ReportResolution;
};

export type ResumeWebhookInput = {
  webhookId: Scalars['ID']['input'];
};

export type RevokeApiKeyInput = {
  apiKeyId: Scalars['ID']['input'];
};

export type RevokeInviteInput = {
  inviteId: Scalars['ID']['input'];
};

/** What somebody may do in this Parley as a whole. Each role includes those before it. */
export type Role =
  /** May suspend moderators too. */
  | 'ADMIN'
  | 'MEMBER'
  /** Sees and resolves reports. */
  | 'MODERATOR';

export type RotateWebhookSecretInput = {
  webhookId: Scalars['ID']['input'];
};

export type SearchMediaKind =
  | 'AUDIO'
  | 'FILE'
  | 'IMAGE'
  | 'VIDEO'
  | 'VOICE';

export type SendMessageInput = {
  attachmentIds?: Array<Scalars['ID']['input']>;
  /** At most 8,000 characters; may be empty only with attachments. */
  body?: Scalars['String']['input'];
  /** Unique per sender and conversation; a UUID is fine. At most 64 characters. */
  clientMessageId: Scalars['ID']['input'];
  conversationId: Scalars['ID']['input'];
  mentions?: Array<MentionInput>;
  replyToId?: InputMaybe<Scalars['ID']['input']>;
};

export type SetMemberRoleInput = {
  conversationId: Scalars['ID']['input'];
  /** OWNER hands ownership over. */
  role: MemberRole;
  userId: Scalars['ID']['input'];
};

export type SetPresenceInput = {
  intent: PresenceIntent;
};

export type SetTypingInput = {
  conversationId: Scalars['ID']['input'];
  isTyping: Scalars['Boolean']['input'];
};

export type SignInInput = {
  device: DeviceInput;
  /** E-mail address or handle. */
  login: Scalars['String']['input'];
  password: Scalars['String']['input'];
};

export type SignInWithOidcInput = {
  device: DeviceInput;
  /** As the issuer gave it to the client, for a client id that this Parley accepts. */
  idToken: Scalars['String']['input'];
};

export type SignOutDevicesInput = {
  /** Null: all but the device that asks. Ids that are not devices of the viewer are passed over. */
  deviceIds?: InputMaybe<Array<Scalars['ID']['input']>>;
};

export type SignUpInput = {
  device: DeviceInput;
  /** 1 to 80 characters. */
  displayName: Scalars['String']['input'];
  email: Scalars['EmailAddress']['input'];
  /** 3 to 30 of a-z, 0-9 and _. */
  handle: Scalars['String']['input'];
  /** 8 to 128 characters. */
  password: Scalars['String']['input'];
};

export type SystemEventKind =
  | 'CONVERSATION_CREATED'
  | 'MEMBERS_JOINED'
  | 'MEMBERS_LEFT'
  | 'MEMBERS_REMOVED'
  | 'OWNER_CHANGED'
  | 'TITLE_CHANGED';

export type TestWebhookInput = {
  webhookId: Scalars['ID']['input'];
};

export type UnblockUserInput = {
  userId: Scalars['ID']['input'];
};

export type UnmuteUserInput = {
  userId: Scalars['ID']['input'];
};

export type UnpinMessageInput = {
  messageId: Scalars['ID']['input'];
};

/** A field left out stays as it is; null clears it. */
export type UpdateConversationInput = {
  /** A READY image of the viewer; the picture goes when that is deleted. */
  avatarMediaId?: InputMaybe<Scalars['ID']['input']>;
  conversationId: Scalars['ID']['input'];
  description?: InputMaybe<Scalars['String']['input']>;
  policy?: InputMaybe<ConversationPolicyInput>;
  title?: InputMaybe<Scalars['String']['input']>;
  visibility?: InputMaybe<Visibility>;
};

/** A field left out stays as it is; null clears it. */
export type UpdateInboxItemInput = {
  archived?: InputMaybe<Scalars['Boolean']['input']>;
  conversationId: Scalars['ID']['input'];
  muted?: InputMaybe<Scalars['Boolean']['input']>;
  /** With muted: true; null is until unmuted. */
  mutedUntil?: InputMaybe<Scalars['DateTime']['input']>;
  pinned?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A field left out stays as it is; null clears quietHours. */
export type UpdateNotificationSettingsInput = {
  email?: InputMaybe<NotificationLevel>;
  emailAfterMinutes?: InputMaybe<Scalars['Int']['input']>;
  push?: InputMaybe<NotificationLevel>;
  quietHours?: InputMaybe<QuietHoursInput>;
  showPreview?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A field left out stays as it is. */
export type UpdatePrivacyInput = {
  directMessages?: InputMaybe<PrivacyAudience>;
  lastSeen?: InputMaybe<PrivacyAudience>;
  readReceipts?: InputMaybe<Scalars['Boolean']['input']>;
  typingIndicators?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A field left out stays as it is; null clears it. */
export type UpdateProfileInput = {
  /** Null removes it; the media must be a READY image of the viewer. It goes when that is deleted. */
  avatarMediaId?: InputMaybe<Scalars['ID']['input']>;
  /** Up to 500 characters. */
  bio?: InputMaybe<Scalars['String']['input']>;
  /** 1 to 80 characters; cannot be cleared. */
  displayName?: InputMaybe<Scalars['String']['input']>;
  /** 3 to 30 of a-z, 0-9 and _; cannot be cleared. */
  handle?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateReceiptsInput = {
  receipts: Array<ReceiptInput>;
};

/** Why a mutation did nothing. */
export type UserErrorCode =
  /** A moderator suspended the account. */
  | 'ACCOUNT_SUSPENDED'
  | 'BLOCKED'
  /** The code or link is too old, was used, or was tried too often: ask for a new one. */
  | 'CODE_EXPIRED'
  | 'CONFLICT'
  | 'CONVERSATION_FULL'
  | 'EDIT_WINDOW_CLOSED'
  | 'EMAIL_TAKEN'
  | 'FORBIDDEN'
  | 'HANDLE_TAKEN'
  /** The field at `path` is not acceptable; the message says what is. */
  | 'INVALID_INPUT'
  | 'INVITE_EXPIRED'
  | 'LAST_OWNER'
  | 'MEDIA_NOT_READY'
  | 'MESSAGE_DELETED'
  | 'NOT_A_MEMBER'
  | 'NOT_FOUND'
  | 'NOT_UPLOADED'
  | 'QUOTA_EXCEEDED'
  | 'RATE_LIMITED'
  | 'SLOW_MODE'
  | 'SPAM_SUSPECTED'
  | 'TOO_LARGE'
  | 'UNSUPPORTED_TYPE'
  /** Only for those who verified their e-mail address. */
  | 'VERIFICATION_REQUIRED'
  /** The password is too short. */
  | 'WEAK_PASSWORD'
  /** The login, password or token is not right: sign in again. */
  | 'WRONG_CREDENTIALS';

export type VerifyEmailInput = {
  /** From the newest letter; capitals, spaces and dashes do not matter. */
  code: Scalars['String']['input'];
};

export type Visibility =
  | 'PRIVATE'
  | 'PUBLIC';

export type WebPushInput = {
  auth: Scalars['String']['input'];
  endpoint: Scalars['String']['input'];
  p256dh: Scalars['String']['input'];
};

/** What a webhook is told of. */
export type WebhookEventType =
  | 'CONVERSATION_UPDATED'
  | 'MEMBER_JOINED'
  | 'MEMBER_LEFT'
  /** For everybody, or because its time was up. */
  | 'MESSAGE_DELETED'
  | 'MESSAGE_EDITED'
  /** By others than the bot itself. */
  | 'MESSAGE_SENT'
  | 'REACTION_CHANGED';

export type DevicesQueryVariables = Exact<{ [key: string]: never; }>;


export type DevicesQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', devices: Array<{ __typename?: 'Device', id: string, name: string, platform: DevicePlatform, network: string | null, isCurrent: boolean, signedInAt: string, lastActiveAt: string }> } | null };

export type SettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', bio: string | null, createdAt: string, viewerHasBlocked: boolean, viewerHasMuted: boolean, id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null }, privacy: { __typename?: 'PrivacySettings', lastSeen: PrivacyAudience, directMessages: PrivacyAudience, readReceipts: boolean, typingIndicators: boolean } } | null };

export type UpdateProfileMutationVariables = Exact<{
  input: UpdateProfileInput;
}>;


export type UpdateProfileMutation = { __typename?: 'Mutation', updateProfile: { __typename?: 'UpdateProfilePayload', viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', bio: string | null, createdAt: string, viewerHasBlocked: boolean, viewerHasMuted: boolean, id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type UpdatePrivacyMutationVariables = Exact<{
  input: UpdatePrivacyInput;
}>;


export type UpdatePrivacyMutation = { __typename?: 'Mutation', updatePrivacy: { __typename?: 'UpdatePrivacyPayload', viewer: { __typename?: 'Viewer', id: string, privacy: { __typename?: 'PrivacySettings', lastSeen: PrivacyAudience, directMessages: PrivacyAudience, readReceipts: boolean, typingIndicators: boolean } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type VerifyEmailMutationVariables = Exact<{
  input: VerifyEmailInput;
}>;


export type VerifyEmailMutation = { __typename?: 'Mutation', verifyEmail: { __typename?: 'VerifyEmailPayload', viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ResendEmailVerificationMutationVariables = Exact<{ [key: string]: never; }>;


export type ResendEmailVerificationMutation = { __typename?: 'Mutation', resendEmailVerification: { __typename?: 'ResendEmailVerificationPayload', errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type RequestPasswordResetMutationVariables = Exact<{
  input: RequestPasswordResetInput;
}>;


export type RequestPasswordResetMutation = { __typename?: 'Mutation', requestPasswordReset: { __typename?: 'RequestPasswordResetPayload', errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ChangePasswordMutationVariables = Exact<{
  input: ChangePasswordInput;
}>;


export type ChangePasswordMutation = { __typename?: 'Mutation', changePassword: { __typename?: 'ChangePasswordPayload', errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type SignOutDevicesMutationVariables = Exact<{
  input: SignOutDevicesInput;
}>;


export type SignOutDevicesMutation = { __typename?: 'Mutation', signOutDevices: { __typename?: 'SignOutDevicesPayload', signedOutDeviceIds: Array<string>, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type DeleteAccountMutationVariables = Exact<{
  input: DeleteAccountInput;
}>;


export type DeleteAccountMutation = { __typename?: 'Mutation', deleteAccount: { __typename?: 'DeleteAccountPayload', errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type BlockedUsersQueryVariables = Exact<{
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type BlockedUsersQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', blockedUsers: { __typename?: 'UserConnection', edges: Array<{ __typename?: 'UserEdge', cursor: string, node: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } } | null };

export type MutedUsersQueryVariables = Exact<{
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type MutedUsersQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', mutedUsers: { __typename?: 'UserConnection', edges: Array<{ __typename?: 'UserEdge', cursor: string, node: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } } | null };

export type BotsQueryVariables = Exact<{ [key: string]: never; }>;


export type BotsQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', id: string, bots: Array<{ __typename?: 'Bot', id: string, user: { __typename?: 'User', id: string, handle: string, displayName: string }, apiKeys: Array<{ __typename?: 'ApiKey', id: string, name: string, prefix: string, scopes: Array<ApiKeyScope>, expiresAt: string | null, lastUsedAt: string | null }> }>, webhooks: Array<{ __typename?: 'Webhook', id: string, botId: string, url: string, eventTypes: Array<WebhookEventType>, conversationIds: Array<string> | null, lastDeliveredAt: string | null, lastError: string | null, disabledAt: string | null, waitingCount: number, deadCount: number }> } | null };

export type CreateBotMutationVariables = Exact<{
  input: CreateBotInput;
}>;


export type CreateBotMutation = { __typename?: 'Mutation', createBot: { __typename?: 'CreateBotPayload', bot: { __typename?: 'Bot', id: string } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type DeleteBotMutationVariables = Exact<{
  input: DeleteBotInput;
}>;


export type DeleteBotMutation = { __typename?: 'Mutation', deleteBot: { __typename?: 'DeleteBotPayload', deletedBotId: string | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { __typename?: 'Mutation', createApiKey: { __typename?: 'CreateApiKeyPayload', secret: string | null, apiKey: { __typename?: 'ApiKey', id: string } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type RevokeApiKeyMutationVariables = Exact<{
  input: RevokeApiKeyInput;
}>;


export type RevokeApiKeyMutation = { __typename?: 'Mutation', revokeApiKey: { __typename?: 'RevokeApiKeyPayload', revokedApiKeyId: string | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ConversationFieldsFragment = { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } };

export type MemberFieldsFragment = { __typename?: 'Member', conversationId: string, userId: string, role: MemberRole, joinedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null };

export type OwnMemberFieldsFragment = { __typename?: 'Member', deliveredSeq: number | null, readSeq: number | null, conversationId: string, userId: string, role: MemberRole, joinedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null };

type ConversationEventFields_CaughtUp_Fragment = { __typename: 'CaughtUp', conversationId: string, cursor: string };

type ConversationEventFields_ConversationChanged_Fragment = { __typename: 'ConversationChanged', conversationId: string, cursor: string, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null };

type ConversationEventFields_MemberChanged_Fragment = { __typename: 'MemberChanged', userId: string, isMember: boolean, conversationId: string, cursor: string };

type ConversationEventFields_MessageChanged_Fragment = { __typename: 'MessageChanged', conversationId: string, cursor: string };

type ConversationEventFields_WatermarksMoved_Fragment = { __typename: 'WatermarksMoved', conversationId: string, cursor: string, watermarks: Array<{ __typename?: 'Watermark', userId: string, deliveredSeq: number, readSeq: number | null }> };

export type ConversationEventFieldsFragment =
  | ConversationEventFields_CaughtUp_Fragment
  | ConversationEventFields_ConversationChanged_Fragment
  | ConversationEventFields_MemberChanged_Fragment
  | ConversationEventFields_MessageChanged_Fragment
  | ConversationEventFields_WatermarksMoved_Fragment
;

export type ConversationQueryVariables = Exact<{
  id: Scalars['ID']['input'];
  messages: Scalars['Int']['input'];
  members: Scalars['Int']['input'];
}>;


export type ConversationQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', cursor: string, id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, viewerMember: { __typename?: 'Member', deliveredSeq: number | null, readSeq: number | null, conversationId: string, userId: string, role: MemberRole, joinedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null, members: { __typename?: 'MemberConnection', edges: Array<{ __typename?: 'MemberEdge', cursor: string, node: { __typename?: 'Member', deliveredSeq: number | null, readSeq: number | null, conversationId: string, userId: string, role: MemberRole, joinedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } }, messages: { __typename?: 'MessageConnection', edges: Array<{ __typename?: 'MessageEdge', cursor: string, node: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } }, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null };

export type ConversationAboutQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type ConversationAboutQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, viewerMember: { __typename?: 'Member', role: MemberRole } | null, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null };

export type MemberPageFieldsFragment = { __typename?: 'MemberConnection', edges: Array<{ __typename?: 'MemberEdge', cursor: string, node: { __typename?: 'Member', deliveredSeq: number | null, readSeq: number | null, conversationId: string, userId: string, role: MemberRole, joinedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } };

export type MembersQueryVariables = Exact<{
  conversationId: Scalars['ID']['input'];
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type MembersQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, members: { __typename?: 'MemberConnection', edges: Array<{ __typename?: 'MemberEdge', cursor: string, node: { __typename?: 'Member', deliveredSeq: number | null, readSeq: number | null, conversationId: string, userId: string, role: MemberRole, joinedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } } | null };

export type PinnedMessagesQueryVariables = Exact<{
  conversationId: Scalars['ID']['input'];
}>;


export type PinnedMessagesQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, pinnedMessages: Array<{ __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null }> } | null };

export type ConversationChangesQueryVariables = Exact<{
  id: Scalars['ID']['input'];
  after: Scalars['String']['input'];
  first: Scalars['Int']['input'];
}>;


export type ConversationChangesQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, changes: { __typename?: 'ConversationChanges', cursor: string, hasMore: boolean, events: Array<
        | { __typename: 'CaughtUp', conversationId: string, cursor: string }
        | { __typename: 'ConversationChanged', conversationId: string, cursor: string, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null }
        | { __typename: 'MemberChanged', userId: string, isMember: boolean, conversationId: string, cursor: string, member: { __typename?: 'Member', deliveredSeq: number | null, readSeq: number | null, conversationId: string, userId: string, role: MemberRole, joinedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null }
        | { __typename: 'MessageChanged', reason: MessageChangeReason, conversationId: string, cursor: string, reaction: { __typename?: 'ReactionChange', userId: string, emoji: string, isAdded: boolean } | null, message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } }
        | { __typename: 'WatermarksMoved', conversationId: string, cursor: string, watermarks: Array<{ __typename?: 'Watermark', userId: string, deliveredSeq: number, readSeq: number | null }> }
      > } } | null };

export type ConversationEventsSubscriptionVariables = Exact<{
  conversationId: Scalars['ID']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ConversationEventsSubscription = { __typename?: 'Subscription', conversationEvents:
    | { __typename: 'CaughtUp', conversationId: string, cursor: string }
    | { __typename: 'ConversationChanged', conversationId: string, cursor: string, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null }
    | { __typename: 'MemberChanged', userId: string, isMember: boolean, conversationId: string, cursor: string, member: { __typename?: 'Member', conversationId: string, userId: string, role: MemberRole, joinedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null }
    | { __typename: 'MessageChanged', reason: MessageChangeReason, conversationId: string, cursor: string, reaction: { __typename?: 'ReactionChange', userId: string, emoji: string, isAdded: boolean } | null, message: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } }
    | { __typename: 'WatermarksMoved', conversationId: string, cursor: string, watermarks: Array<{ __typename?: 'Watermark', userId: string, deliveredSeq: number, readSeq: number | null }> }
   };

export type OpenDirectConversationMutationVariables = Exact<{
  input: OpenDirectConversationInput;
}>;


export type OpenDirectConversationMutation = { __typename?: 'Mutation', openDirectConversation: { __typename?: 'OpenDirectConversationPayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type CreateGroupMutationVariables = Exact<{
  input: CreateGroupInput;
}>;


export type CreateGroupMutation = { __typename?: 'Mutation', createGroup: { __typename?: 'CreateGroupPayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type CreateChannelMutationVariables = Exact<{
  input: CreateChannelInput;
}>;


export type CreateChannelMutation = { __typename?: 'Mutation', createChannel: { __typename?: 'CreateChannelPayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type UpdateConversationMutationVariables = Exact<{
  input: UpdateConversationInput;
}>;


export type UpdateConversationMutation = { __typename?: 'Mutation', updateConversation: { __typename?: 'UpdateConversationPayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type AddMembersMutationVariables = Exact<{
  input: AddMembersInput;
}>;


export type AddMembersMutation = { __typename?: 'Mutation', addMembers: { __typename?: 'AddMembersPayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type RemoveMembersMutationVariables = Exact<{
  input: RemoveMembersInput;
}>;


export type RemoveMembersMutation = { __typename?: 'Mutation', removeMembers: { __typename?: 'RemoveMembersPayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type SetMemberRoleMutationVariables = Exact<{
  input: SetMemberRoleInput;
}>;


export type SetMemberRoleMutation = { __typename?: 'Mutation', setMemberRole: { __typename?: 'SetMemberRolePayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type LeaveConversationMutationVariables = Exact<{
  input: LeaveConversationInput;
}>;


export type LeaveConversationMutation = { __typename?: 'Mutation', leaveConversation: { __typename?: 'LeaveConversationPayload', conversation: { __typename?: 'Conversation', id: string } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type JoinChannelMutationVariables = Exact<{
  input: JoinChannelInput;
}>;


export type JoinChannelMutation = { __typename?: 'Mutation', joinChannel: { __typename?: 'JoinChannelPayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ErrorFieldsFragment = { __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null };

export type PreviewFieldsFragment = { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null };

export type InboxItemFieldsFragment = { __typename?: 'InboxItem', id: string, conversationId: string, lastActivityAt: string, unreadCount: number, unreadMentionCount: number, isMuted: boolean, mutedUntil: string | null, pinnedAt: string | null, archivedAt: string | null, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, viewerMember: { __typename?: 'Member', role: MemberRole, readSeq: number | null } | null, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, lastMessage: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null };

export type InboxQueryVariables = Exact<{
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  archived?: Scalars['Boolean']['input'];
}>;


export type InboxQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', id: string, inboxCursor: string, inbox: { __typename?: 'InboxConnection', edges: Array<{ __typename?: 'InboxEdge', cursor: string, node: { __typename?: 'InboxItem', id: string, conversationId: string, lastActivityAt: string, unreadCount: number, unreadMentionCount: number, isMuted: boolean, mutedUntil: string | null, pinnedAt: string | null, archivedAt: string | null, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, viewerMember: { __typename?: 'Member', role: MemberRole, readSeq: number | null } | null, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, lastMessage: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } } | null };

export type InboxItemQueryVariables = Exact<{
  conversationId: Scalars['ID']['input'];
}>;


export type InboxItemQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', id: string, inboxItem: { __typename?: 'InboxItem', id: string, conversationId: string, lastActivityAt: string, unreadCount: number, unreadMentionCount: number, isMuted: boolean, mutedUntil: string | null, pinnedAt: string | null, archivedAt: string | null, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, viewerMember: { __typename?: 'Member', role: MemberRole, readSeq: number | null } | null, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, lastMessage: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null } | null } | null };

export type InboxChangesQueryVariables = Exact<{
  after: Scalars['String']['input'];
  first: Scalars['Int']['input'];
}>;


export type InboxChangesQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', id: string, inboxChanges: { __typename?: 'InboxChanges', cursor: string, hasMore: boolean, removedConversationIds: Array<string>, hiddenMessageIds: Array<string>, items: Array<{ __typename?: 'InboxItem', id: string, conversationId: string, lastActivityAt: string, unreadCount: number, unreadMentionCount: number, isMuted: boolean, mutedUntil: string | null, pinnedAt: string | null, archivedAt: string | null, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, viewerMember: { __typename?: 'Member', role: MemberRole, readSeq: number | null } | null, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, lastMessage: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null }> } } | null };

export type InboxEventsSubscriptionVariables = Exact<{
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type InboxEventsSubscription = { __typename?: 'Subscription', inboxEvents:
    | { __typename: 'ConversationChanged', conversationId: string, cursor: string, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null }
    | { __typename: 'InboxCaughtUp', cursor: string }
    | { __typename: 'InboxItemChanged', conversationId: string, cursor: string, isRemoved: boolean, item: { __typename?: 'InboxItem', id: string, conversationId: string, lastActivityAt: string, unreadCount: number, unreadMentionCount: number, isMuted: boolean, mutedUntil: string | null, pinnedAt: string | null, archivedAt: string | null, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, viewerMember: { __typename?: 'Member', role: MemberRole, readSeq: number | null } | null, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, lastMessage: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null } | null }
    | { __typename: 'MemberChanged', conversationId: string, cursor: string, userId: string, isMember: boolean }
    | { __typename: 'MessageChanged', conversationId: string, cursor: string, reason: MessageChangeReason, message: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, mentions: Array<{ __typename?: 'Mention', userId: string }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } }
    | { __typename: 'MessageHidden', conversationId: string, cursor: string, messageId: string }
    | { __typename: 'WatermarksMoved' }
   };

export type UpdateInboxItemMutationVariables = Exact<{
  input: UpdateInboxItemInput;
}>;


export type UpdateInboxItemMutation = { __typename?: 'Mutation', updateInboxItem: { __typename?: 'UpdateInboxItemPayload', inboxItem: { __typename?: 'InboxItem', id: string, conversationId: string, lastActivityAt: string, unreadCount: number, unreadMentionCount: number, isMuted: boolean, mutedUntil: string | null, pinnedAt: string | null, archivedAt: string | null, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, viewerMember: { __typename?: 'Member', role: MemberRole, readSeq: number | null } | null, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, lastMessage: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type InviteFieldsFragment = { __typename?: 'Invite', id: string, code: string, url: string, maxUses: number | null, useCount: number, needsApproval: boolean, expiresAt: string | null };

export type InviteQueryVariables = Exact<{
  code: Scalars['String']['input'];
}>;


export type InviteQuery = { __typename?: 'Query', invite: { __typename?: 'InvitePreview', code: string, title: string | null, description: string | null, memberCount: number, needsApproval: boolean, viewerIsMember: boolean } | null };

export type InvitesQueryVariables = Exact<{
  conversationId: Scalars['ID']['input'];
}>;


export type InvitesQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, invites: Array<{ __typename?: 'Invite', id: string, code: string, url: string, maxUses: number | null, useCount: number, needsApproval: boolean, expiresAt: string | null }>, joinRequests: { __typename?: 'JoinRequestConnection', edges: Array<{ __typename?: 'JoinRequestEdge', node: { __typename?: 'JoinRequest', id: string, requestedAt: string, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } }> } } | null };

export type CreateInviteMutationVariables = Exact<{
  input: CreateInviteInput;
}>;


export type CreateInviteMutation = { __typename?: 'Mutation', createInvite: { __typename?: 'CreateInvitePayload', invite: { __typename?: 'Invite', id: string, code: string, url: string, maxUses: number | null, useCount: number, needsApproval: boolean, expiresAt: string | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type RevokeInviteMutationVariables = Exact<{
  input: RevokeInviteInput;
}>;


export type RevokeInviteMutation = { __typename?: 'Mutation', revokeInvite: { __typename?: 'RevokeInvitePayload', invite: { __typename?: 'Invite', id: string, code: string, url: string, maxUses: number | null, useCount: number, needsApproval: boolean, expiresAt: string | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type AcceptInviteMutationVariables = Exact<{
  input: AcceptInviteInput;
}>;


export type AcceptInviteMutation = { __typename?: 'Mutation', acceptInvite: { __typename?: 'AcceptInvitePayload', conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null, joinRequest: { __typename?: 'JoinRequest', id: string, requestedAt: string } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type DecideJoinRequestMutationVariables = Exact<{
  input: DecideJoinRequestInput;
}>;


export type DecideJoinRequestMutation = { __typename?: 'Mutation', decideJoinRequest: { __typename?: 'DecideJoinRequestPayload', conversation: { __typename?: 'Conversation', id: string } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type MediaFieldsFragment = { __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> };

export type MediaQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type MediaQuery = { __typename?: 'Query', media: { __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null };

export type MediaDownloadQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type MediaDownloadQuery = { __typename?: 'Query', media: { __typename?: 'Media', id: string, url: string | null } | null };

export type SharedMediaQueryVariables = Exact<{
  conversationId: Scalars['ID']['input'];
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  kinds?: InputMaybe<Array<MediaKind> | MediaKind>;
}>;


export type SharedMediaQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, sharedMedia: { __typename?: 'MediaConnection', edges: Array<{ __typename?: 'MediaEdge', cursor: string, node: { __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } } | null };

export type MediaQuotaQueryVariables = Exact<{ [key: string]: never; }>;


export type MediaQuotaQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', id: string, mediaQuota: { __typename?: 'MediaQuota', usedBytes: number, limitBytes: number, uploadsToday: number, uploadsPerDay: number } } | null };

export type MediaChangedSubscriptionVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type MediaChangedSubscription = { __typename?: 'Subscription', mediaChanged: { __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } };

export type CreateUploadMutationVariables = Exact<{
  input: CreateUploadInput;
}>;


export type CreateUploadMutation = { __typename?: 'Mutation', createUpload: { __typename?: 'CreateUploadPayload', media: { __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null, upload: { __typename?: 'Upload', method: string, url: string, headers: Array<{ __typename?: 'UploadHeader', name: string, value: string }> } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type CompleteUploadMutationVariables = Exact<{
  input: CompleteUploadInput;
}>;


export type CompleteUploadMutation = { __typename?: 'Mutation', completeUpload: { __typename?: 'CompleteUploadPayload', media: { __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type DeleteMediaMutationVariables = Exact<{
  input: DeleteMediaInput;
}>;


export type DeleteMediaMutation = { __typename?: 'Mutation', deleteMedia: { __typename?: 'DeleteMediaPayload', media: { __typename?: 'Media', id: string } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type MessageFieldsFragment = { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null };

export type QuoteFieldsFragment = { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null };

export type OwnMessageFieldsFragment = { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null };

export type MessagePageFieldsFragment = { __typename?: 'MessageConnection', edges: Array<{ __typename?: 'MessageEdge', cursor: string, node: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } };

export type MessageQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type MessageQuery = { __typename?: 'Query', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null };

export type MessagesBeforeQueryVariables = Exact<{
  conversationId: Scalars['ID']['input'];
  before: Scalars['String']['input'];
  last: Scalars['Int']['input'];
}>;


export type MessagesBeforeQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, messages: { __typename?: 'MessageConnection', edges: Array<{ __typename?: 'MessageEdge', cursor: string, node: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type MessagesAfterQueryVariables = Exact<{
  conversationId: Scalars['ID']['input'];
  after: Scalars['String']['input'];
  first: Scalars['Int']['input'];
}>;


export type MessagesAfterQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, messages: { __typename?: 'MessageConnection', edges: Array<{ __typename?: 'MessageEdge', cursor: string, node: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type MessagesAroundQueryVariables = Exact<{
  conversationId: Scalars['ID']['input'];
  messageId?: InputMaybe<Scalars['ID']['input']>;
  seq?: InputMaybe<Scalars['Int']['input']>;
  before?: Scalars['Int']['input'];
  after?: Scalars['Int']['input'];
}>;


export type MessagesAroundQuery = { __typename?: 'Query', conversation: { __typename?: 'Conversation', id: string, messagesAround: { __typename?: 'MessageConnection', edges: Array<{ __typename?: 'MessageEdge', cursor: string, node: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type MessageEditsQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type MessageEditsQuery = { __typename?: 'Query', message: { __typename?: 'Message', id: string, edits: Array<{ __typename?: 'MessageEdit', body: string, editedAt: string }> } | null };

export type MessageReceiptsQueryVariables = Exact<{
  id: Scalars['ID']['input'];
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type MessageReceiptsQuery = { __typename?: 'Query', message: { __typename?: 'Message', id: string, receipts: { __typename?: 'ReceiptConnection', edges: Array<{ __typename?: 'ReceiptEdge', cursor: string, node: { __typename?: 'Receipt', userId: string, hasReceived: boolean, hasRead: boolean, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } } | null };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { __typename?: 'Mutation', sendMessage: { __typename?: 'SendMessagePayload', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ForwardMessageMutationVariables = Exact<{
  input: ForwardMessageInput;
}>;


export type ForwardMessageMutation = { __typename?: 'Mutation', forwardMessage: { __typename?: 'ForwardMessagePayload', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type EditMessageMutationVariables = Exact<{
  input: EditMessageInput;
}>;


export type EditMessageMutation = { __typename?: 'Mutation', editMessage: { __typename?: 'EditMessagePayload', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type DeleteMessageMutationVariables = Exact<{
  input: DeleteMessageInput;
}>;


export type DeleteMessageMutation = { __typename?: 'Mutation', deleteMessage: { __typename?: 'DeleteMessagePayload', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type AddReactionMutationVariables = Exact<{
  input: AddReactionInput;
}>;


export type AddReactionMutation = { __typename?: 'Mutation', addReaction: { __typename?: 'AddReactionPayload', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type RemoveReactionMutationVariables = Exact<{
  input: RemoveReactionInput;
}>;


export type RemoveReactionMutation = { __typename?: 'Mutation', removeReaction: { __typename?: 'RemoveReactionPayload', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type PinMessageMutationVariables = Exact<{
  input: PinMessageInput;
}>;


export type PinMessageMutation = { __typename?: 'Mutation', pinMessage: { __typename?: 'PinMessagePayload', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type UnpinMessageMutationVariables = Exact<{
  input: UnpinMessageInput;
}>;


export type UnpinMessageMutation = { __typename?: 'Mutation', unpinMessage: { __typename?: 'UnpinMessagePayload', message: { __typename?: 'Message', status: MessageStatus, id: string, conversationId: string, seq: number, kind: MessageKind, clientMessageId: string, senderId: string | null, body: string | null, createdAt: string, editedAt: string | null, deletedAt: string | null, expiresAt: string | null, pinnedAt: string | null, reactions: Array<{ __typename?: 'Reaction', emoji: string, count: number, viewerHasReacted: boolean }>, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, mentions: Array<{ __typename?: 'Mention', userId: string, start: number, end: number }>, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subjects: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } | null, attachments: Array<{ __typename?: 'Media', id: string, kind: MediaKind, status: MediaStatus, rejection: MediaRejection | null, filename: string, contentType: string, size: number, width: number | null, height: number | null, durationMs: number | null, waveform: Array<number> | null, blurHash: string | null, url: string | null, createdAt: string, thumbnails: Array<{ __typename?: 'Thumbnail', size: number, width: number, height: number, url: string }> } | null>, forwardedFrom: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, replyTo: { __typename?: 'Message', id: string, seq: number, senderId: string | null, kind: MessageKind, body: string | null, deletedAt: string | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type UpdateReceiptsMutationVariables = Exact<{
  input: UpdateReceiptsInput;
}>;


export type UpdateReceiptsMutation = { __typename?: 'Mutation', updateReceipts: { __typename?: 'UpdateReceiptsPayload', errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ReportFieldsFragment = { __typename?: 'Report', id: string, reason: ReportReason, comment: string | null, excerpt: string | null, createdAt: string, status: ReportStatus, resolution: ReportResolution | null, resolvedAt: string | null, reporter: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subject:
    | { __typename: 'Conversation', id: string }
    | { __typename: 'Message', id: string }
    | { __typename: 'User', id: string }
   | null, author: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null };

export type ReportsQueryVariables = Exact<{
  status?: InputMaybe<ReportStatus>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ReportsQuery = { __typename?: 'Query', reports: { __typename?: 'ReportConnection', edges: Array<{ __typename?: 'ReportEdge', cursor: string, node: { __typename?: 'Report', id: string, reason: ReportReason, comment: string | null, excerpt: string | null, createdAt: string, status: ReportStatus, resolution: ReportResolution | null, resolvedAt: string | null, reporter: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subject:
          | { __typename: 'Conversation', id: string }
          | { __typename: 'Message', id: string }
          | { __typename: 'User', id: string }
         | null, author: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } };

export type ResolveReportMutationVariables = Exact<{
  input: ResolveReportInput;
}>;


export type ResolveReportMutation = { __typename?: 'Mutation', resolveReport: { __typename?: 'ResolveReportPayload', report: { __typename?: 'Report', id: string, reason: ReportReason, comment: string | null, excerpt: string | null, createdAt: string, status: ReportStatus, resolution: ReportResolution | null, resolvedAt: string | null, reporter: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, subject:
        | { __typename: 'Conversation', id: string }
        | { __typename: 'Message', id: string }
        | { __typename: 'User', id: string }
       | null, author: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type NotificationSettingsFieldsFragment = { __typename?: 'NotificationSettings', push: NotificationLevel, showPreview: boolean, email: NotificationLevel, emailAfterMinutes: number, quietHours: { __typename?: 'QuietHours', from: string, to: string, timeZone: string } | null };

export type NotificationSettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type NotificationSettingsQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', id: string, notificationSettings: { __typename?: 'NotificationSettings', push: NotificationLevel, showPreview: boolean, email: NotificationLevel, emailAfterMinutes: number, quietHours: { __typename?: 'QuietHours', from: string, to: string, timeZone: string } | null } } | null };

export type UpdateNotificationSettingsMutationVariables = Exact<{
  input: UpdateNotificationSettingsInput;
}>;


export type UpdateNotificationSettingsMutation = { __typename?: 'Mutation', updateNotificationSettings: { __typename?: 'UpdateNotificationSettingsPayload', settings: { __typename?: 'NotificationSettings', push: NotificationLevel, showPreview: boolean, email: NotificationLevel, emailAfterMinutes: number, quietHours: { __typename?: 'QuietHours', from: string, to: string, timeZone: string } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type WebPushKeyQueryVariables = Exact<{ [key: string]: never; }>;


export type WebPushKeyQuery = { __typename?: 'Query', webPushPublicKey: string };

export type RegisterPushTargetMutationVariables = Exact<{
  input: RegisterPushTargetInput;
}>;


export type RegisterPushTargetMutation = { __typename?: 'Mutation', registerPushTarget: { __typename?: 'RegisterPushTargetPayload', pushTarget: { __typename?: 'PushTarget', id: string } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type RemovePushTargetMutationVariables = Exact<{
  input: RemovePushTargetInput;
}>;


export type RemovePushTargetMutation = { __typename?: 'Mutation', removePushTarget: { __typename?: 'RemovePushTargetPayload', pushTarget: { __typename?: 'PushTarget', id: string } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type PersonFieldsFragment = { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean };

export type ProfileFieldsFragment = { __typename?: 'User', bio: string | null, createdAt: string, viewerHasBlocked: boolean, viewerHasMuted: boolean, id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null };

export type UserQueryVariables = Exact<{
  id?: InputMaybe<Scalars['ID']['input']>;
  handle?: InputMaybe<Scalars['String']['input']>;
}>;


export type UserQuery = { __typename?: 'Query', user: { __typename?: 'User', bio: string | null, createdAt: string, viewerHasBlocked: boolean, viewerHasMuted: boolean, id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null } | null };

export type UsersQueryVariables = Exact<{
  ids: Array<Scalars['ID']['input']> | Scalars['ID']['input'];
}>;


export type UsersQuery = { __typename?: 'Query', users: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> };

export type BlockUserMutationVariables = Exact<{
  input: BlockUserInput;
}>;


export type BlockUserMutation = { __typename?: 'Mutation', blockUser: { __typename?: 'BlockUserPayload', user: { __typename?: 'User', bio: string | null, createdAt: string, viewerHasBlocked: boolean, viewerHasMuted: boolean, id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type UnblockUserMutationVariables = Exact<{
  input: UnblockUserInput;
}>;


export type UnblockUserMutation = { __typename?: 'Mutation', unblockUser: { __typename?: 'UnblockUserPayload', user: { __typename?: 'User', bio: string | null, createdAt: string, viewerHasBlocked: boolean, viewerHasMuted: boolean, id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type MuteUserMutationVariables = Exact<{
  input: MuteUserInput;
}>;


export type MuteUserMutation = { __typename?: 'Mutation', muteUser: { __typename?: 'MuteUserPayload', user: { __typename?: 'User', bio: string | null, createdAt: string, viewerHasBlocked: boolean, viewerHasMuted: boolean, id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type UnmuteUserMutationVariables = Exact<{
  input: UnmuteUserInput;
}>;


export type UnmuteUserMutation = { __typename?: 'Mutation', unmuteUser: { __typename?: 'UnmuteUserPayload', user: { __typename?: 'User', bio: string | null, createdAt: string, viewerHasBlocked: boolean, viewerHasMuted: boolean, id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ReportMutationVariables = Exact<{
  input: ReportInput;
}>;


export type ReportMutation = { __typename?: 'Mutation', report: { __typename?: 'ReportPayload', report: { __typename?: 'Report', id: string, status: ReportStatus } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type PresenceChangedSubscriptionVariables = Exact<{
  userIds: Array<Scalars['ID']['input']> | Scalars['ID']['input'];
}>;


export type PresenceChangedSubscription = { __typename?: 'Subscription', presenceChanged: { __typename?: 'PresenceChange', userId: string, presence: { __typename?: 'Presence', status: PresenceStatus, lastSeenAt: string | null } | null } };

export type TypingChangedSubscriptionVariables = Exact<{
  conversationId: Scalars['ID']['input'];
}>;


export type TypingChangedSubscription = { __typename?: 'Subscription', typingChanged: { __typename?: 'TypingChange', conversationId: string, userIds: Array<string>, users: Array<{ __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null> } };

export type SetTypingMutationVariables = Exact<{
  input: SetTypingInput;
}>;


export type SetTypingMutation = { __typename?: 'Mutation', setTyping: { __typename?: 'SetTypingPayload', errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type SetPresenceMutationVariables = Exact<{
  input: SetPresenceInput;
}>;


export type SetPresenceMutation = { __typename?: 'Mutation', setPresence: { __typename?: 'SetPresencePayload', errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type HeartbeatMutationVariables = Exact<{ [key: string]: never; }>;


export type HeartbeatMutation = { __typename?: 'Mutation', heartbeat: { __typename?: 'HeartbeatPayload', errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type SearchUsersQueryVariables = Exact<{
  query: Scalars['String']['input'];
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type SearchUsersQuery = { __typename?: 'Query', searchUsers: { __typename?: 'UserSearchConnection', edges: Array<{ __typename?: 'UserSearchEdge', cursor: string, node: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } };

export type SearchConversationsQueryVariables = Exact<{
  query: Scalars['String']['input'];
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type SearchConversationsQuery = { __typename?: 'Query', searchConversations: { __typename?: 'ConversationSearchConnection', edges: Array<{ __typename?: 'ConversationSearchEdge', cursor: string, node: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, description: string | null, avatarUrl: string | null, visibility: Visibility, fanOut: FanOut, memberCount: number, createdAt: string, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, policy: { __typename?: 'ConversationPolicy', whoCanSend: MemberRole, whoCanInvite: MemberRole, editWindowSeconds: number, deleteWindowSeconds: number, slowModeSeconds: number, messageTtlSeconds: number | null } } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } };

export type SearchMessagesQueryVariables = Exact<{
  query: Scalars['String']['input'];
  filter?: InputMaybe<MessageSearchFilter>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type SearchMessagesQuery = { __typename?: 'Query', searchMessages: { __typename?: 'MessageSearchConnection', totalCount: number, edges: Array<{ __typename?: 'MessageSearchEdge', cursor: string, highlights: Array<{ __typename?: 'Highlight', text: string, ranges: Array<{ __typename?: 'TextRange', start: number, end: number }> }>, node: { __typename?: 'Message', id: string, conversationId: string, seq: number, kind: MessageKind, senderId: string | null, body: string | null, createdAt: string, deletedAt: string | null, conversation: { __typename?: 'Conversation', id: string, kind: ConversationKind, title: string | null, otherUser: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null, sender: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null, systemEvent: { __typename?: 'SystemEvent', kind: SystemEventKind, actorId: string | null, subjectIds: Array<string>, text: string | null, actor: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } | null } | null } | null }>, pageInfo: { __typename?: 'PageInfo', hasNextPage: boolean, endCursor: string | null } } };

export type SessionFieldsFragment = { __typename?: 'Session', accessToken: string, accessTokenExpiresAt: string, refreshToken: string, device: { __typename?: 'Device', id: string, name: string } };

export type ViewerFieldsFragment = { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { __typename?: 'Query', viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } } | null };

export type SignUpMutationVariables = Exact<{
  input: SignUpInput;
}>;


export type SignUpMutation = { __typename?: 'Mutation', signUp: { __typename?: 'SignUpPayload', session: { __typename?: 'Session', accessToken: string, accessTokenExpiresAt: string, refreshToken: string, device: { __typename?: 'Device', id: string, name: string } } | null, viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { __typename?: 'Mutation', signIn: { __typename?: 'SignInPayload', session: { __typename?: 'Session', accessToken: string, accessTokenExpiresAt: string, refreshToken: string, device: { __typename?: 'Device', id: string, name: string } } | null, viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type SignInWithOidcMutationVariables = Exact<{
  input: SignInWithOidcInput;
}>;


export type SignInWithOidcMutation = { __typename?: 'Mutation', signInWithOidc: { __typename?: 'SignInWithOidcPayload', session: { __typename?: 'Session', accessToken: string, accessTokenExpiresAt: string, refreshToken: string, device: { __typename?: 'Device', id: string, name: string } } | null, viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type RefreshSessionMutationVariables = Exact<{
  input: RefreshSessionInput;
}>;


export type RefreshSessionMutation = { __typename?: 'Mutation', refreshSession: { __typename?: 'RefreshSessionPayload', session: { __typename?: 'Session', accessToken: string, accessTokenExpiresAt: string, refreshToken: string, device: { __typename?: 'Device', id: string, name: string } } | null, viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ResetPasswordMutationVariables = Exact<{
  input: ResetPasswordInput;
}>;


export type ResetPasswordMutation = { __typename?: 'Mutation', resetPassword: { __typename?: 'ResetPasswordPayload', session: { __typename?: 'Session', accessToken: string, accessTokenExpiresAt: string, refreshToken: string, device: { __typename?: 'Device', id: string, name: string } } | null, viewer: { __typename?: 'Viewer', id: string, email: string | null, emailVerifiedAt: string | null, roles: Array<Role>, user: { __typename?: 'User', id: string, handle: string, displayName: string, avatarUrl: string | null, isVerified: boolean, isDeleted: boolean } } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { __typename?: 'Mutation', signOut: { __typename?: 'SignOutPayload', signedOutDeviceIds: Array<string>, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type WebhookFieldsFragment = { __typename?: 'Webhook', id: string, botId: string, url: string, eventTypes: Array<WebhookEventType>, conversationIds: Array<string> | null, lastDeliveredAt: string | null, lastError: string | null, disabledAt: string | null, waitingCount: number, deadCount: number };

export type CreateWebhookMutationVariables = Exact<{
  input: CreateWebhookInput;
}>;


export type CreateWebhookMutation = { __typename?: 'Mutation', createWebhook: { __typename?: 'CreateWebhookPayload', secret: string | null, webhook: { __typename?: 'Webhook', id: string, botId: string, url: string, eventTypes: Array<WebhookEventType>, conversationIds: Array<string> | null, lastDeliveredAt: string | null, lastError: string | null, disabledAt: string | null, waitingCount: number, deadCount: number } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type DeleteWebhookMutationVariables = Exact<{
  input: DeleteWebhookInput;
}>;


export type DeleteWebhookMutation = { __typename?: 'Mutation', deleteWebhook: { __typename?: 'DeleteWebhookPayload', deletedWebhookId: string | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type RotateWebhookSecretMutationVariables = Exact<{
  input: RotateWebhookSecretInput;
}>;


export type RotateWebhookSecretMutation = { __typename?: 'Mutation', rotateWebhookSecret: { __typename?: 'RotateWebhookSecretPayload', secret: string | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type TestWebhookMutationVariables = Exact<{
  input: TestWebhookInput;
}>;


export type TestWebhookMutation = { __typename?: 'Mutation', testWebhook: { __typename?: 'TestWebhookPayload', delivered: boolean, failure: string | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export type ResumeWebhookMutationVariables = Exact<{
  input: ResumeWebhookInput;
}>;


export type ResumeWebhookMutation = { __typename?: 'Mutation', resumeWebhook: { __typename?: 'ResumeWebhookPayload', webhook: { __typename?: 'Webhook', id: string, botId: string, url: string, eventTypes: Array<WebhookEventType>, conversationIds: Array<string> | null, lastDeliveredAt: string | null, lastError: string | null, disabledAt: string | null, waitingCount: number, deadCount: number } | null, errors: Array<{ __typename?: 'UserError', code: UserErrorCode, message: string, path: Array<string>, retryAt: string | null }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ConversationFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
    `, {"fragmentName":"ConversationFields"}) as unknown as TypedDocumentString<ConversationFieldsFragment, unknown>;
export const ConversationEventFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ConversationEventFields on ConversationEvent {
  __typename
  conversationId
  cursor
  ... on MemberChanged {
    userId
    isMember
  }
  ... on WatermarksMoved {
    watermarks {
      userId
      deliveredSeq
      readSeq
    }
  }
  ... on ConversationChanged {
    conversation {
      ...ConversationFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}`, {"fragmentName":"ConversationEventFields"}) as unknown as TypedDocumentString<ConversationEventFieldsFragment, unknown>;
export const PersonFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
    `, {"fragmentName":"PersonFields"}) as unknown as TypedDocumentString<PersonFieldsFragment, unknown>;
export const MemberFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MemberFields on Member {
  conversationId
  userId
  role
  joinedAt
  user {
    ...PersonFields
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"MemberFields"}) as unknown as TypedDocumentString<MemberFieldsFragment, unknown>;
export const OwnMemberFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment OwnMemberFields on Member {
  ...MemberFields
  deliveredSeq
  readSeq
}
    fragment MemberFields on Member {
  conversationId
  userId
  role
  joinedAt
  user {
    ...PersonFields
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"OwnMemberFields"}) as unknown as TypedDocumentString<OwnMemberFieldsFragment, unknown>;
export const MemberPageFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MemberPageFields on MemberConnection {
  edges {
    cursor
    node {
      ...OwnMemberFields
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
    fragment MemberFields on Member {
  conversationId
  userId
  role
  joinedAt
  user {
    ...PersonFields
  }
}
fragment OwnMemberFields on Member {
  ...MemberFields
  deliveredSeq
  readSeq
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"MemberPageFields"}) as unknown as TypedDocumentString<MemberPageFieldsFragment, unknown>;
export const ErrorFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
    `, {"fragmentName":"ErrorFields"}) as unknown as TypedDocumentString<ErrorFieldsFragment, unknown>;
export const PreviewFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment PreviewFields on Message {
  id
  conversationId
  seq
  kind
  senderId
  sender {
    ...PersonFields
  }
  body
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    text
  }
  createdAt
  deletedAt
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"PreviewFields"}) as unknown as TypedDocumentString<PreviewFieldsFragment, unknown>;
export const InboxItemFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment InboxItemFields on InboxItem {
  id
  conversationId
  lastActivityAt
  unreadCount
  unreadMentionCount
  isMuted
  mutedUntil
  pinnedAt
  archivedAt
  conversation {
    ...ConversationFields
    otherUser {
      ...PersonFields
    }
    viewerMember {
      role
      readSeq
    }
  }
  lastMessage {
    ...PreviewFields
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment PreviewFields on Message {
  id
  conversationId
  seq
  kind
  senderId
  sender {
    ...PersonFields
  }
  body
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    text
  }
  createdAt
  deletedAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"InboxItemFields"}) as unknown as TypedDocumentString<InboxItemFieldsFragment, unknown>;
export const InviteFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment InviteFields on Invite {
  id
  code
  url
  maxUses
  useCount
  needsApproval
  expiresAt
}
    `, {"fragmentName":"InviteFields"}) as unknown as TypedDocumentString<InviteFieldsFragment, unknown>;
export const MediaFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
    `, {"fragmentName":"MediaFields"}) as unknown as TypedDocumentString<MediaFieldsFragment, unknown>;
export const QuoteFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"QuoteFields"}) as unknown as TypedDocumentString<QuoteFieldsFragment, unknown>;
export const MessageFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"MessageFields"}) as unknown as TypedDocumentString<MessageFieldsFragment, unknown>;
export const OwnMessageFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"OwnMessageFields"}) as unknown as TypedDocumentString<OwnMessageFieldsFragment, unknown>;
export const MessagePageFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment MessagePageFields on MessageConnection {
  edges {
    cursor
    node {
      ...OwnMessageFields
    }
  }
  pageInfo {
    hasNextPage
    hasPreviousPage
    startCursor
    endCursor
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"MessagePageFields"}) as unknown as TypedDocumentString<MessagePageFieldsFragment, unknown>;
export const ReportFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ReportFields on Report {
  id
  reason
  comment
  excerpt
  createdAt
  status
  resolution
  resolvedAt
  reporter {
    ...PersonFields
  }
  subject {
    __typename
    ... on User {
      id
    }
    ... on Message {
      id
    }
    ... on Conversation {
      id
    }
  }
  author {
    ...PersonFields
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"ReportFields"}) as unknown as TypedDocumentString<ReportFieldsFragment, unknown>;
export const NotificationSettingsFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment NotificationSettingsFields on NotificationSettings {
  push
  showPreview
  email
  emailAfterMinutes
  quietHours {
    from
    to
    timeZone
  }
}
    `, {"fragmentName":"NotificationSettingsFields"}) as unknown as TypedDocumentString<NotificationSettingsFieldsFragment, unknown>;
export const ProfileFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ProfileFields on User {
  ...PersonFields
  bio
  createdAt
  viewerHasBlocked
  viewerHasMuted
  presence {
    status
    lastSeenAt
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"ProfileFields"}) as unknown as TypedDocumentString<ProfileFieldsFragment, unknown>;
export const SessionFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment SessionFields on Session {
  accessToken
  accessTokenExpiresAt
  refreshToken
  device {
    id
    name
  }
}
    `, {"fragmentName":"SessionFields"}) as unknown as TypedDocumentString<SessionFieldsFragment, unknown>;
export const ViewerFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"fragmentName":"ViewerFields"}) as unknown as TypedDocumentString<ViewerFieldsFragment, unknown>;
export const WebhookFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`
    fragment WebhookFields on Webhook {
  id
  botId
  url
  eventTypes
  conversationIds
  lastDeliveredAt
  lastError
  disabledAt
  waitingCount
  deadCount
}
    `, {"fragmentName":"WebhookFields"}) as unknown as TypedDocumentString<WebhookFieldsFragment, unknown>;
export const DevicesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Devices {
  viewer {
    devices {
      id
      name
      platform
      network
      isCurrent
      signedInAt
      lastActiveAt
    }
  }
}
    `, {"hash":"0cb22859f9252d9fe90c432ccbfc551481065589d3600ac1ed1f075cdf0c82f3"}) as unknown as TypedDocumentString<DevicesQuery, DevicesQueryVariables>;
export const SettingsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Settings {
  viewer {
    ...ViewerFields
    user {
      ...ProfileFields
    }
    privacy {
      lastSeen
      directMessages
      readReceipts
      typingIndicators
    }
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ProfileFields on User {
  ...PersonFields
  bio
  createdAt
  viewerHasBlocked
  viewerHasMuted
  presence {
    status
    lastSeenAt
  }
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"352046f98e063493e2555d3a93459c0937774ade1a56165343749e02e058f592"}) as unknown as TypedDocumentString<SettingsQuery, SettingsQueryVariables>;
export const UpdateProfileDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateProfile($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    viewer {
      ...ViewerFields
      user {
        ...ProfileFields
      }
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ProfileFields on User {
  ...PersonFields
  bio
  createdAt
  viewerHasBlocked
  viewerHasMuted
  presence {
    status
    lastSeenAt
  }
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"363c0dae2abcae77c9b7ab022ade47e923ab6e8a7829cd2d5e408eafcaa7275f"}) as unknown as TypedDocumentString<UpdateProfileMutation, UpdateProfileMutationVariables>;
export const UpdatePrivacyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdatePrivacy($input: UpdatePrivacyInput!) {
  updatePrivacy(input: $input) {
    viewer {
      id
      privacy {
        lastSeen
        directMessages
        readReceipts
        typingIndicators
      }
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"ad163f1f3b548ce4e12bec405381c3c785241dc672db1eb98dee6d3814a90cbb"}) as unknown as TypedDocumentString<UpdatePrivacyMutation, UpdatePrivacyMutationVariables>;
export const VerifyEmailDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation VerifyEmail($input: VerifyEmailInput!) {
  verifyEmail(input: $input) {
    viewer {
      ...ViewerFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"e6ffeb70d9580341a74db6d3cb421447cc365820aafaf4fd029e6f431944e3f0"}) as unknown as TypedDocumentString<VerifyEmailMutation, VerifyEmailMutationVariables>;
export const ResendEmailVerificationDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ResendEmailVerification {
  resendEmailVerification {
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"a6fc47ac4908fd030dbc0cd994c3f61f4c54ea4bc8fcd63972c0ac74365dd7a5"}) as unknown as TypedDocumentString<ResendEmailVerificationMutation, ResendEmailVerificationMutationVariables>;
export const RequestPasswordResetDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
  requestPasswordReset(input: $input) {
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"d41a2db0bdeb36257326a1fdee4bff716d89cb6f68f629a762a5b9fa42388707"}) as unknown as TypedDocumentString<RequestPasswordResetMutation, RequestPasswordResetMutationVariables>;
export const ChangePasswordDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ChangePassword($input: ChangePasswordInput!) {
  changePassword(input: $input) {
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"83ca95c4d7b2da2e912e59566a1bf3726b94a5b812e60fd3082aeb5f3f140079"}) as unknown as TypedDocumentString<ChangePasswordMutation, ChangePasswordMutationVariables>;
export const SignOutDevicesDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SignOutDevices($input: SignOutDevicesInput!) {
  signOutDevices(input: $input) {
    signedOutDeviceIds
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"76ecae6e6af9ceb7f72c9da69b830265394e24410882f978df9ef56aa02d642e"}) as unknown as TypedDocumentString<SignOutDevicesMutation, SignOutDevicesMutationVariables>;
export const DeleteAccountDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteAccount($input: DeleteAccountInput!) {
  deleteAccount(input: $input) {
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"f10807dc03c04ecfa971e1ae02cb057cabd2b62d83cfdc7ea19e1b19d1586d84"}) as unknown as TypedDocumentString<DeleteAccountMutation, DeleteAccountMutationVariables>;
export const BlockedUsersDocument = /*#__PURE__*/ new TypedDocumentString(`
    query BlockedUsers($first: Int! = 50, $after: String) {
  viewer {
    blockedUsers(first: $first, after: $after) {
      edges {
        cursor
        node {
          ...PersonFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"5ebaf9faa9837155c8c30cb5327cbc5d199d1378c2430b749f68786093d434fb"}) as unknown as TypedDocumentString<BlockedUsersQuery, BlockedUsersQueryVariables>;
export const MutedUsersDocument = /*#__PURE__*/ new TypedDocumentString(`
    query MutedUsers($first: Int! = 50, $after: String) {
  viewer {
    mutedUsers(first: $first, after: $after) {
      edges {
        cursor
        node {
          ...PersonFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"66188e06d0d1cd7a8635f76bbe96ce9b0da5aee79c4f3f07ec332367b8f626cf"}) as unknown as TypedDocumentString<MutedUsersQuery, MutedUsersQueryVariables>;
export const BotsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Bots {
  viewer {
    id
    bots {
      id
      user {
        id
        handle
        displayName
      }
      apiKeys {
        id
        name
        prefix
        scopes
        expiresAt
        lastUsedAt
      }
    }
    webhooks {
      ...WebhookFields
    }
  }
}
    fragment WebhookFields on Webhook {
  id
  botId
  url
  eventTypes
  conversationIds
  lastDeliveredAt
  lastError
  disabledAt
  waitingCount
  deadCount
}`, {"hash":"128f57a954ec9729e29b6f2099adb4427d3fad4c4a498822e38e46aafe7caa06"}) as unknown as TypedDocumentString<BotsQuery, BotsQueryVariables>;
export const CreateBotDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateBot($input: CreateBotInput!) {
  createBot(input: $input) {
    bot {
      id
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"8b14c3759028a729f97cad6b242e1d707ec120d24f5944ae8c84d20c0bf8ed5e"}) as unknown as TypedDocumentString<CreateBotMutation, CreateBotMutationVariables>;
export const DeleteBotDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteBot($input: DeleteBotInput!) {
  deleteBot(input: $input) {
    deletedBotId
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"3e3bf3e34de23d0dc33f36cc5e535b2eb9c6b7c21dc6df8081a97f5e235eff04"}) as unknown as TypedDocumentString<DeleteBotMutation, DeleteBotMutationVariables>;
export const CreateApiKeyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateApiKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    apiKey {
      id
    }
    secret
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"4f6b17fbaa565f6727459a7655f901ed8d1fdac8307ee837023023e4689dc212"}) as unknown as TypedDocumentString<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const RevokeApiKeyDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RevokeApiKey($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) {
    revokedApiKeyId
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"346777ff7ba13d4bb91c8b1337d0022e1bc608f40809331ae7bf8639990a0d7a"}) as unknown as TypedDocumentString<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>;
export const ConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Conversation($id: ID!, $messages: Int!, $members: Int!) {
  conversation(id: $id) {
    ...ConversationFields
    cursor
    otherUser {
      ...PersonFields
    }
    viewerMember {
      ...OwnMemberFields
    }
    members(first: $members) {
      ...MemberPageFields
    }
    messages(last: $messages) {
      ...MessagePageFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment MemberFields on Member {
  conversationId
  userId
  role
  joinedAt
  user {
    ...PersonFields
  }
}
fragment OwnMemberFields on Member {
  ...MemberFields
  deliveredSeq
  readSeq
}
fragment MemberPageFields on MemberConnection {
  edges {
    cursor
    node {
      ...OwnMemberFields
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment MessagePageFields on MessageConnection {
  edges {
    cursor
    node {
      ...OwnMessageFields
    }
  }
  pageInfo {
    hasNextPage
    hasPreviousPage
    startCursor
    endCursor
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"a6583616b380180b7b8c67c4fec2a21dd9b46130bb8184a4a7e752d4c7b666a6"}) as unknown as TypedDocumentString<ConversationQuery, ConversationQueryVariables>;
export const ConversationAboutDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ConversationAbout($id: ID!) {
  conversation(id: $id) {
    ...ConversationFields
    viewerMember {
      role
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}`, {"hash":"fce4029bb5aeea267da4dbf305080f1cfd68dc27c6fa86457dd2f52e1fad80f7"}) as unknown as TypedDocumentString<ConversationAboutQuery, ConversationAboutQueryVariables>;
export const MembersDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Members($conversationId: ID!, $first: Int!, $after: String) {
  conversation(id: $conversationId) {
    id
    members(first: $first, after: $after) {
      ...MemberPageFields
    }
  }
}
    fragment MemberFields on Member {
  conversationId
  userId
  role
  joinedAt
  user {
    ...PersonFields
  }
}
fragment OwnMemberFields on Member {
  ...MemberFields
  deliveredSeq
  readSeq
}
fragment MemberPageFields on MemberConnection {
  edges {
    cursor
    node {
      ...OwnMemberFields
    }
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"4fd819d3fa6aaf18362e32d115138baf474c182ac2b08c8cec0d9109ea0d1f5b"}) as unknown as TypedDocumentString<MembersQuery, MembersQueryVariables>;
export const PinnedMessagesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query PinnedMessages($conversationId: ID!) {
  conversation(id: $conversationId) {
    id
    pinnedMessages {
      ...OwnMessageFields
    }
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"48346ba446b9e7b38cb975f5bc7f2adcf4ee68f42c51ac7203366158de92033a"}) as unknown as TypedDocumentString<PinnedMessagesQuery, PinnedMessagesQueryVariables>;
export const ConversationChangesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query ConversationChanges($id: ID!, $after: String!, $first: Int!) {
  conversation(id: $id) {
    id
    changes(after: $after, first: $first) {
      cursor
      hasMore
      events {
        ...ConversationEventFields
        ... on MessageChanged {
          reason
          reaction {
            userId
            emoji
            isAdded
          }
          message {
            ...OwnMessageFields
          }
        }
        ... on MemberChanged {
          member {
            ...OwnMemberFields
          }
        }
      }
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment MemberFields on Member {
  conversationId
  userId
  role
  joinedAt
  user {
    ...PersonFields
  }
}
fragment OwnMemberFields on Member {
  ...MemberFields
  deliveredSeq
  readSeq
}
fragment ConversationEventFields on ConversationEvent {
  __typename
  conversationId
  cursor
  ... on MemberChanged {
    userId
    isMember
  }
  ... on WatermarksMoved {
    watermarks {
      userId
      deliveredSeq
      readSeq
    }
  }
  ... on ConversationChanged {
    conversation {
      ...ConversationFields
    }
  }
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"2cced8be66088e0ba38b104705c037ec020c450ed18812f714005cb719f4174e"}) as unknown as TypedDocumentString<ConversationChangesQuery, ConversationChangesQueryVariables>;
export const ConversationEventsDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription ConversationEvents($conversationId: ID!, $after: String) {
  conversationEvents(conversationId: $conversationId, after: $after) {
    ...ConversationEventFields
    ... on MessageChanged {
      reason
      reaction {
        userId
        emoji
        isAdded
      }
      message {
        ...MessageFields
        reactions {
          emoji
          count
        }
      }
    }
    ... on MemberChanged {
      member {
        ...MemberFields
      }
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment MemberFields on Member {
  conversationId
  userId
  role
  joinedAt
  user {
    ...PersonFields
  }
}
fragment ConversationEventFields on ConversationEvent {
  __typename
  conversationId
  cursor
  ... on MemberChanged {
    userId
    isMember
  }
  ... on WatermarksMoved {
    watermarks {
      userId
      deliveredSeq
      readSeq
    }
  }
  ... on ConversationChanged {
    conversation {
      ...ConversationFields
    }
  }
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"e48cf630e4ed212b431f6881666c832895fb80db6e2c7cc86e5d979c9d06001d"}) as unknown as TypedDocumentString<ConversationEventsSubscription, ConversationEventsSubscriptionVariables>;
export const OpenDirectConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation OpenDirectConversation($input: OpenDirectConversationInput!) {
  openDirectConversation(input: $input) {
    conversation {
      ...ConversationFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"d5e19c204a333c047846c24847a04e7977959f522c46185f728461489135332b"}) as unknown as TypedDocumentString<OpenDirectConversationMutation, OpenDirectConversationMutationVariables>;
export const CreateGroupDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateGroup($input: CreateGroupInput!) {
  createGroup(input: $input) {
    conversation {
      ...ConversationFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"21d0615652ae094d362185cc19f85a9bb66730cbaa10562ebbb685ae78448b92"}) as unknown as TypedDocumentString<CreateGroupMutation, CreateGroupMutationVariables>;
export const CreateChannelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateChannel($input: CreateChannelInput!) {
  createChannel(input: $input) {
    conversation {
      ...ConversationFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"83e3447187ce0cf478a2b36955d9b498da5bb91fefe8eb6b0493a231576a6189"}) as unknown as TypedDocumentString<CreateChannelMutation, CreateChannelMutationVariables>;
export const UpdateConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateConversation($input: UpdateConversationInput!) {
  updateConversation(input: $input) {
    conversation {
      ...ConversationFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"f19acb93b19c9714c1bdba785f407c7fd23ff4b605c52493f78f42810b8ca485"}) as unknown as TypedDocumentString<UpdateConversationMutation, UpdateConversationMutationVariables>;
export const AddMembersDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AddMembers($input: AddMembersInput!) {
  addMembers(input: $input) {
    conversation {
      ...ConversationFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"61cb75937800ad03e40147e553400fa7058a64064ed79b04331948c940907f60"}) as unknown as TypedDocumentString<AddMembersMutation, AddMembersMutationVariables>;
export const RemoveMembersDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RemoveMembers($input: RemoveMembersInput!) {
  removeMembers(input: $input) {
    conversation {
      ...ConversationFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"7190b1c83306268149ab7fa80ee87ba049867786cc4a011b276ff84c21281652"}) as unknown as TypedDocumentString<RemoveMembersMutation, RemoveMembersMutationVariables>;
export const SetMemberRoleDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetMemberRole($input: SetMemberRoleInput!) {
  setMemberRole(input: $input) {
    conversation {
      ...ConversationFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"bff5fee31f9d65351b0df6f8ebad22e679076dc6f12f185c47576b2b0997d177"}) as unknown as TypedDocumentString<SetMemberRoleMutation, SetMemberRoleMutationVariables>;
export const LeaveConversationDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation LeaveConversation($input: LeaveConversationInput!) {
  leaveConversation(input: $input) {
    conversation {
      id
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"a1b16a8146cf6ba413e9731248b349df1b9c18309c2b52c983c126e4b160752b"}) as unknown as TypedDocumentString<LeaveConversationMutation, LeaveConversationMutationVariables>;
export const JoinChannelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation JoinChannel($input: JoinChannelInput!) {
  joinChannel(input: $input) {
    conversation {
      ...ConversationFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"54735b7493967a1cfb785cf0805bce95e102f3a520bae2f967d137e75deee6e9"}) as unknown as TypedDocumentString<JoinChannelMutation, JoinChannelMutationVariables>;
export const InboxDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Inbox($first: Int!, $after: String, $archived: Boolean! = false) {
  viewer {
    id
    inboxCursor
    inbox(first: $first, after: $after, filter: {archived: $archived}) {
      edges {
        cursor
        node {
          ...InboxItemFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment PreviewFields on Message {
  id
  conversationId
  seq
  kind
  senderId
  sender {
    ...PersonFields
  }
  body
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    text
  }
  createdAt
  deletedAt
}
fragment InboxItemFields on InboxItem {
  id
  conversationId
  lastActivityAt
  unreadCount
  unreadMentionCount
  isMuted
  mutedUntil
  pinnedAt
  archivedAt
  conversation {
    ...ConversationFields
    otherUser {
      ...PersonFields
    }
    viewerMember {
      role
      readSeq
    }
  }
  lastMessage {
    ...PreviewFields
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"7eceb7f3ab6afb65540e0b1cfda7b769484aa70d863080137c2cf1ede8ca26e1"}) as unknown as TypedDocumentString<InboxQuery, InboxQueryVariables>;
export const InboxItemDocument = /*#__PURE__*/ new TypedDocumentString(`
    query InboxItem($conversationId: ID!) {
  viewer {
    id
    inboxItem(conversationId: $conversationId) {
      ...InboxItemFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment PreviewFields on Message {
  id
  conversationId
  seq
  kind
  senderId
  sender {
    ...PersonFields
  }
  body
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    text
  }
  createdAt
  deletedAt
}
fragment InboxItemFields on InboxItem {
  id
  conversationId
  lastActivityAt
  unreadCount
  unreadMentionCount
  isMuted
  mutedUntil
  pinnedAt
  archivedAt
  conversation {
    ...ConversationFields
    otherUser {
      ...PersonFields
    }
    viewerMember {
      role
      readSeq
    }
  }
  lastMessage {
    ...PreviewFields
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"772a3cba58624531f7aa81e5f9b5e016a4e15a172fa0689d34e41039cfcd489f"}) as unknown as TypedDocumentString<InboxItemQuery, InboxItemQueryVariables>;
export const InboxChangesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query InboxChanges($after: String!, $first: Int!) {
  viewer {
    id
    inboxChanges(after: $after, first: $first) {
      cursor
      hasMore
      items {
        ...InboxItemFields
      }
      removedConversationIds
      hiddenMessageIds
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment PreviewFields on Message {
  id
  conversationId
  seq
  kind
  senderId
  sender {
    ...PersonFields
  }
  body
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    text
  }
  createdAt
  deletedAt
}
fragment InboxItemFields on InboxItem {
  id
  conversationId
  lastActivityAt
  unreadCount
  unreadMentionCount
  isMuted
  mutedUntil
  pinnedAt
  archivedAt
  conversation {
    ...ConversationFields
    otherUser {
      ...PersonFields
    }
    viewerMember {
      role
      readSeq
    }
  }
  lastMessage {
    ...PreviewFields
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"a2a0819c0a4d027054b6ec865f0419fa1f4f53ac7370817058e3aec7c3bc5ba1"}) as unknown as TypedDocumentString<InboxChangesQuery, InboxChangesQueryVariables>;
export const InboxEventsDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription InboxEvents($after: String) {
  inboxEvents(after: $after) {
    __typename
    ... on InboxItemChanged {
      conversationId
      cursor
      isRemoved
      item {
        ...InboxItemFields
      }
    }
    ... on InboxCaughtUp {
      cursor
    }
    ... on MessageHidden {
      conversationId
      cursor
      messageId
    }
    ... on MessageChanged {
      conversationId
      cursor
      reason
      message {
        ...PreviewFields
        mentions {
          userId
        }
      }
    }
    ... on MemberChanged {
      conversationId
      cursor
      userId
      isMember
    }
    ... on ConversationChanged {
      conversationId
      cursor
      conversation {
        ...ConversationFields
      }
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment PreviewFields on Message {
  id
  conversationId
  seq
  kind
  senderId
  sender {
    ...PersonFields
  }
  body
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    text
  }
  createdAt
  deletedAt
}
fragment InboxItemFields on InboxItem {
  id
  conversationId
  lastActivityAt
  unreadCount
  unreadMentionCount
  isMuted
  mutedUntil
  pinnedAt
  archivedAt
  conversation {
    ...ConversationFields
    otherUser {
      ...PersonFields
    }
    viewerMember {
      role
      readSeq
    }
  }
  lastMessage {
    ...PreviewFields
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"a31c25ecaf43660bd0977f847d7c7762d5ea4331f51af814dd5b2413af409479"}) as unknown as TypedDocumentString<InboxEventsSubscription, InboxEventsSubscriptionVariables>;
export const UpdateInboxItemDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateInboxItem($input: UpdateInboxItemInput!) {
  updateInboxItem(input: $input) {
    inboxItem {
      ...InboxItemFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PreviewFields on Message {
  id
  conversationId
  seq
  kind
  senderId
  sender {
    ...PersonFields
  }
  body
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    text
  }
  createdAt
  deletedAt
}
fragment InboxItemFields on InboxItem {
  id
  conversationId
  lastActivityAt
  unreadCount
  unreadMentionCount
  isMuted
  mutedUntil
  pinnedAt
  archivedAt
  conversation {
    ...ConversationFields
    otherUser {
      ...PersonFields
    }
    viewerMember {
      role
      readSeq
    }
  }
  lastMessage {
    ...PreviewFields
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"aa95a985c221852bbcc3c52041ca6e82c12d23e8ccd99830044c9694c78fd078"}) as unknown as TypedDocumentString<UpdateInboxItemMutation, UpdateInboxItemMutationVariables>;
export const InviteDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Invite($code: String!) {
  invite(code: $code) {
    code
    title
    description
    memberCount
    needsApproval
    viewerIsMember
  }
}
    `, {"hash":"2fe595182dcb3d4239482276c889fd30bb804385e3b946c800e7afc1cdf6f9d4"}) as unknown as TypedDocumentString<InviteQuery, InviteQueryVariables>;
export const InvitesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Invites($conversationId: ID!) {
  conversation(id: $conversationId) {
    id
    invites {
      ...InviteFields
    }
    joinRequests(first: 50) {
      edges {
        node {
          id
          requestedAt
          user {
            ...PersonFields
          }
        }
      }
    }
  }
}
    fragment InviteFields on Invite {
  id
  code
  url
  maxUses
  useCount
  needsApproval
  expiresAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"42da22b25faec677606092a5c84f4617cb8ab19e8acb697d8422bf19becd67e3"}) as unknown as TypedDocumentString<InvitesQuery, InvitesQueryVariables>;
export const CreateInviteDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateInvite($input: CreateInviteInput!) {
  createInvite(input: $input) {
    invite {
      ...InviteFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment InviteFields on Invite {
  id
  code
  url
  maxUses
  useCount
  needsApproval
  expiresAt
}`, {"hash":"3e06429196d321db16454fc51be6ecbc8c44be02d14f0764cc9605b044679307"}) as unknown as TypedDocumentString<CreateInviteMutation, CreateInviteMutationVariables>;
export const RevokeInviteDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RevokeInvite($input: RevokeInviteInput!) {
  revokeInvite(input: $input) {
    invite {
      ...InviteFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment InviteFields on Invite {
  id
  code
  url
  maxUses
  useCount
  needsApproval
  expiresAt
}`, {"hash":"37950558bd3822b548723c2964879d43dec5a37afeb0bbcd587f3e10e723d717"}) as unknown as TypedDocumentString<RevokeInviteMutation, RevokeInviteMutationVariables>;
export const AcceptInviteDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AcceptInvite($input: AcceptInviteInput!) {
  acceptInvite(input: $input) {
    conversation {
      ...ConversationFields
    }
    joinRequest {
      id
      requestedAt
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"3ecb79ee2c505799f676ceeea10176bb089c5ca2d31eb401a405dbcd29196ee1"}) as unknown as TypedDocumentString<AcceptInviteMutation, AcceptInviteMutationVariables>;
export const DecideJoinRequestDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DecideJoinRequest($input: DecideJoinRequestInput!) {
  decideJoinRequest(input: $input) {
    conversation {
      id
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"35fdc0b5fcf13734e66e3bbdf58de6fdcd072c604c802ec4b4d9f2e1eac7f196"}) as unknown as TypedDocumentString<DecideJoinRequestMutation, DecideJoinRequestMutationVariables>;
export const MediaDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Media($id: ID!) {
  media(id: $id) {
    ...MediaFields
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}`, {"hash":"7810eb2e3c6adf55ec3069729537dc9900fdbc5c368ac45c303c5f82ef142e0c"}) as unknown as TypedDocumentString<MediaQuery, MediaQueryVariables>;
export const MediaDownloadDocument = /*#__PURE__*/ new TypedDocumentString(`
    query MediaDownload($id: ID!) {
  media(id: $id) {
    id
    url(disposition: ATTACHMENT)
  }
}
    `, {"hash":"32b2eb7ca76e021865c48c9b50cc3b897a5ba4b5b5aab626755d39bf0f571a2f"}) as unknown as TypedDocumentString<MediaDownloadQuery, MediaDownloadQueryVariables>;
export const SharedMediaDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SharedMedia($conversationId: ID!, $first: Int! = 30, $after: String, $kinds: [MediaKind!]) {
  conversation(id: $conversationId) {
    id
    sharedMedia(first: $first, after: $after, kinds: $kinds) {
      edges {
        cursor
        node {
          ...MediaFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}`, {"hash":"164a765c9e48efc1814c123dcfd3b2e0748a9cb04f2b9903182f850bdcc4a22d"}) as unknown as TypedDocumentString<SharedMediaQuery, SharedMediaQueryVariables>;
export const MediaQuotaDocument = /*#__PURE__*/ new TypedDocumentString(`
    query MediaQuota {
  viewer {
    id
    mediaQuota {
      usedBytes
      limitBytes
      uploadsToday
      uploadsPerDay
    }
  }
}
    `, {"hash":"fa5c7cb7253e235b25620729f32485b10dc6bab676032f58c56b5d43db33d974"}) as unknown as TypedDocumentString<MediaQuotaQuery, MediaQuotaQueryVariables>;
export const MediaChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription MediaChanged($id: ID!) {
  mediaChanged(id: $id) {
    ...MediaFields
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}`, {"hash":"8641ae85edefc96f81b9214dd48b0455722e2e8752d1a3db8cb164ec2260c511"}) as unknown as TypedDocumentString<MediaChangedSubscription, MediaChangedSubscriptionVariables>;
export const CreateUploadDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    media {
      ...MediaFields
    }
    upload {
      method
      url
      headers {
        name
        value
      }
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}`, {"hash":"5fa84a66c410dde55c8d60e41d897b2e35bf8102a4e2e44e3114f2e141c13a55"}) as unknown as TypedDocumentString<CreateUploadMutation, CreateUploadMutationVariables>;
export const CompleteUploadDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CompleteUpload($input: CompleteUploadInput!) {
  completeUpload(input: $input) {
    media {
      ...MediaFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}`, {"hash":"d3154aecd93735d9c2522d11f8d2b7c08e4ee767cd2f89c2ec59ed2c00480038"}) as unknown as TypedDocumentString<CompleteUploadMutation, CompleteUploadMutationVariables>;
export const DeleteMediaDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteMedia($input: DeleteMediaInput!) {
  deleteMedia(input: $input) {
    media {
      id
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"f808da600c415fb93235dc4fd5b7b5366c761560c0382f83cfcb2ab115d75741"}) as unknown as TypedDocumentString<DeleteMediaMutation, DeleteMediaMutationVariables>;
export const MessageDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Message($id: ID!) {
  message(id: $id) {
    ...OwnMessageFields
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"643adda1ecff65c8d69b0ac0cd79e7ab2dad701ab10d62fd7cad699afd9d45b1"}) as unknown as TypedDocumentString<MessageQuery, MessageQueryVariables>;
export const MessagesBeforeDocument = /*#__PURE__*/ new TypedDocumentString(`
    query MessagesBefore($conversationId: ID!, $before: String!, $last: Int!) {
  conversation(id: $conversationId) {
    id
    messages(before: $before, last: $last) {
      ...MessagePageFields
    }
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment MessagePageFields on MessageConnection {
  edges {
    cursor
    node {
      ...OwnMessageFields
    }
  }
  pageInfo {
    hasNextPage
    hasPreviousPage
    startCursor
    endCursor
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"31c47ea9ad4f45712ac46bd59cb424e09e1b75c5a61b012e4c4c5156ef9338ff"}) as unknown as TypedDocumentString<MessagesBeforeQuery, MessagesBeforeQueryVariables>;
export const MessagesAfterDocument = /*#__PURE__*/ new TypedDocumentString(`
    query MessagesAfter($conversationId: ID!, $after: String!, $first: Int!) {
  conversation(id: $conversationId) {
    id
    messages(after: $after, first: $first) {
      ...MessagePageFields
    }
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment MessagePageFields on MessageConnection {
  edges {
    cursor
    node {
      ...OwnMessageFields
    }
  }
  pageInfo {
    hasNextPage
    hasPreviousPage
    startCursor
    endCursor
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"3d4023a84eae1b20050fa1dfdab0014e35ad26621b633cb352e0b1d3533ad45d"}) as unknown as TypedDocumentString<MessagesAfterQuery, MessagesAfterQueryVariables>;
export const MessagesAroundDocument = /*#__PURE__*/ new TypedDocumentString(`
    query MessagesAround($conversationId: ID!, $messageId: ID, $seq: Int, $before: Int! = 25, $after: Int! = 25) {
  conversation(id: $conversationId) {
    id
    messagesAround(messageId: $messageId, seq: $seq, before: $before, after: $after) {
      ...MessagePageFields
    }
  }
}
    fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment MessagePageFields on MessageConnection {
  edges {
    cursor
    node {
      ...OwnMessageFields
    }
  }
  pageInfo {
    hasNextPage
    hasPreviousPage
    startCursor
    endCursor
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"2f7fcff6e5a8ef1305c88d3a409858ae7174269ad3c2e0d2d870df60944bdb39"}) as unknown as TypedDocumentString<MessagesAroundQuery, MessagesAroundQueryVariables>;
export const MessageEditsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query MessageEdits($id: ID!) {
  message(id: $id) {
    id
    edits {
      body
      editedAt
    }
  }
}
    `, {"hash":"f5eb3f593ae729c3db6d4e01f566691b344a4648e3c7a137e2b5962c20cfdfaa"}) as unknown as TypedDocumentString<MessageEditsQuery, MessageEditsQueryVariables>;
export const MessageReceiptsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query MessageReceipts($id: ID!, $first: Int! = 50, $after: String) {
  message(id: $id) {
    id
    receipts(first: $first, after: $after) {
      edges {
        cursor
        node {
          userId
          user {
            ...PersonFields
          }
          hasReceived
          hasRead
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"58ddb9a3c68e49fd99aa36d5bbc53641e75a14e356571b04390fef2271ff932b"}) as unknown as TypedDocumentString<MessageReceiptsQuery, MessageReceiptsQueryVariables>;
export const SendMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message {
      ...OwnMessageFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"0dcfd845208a3cecce778523e6f7af95bd3be51c08a39de9fa32099e9059535d"}) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const ForwardMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ForwardMessage($input: ForwardMessageInput!) {
  forwardMessage(input: $input) {
    message {
      ...OwnMessageFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"83197ed5aa4341950d6b910f6ea21aecc452ef6199d2defbf734f5722be98360"}) as unknown as TypedDocumentString<ForwardMessageMutation, ForwardMessageMutationVariables>;
export const EditMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation EditMessage($input: EditMessageInput!) {
  editMessage(input: $input) {
    message {
      ...OwnMessageFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"9f4bcd115d25ba2a8cded1b44a1ccc6036bf399d0f725886df04e7a1287e1429"}) as unknown as TypedDocumentString<EditMessageMutation, EditMessageMutationVariables>;
export const DeleteMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteMessage($input: DeleteMessageInput!) {
  deleteMessage(input: $input) {
    message {
      ...OwnMessageFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"146133352b1d1e961669599befd8d259c5164d2ff7df82687a3551bcce59c917"}) as unknown as TypedDocumentString<DeleteMessageMutation, DeleteMessageMutationVariables>;
export const AddReactionDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AddReaction($input: AddReactionInput!) {
  addReaction(input: $input) {
    message {
      ...OwnMessageFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"87d4ac398722ccf3ef42262fe3c83f00ec5c76330bcf0be688d20acaadb6f272"}) as unknown as TypedDocumentString<AddReactionMutation, AddReactionMutationVariables>;
export const RemoveReactionDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RemoveReaction($input: RemoveReactionInput!) {
  removeReaction(input: $input) {
    message {
      ...OwnMessageFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"7b1511cc4c044299645c1743d87af22440ca0929b5695ba9150c21c9bb48b503"}) as unknown as TypedDocumentString<RemoveReactionMutation, RemoveReactionMutationVariables>;
export const PinMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation PinMessage($input: PinMessageInput!) {
  pinMessage(input: $input) {
    message {
      ...OwnMessageFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"730f02049ef028f153f2f9c6e7f6359efffb7cd4d36178d0410f458036a8c9df"}) as unknown as TypedDocumentString<PinMessageMutation, PinMessageMutationVariables>;
export const UnpinMessageDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UnpinMessage($input: UnpinMessageInput!) {
  unpinMessage(input: $input) {
    message {
      ...OwnMessageFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment MediaFields on Media {
  id
  kind
  status
  rejection
  filename
  contentType
  size
  width
  height
  durationMs
  waveform
  blurHash
  url
  thumbnails {
    size
    width
    height
    url
  }
  createdAt
}
fragment MessageFields on Message {
  id
  conversationId
  seq
  kind
  clientMessageId
  senderId
  sender {
    ...PersonFields
  }
  body
  mentions {
    userId
    start
    end
  }
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    subjects {
      ...PersonFields
    }
    text
  }
  attachments {
    ...MediaFields
  }
  forwardedFrom {
    ...PersonFields
  }
  replyTo {
    ...QuoteFields
  }
  createdAt
  editedAt
  deletedAt
  expiresAt
  pinnedAt
}
fragment QuoteFields on Message {
  id
  seq
  senderId
  sender {
    ...PersonFields
  }
  kind
  body
  deletedAt
}
fragment OwnMessageFields on Message {
  ...MessageFields
  status
  reactions {
    emoji
    count
    viewerHasReacted
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"ffb3b7e2fc151fa5fe42c46d2d4e0bf19684ea9ae47ab814bb083d53d67a4f99"}) as unknown as TypedDocumentString<UnpinMessageMutation, UnpinMessageMutationVariables>;
export const UpdateReceiptsDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateReceipts($input: UpdateReceiptsInput!) {
  updateReceipts(input: $input) {
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"440070434ac182911751b15b7604f80ef1e094801ac8c3bb81da341ca20be211"}) as unknown as TypedDocumentString<UpdateReceiptsMutation, UpdateReceiptsMutationVariables>;
export const ReportsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Reports($status: ReportStatus, $first: Int! = 20, $after: String) {
  reports(status: $status, first: $first, after: $after) {
    edges {
      cursor
      node {
        ...ReportFields
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment ReportFields on Report {
  id
  reason
  comment
  excerpt
  createdAt
  status
  resolution
  resolvedAt
  reporter {
    ...PersonFields
  }
  subject {
    __typename
    ... on User {
      id
    }
    ... on Message {
      id
    }
    ... on Conversation {
      id
    }
  }
  author {
    ...PersonFields
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"a5bf6574465a999b9ccc66dcf1a180eccef59ff4902150abf4d5d032ae499b65"}) as unknown as TypedDocumentString<ReportsQuery, ReportsQueryVariables>;
export const ResolveReportDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ResolveReport($input: ResolveReportInput!) {
  resolveReport(input: $input) {
    report {
      ...ReportFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment ReportFields on Report {
  id
  reason
  comment
  excerpt
  createdAt
  status
  resolution
  resolvedAt
  reporter {
    ...PersonFields
  }
  subject {
    __typename
    ... on User {
      id
    }
    ... on Message {
      id
    }
    ... on Conversation {
      id
    }
  }
  author {
    ...PersonFields
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"abca960b691bf8e9ae69550e18991fcc8da83c595e988ce6579b3b8e43ca35ed"}) as unknown as TypedDocumentString<ResolveReportMutation, ResolveReportMutationVariables>;
export const NotificationSettingsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query NotificationSettings {
  viewer {
    id
    notificationSettings {
      ...NotificationSettingsFields
    }
  }
}
    fragment NotificationSettingsFields on NotificationSettings {
  push
  showPreview
  email
  emailAfterMinutes
  quietHours {
    from
    to
    timeZone
  }
}`, {"hash":"d6b722f9cbf0a1cd3e7dd12ae8053c4a7b873e21100cd41b300406b1294dbe58"}) as unknown as TypedDocumentString<NotificationSettingsQuery, NotificationSettingsQueryVariables>;
export const UpdateNotificationSettingsDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UpdateNotificationSettings($input: UpdateNotificationSettingsInput!) {
  updateNotificationSettings(input: $input) {
    settings {
      ...NotificationSettingsFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment NotificationSettingsFields on NotificationSettings {
  push
  showPreview
  email
  emailAfterMinutes
  quietHours {
    from
    to
    timeZone
  }
}`, {"hash":"44dd3c92337e0258f9aaf7d1d106bef97796dc96f6ca8efe481ee36a74598509"}) as unknown as TypedDocumentString<UpdateNotificationSettingsMutation, UpdateNotificationSettingsMutationVariables>;
export const WebPushKeyDocument = /*#__PURE__*/ new TypedDocumentString(`
    query WebPushKey {
  webPushPublicKey
}
    `, {"hash":"2c3d43e90f63df9ca16e4e61b899150108e9bf1dd59d1d33c8b03da3dd800f1a"}) as unknown as TypedDocumentString<WebPushKeyQuery, WebPushKeyQueryVariables>;
export const RegisterPushTargetDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RegisterPushTarget($input: RegisterPushTargetInput!) {
  registerPushTarget(input: $input) {
    pushTarget {
      id
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"7b3700e2aa8ed873a73aee6d008a4bb5935052e8f0a80e260fab5dbf59700571"}) as unknown as TypedDocumentString<RegisterPushTargetMutation, RegisterPushTargetMutationVariables>;
export const RemovePushTargetDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RemovePushTarget($input: RemovePushTargetInput!) {
  removePushTarget(input: $input) {
    pushTarget {
      id
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"f34bca5e35702ea678b2fd4335f0af8b087be70a51df3ac582d55d3a91134c23"}) as unknown as TypedDocumentString<RemovePushTargetMutation, RemovePushTargetMutationVariables>;
export const UserDocument = /*#__PURE__*/ new TypedDocumentString(`
    query User($id: ID, $handle: String) {
  user(id: $id, handle: $handle) {
    ...ProfileFields
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ProfileFields on User {
  ...PersonFields
  bio
  createdAt
  viewerHasBlocked
  viewerHasMuted
  presence {
    status
    lastSeenAt
  }
}`, {"hash":"97031941e3e8d4beac3388c4dfbe15912c3e8412afddb7b720a0e89fb7d29b42"}) as unknown as TypedDocumentString<UserQuery, UserQueryVariables>;
export const UsersDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Users($ids: [ID!]!) {
  users(ids: $ids) {
    ...PersonFields
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"b3ad53389e6ff8f94e5e8c9f78ea26b496eddbf2f41fb46dd4b8b89c3f7f2187"}) as unknown as TypedDocumentString<UsersQuery, UsersQueryVariables>;
export const BlockUserDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation BlockUser($input: BlockUserInput!) {
  blockUser(input: $input) {
    user {
      ...ProfileFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ProfileFields on User {
  ...PersonFields
  bio
  createdAt
  viewerHasBlocked
  viewerHasMuted
  presence {
    status
    lastSeenAt
  }
}`, {"hash":"9a6bd7c2eaee99efe0945181d8681d5d8fa7a7eba9f66d4e8ca7c8b98e004e47"}) as unknown as TypedDocumentString<BlockUserMutation, BlockUserMutationVariables>;
export const UnblockUserDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UnblockUser($input: UnblockUserInput!) {
  unblockUser(input: $input) {
    user {
      ...ProfileFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ProfileFields on User {
  ...PersonFields
  bio
  createdAt
  viewerHasBlocked
  viewerHasMuted
  presence {
    status
    lastSeenAt
  }
}`, {"hash":"400aa24b541b5120fe994528018502be8ea3a345cd1615592957f46aaad757d3"}) as unknown as TypedDocumentString<UnblockUserMutation, UnblockUserMutationVariables>;
export const MuteUserDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation MuteUser($input: MuteUserInput!) {
  muteUser(input: $input) {
    user {
      ...ProfileFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ProfileFields on User {
  ...PersonFields
  bio
  createdAt
  viewerHasBlocked
  viewerHasMuted
  presence {
    status
    lastSeenAt
  }
}`, {"hash":"3c6c4f52c05a65aba802e49d5fa93990f0d96e46994379712d8caafcddc0cf0a"}) as unknown as TypedDocumentString<MuteUserMutation, MuteUserMutationVariables>;
export const UnmuteUserDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation UnmuteUser($input: UnmuteUserInput!) {
  unmuteUser(input: $input) {
    user {
      ...ProfileFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ProfileFields on User {
  ...PersonFields
  bio
  createdAt
  viewerHasBlocked
  viewerHasMuted
  presence {
    status
    lastSeenAt
  }
}`, {"hash":"4d15ead948ba109e8f5c1ce65ca46a54d4b99aa28b2763c4e3f3c19d88d87127"}) as unknown as TypedDocumentString<UnmuteUserMutation, UnmuteUserMutationVariables>;
export const ReportDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Report($input: ReportInput!) {
  report(input: $input) {
    report {
      id
      status
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"367304aa9d2dd697119c4211847424959eff0204002e725c0c0395b6a1ba3021"}) as unknown as TypedDocumentString<ReportMutation, ReportMutationVariables>;
export const PresenceChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription PresenceChanged($userIds: [ID!]!) {
  presenceChanged(userIds: $userIds) {
    userId
    presence {
      status
      lastSeenAt
    }
  }
}
    `, {"hash":"0ea08aae2a2ab2d61d704cc7818e633edc44101a54e846904b77e87b59222224"}) as unknown as TypedDocumentString<PresenceChangedSubscription, PresenceChangedSubscriptionVariables>;
export const TypingChangedDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription TypingChanged($conversationId: ID!) {
  typingChanged(conversationId: $conversationId) {
    conversationId
    userIds
    users {
      ...PersonFields
    }
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"4aaaf1e33e287f8457fe3353a1a1ef0e18fffa1263a5ed8e38b0caaa43c44d53"}) as unknown as TypedDocumentString<TypingChangedSubscription, TypingChangedSubscriptionVariables>;
export const SetTypingDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetTyping($input: SetTypingInput!) {
  setTyping(input: $input) {
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"5b74349368747848322ad46aa023f0bd685576d795cdec73cc6f89c2fda55a2c"}) as unknown as TypedDocumentString<SetTypingMutation, SetTypingMutationVariables>;
export const SetPresenceDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SetPresence($input: SetPresenceInput!) {
  setPresence(input: $input) {
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"ef51a56b62cf7acae5480dc8745241d5f0e692fea40835fb884ac9cd6bbd1f1b"}) as unknown as TypedDocumentString<SetPresenceMutation, SetPresenceMutationVariables>;
export const HeartbeatDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation Heartbeat {
  heartbeat {
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"634b5ec47156bf38d76fc59b49784befbd74222f8ccd72551edd1f130a279601"}) as unknown as TypedDocumentString<HeartbeatMutation, HeartbeatMutationVariables>;
export const SearchUsersDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SearchUsers($query: String!, $first: Int! = 20, $after: String) {
  searchUsers(query: $query, first: $first, after: $after) {
    edges {
      cursor
      node {
        ...PersonFields
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"320695154248b5ad2ee16e48de9cb40a30dd6c5d62095af6c821a8c2e2ed04f0"}) as unknown as TypedDocumentString<SearchUsersQuery, SearchUsersQueryVariables>;
export const SearchConversationsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SearchConversations($query: String!, $first: Int! = 20, $after: String) {
  searchConversations(query: $query, first: $first, after: $after) {
    edges {
      cursor
      node {
        ...ConversationFields
        otherUser {
          ...PersonFields
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment ConversationFields on Conversation {
  id
  kind
  title
  description
  avatarUrl
  visibility
  fanOut
  memberCount
  createdAt
  policy {
    whoCanSend
    whoCanInvite
    editWindowSeconds
    deleteWindowSeconds
    slowModeSeconds
    messageTtlSeconds
  }
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"d273204d15c7fb7d313f200eb7620b9ecdc5a60494bda50df84dffdefe4bc7a5"}) as unknown as TypedDocumentString<SearchConversationsQuery, SearchConversationsQueryVariables>;
export const SearchMessagesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SearchMessages($query: String!, $filter: MessageSearchFilter, $first: Int! = 20, $after: String) {
  searchMessages(query: $query, filter: $filter, first: $first, after: $after) {
    totalCount
    edges {
      cursor
      highlights {
        text
        ranges {
          start
          end
        }
      }
      node {
        ...PreviewFields
        conversation {
          id
          kind
          title
          otherUser {
            ...PersonFields
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment PreviewFields on Message {
  id
  conversationId
  seq
  kind
  senderId
  sender {
    ...PersonFields
  }
  body
  systemEvent {
    kind
    actorId
    actor {
      ...PersonFields
    }
    subjectIds
    text
  }
  createdAt
  deletedAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}`, {"hash":"9739ee61983ae0ff970379f34be204282cb0b5eccd31b3b335a3e8fcc2a72363"}) as unknown as TypedDocumentString<SearchMessagesQuery, SearchMessagesQueryVariables>;
export const ViewerDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Viewer {
  viewer {
    ...ViewerFields
  }
}
    fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"5e00ff15a1f5541fe92d1ae89e1b2538fe9649e6ae056169cd15a5035333b6c8"}) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const SignUpDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) {
    session {
      ...SessionFields
    }
    viewer {
      ...ViewerFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment SessionFields on Session {
  accessToken
  accessTokenExpiresAt
  refreshToken
  device {
    id
    name
  }
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"77b1fa17c7a7ed3584254f7900e6a5d5e4e5a80eb05f5ee6c88a67b69e0e79da"}) as unknown as TypedDocumentString<SignUpMutation, SignUpMutationVariables>;
export const SignInDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    session {
      ...SessionFields
    }
    viewer {
      ...ViewerFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment SessionFields on Session {
  accessToken
  accessTokenExpiresAt
  refreshToken
  device {
    id
    name
  }
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"d24bd8f00e0c98f8f74c426dd1c92b6ebc024cbab1a7095d666157ca23c1f4de"}) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const SignInWithOidcDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SignInWithOidc($input: SignInWithOidcInput!) {
  signInWithOidc(input: $input) {
    session {
      ...SessionFields
    }
    viewer {
      ...ViewerFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment SessionFields on Session {
  accessToken
  accessTokenExpiresAt
  refreshToken
  device {
    id
    name
  }
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"c227ad17443227423a74a87c599d72f7bdf9b1219bfdec806850130206e2c74b"}) as unknown as TypedDocumentString<SignInWithOidcMutation, SignInWithOidcMutationVariables>;
export const RefreshSessionDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    session {
      ...SessionFields
    }
    viewer {
      ...ViewerFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment SessionFields on Session {
  accessToken
  accessTokenExpiresAt
  refreshToken
  device {
    id
    name
  }
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"288fbc20b23787df9d85a918b08caf4dacf66bca73b02b68364361a8e6d060ab"}) as unknown as TypedDocumentString<RefreshSessionMutation, RefreshSessionMutationVariables>;
export const ResetPasswordDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ResetPassword($input: ResetPasswordInput!) {
  resetPassword(input: $input) {
    session {
      ...SessionFields
    }
    viewer {
      ...ViewerFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment PersonFields on User {
  id
  handle
  displayName
  avatarUrl
  isVerified
  isDeleted
}
fragment SessionFields on Session {
  accessToken
  accessTokenExpiresAt
  refreshToken
  device {
    id
    name
  }
}
fragment ViewerFields on Viewer {
  id
  email
  emailVerifiedAt
  roles
  user {
    ...PersonFields
  }
}`, {"hash":"c2d317c5905bba52c00bac271b80b0988152dd1c52dba7431a868ceda5f53ec5"}) as unknown as TypedDocumentString<ResetPasswordMutation, ResetPasswordMutationVariables>;
export const SignOutDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation SignOut {
  signOut {
    signedOutDeviceIds
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"3a527f94952a4cd92181075a8da4b2d565bf2af964b2a36794f031514fdf98e1"}) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const CreateWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CreateWebhook($input: CreateWebhookInput!) {
  createWebhook(input: $input) {
    webhook {
      ...WebhookFields
    }
    secret
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment WebhookFields on Webhook {
  id
  botId
  url
  eventTypes
  conversationIds
  lastDeliveredAt
  lastError
  disabledAt
  waitingCount
  deadCount
}`, {"hash":"4d019f180af5faa5289e136dd9a385769a5576e9f55bd6a7c83b42f194e3f87c"}) as unknown as TypedDocumentString<CreateWebhookMutation, CreateWebhookMutationVariables>;
export const DeleteWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation DeleteWebhook($input: DeleteWebhookInput!) {
  deleteWebhook(input: $input) {
    deletedWebhookId
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"9800ebdd03579a4e6e42cc62aa09d689827e99f8ab330af8a477abe532beea8a"}) as unknown as TypedDocumentString<DeleteWebhookMutation, DeleteWebhookMutationVariables>;
export const RotateWebhookSecretDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {
  rotateWebhookSecret(input: $input) {
    secret
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"3eda3a36e35c5f1714aadc91ead44bd52a040cf743d7677e1ae7f10eb4a4b77c"}) as unknown as TypedDocumentString<RotateWebhookSecretMutation, RotateWebhookSecretMutationVariables>;
export const TestWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation TestWebhook($input: TestWebhookInput!) {
  testWebhook(input: $input) {
    delivered
    failure
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}`, {"hash":"b75ac2c8692d87737d69a8f6798b083b808792ba3c2c4bad7c620f72ade402f5"}) as unknown as TypedDocumentString<TestWebhookMutation, TestWebhookMutationVariables>;
export const ResumeWebhookDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation ResumeWebhook($input: ResumeWebhookInput!) {
  resumeWebhook(input: $input) {
    webhook {
      ...WebhookFields
    }
    errors {
      ...ErrorFields
    }
  }
}
    fragment ErrorFields on UserError {
  code
  message
  path
  retryAt
}
fragment WebhookFields on Webhook {
  id
  botId
  url
  eventTypes
  conversationIds
  lastDeliveredAt
  lastError
  disabledAt
  waitingCount
  deadCount
}`, {"hash":"753cb8170184c97017042e1667c461801b0e42b653a6248c0ef1242c172d5b06"}) as unknown as TypedDocumentString<ResumeWebhookMutation, ResumeWebhookMutationVariables>;