import { Agent, request } from 'undici';
import type { ServiceAccount } from '../config/push.js';
import { fit } from './fit.js';
import { AccountRefused, GoogleTokens } from './google-token.js';
import type { Push, PushAddress, PushOutcome } from './port.js';
import type { ProviderSender } from './provider-sender.js';
import { PushUnavailable, unavailableByStatus } from './unavailable.js';

/** FCM takes 4,096 bytes, and does not say whether of the message or of what is in it. */
const LIMIT_BYTES = 4_000;
const LONGEST_TTL_SECONDS = 28 * 86_400;

export interface FcmOptions {
  account: ServiceAccount;
  /** An origin. */
  endpoint: string;
  timeoutMs: number;
}

/** The error of https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode, as far as it is read. */
interface ErrorBody {
  error?: {
    status?: string;
    message?: string;
    details?: { errorCode?: string; fieldViolations?: { field?: string }[] }[];
  };
}

/** Android devices, and whatever else an app of the Firebase project runs on. A key that Google does not take is `refused`, each time. */
export class Fcm implements ProviderSender<'FCM'> {
  private readonly dispatcher = new Agent({ connections: 16 });
  private readonly tokens: GoogleTokens;
  private readonly url: string;

  constructor(private readonly options: FcmOptions) {
    const { account, endpoint, timeoutMs } = options;
    const scope = 'https://www.googleapis.com/auth/firebase.messaging';
    this.tokens = new GoogleTokens({ account, scope, timeoutMs, dispatcher: this.dispatcher });
    this.url = `${endpoint}/v1/projects/${encodeURIComponent(account.projectId)}/messages:send`;
  }

  async send(address: Extract<PushAddress, { provider: 'FCM' }>, push: Push): Promise<PushOutcome> {
    const body = messageTo(address.token, push);
    if (body === null) return { kind: 'refused', reason: 'too large' };
    try {
      const first = await this.post(body);
      return first ?? (await this.post(body)) ?? { kind: 'refused', reason: 'UNAUTHENTICATED' };
    } catch (error) {
      if (error instanceof AccountRefused) return { kind: 'refused', reason: 'service account' };
      throw error;
    }
  }

  close(): Promise<void> {
    return this.dispatcher.close();
  }

  /** Null where the access token is refused. */
  private async post(body: string): Promise<PushOutcome | null> {
    const token = await this.tokens.get();
    const { statusCode, headers, answer } = await this.ask(body, token);
    if (statusCode === 200) return { kind: 'sent' };
    if (statusCode === 401 && !errorCodeOf(answer)) {
      this.tokens.drop(token);
      return null;
    }
    const unavailable = unavailableByStatus(statusCode, headers);
    if (unavailable) throw unavailable;
    return isGone(answer)
      ? { kind: 'gone' }
      : { kind: 'refused', reason: errorCodeOf(answer) ?? answer.error?.status ?? `http ${statusCode}` };
  }

  private async ask(body: string, token: string) {
    try {
      const response = await request(this.url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
        dispatcher: this.dispatcher,
        signal: AbortSignal.timeout(this.options.timeoutMs),
      });
      const text = await response.body.text();
      return { statusCode: response.statusCode, headers: response.headers, answer: parse(text) };
    } catch (cause) {
      throw new PushUnavailable('no answer', { cause });
    }
  }
}

/** Null where it is too large whatever is left out of its text. */
function messageTo(token: string, { collapseKey, alert, badge, data, ttlMs }: Push): string | null {
  const ttlSeconds = Math.min(Math.floor(ttlMs / 1_000), LONGEST_TTL_SECONDS);
  return fit(alert, LIMIT_BYTES + Buffer.byteLength(token), (text) =>
    JSON.stringify({
      message: {
        token,
        data: { ...data, collapseKey, badge: String(badge) },
        ...(text ? { notification: text } : {}),
        android: {
          collapse_key: collapseKey,
          priority: text ? 'HIGH' : 'NORMAL',
          ttl: `${ttlSeconds}s`,
          ...(text ? { notification: { tag: collapseKey, notification_count: badge } } : {}),
        },
        // For apps on Apple's devices that use Firebase's token.
        apns: {
          headers: {
            'apns-collapse-id': collapseKey,
            'apns-priority': text ? '10' : '5',
            'apns-expiration': String(Math.floor(Date.now() / 1_000) + ttlSeconds),
          },
          payload: {
            aps: text
              ? { badge, sound: 'default', 'thread-id': collapseKey, 'mutable-content': 1 }
              : { badge, 'content-available': 1 },
          },
        },
      },
    }),
  );
}

function isGone({ error }: ErrorBody): boolean {
  switch (errorCodeOf({ error }) ?? error?.status) {
    case 'UNREGISTERED':
    case 'NOT_FOUND':
    case 'SENDER_ID_MISMATCH':
      return true;
    case 'INVALID_ARGUMENT': {
      const fields =
        error?.details?.flatMap(({ fieldViolations = [] }) => fieldViolations.map(({ field }) => field)) ?? [];
      return fields.length > 0
        ? fields.every((field) => field === 'message.token')
        : /registration token/i.test(error?.message ?? '');
    }
    default:
      return false;
  }
}

function errorCodeOf({ error }: ErrorBody): string | undefined {
  return error?.details?.find(({ errorCode }) => errorCode)?.errorCode;
}

function parse(text: string): ErrorBody {
  try {
    return (JSON.parse(text) as ErrorBody | null) ?? {};
  } catch {
    return {};
  }
}
