import { createECDH, createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { StartError } from './start-error.js';

const httpUrl = z.url({ protocol: /^https?$/ });

/** What the environment may say of push. */
export const pushVariables = {
  PARLEY_APNS_KEY: z
    .string()
    .refine(isSigningKey, 'expected a private key of curve P-256, PKCS #8, PEM')
    .optional()
    .describe("Apple's key for pushes (.p8, PEM); without one, no pushes to Apple's devices"),
  PARLEY_APNS_KEY_ID: z
    .string()
    .regex(/^\w{10}$/)
    .optional()
    .describe("The key's id, 10 characters"),
  PARLEY_APNS_TEAM_ID: z
    .string()
    .regex(/^\w{10}$/)
    .optional()
    .describe("The team's id, 10 characters"),
  PARLEY_APNS_TOPIC: z.string().min(1).optional().describe("The app's bundle id, as in org.example.chat"),
  PARLEY_APNS_ENDPOINT: z
    .url({ protocol: /^https$/ })
    .default('https://api.push.apple.com')
    .describe('Server of APNs; https://api.sandbox.push.apple.com for apps that Xcode has installed'),
  PARLEY_FCM_SERVICE_ACCOUNT: z
    .string()
    .transform(parseServiceAccount)
    .optional()
    .describe('Key file (JSON) of a service account of the Firebase project; without one, no pushes through FCM'),
  PARLEY_FCM_ENDPOINT: httpUrl.default('https://fcm.googleapis.com').describe('Server of FCM; another one for tests'),
  PARLEY_VAPID_PUBLIC_KEY: z
    .string()
    .regex(/^[\w-]{87}$/)
    .optional()
    .describe(
      'What browsers subscribe with, base64url; follows from PARLEY_VAPID_PRIVATE_KEY, and is checked if given',
    ),
  PARLEY_VAPID_PRIVATE_KEY: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional()
    .describe('Signs Web Push: a private key of curve P-256, 32 bytes, base64url; made at first start'),
  PARLEY_VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:[^<>@\s]+@[^<>@\s]+|https:\/\/(?!localhost\b)[^\s]+)$/)
    .optional()
    .describe(
      'Whom push services tell of trouble with Web Push, mailto:… or https://…; the address of PARLEY_MAIL_FROM unless set',
    ),
  PARLEY_WEB_PUSH_PRIVATE_ADDRESSES: z
    .enum(['off', 'on'])
    .default('off')
    .describe('Whether browsers may name push services at private addresses, for tests: off or on'),
} as const;

export interface ApnsSettings {
  /** PEM. */
  key: string;
  keyId: string;
  teamId: string;
  topic: string;
  /** An origin. */
  endpoint: string;
}
export interface ServiceAccount {
  projectId: string;
  email: string;
  /** RSA, PKCS #8, PEM. */
  privateKey: string;
  keyId: string | null;
  tokenUri: string;
}
export interface PushSettings {
  /** Null: off. */
  apns: ApnsSettings | null;
  /** Null: off. */
  fcm: { account: ServiceAccount; endpoint: string } | null;
  webPush: { subject: string; allowsPrivateAddresses: boolean };
}
/** RFC 8292: a key pair on P-256, both base64url. */
export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

type Values = z.output<z.ZodObject<typeof pushVariables>> & { PARLEY_MAIL_FROM: string };

/** Throws StartError where the variables do not fit together. */
export function readPush(values: Values): PushSettings {
  const account = values.PARLEY_FCM_SERVICE_ACCOUNT;
  return {
    apns: readApns(values),
    fcm: account ? { account, endpoint: new URL(values.PARLEY_FCM_ENDPOINT).origin } : null,
    webPush: {
      subject: values.PARLEY_VAPID_SUBJECT ?? `mailto:${/[^<>\s]+@[^<>\s]+/.exec(values.PARLEY_MAIL_FROM)?.[0]}`,
      allowsPrivateAddresses: values.PARLEY_WEB_PUSH_PRIVATE_ADDRESSES === 'on',
    },
  };
}

function readApns(values: Values): ApnsSettings | null {
  const { PARLEY_APNS_KEY: key, PARLEY_APNS_KEY_ID: keyId } = values;
  const { PARLEY_APNS_TEAM_ID: teamId, PARLEY_APNS_TOPIC: topic } = values;
  if (!key && !keyId && !teamId && !topic) return null;
  if (!key || !keyId || !teamId || !topic)
    throw new StartError(
      'PARLEY_APNS_KEY, PARLEY_APNS_KEY_ID, PARLEY_APNS_TEAM_ID and PARLEY_APNS_TOPIC belong together. Set all of them, or none.',
    );
  return { key, keyId, teamId, topic, endpoint: new URL(values.PARLEY_APNS_ENDPOINT).origin };
}

/** Throws StartError where the key is none, or not that of the public one. */
export function readVapidKeys(values: Values): VapidKeys | undefined {
  const { PARLEY_VAPID_PUBLIC_KEY: publicKey, PARLEY_VAPID_PRIVATE_KEY: privateKey } = values;
  if (!privateKey && publicKey)
    throw new StartError('PARLEY_VAPID_PUBLIC_KEY has no use without PARLEY_VAPID_PRIVATE_KEY. Set both, or neither.');
  if (!privateKey) return undefined;
  const keys = vapidKeysOf(privateKey);
  if (!keys || (publicKey && publicKey !== keys.publicKey))
    throw new StartError(
      `PARLEY_VAPID_PRIVATE_KEY is ${keys ? 'not that of PARLEY_VAPID_PUBLIC_KEY' : 'no key of curve P-256'}. Make a pair with \`npx web-push generate-vapid-keys\`.`,
    );
  return keys;
}

/** The pair that a private key (32 bytes, base64url) belongs to; null where it is none. */
export function vapidKeysOf(privateKey: string): VapidKeys | null {
  const curve = createECDH('prime256v1');
  try {
    curve.setPrivateKey(Buffer.from(privateKey, 'base64url'));
  } catch {
    return null;
  }
  return { publicKey: curve.getPublicKey('base64url'), privateKey };
}

function isSigningKey(pem: string): boolean {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

const keyFile = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string(),
  private_key_id: z.string().optional(),
  token_uri: httpUrl.default('https://oauth2.googleapis.com/token'),
});

function parseServiceAccount(text: string, context: z.RefinementCtx): ServiceAccount {
  try {
    const file = keyFile.parse(JSON.parse(text));
    if (createPrivateKey(file.private_key).asymmetricKeyType !== 'rsa') throw new Error('the key is not of RSA');
    return {
      projectId: file.project_id,
      email: file.client_email,
      privateKey: file.private_key,
      keyId: file.private_key_id ?? null,
      tokenUri: file.token_uri,
    };
  } catch {
    // What is wrong with it is not told: the text is a secret.
    context.addIssue('expected JSON with project_id, client_email and private_key (RSA, PEM)');
    return z.NEVER;
  }
}
