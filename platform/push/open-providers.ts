import type { PushSettings, VapidKeys } from '../config/push.js';
import { Providers, type ProvidersOptions, type Senders } from './providers.js';

/** Of one push, from the first byte to the last. */
const TIMEOUT_MS = 5_000;

/** The providers whose keys are given, each with its vendor's library loaded only then. Web Push always has keys. */
export async function openProviders({
  apns,
  fcm,
  webPush,
  vapid: keys,
  ...shared
}: PushSettings & { vapid: VapidKeys } & Pick<ProvidersOptions, 'log' | 'registry'>): Promise<Providers> {
  const timeoutMs = TIMEOUT_MS;
  const senders: Senders = {};
  if (apns) senders.APNS = new (await import('./apns.js')).Apns({ ...apns, timeoutMs });
  if (fcm) senders.FCM = new (await import('./fcm.js')).Fcm({ ...fcm, timeoutMs });
  senders.WEB_PUSH = new (await import('./web-push.js')).WebPush({ ...webPush, keys, timeoutMs });
  return new Providers({ senders, ...shared });
}
