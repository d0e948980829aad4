import { UserFault } from '../../platform/errors/errors.js';
import type { PushAddress } from '../../platform/push/port.js';
import type {
  QuietHoursInput,
  RegisterPushTargetInput,
  UpdateNotificationSettingsInput,
  WebPushInput,
} from './schema.js';
import type { QuietHoursRow, SettingsRow } from './store.js';

/** A week. */
const MOST_MINUTES = 10_080;
const ENDPOINT_LIMIT = 2_048;

export function invalid(path: string[], message: string): UserFault {
  return new UserFault('INVALID_INPUT', path, message);
}

/** The one address that the input names. Throws INVALID_INPUT. */
export function checkAddress(input: RegisterPushTargetInput, allowsPrivateAddresses: boolean): PushAddress {
  const given = (['fcmToken', 'apnsToken', 'webPush'] as const).filter((field) => input[field] != null);
  if (given.length !== 1) throw invalid(given.slice(1, 2), 'Give exactly one of fcmToken, apnsToken and webPush.');
  if (input.webPush) return checkWebPush(input.webPush, allowsPrivateAddresses);
  if (input.apnsToken != null) {
    if (!/^([0-9a-f]{2}){32,100}$/i.test(input.apnsToken))
      throw invalid(['apnsToken'], 'A token of APNs is 64 to 200 hexadecimal digits.');
    return { provider: 'APNS', token: input.apnsToken.toLowerCase() };
  }
  const token = input.fcmToken ?? '';
  if (!/^[\w:.-]{20,4096}$/.test(token))
    throw invalid(['fcmToken'], 'A token of FCM is 20 to 4096 of the characters A-Z, a-z, 0-9, _, -, : and .');
  return { provider: 'FCM', token };
}

function checkWebPush({ endpoint, p256dh, auth }: WebPushInput, allowsPrivateAddresses: boolean): PushAddress {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isFine =
    url !== null &&
    endpoint.length <= ENDPOINT_LIMIT &&
    url.username === '' &&
    url.password === '' &&
    url.protocol === 'https:' &&
    (allowsPrivateAddresses || isPublicName(url.hostname));
  if (!isFine)
    throw invalid(
      ['webPush', 'endpoint'],
      'endpoint is the https URL that the browser gave: PushSubscription.endpoint.',
    );
  checkKey(
    'p256dh',
    p256dh,
    (bytes) => bytes.length === 65 && bytes[0] === 4,
    '65 bytes, an uncompressed point on P-256',
  );
  checkKey('auth', auth, (bytes) => bytes.length === 16, '16 bytes');
  return { provider: 'WEB_PUSH', endpoint: url.href, p256dh: unpadded(p256dh), auth: unpadded(auth) };
}

/** Push services have names: an address, or a name of this network alone, is none. */
function isPublicName(host: string): boolean {
  return (
    /^([a-z0-9-]+\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(host) && !/\.(local|internal|localhost|localdomain)$/i.test(host)
  );
}

function checkKey(field: 'p256dh' | 'auth', text: string, fits: (bytes: Buffer) => boolean, what: string): void {
  if (!/^[A-Za-z0-9_-]{1,100}={0,2}$/.test(text) || !fits(Buffer.from(text, 'base64url')))
    throw invalid(['webPush', field], `${field} is ${what}, in base64url.`);
}

const unpadded = (text: string) => text.replace(/=+$/, '');

/** What is to change. Throws INVALID_INPUT. */
export function checkSettings(input: UpdateNotificationSettingsInput): Partial<SettingsRow> {
  const change: Partial<SettingsRow> = {};
  if (input.push != null) change.push = input.push;
  if (input.email != null) change.email = input.email;
  if (input.showPreview != null) change.showPreview = input.showPreview;
  if (input.emailAfterMinutes != null) {
    if (input.emailAfterMinutes < 0 || input.emailAfterMinutes > MOST_MINUTES)
      throw invalid(['emailAfterMinutes'], `emailAfterMinutes is 0 to ${MOST_MINUTES}, a week.`);
    change.emailAfterMinutes = input.emailAfterMinutes;
  }
  if (input.quietHours !== undefined) change.quietHours = input.quietHours && checkQuietHours(input.quietHours);
  return change;
}

function checkQuietHours({ from, to, timeZone }: QuietHoursInput): QuietHoursRow {
  for (const [field, time] of Object.entries({ from, to }))
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
      throw invalid(['quietHours', field], `${field} is a time of day, HH:MM from 00:00 to 23:59.`);
  if (from === to)
    throw invalid(['quietHours', 'to'], 'from and to are the same. Set push to NONE for silence all day.');
  if (!isTimeZone(timeZone))
    throw invalid(['quietHours', 'timeZone'], 'There is no such time zone. Give an IANA name, as in Europe/Berlin.');
  return { from, to, timeZone };
}

/** Names only: offsets such as +01:00 know no summer time. */
function isTimeZone(name: string): boolean {
  if (name.length > 64 || !/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
