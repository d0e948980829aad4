import { randomBytes } from 'node:crypto';
import type { Caller } from '../../platform/auth/caller.js';
import type { Identity, IdTokens } from '../../platform/auth/id-tokens.js';
import { Fault, UserFault } from '../../platform/errors/errors.js';
import { newUuid, randomBucket } from '../../platform/ids/ids.js';
import type { Announcements } from './announcements.js';
import { isHandle, type UserErrorCode } from './checks.js';
import type { NewDevice } from './device-rows.js';
import { DELETED_PREFIX } from './handles.js';
import type { IdentityStore } from './identity-store.js';
import { hashOf, newRefreshToken } from './refresh-tokens.js';
import type { SessionStore, SignedIn } from './session-store.js';
import { checkDevice, type DeviceDraft, type Session, type Sessions } from './sessions.js';

const ATTEMPTS = 6;

/** Signing in with an id token of an OpenID Connect issuer that this Parley trusts. */
export class OidcSignIn {
  constructor(
    private readonly deps: {
      idTokens: IdTokens;
      identities: IdentityStore;
      store: SessionStore;
      sessions: Sessions;
      announcements: Announcements;
    },
  ) {}

  /** The account of the token's issuer and subject, made on first use. */
  async signIn(caller: Caller, draft: { idToken: string; device: DeviceDraft }): Promise<Session> {
    const { idTokens, sessions } = this.deps;
    const device = checkDevice(caller, draft.device);
    const identity = await idTokens.verify(draft.idToken);
    if (!identity)
      throw new UserFault<UserErrorCode>(
        'WRONG_CREDENTIALS',
        ['idToken'],
        'This id token is not valid here: not of a trusted issuer, not for this Parley, or expired.',
      );
    const refreshToken = newRefreshToken();
    const row = await this.enter(identity, device, hashOf(refreshToken));
    return sessions.handOut(await sessions.admit(row, ['idToken']), refreshToken);
  }

  private async enter(identity: Identity, device: NewDevice, tokenHash: string): Promise<SignedIn> {
    const { identities, store, announcements } = this.deps;
    const { issuer, subject, email } = identity;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const known = await identities.find(issuer, subject);
      if (known) return store.signIn(known, null, device, tokenHash);
      const userId = newUuid(randomBucket());
      const handle = handleFor(identity, attempt);
      const displayName = identity.name ?? handle;
      const account = { issuer, subject, userId, email, handle, displayName };
      const outcome = await identities.register(account, device, tokenHash);
      switch (outcome) {
        case 'handleTaken':
        case 'linked':
          continue;
        case 'emailTaken':
          throw new UserFault<UserErrorCode>(
            'EMAIL_TAKEN',
            ['idToken'],
            'There is an account with this e-mail address already. Sign in to it with its password; a lost one can be reset by mail.',
          );
        default:
          announcements.outboxHasNews();
          return outcome;
      }
    }
    throw new Fault('UNAVAILABLE', 'No free handle was found. Try again.');
  }
}

/** From what the issuer tells of the person; with an ending of its own from the second attempt on. */
function handleFor({ username, email }: Identity, attempt: number): string {
  const wish = (username ?? email?.split('@')[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9_]+/g, '_');
  const base = wish.slice(0, 30);
  if (attempt === 0 && isHandle(base) && !base.startsWith(DELETED_PREFIX)) return base;
  const start = base.startsWith(DELETED_PREFIX) || base.length < 3 ? 'user' : base.slice(0, 21);
  return `${start}_${randomBytes(4).toString('hex')}`;
}
