import type { ApiKeyScope } from './api-keys.js';

/** A scope, 'ANY' key, or 'NONE': not for partners, and not in their schema. */
export type Need = ApiKeyScope | 'ANY' | 'NONE';

/** What each root field of the API takes at /partner/graphql. A field that is missing here fails the tests. */
export const rootNeeds: Record<'Query' | 'Mutation' | 'Subscription', Record<string, Need>> = {
  Query: {
    conversation: 'CONVERSATIONS_READ',
    conversationChanges: 'MESSAGES_READ',
    invite: 'CONVERSATIONS_READ',
    media: 'MESSAGES_READ',
    message: 'MESSAGES_READ',
    reports: 'NONE',
    searchConversations: 'CONVERSATIONS_READ',
    searchMessages: 'MESSAGES_READ',
    searchUsers: 'USERS_READ',
    user: 'USERS_READ',
    users: 'USERS_READ',
    viewer: 'ANY',
    webPushPublicKey: 'NONE',
  },
  Mutation: {
    acceptInvite: 'CONVERSATIONS_WRITE',
    addMembers: 'CONVERSATIONS_WRITE',
    addReaction: 'MESSAGES_WRITE',
    blockUser: 'NONE',
    changePassword: 'NONE',
    completeUpload: 'MESSAGES_WRITE',
    createApiKey: 'NONE',
    createBot: 'NONE',
    createChannel: 'CONVERSATIONS_WRITE',
    createGroup: 'CONVERSATIONS_WRITE',
    createInvite: 'CONVERSATIONS_WRITE',
    createUpload: 'MESSAGES_WRITE',
    decideJoinRequest: 'CONVERSATIONS_WRITE',
    deleteAccount: 'NONE',
    deleteBot: 'NONE',
    deleteMedia: 'MESSAGES_WRITE',
    deleteMessage: 'MESSAGES_WRITE',
    editMessage: 'MESSAGES_WRITE',
    forwardMessage: 'MESSAGES_WRITE',
    heartbeat: 'NONE',
    joinChannel: 'CONVERSATIONS_WRITE',
    leaveConversation: 'CONVERSATIONS_WRITE',
    muteUser: 'NONE',
    openDirectConversation: 'CONVERSATIONS_WRITE',
    pinMessage: 'MESSAGES_WRITE',
    refreshSession: 'NONE',
    registerPushTarget: 'NONE',
    removeMembers: 'CONVERSATIONS_WRITE',
    removePushTarget: 'NONE',
    removeReaction: 'MESSAGES_WRITE',
    report: 'NONE',
    requestPasswordReset: 'NONE',
    resendEmailVerification: 'NONE',
    resetPassword: 'NONE',
    resolveReport: 'NONE',
    revokeApiKey: 'NONE',
    revokeInvite: 'CONVERSATIONS_WRITE',
    sendMessage: 'MESSAGES_WRITE',
    setMemberRole: 'CONVERSATIONS_WRITE',
    setPresence: 'NONE',
    setTyping: 'MESSAGES_WRITE',
    signIn: 'NONE',
    signInWithOidc: 'NONE',
    signOut: 'NONE',
    signOutDevices: 'NONE',
    signUp: 'NONE',
    unblockUser: 'NONE',
    unmuteUser: 'NONE',
    unpinMessage: 'MESSAGES_WRITE',
    updateConversation: 'CONVERSATIONS_WRITE',
    updateInboxItem: 'CONVERSATIONS_WRITE',
    updateNotificationSettings: 'NONE',
    updatePrivacy: 'NONE',
    updateProfile: 'NONE',
    updateReceipts: 'MESSAGES_WRITE',
    verifyEmail: 'NONE',
  },
  Subscription: {
    conversationEvents: 'MESSAGES_READ',
    inboxEvents: 'CONVERSATIONS_READ',
    mediaChanged: 'MESSAGES_READ',
    presenceChanged: 'USERS_READ',
    typingChanged: 'CONVERSATIONS_READ',
  },
};

/** What takes a scope wherever it is reached, so that no root field is a way around another's scope. */
export const typeNeeds: Record<string, ApiKeyScope> = {
  Message: 'MESSAGES_READ',
  ReactionChange: 'MESSAGES_READ',
  MediaConnection: 'MESSAGES_READ',
  Conversation: 'CONVERSATIONS_READ',
  InboxItem: 'CONVERSATIONS_READ',
  Member: 'CONVERSATIONS_READ',
  Invite: 'CONVERSATIONS_READ',
  JoinRequest: 'CONVERSATIONS_READ',
  User: 'USERS_READ',
};

/** Where a type of typeNeeds is reached without its scope: what a mutation returns of its own work, and oneself. */
export const freeOfNeeds = (parentType: string, field: string): boolean =>
  parentType.endsWith('Payload') || (parentType === 'Viewer' && field === 'user');

/** Fields of what a person has and a bot has not; not in the schema of partners. */
export const withheldFields: Record<string, readonly string[]> = {
  Viewer: [
    'blockedUsers',
    'bots',
    'devices',
    'email',
    'emailVerifiedAt',
    'mutedUsers',
    'notificationSettings',
    'privacy',
    'pushTargets',
    'roles',
  ],
};
