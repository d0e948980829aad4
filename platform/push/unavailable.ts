import { Fault } from '../errors/errors.js';

/** A provider took no push, and may later. */
export class PushUnavailable extends Fault {
  /** In a few words of a small vocabulary: for a metric. */
  readonly reason: string;
  /** When the provider wants to be asked again, where it says so. */
  readonly retryAt: Date | null;
  /** Whether the provider is out, and does not only have too much to do for this device or in this minute. */
  readonly isOut: boolean;

  constructor(reason: string, { retryAt = null, isOut = true, cause }: UnavailableOptions = {}) {
    super('UNAVAILABLE', 'Pushes cannot be sent right now. Try again in a minute.', {
      cause,
      extensions: retryAt ? { retryAt: retryAt.toISOString() } : {},
    });
    this.reason = reason;
    this.retryAt = retryAt;
    this.isOut = isOut;
  }
}

interface UnavailableOptions {
  retryAt?: Date | null;
  isOut?: boolean;
  cause?: unknown;
}

const LONGEST_WAIT_MS = 24 * 3_600_000;

/** What Retry-After says (RFC 9110 §10.2.3: seconds, or a date); a day at most, null where it says nothing. */
export function retryAtOf(header: string | string[] | undefined): Date | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return null;
  const now = Date.now();
  const at = /^\d+$/.test(text) ? now + Number(text) * 1_000 : Date.parse(text);
  return Number.isNaN(at) ? null : new Date(Math.min(Math.max(at, now), now + LONGEST_WAIT_MS));
}

/** A 429 or 5xx of an HTTP provider as what it means; null for every other status. */
export function unavailableByStatus(
  statusCode: number,
  headers: Record<string, string | string[] | undefined>,
): PushUnavailable | null {
  if (statusCode !== 429 && statusCode < 500) return null;
  const retryAt = retryAtOf(headers['retry-after']);
  return new PushUnavailable(`http ${statusCode}`, { retryAt, isOut: statusCode !== 429 });
}
