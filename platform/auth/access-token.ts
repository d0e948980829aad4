import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { growingLru } from '../cache/growing-lru.js';
import { StartError } from '../config/start-error.js';
import { fromPublicId, toPublicId } from '../ids/ids.js';

/** How long an access token lives, ms. */
export const ACCESS_TOKEN_LIFE = 10 * 60_000;

const issuer = 'parley';
const type = 'at+jwt';

/** What an access token says. It does not say that the device is still signed in: see SignedInDevices. */
export interface AccessClaims {
  /** UUID */
  userId: string;
  /** UUID */
  deviceId: string;
  /** Unix ms */
  expiresAt: number;
  /** The account was young, or its e-mail address not verified, when the token was made: it may do less. */
  isNewcomer: boolean;
}

/**
 * Access tokens: JWTs signed with Ed25519 (RFC 8037, typ of RFC 9068), `sub` the public user id, `did` the public device
 * id, `new` for newcomers, ten minutes of life. Verified ones are remembered, so that a socket's every operation costs a look into a Map.
 */
export class AccessTokens {
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly verified = growingLru<AccessClaims>(50_000);

  /** `pem`: an Ed25519 private key, PKCS #8. Throws StartError when it is something else. `now`: Unix ms. */
  constructor(
    pem: string,
    private readonly now: () => number = Date.now,
  ) {
    try {
      this.privateKey = createPrivateKey(pem);
    } catch (cause) {
      throw notAKey(cause);
    }
    if (this.privateKey.asymmetricKeyType !== 'ed25519') throw notAKey();
    this.publicKey = createPublicKey(this.privateKey);
  }

  async sign(userId: string, deviceId: string, isNewcomer = false): Promise<{ token: string; expiresAt: Date }> {
    // A JWT counts seconds: rounded down, so that the promised instant is the one inside.
    const issuedAt = Math.floor(this.now() / 1000);
    const expiresAt = issuedAt + ACCESS_TOKEN_LIFE / 1000;
    const token = await new SignJWT({ did: toPublicId('device', deviceId), ...(isNewcomer && { new: true }) })
      .setProtectedHeader({ alg: 'EdDSA', typ: type })
      .setIssuer(issuer)
      .setSubject(toPublicId('user', userId))
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.privateKey);
    return { token, expiresAt: new Date(expiresAt * 1000) };
  }

  /** Null when the token is forged, foreign, malformed or expired. Never throws. */
  async verify(token: string): Promise<AccessClaims | null> {
    const claims = this.verified.get(token) ?? (await this.check(token));
    if (!claims) return null;
    if (claims.expiresAt > this.now()) return claims;
    this.verified.delete(token);
    return null;
  }

  private async check(token: string): Promise<AccessClaims | null> {
    const claims = await jwtVerify(token, this.publicKey, {
      algorithms: ['EdDSA'],
      issuer,
      typ: type,
      requiredClaims: ['sub', 'did', 'exp'],
      currentDate: new Date(this.now()),
    }).then(
      ({ payload }) => toClaims(payload),
      () => null,
    );
    if (claims) this.verified.set(token, claims);
    return claims;
  }
}

function toClaims(payload: { sub?: string; did?: unknown; exp?: number; new?: unknown }): AccessClaims | null {
  const { sub, did, exp } = payload;
  const userId = fromPublicId('user', sub ?? '');
  const deviceId = typeof did === 'string' ? fromPublicId('device', did) : null;
  return userId && deviceId && exp
    ? { userId, deviceId, expiresAt: exp * 1000, isNewcomer: payload.new === true }
    : null;
}

function notAKey(cause?: unknown): StartError {
  return new StartError(
    'The key for access tokens is not an Ed25519 private key in PEM (openssl genpkey -algorithm ed25519).',
    {
      cause,
    },
  );
}
