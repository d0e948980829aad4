import { createRemoteJWKSet, decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { OidcIssuer } from '../config/oidc-issuers.js';
import { Fault } from '../errors/errors.js';

/** What an issuer says of a person. `issuer` and `subject` together name them, for ever. */
export interface Identity {
  issuer: string;
  subject: string;
  /** Lower case; null unless the issuer verified it. */
  email: string | null;
  name: string | null;
  username: string | null;
}

const ASK_LIMIT_MS = 5_000;
const DISCOVERED_FOR_MS = 3_600_000;
const KEYS_FOR_MS = 600_000;
/** Signatures with a public key only: a secret shared with one client must not sign for another. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });
const line = z.string().regex(/^\P{Cc}*$/u);
const claims = z.object({
  sub: line.min(1).max(255),
  azp: z.string().optional(),
  email: z.email().max(254).optional().catch(undefined),
  // Some issuers send text.
  email_verified: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).catch(false),
  name: line.trim().min(1).max(80).optional().catch(undefined),
  preferred_username: line.optional().catch(undefined),
});

interface Keys {
  uri: string;
  get: JWTVerifyGetKey;
  discoveredAt: number;
}

/**
 * Verifies id tokens (OpenID Connect Core 1.0 §3.1.3.7) of the given issuers, with the keys that their discovery documents
 * point to. Keys are kept for some minutes; one that is unknown has them fetched anew, at most once a `cooldownMs`.
 */
export class IdTokens {
  private readonly issuers: ReadonlyMap<string, OidcIssuer>;
  private readonly keys = new Map<string, Keys>();

  constructor(
    issuers: readonly OidcIssuer[],
    private readonly cooldownMs = 10_000,
  ) {
    this.issuers = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  }

  /** Null when the token is not valid here. Throws UNAVAILABLE when its issuer cannot be asked for keys. */
  async verify(idToken: string): Promise<Identity | null> {
    const trusted = this.issuers.get(issuerOf(idToken) ?? '');
    if (!trusted) return null;
    const { issuer, audiences } = trusted;
    try {
      const { payload } = await jwtVerify(idToken, await this.keysOf(issuer), {
        issuer,
        audience: audiences,
        algorithms,
        requiredClaims: ['sub', 'exp', 'iat'],
        clockTolerance: 30,
      });
      return toIdentity(payload, trusted);
    } catch (cause) {
      if (isRefusal(cause)) return null;
      throw new Fault('UNAVAILABLE', 'The identity provider cannot be reached right now. Try again.', { cause });
    }
  }

  private async keysOf(issuer: string): Promise<JWTVerifyGetKey> {
    const known = this.keys.get(issuer);
    if (known && known.discoveredAt > Date.now() - DISCOVERED_FOR_MS) return known.get;
    const uri = await discover(issuer);
    const get =
      known?.uri === uri
        ? known.get
        : createRemoteJWKSet(new URL(uri), {
            timeoutDuration: ASK_LIMIT_MS,
            cooldownDuration: this.cooldownMs,
            cacheMaxAge: KEYS_FOR_MS,
          });
    this.keys.set(issuer, { uri, get, discoveredAt: Date.now() });
    return get;
  }
}

/** The address of the issuer's keys (OpenID Connect Discovery 1.0 §4). */
async function discover(issuer: string): Promise<string> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(ASK_LIMIT_MS),
    redirect: 'error',
  });
  if (!response.ok) throw new Error(`the discovery document was answered with ${response.status}`);
  const document = discovery.parse(await response.json());
  if (document.issuer !== issuer) throw new Error('the discovery document names another issuer');
  const { protocol } = new URL(document.jwks_uri);
  if (protocol !== 'https:' && protocol !== new URL(issuer).protocol) throw new Error('the keys are not behind https');
  return document.jwks_uri;
}

/** Not verified: it only says whose keys to look at. */
function issuerOf(idToken: string): string | null {
  try {
    return decodeJwt(idToken).iss ?? null;
  } catch {
    return null;
  }
}

function toIdentity(payload: JWTPayload, { issuer, audiences }: OidcIssuer): Identity | null {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return null;
  const { sub, azp, email, email_verified, name, preferred_username } = parsed.data;
  // Made out for one of ours and for others too: then one of ours must have asked for it.
  if (Array.isArray(payload.aud) && payload.aud.length > 1 && !audiences.includes(azp ?? '')) return null;
  return {
    issuer,
    subject: sub,
    email: email_verified && email ? email.toLowerCase() : null,
    name: name ?? null,
    username: preferred_username ?? null,
  };
}

/** Whether the token is to blame, and not the way to its issuer's keys. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'].includes(error.code);
}
