import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { vapidKeysOf, type VapidKeys } from './push.js';
import { StartError } from './start-error.js';

export interface Secrets {
  cursor: Buffer;
  viewer: Buffer;
  refresh: Buffer;
  /** Signs links of the embedded object store. */
  objects: Buffer;
  /** Ed25519, PKCS #8, PEM. */
  signingKey: string;
  vapid: VapidKeys;
}

/** The secrets that the environment gives; each other one is made once and kept in `<dataDir>/secrets`, mode 0600. */
export function loadSecrets(dataDir: string, given: Config['secrets']): Secrets {
  const folder = join(dataDir, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const random = () => randomBytes(32).toString('base64url');
  return {
    cursor: Buffer.from(given.cursor ?? kept(folder, 'cursor', random)),
    viewer: Buffer.from(given.viewer ?? kept(folder, 'viewer', random)),
    refresh: Buffer.from(given.refresh ?? kept(folder, 'refresh', random)),
    objects: Buffer.from(kept(folder, 'objects', random)),
    signingKey: given.signingKey ?? kept(folder, 'signing-key.pem', newSigningKey),
    vapid: given.vapid ?? keptVapidKeys(folder),
  };
}

function kept(folder: string, name: string, make: () => string): string {
  const file = join(folder, name);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const value = make();
    writeFileSync(`${file}.new`, value, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
    return value;
  }
}

function keptVapidKeys(folder: string): VapidKeys {
  const name = 'vapid-private-key';
  const keys = vapidKeysOf(kept(folder, name, newVapidKey));
  if (!keys) throw new StartError(`${join(folder, name)} holds no key. Bring it back from a backup, or remove it.`);
  return keys;
}

/** 32 bytes: Node leaves out zeros at the beginning. */
function newVapidKey(): string {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  return Buffer.from(curve.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
}

function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The secrets that the environment gives and no others: what several processes share, none of them can make. Reading one that is absent throws. */
export function givenSecrets(given: Config['secrets']): Secrets {
  const secret = <T>(value: T | undefined, variable: string) => {
    if (value === undefined) throw new StartError(`${variable} is missing.`);
    return value;
  };
  return {
    get cursor() {
      return Buffer.from(secret(given.cursor, 'PARLEY_CURSOR_SECRET'));
    },
    get viewer() {
      return Buffer.from(secret(given.viewer, 'PARLEY_VIEWER_SECRET'));
    },
    get refresh() {
      return Buffer.from(secret(given.refresh, 'PARLEY_REFRESH_SECRET'));
    },
    get objects(): Buffer {
      throw new Error('the embedded object store belongs to one process');
    },
    get signingKey() {
      return secret(given.signingKey, 'PARLEY_SIGNING_KEY');
    },
    get vapid() {
      return secret(given.vapid, 'PARLEY_VAPID_PRIVATE_KEY');
    },
  };
}
