import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ApiKeyClaims, ApiKeys } from '../../schema/api-keys.js';
import { Fault } from '../errors/errors.js';
import { unavailable } from '../errors/report.js';
import type { Limits } from '../rate-limit/limits.js';
import { toNetwork, type Authenticates } from './authenticator.js';
import type { Caller, Person } from './caller.js';
import type { SignedInDevices } from './devices.js';

/** For how long this process remembers what a key says, ms. That it is revoked is asked each time, of the devices. */
const REMEMBERED = 60_000;
const pattern = /^Bearer +(parley_[A-Za-z0-9_-]{43}) *$/i;

/** Who is behind an API key. */
export class ApiKeyAuthenticator implements Authenticates {
  private readonly known = new LRUCache<string, ApiKeyClaims>({ max: 10_000, ttl: REMEMBERED });

  constructor(
    private readonly keys: ApiKeys,
    private readonly devices: Pick<SignedInDevices, 'check'>,
    private readonly limits: Pick<Limits, 'take'>,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * The bot of an `authorization` header, or of that key in connection_init. Throws UNAUTHENTICATED without one, and for one
   * that is unknown, revoked or expired; RATE_LIMITED where a network tries many; UNAVAILABLE where it cannot be found out.
   */
  async callerOf(authorization: string | undefined, address: string | undefined): Promise<Caller> {
    const startedAt = this.now();
    if (!authorization)
      throw new Fault(
        'UNAUTHENTICATED',
        'Send an API key as Authorization: Bearer parley_…; its bot’s owner makes one.',
      );
    const key = pattern.exec(authorization)?.[1];
    const network = toNetwork(address);
    const claims = key && (await this.claimsOf(createHash('sha256').update(key).digest('hex'), network));
    if (!claims) throw new Fault('UNAUTHENTICATED', 'This API key is not valid: it is unknown, revoked or expired.');
    const { userId, deviceId, scopes, expiresAt, isNewcomer } = claims;
    const apiKey = { scopes, expiresAt };
    return this.requireValid({ kind: 'person', userId, deviceId, startedAt, network, isNewcomer, apiKey });
  }

  async again(caller: Caller): Promise<Caller> {
    if (caller.kind !== 'person') throw new Fault('UNAUTHENTICATED', 'Send an API key.');
    return this.requireValid({ ...caller, startedAt: this.now() });
  }

  private async requireValid(caller: Person): Promise<Person> {
    const isValid = await this.devices.check(caller.deviceId).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    if (!isValid) throw new Fault('UNAUTHENTICATED', 'This API key was revoked.');
    const expiresAt = caller.apiKey?.expiresAt ?? null;
    if (expiresAt !== null && expiresAt <= this.now()) throw new Fault('UNAUTHENTICATED', 'This API key has expired.');
    return caller;
  }

  private async claimsOf(hash: string, network: string | null): Promise<ApiKeyClaims | null> {
    const known = this.known.get(hash);
    if (known) return known;
    const allowance = await this.limits.take('apiKeyLookup', { kind: 'nobody', startedAt: this.now(), network });
    if (allowance && !allowance.isAllowed)
      throw new Fault('RATE_LIMITED', 'Too many API keys from this network. Try again later.', {
        extensions: { retryAt: new Date(allowance.resetAt).toISOString() },
      });
    const claims = await this.keys.claimsOf(hash).catch((cause: unknown) => {
      throw cause instanceof Fault ? cause : unavailable(cause);
    });
    if (claims) this.known.set(hash, claims);
    return claims;
  }
}
