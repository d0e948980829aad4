import { ECDH } from 'node:crypto';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import webPush from 'web-push';
import type { VapidKeys } from '../config/push.js';
import { fit } from './fit.js';
import type { Push, PushAddress, PushOutcome } from './port.js';
import type { ProviderSender } from './provider-sender.js';
import { isPublicAddress, lookUpPublic, PrivateAddress } from './public-addresses.js';
import { PushUnavailable, unavailableByStatus } from './unavailable.js';

/** What every push service takes, RFC 8291 §4: 4,096 bytes once it is encrypted. */
const LIMIT_BYTES = 3_993;
/** Of Chrome until 2016: knows no VAPID, and is no more. */
const GCM_HOST = 'android.googleapis.com';

type WebPushAddress = Extract<PushAddress, { provider: 'WEB_PUSH' }>;

export interface WebPushOptions {
  keys: VapidKeys;
  /** `mailto:…` or `https://…` */
  subject: string;
  allowsPrivateAddresses: boolean;
  timeoutMs: number;
  /** Certificates (PEM) that are trusted instead of the usual ones, for tests. */
  ca?: string;
}

/**
 * Browsers, through the push service that each of them has chosen (RFC 8030), signed by VAPID (RFC 8292) and encrypted to
 * the browser (RFC 8291): a JSON object with the collapseKey, alert, badge and data of the Push.
 *
 * People name these servers, so they are not to be trusted: only https at public addresses is asked, answers are not read
 * and redirects not followed. An endpoint that is anything else is `gone`.
 */
export class WebPush implements ProviderSender<'WEB_PUSH'> {
  private readonly dispatcher: Agent;

  constructor(private readonly options: WebPushOptions) {
    const { allowsPrivateAddresses, timeoutMs, ca } = options;
    this.dispatcher = new Agent({
      connections: 16,
      connect: {
        timeout: timeoutMs,
        ...(allowsPrivateAddresses ? {} : { lookup: lookUpPublic }),
        ...(ca ? { ca } : {}),
      },
    });
  }

  async send(address: WebPushAddress, push: Push): Promise<PushOutcome> {
    if (!this.isAllowed(address.endpoint) || !hasKeys(address)) return { kind: 'gone' };
    const payload = payloadOf(push);
    if (payload === null) return { kind: 'refused', reason: 'too large' };
    const { headers: signed, body: encrypted } = this.detailsOf(address, push, payload);
    try {
      const { statusCode, headers, body } = await request(address.endpoint, {
        method: 'POST',
        headers: Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, String(value)])),
        body: encrypted,
        dispatcher: this.dispatcher,
        signal: AbortSignal.timeout(this.options.timeoutMs),
      });
      // What it says besides does not matter, nor whether it ends.
      await body.dump().catch(() => undefined);
      return outcomeOf(statusCode, headers);
    } catch (error) {
      if (error instanceof PushUnavailable) throw error;
      if (error instanceof PrivateAddress) return { kind: 'gone' };
      throw new PushUnavailable('no answer', { cause: error });
    }
  }

  close(): Promise<void> {
    return this.dispatcher.close();
  }

  private isAllowed(endpoint: string): boolean {
    if (!URL.canParse(endpoint)) return false;
    const { protocol, hostname, username, password } = new URL(endpoint);
    if (protocol !== 'https:' || username || password || hostname === GCM_HOST) return false;
    const address = hostname.replace(/^\[|\]$/g, '');
    return this.options.allowsPrivateAddresses || !isIP(address) || isPublicAddress(address);
  }

  private detailsOf({ endpoint, p256dh, auth }: WebPushAddress, { collapseKey, alert, ttlMs }: Push, payload: string) {
    const { keys, subject } = this.options;
    return webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
      vapidDetails: { subject, ...keys },
      TTL: Math.floor(ttlMs / 1_000),
      urgency: alert ? 'high' : 'normal',
      topic: collapseKey,
      contentEncoding: 'aes128gcm',
    });
  }
}

/** Whether its keys are such as a browser makes: a point on P-256, not compressed, and 16 bytes (RFC 8291 §2, §3.2). */
function hasKeys({ p256dh, auth }: WebPushAddress): boolean {
  const point = Buffer.from(p256dh, 'base64url');
  if (point.length !== 65 || Buffer.from(auth, 'base64url').length !== 16) return false;
  try {
    ECDH.convertKey(point, 'prime256v1');
    return true;
  } catch {
    return false;
  }
}

/** Null where it is too large whatever is left out of its text. */
function payloadOf({ collapseKey, alert, badge, data }: Push): string | null {
  return fit(alert, LIMIT_BYTES, (text) => JSON.stringify({ collapseKey, alert: text, badge, data }));
}

function outcomeOf(statusCode: number, headers: Record<string, string | string[] | undefined>): PushOutcome {
  if (statusCode >= 200 && statusCode < 300) return { kind: 'sent' };
  if (statusCode === 404 || statusCode === 410) return { kind: 'gone' };
  const unavailable = unavailableByStatus(statusCode, headers);
  if (unavailable) throw unavailable;
  return { kind: 'refused', reason: `http ${statusCode}` };
}
