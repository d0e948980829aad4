import { z } from 'zod';

/** What the environment may say of webhooks. */
export const webhookVariables = {
  PARLEY_WEBHOOK_PRIVATE_ADDRESSES: z
    .enum(['off', 'on'])
    .default('off')
    .describe('Whether webhooks may go to private addresses and over http, for tests: off or on'),
  PARLEY_WEBHOOK_RETRY_SECONDS: z
    .string()
    .regex(/^\d+(\.\d+)?(,\d+(\.\d+)?)*$/, 'expected seconds, separated by commas')
    .default('5,30,120,600,1800,3600,7200,14400')
    .transform((text) => text.split(',').map((seconds) => Number(seconds) * 1_000))
    .describe(
      'Pauses before a webhook that failed is tried again, separated by commas; after the last one it is given up',
    ),
} as const;

export interface WebhookSettings {
  allowsPrivateAddresses: boolean;
  /** ms. */
  retryMs: readonly number[];
}

export function readWebhooks(values: z.output<z.ZodObject<typeof webhookVariables>>): WebhookSettings {
  return {
    allowsPrivateAddresses: values.PARLEY_WEBHOOK_PRIVATE_ADDRESSES === 'on',
    retryMs: values.PARLEY_WEBHOOK_RETRY_SECONDS,
  };
}
