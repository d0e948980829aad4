import { StartError } from '../config/start-error.js';
import type { Rule } from './port.js';

/**
 * Who may do how much: by `person` (new and unverified accounts get a tenth), by `network` (the /24 or /48 that the request
 * came from), by `conversation`, or by `login` (the name that somebody tries to sign in with). docs/limits.md shows this
 * table, and a test keeps the two the same.
 */
export const defaultRules = {
  'operations.person': { points: 120_000, seconds: 60 },
  'operations.network': { points: 12_000, seconds: 60 },
  'signUp.network': { points: 20, seconds: 3_600 },
  'signIn.network': { points: 100, seconds: 900 },
  'signIn.login': { points: 10, seconds: 900 },
  'signInWithOidc.network': { points: 100, seconds: 900 },
  'refreshSession.network': { points: 600, seconds: 900 },
  'verifyEmail.person': { points: 100, seconds: 3_600 },
  'resendEmailVerification.person': { points: 50, seconds: 3_600 },
  'requestPasswordReset.network': { points: 20, seconds: 3_600 },
  'requestPasswordReset.login': { points: 5, seconds: 3_600 },
  'resetPassword.network': { points: 20, seconds: 3_600 },
  'changePassword.person': { points: 100, seconds: 3_600 },
  'deleteAccount.person': { points: 100, seconds: 3_600 },
  'updateProfile.person': { points: 300, seconds: 3_600 },
  'updatePrivacy.person': { points: 300, seconds: 3_600 },
  'blockUser.person': { points: 600, seconds: 3_600 },
  'createBot.person': { points: 30, seconds: 3_600 },
  'createApiKey.person': { points: 100, seconds: 3_600 },
  'createWebhook.person': { points: 100, seconds: 3_600 },
  'testWebhook.person': { points: 60, seconds: 3_600 },
  'apiKeyLookup.network': { points: 600, seconds: 60 },
  'report.person': { points: 100, seconds: 3_600 },
  'openDirectConversation.person': { points: 300, seconds: 3_600 },
  'createGroup.person': { points: 100, seconds: 3_600 },
  'createChannel.person': { points: 100, seconds: 3_600 },
  'updateConversation.person': { points: 300, seconds: 3_600 },
  'addMembers.person': { points: 300, seconds: 3_600 },
  'joinChannel.person': { points: 300, seconds: 3_600 },
  'createInvite.person': { points: 300, seconds: 3_600 },
  'acceptInvite.person': { points: 300, seconds: 3_600 },
  'updateInboxItem.person': { points: 600, seconds: 60 },
  'sendMessage.person': { points: 300, seconds: 60 },
  'sendMessage.conversation': { points: 3_000, seconds: 60 },
  'editMessage.person': { points: 300, seconds: 60 },
  'deleteMessage.person': { points: 300, seconds: 60 },
  'addReaction.person': { points: 300, seconds: 60 },
  'removeReaction.person': { points: 300, seconds: 60 },
  'pinMessage.person': { points: 300, seconds: 3_600 },
  'updateReceipts.person': { points: 1_200, seconds: 60 },
  'setTyping.person': { points: 600, seconds: 60 },
  'setPresence.person': { points: 600, seconds: 60 },
  'searchMessages.person': { points: 120, seconds: 60 },
  'searchUsers.person': { points: 300, seconds: 60 },
  'searchConversations.person': { points: 300, seconds: 60 },
  'createUpload.person': { points: 300, seconds: 3_600 },
  'completeUpload.person': { points: 600, seconds: 3_600 },
  'deleteMedia.person': { points: 600, seconds: 3_600 },
  'registerPushTarget.person': { points: 100, seconds: 3_600 },
  'removePushTarget.person': { points: 100, seconds: 3_600 },
  'updateNotificationSettings.person': { points: 300, seconds: 3_600 },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof defaultRules;
/** Null: nothing is limited. */
export type Rules = Record<RuleName, Rule> | null;

/** `off`, or changes of the table: `sendMessage.person=600/60, signUp.network=100/3600`. Throws StartError. */
export function parseRules(text: string): Rules {
  if (text.trim() === 'off') return null;
  const rules: Record<RuleName, Rule> = { ...defaultRules };
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [, name, points, seconds] = /^\s*([\w.]+)\s*=\s*(\d{1,9})\s*\/\s*(\d{1,6})\s*$/.exec(part) ?? [];
    if (!name || !Object.hasOwn(defaultRules, name) || Number(points) < 1 || Number(seconds) < 1)
      throw new StartError(
        `PARLEY_RATE_LIMITS is not valid: "${part.trim()}". Write "off", or name=points/seconds with a name of docs/limits.md, as in sendMessage.person=600/60.`,
      );
    rules[name as RuleName] = { points: Number(points), seconds: Number(seconds) };
  }
  return rules;
}
