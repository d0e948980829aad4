import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The event in a delivery of Parley, or null where it is forged, changed or older than `toleranceSeconds`. `body` is the
 * text as it came, before any parsing; `header` is Parley-Signature. Then drop what you have seen: the same delivery may
 * come twice, with the same `id`.
 */
export function verifyWebhook(body, header, secret, { toleranceSeconds = 300, now = Date.now() } = {}) {
  const parts = String(header ?? '')
    .split(',')
    .map((part) => part.split('='));
  const sentAt = Number(parts.find(([name]) => name === 't')?.[1]);
  // Also false where it is no number.
  if (!(Math.abs(now / 1_000 - sentAt) <= toleranceSeconds)) return null;
  const expected = createHmac('sha256', secret).update(`${sentAt}.${body}`).digest();
  const isSigned = parts.some(([name, hex = '']) => {
    const given = Buffer.from(hex, 'hex');
    return name === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isSigned ? JSON.parse(body) : null;
}
