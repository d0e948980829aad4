import { createHmac, randomBytes } from 'node:crypto';

/** The header that says who sent a webhook and when: `t=<Unix s>,v1=<hex>`, one v1 for each secret that is valid. */
export const SIGNATURE_HEADER = 'parley-signature';

export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`;
}

/** HMAC-SHA256 over `<t>.<body>`, so that neither can be changed and an old delivery cannot be passed off as new. */
export function signatureHeader(secrets: readonly string[], unixSeconds: number, body: string): string {
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex')}`,
  );
  return [`t=${unixSeconds}`, ...signatures].join(',');
}
