import { z } from 'zod';

const seconds = (least: number, most: number, usual: number) => z.coerce.number().min(least).max(most).default(usual);

/** What the environment may say of when people are told of messages. */
export const notificationVariables = {
  PARLEY_PUSH_BURST_SECONDS: seconds(0, 60, 2).describe(
    'For how long messages to somebody who is away gather for one push',
  ),
  PARLEY_PUSH_CHECK_SECONDS: seconds(1, 600, 30).describe(
    'How long a message may stay undelivered to somebody who is online before it is pushed',
  ),
  PARLEY_EMAIL_DIGEST_SECONDS: seconds(1, 3_600, 60).describe(
    'How often to look who is to get a letter about unread messages',
  ),
} as const;

/** ms. */
export interface NotificationTimes {
  burstMs: number;
  checkMs: number;
  digestEveryMs: number;
}

export function readNotifications(values: z.output<z.ZodObject<typeof notificationVariables>>): NotificationTimes {
  return {
    burstMs: values.PARLEY_PUSH_BURST_SECONDS * 1_000,
    checkMs: values.PARLEY_PUSH_CHECK_SECONDS * 1_000,
    digestEveryMs: values.PARLEY_EMAIL_DIGEST_SECONDS * 1_000,
  };
}
