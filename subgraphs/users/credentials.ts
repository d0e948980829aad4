import type { Caller, Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { checkNewPassword, checkNoNul, type UserErrorCode } from './checks.js';
import type { CredentialStore } from './credential-store.js';
import { resetLetter, verificationLetter } from './letters.js';
import { codeHash, newLinkToken, newTypedCode, normaliseTypedCode } from './one-time-codes.js';
import type { Passwords } from './passwords.js';
import type { Postbox } from './postbox.js';
import { hashOf, newRefreshToken } from './refresh-tokens.js';
import { gone } from './service.js';
import { checkDevice, suspended, type DeviceDraft, type Session, type Sessions } from './sessions.js';
import type { AccountStore } from './store.js';

/** How people prove who they are, and get back in when they cannot. */
export class Credentials {
  constructor(
    private readonly deps: {
      store: CredentialStore;
      accounts: AccountStore;
      sessions: Sessions;
      passwords: Passwords;
      postbox: Postbox;
      /** Keys the hashes of codes. */
      secret: Buffer;
      /** Where people reach Parley, without a slash at the end. */
      publicUrl: () => string;
    },
  ) {}

  /** A right code that comes again is right again; a wrong one counts, and five of them end the code. */
  async verifyEmail(person: Person, code: string): Promise<void> {
    const { store, accounts, sessions, secret } = this.deps;
    const given = codeHash(secret, 'VERIFY_EMAIL', person.userId, normaliseTypedCode(code));
    const outcome = await store.verifyEmail(person.userId, given);
    if (outcome === 'wrong')
      throw new UserFault<UserErrorCode>('WRONG_CREDENTIALS', ['code'], 'This is not the code of the newest letter.');
    if (outcome === 'expired')
      throw new UserFault<UserErrorCode>(
        'CODE_EXPIRED',
        ['code'],
        'There is no such code any more. Ask for a new one.',
      );
    await accounts.forget(person.userId);
    await sessions.settle(person.userId);
  }

  /** Waits for the letter, and fails when it cannot be sent; nothing is sent to an address that is verified. */
  async resendVerification(person: Person): Promise<void> {
    const { store, postbox, secret } = this.deps;
    const account = (await store.byId(person.userId)) ?? gone();
    if (account.emailVerifiedAt) return;
    const { email } = account;
    if (email === null)
      throw new UserFault<UserErrorCode>('NOT_FOUND', [], 'This account has no e-mail address to verify.');
    const code = newTypedCode();
    const retryAt = await store.issue({
      userId: person.userId,
      purpose: 'VERIFY_EMAIL',
      codeHash: codeHash(secret, 'VERIFY_EMAIL', person.userId, normaliseTypedCode(code)),
      email,
    });
    if (retryAt)
      throw new UserFault<UserErrorCode>('RATE_LIMITED', [], 'Some letters were just sent. Look for them.', retryAt);
    await postbox.send(verificationLetter(email, code));
  }

  /** Answers before it looks: neither the answer nor its time tells whether there is such an account. */
  requestReset(address: string): void {
    const { store, postbox, secret, publicUrl } = this.deps;
    const email = address.toLowerCase();
    postbox.later(async () => {
      const account = await store.byEmail(email);
      if (!account) return null;
      const token = newLinkToken();
      const { userId } = account;
      const hash = codeHash(secret, 'RESET_PASSWORD', '', token);
      const retryAt = await store.issue({ userId, purpose: 'RESET_PASSWORD', codeHash: hash, email });
      return retryAt ? null : resetLetter(email, publicUrl(), token);
    });
  }

  async resetPassword(
    caller: Caller,
    draft: { token: string; newPassword: string; device: DeviceDraft },
  ): Promise<Session> {
    const { store, accounts, sessions, passwords, secret } = this.deps;
    const password = checkNewPassword(['newPassword'], draft.newPassword);
    const device = checkDevice(caller, draft.device);
    const hash = codeHash(secret, 'RESET_PASSWORD', '', draft.token.trim());
    const userId = await store.ownerOfResetToken(hash);
    if (!userId) throw linkExpired();
    const refreshToken = newRefreshToken();
    const passwordHash = await passwords.hash(password);
    const outcome = await store.reset(userId, hash, passwordHash, device, hashOf(refreshToken));
    if (outcome.kind === 'expired') throw linkExpired();
    if (outcome.kind === 'suspended') throw suspended(['token']);
    await accounts.forget(userId);
    await sessions.tellSignedOut(userId, outcome.signedOut);
    return sessions.handOut(outcome.device, refreshToken);
  }

  /** Other devices stay signed in: signOutDevices ends them. */
  async changePassword(person: Person, draft: { currentPassword: string; newPassword: string }): Promise<void> {
    const { store, passwords } = this.deps;
    const password = checkNewPassword(['newPassword'], draft.newPassword);
    const current = checkNoNul(['currentPassword'], draft.currentPassword);
    const { passwordHash } = (await store.byId(person.userId)) ?? gone();
    const isRight = await passwords.matches(passwordHash, current);
    if (!isRight || !passwordHash) throw wrongPassword(['currentPassword']);
    const isReplaced = await store.replacePassword(person.userId, passwordHash, await passwords.hash(password));
    if (!isReplaced) throw wrongPassword(['currentPassword']);
  }
}

export function wrongPassword(path: string[]): UserFault<UserErrorCode> {
  return new UserFault('WRONG_CREDENTIALS', path, 'This is not the password of the account.');
}

function linkExpired(): UserFault<UserErrorCode> {
  return new UserFault('CODE_EXPIRED', ['token'], 'This link was used, or is too old. Ask for a new one.');
}
