import apn, { type Responses, type ResponseFailure, type ResponseSent } from '@parse/node-apn';
import type { ApnsSettings } from '../config/push.js';
import { fit } from './fit.js';
import type { Push, PushAddress, PushOutcome } from './port.js';
import type { ProviderSender } from './provider-sender.js';
import { PushUnavailable } from './unavailable.js';

const LIMIT_BYTES = 4_096;

/** Reasons for which the token will never work again. Any other one is about the push, or about Parley's key. */
const goneReasons = new Set(['BadDeviceToken', 'Unregistered', 'ExpiredToken']);

export interface ApnsOptions extends ApnsSettings {
  timeoutMs: number;
  /** Certificates (PEM) that are trusted instead of the usual ones, for tests. */
  ca?: string;
}

/**
 * Apple's devices, over HTTP/2 with a provider token, which is renewed before it is an hour old. One connection carries all
 * pushes. A key that Apple does not take is `refused`, each time. Apple does not say when to come back.
 */
export class Apns implements ProviderSender<'APNS'> {
  private provider: apn.Provider;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly options: ApnsOptions) {
    this.provider = this.connect();
  }

  async send(address: Extract<PushAddress, { provider: 'APNS' }>, push: Push): Promise<PushOutcome> {
    if (!/^[0-9a-f]{64,200}$/i.test(address.token)) return { kind: 'gone' };
    const notification = this.notificationOf(push);
    if (!notification) return { kind: 'refused', reason: 'PayloadTooLarge' };
    const sending = this.sendTo(address.token, notification);
    this.underWay.add(sending);
    try {
      return await sending;
    } finally {
      this.underWay.delete(sending);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    void this.provider.shutdown();
  }

  private connect(): apn.Provider {
    const { key, keyId, teamId, endpoint, timeoutMs, ca } = this.options;
    const { hostname, port } = new URL(endpoint);
    return new apn.Provider({
      token: { key, keyId, teamId },
      address: hostname,
      port: Number(port) || 443,
      production: true,
      // Whoever sends tries again, and knows when.
      connectionRetryLimit: 0,
      requestTimeout: timeoutMs,
      ...(ca ? { ca: [ca] } : {}),
    });
  }

  private async sendTo(token: string, notification: apn.Notification): Promise<PushOutcome> {
    const { provider } = this;
    const first = outcomeOf(await provider.send(notification, token));
    // The library has made a new token by now.
    const outcome =
      first.kind === 'refused' && first.reason === 'ExpiredProviderToken'
        ? outcomeOf(await provider.send(notification, token))
        : first;
    if (outcome.kind !== 'lost') return outcome;
    // It may be a connection that is dead without saying so: the library would keep it.
    if (this.provider === provider) {
      this.provider = this.connect();
      void provider.shutdown();
    }
    throw new PushUnavailable('no answer', { cause: outcome.cause });
  }

  /** Null where it is too large whatever is left out of its text. */
  private notificationOf({ collapseKey, alert, badge, data, ttlMs }: Push): apn.Notification | null {
    const body = fit(alert, LIMIT_BYTES, (text) =>
      JSON.stringify({
        ...data,
        collapseKey,
        aps: text
          ? { alert: text, badge, sound: 'default', 'thread-id': collapseKey, 'mutable-content': 1 }
          : { badge, 'content-available': 1 },
      }),
    );
    if (body === null) return null;
    const notification = new apn.Notification();
    notification.rawPayload = JSON.parse(body) as object;
    notification.topic = this.options.topic;
    // Also of a silent one: a push of type background may set no badge.
    notification.pushType = 'alert';
    notification.priority = alert ? 10 : 5;
    notification.collapseId = collapseKey;
    notification.expiry = Math.floor((Date.now() + ttlMs) / 1_000);
    return notification;
  }
}

function outcomeOf({
  failed: [failure],
}: Responses<ResponseSent, ResponseFailure>): PushOutcome | { kind: 'lost'; cause: unknown } {
  if (!failure) return { kind: 'sent' };
  const { status, response, error } = failure;
  const reason = response?.reason ?? (status === undefined ? undefined : error?.message);
  if (reason === undefined || status === undefined) return { kind: 'lost', cause: error };
  if (status === 410 || goneReasons.has(reason)) return { kind: 'gone' };
  if (status === 429) throw new PushUnavailable(reason, { isOut: false });
  if (status >= 500 || reason === 'IdleTimeout') throw new PushUnavailable(`http ${status}`);
  return { kind: 'refused', reason };
}
