import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { isPublicAddress, lookUpPublic, PrivateAddress } from '../push/public-addresses.js';
import { signatureHeader, SIGNATURE_HEADER } from './signature.js';

export interface WebhookPost {
  url: string;
  /** The newest first. */
  secrets: readonly string[];
  /** The same for each attempt. */
  deliveryId: string;
  body: string;
}
/** Null: a 2xx came in time. Else why not, in a sentence that the webhook's owner may read. */
export type WebhookFailure = string | null;

export interface WebhookSenderOptions {
  /** Also http, and addresses within: for tests and for receivers on one's own network. */
  allowsPrivateAddresses: boolean;
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const URL_LIMIT = 2_048;

/**
 * Posts to addresses that outsiders name: https at public addresses alone, which are looked at after the name was looked up;
 * redirects are not followed, and what is answered is not read.
 */
export class WebhookSender {
  private readonly dispatcher: Agent;
  private readonly timeoutMs: number;

  constructor(private readonly options: WebhookSenderOptions) {
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.dispatcher = new Agent({
      connections: 8,
      connect: {
        timeout: this.timeoutMs,
        ...(options.allowsPrivateAddresses ? {} : { lookup: lookUpPublic }),
      },
    });
  }

  /** Why nothing is ever sent to this URL; null where it may be. A name is looked up only when it is sent to. */
  objectionTo(url: string): WebhookFailure {
    const parsed = URL.canParse(url) && url.length <= URL_LIMIT ? new URL(url) : null;
    if (!parsed) return 'This is no URL.';
    const { protocol, hostname, username, password } = parsed;
    if (username || password) return 'The URL holds a name or a password. Trust the signature instead.';
    if (this.options.allowsPrivateAddresses && protocol === 'http:') return null;
    if (protocol !== 'https:') return 'The URL does not begin with https://.';
    const address = hostname.replace(/^\[|\]$/g, '');
    const isWithin = isIP(address) !== 0 && !isPublicAddress(address);
    return isWithin && !this.options.allowsPrivateAddresses ? 'The URL is at no public address.' : null;
  }

  async post({ url, secrets, deliveryId, body }: WebhookPost): Promise<WebhookFailure> {
    const objection = this.objectionTo(url);
    if (objection) return objection;
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Parley-Webhooks/1',
          'parley-delivery': deliveryId,
          [SIGNATURE_HEADER]: signatureHeader(secrets, Math.floor(Date.now() / 1_000), body),
        },
        body,
        dispatcher: this.dispatcher,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      await answer.body.dump().catch(() => undefined);
      const { statusCode: status } = answer;
      return status >= 200 && status < 300 ? null : `The receiver answered ${status}.`;
    } catch (error) {
      if (error instanceof PrivateAddress) return 'The URL is at no public address.';
      const { code, name } = error as { code?: string; name?: string };
      if (name === 'TimeoutError') return `The receiver did not answer within ${this.timeoutMs / 1_000} s.`;
      return `The receiver could not be reached${code ? ` (${code})` : ''}.`;
    }
  }

  close(): Promise<void> {
    return this.dispatcher.destroy();
  }
}
