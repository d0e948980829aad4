import type { DirectoryClient } from '../../platform/database/port.js';
import { lockAccount } from './account-lock.js';
import { issueCode, tryCode, type CodeDraft } from './code-store.js';
import { signOutRows, startSession, type DeviceRow, type NewDevice } from './device-rows.js';
import { outboxRow } from './outbox.js';

export type Reset =
  { kind: 'done'; device: DeviceRow; signedOut: string[] } | { kind: 'expired' } | { kind: 'suspended' };

/** Passwords and proofs of e-mail addresses. */
export class CredentialStore {
  constructor(private readonly directory: DirectoryClient) {}

  async byId(userId: string) {
    return this.directory.user.findUnique({
      where: { userId, deletedAt: null },
      select: { email: true, emailVerifiedAt: true, passwordHash: true },
    });
  }

  /** Who may get back into their account by mail to this address. */
  async byEmail(email: string) {
    return this.directory.user.findUnique({
      where: { email, deletedAt: null, suspendedAt: null },
      select: { userId: true },
    });
  }

  issue(draft: CodeDraft): Promise<Date | null> {
    return issueCode(this.directory, draft);
  }

  /** Also for a right code that comes again. */
  async verifyEmail(userId: string, codeHash: string): Promise<'verified' | 'wrong' | 'expired'> {
    return this.directory.$transaction(async (tx) => {
      const standing = await lockAccount(tx, userId);
      if (!standing || standing.isDeleted) return 'expired';
      const tried = await tryCode(tx, userId, 'VERIFY_EMAIL', codeHash);
      if (tried.kind !== 'right') return tried.kind;
      if (tried.email !== standing.email) return 'expired';
      if (standing.isVerified) return 'verified';
      await tx.$executeRaw`
        update "user" set email_verified_at = now(), changed_at = now() where user_id = ${userId}::uuid`;
      await tx.outbox.create({ data: outboxRow({ type: 'UserUpdated', userId }) });
      return 'verified';
    });
  }

  /** Whose the token is; null when it was never given out, or another took its place. */
  async ownerOfResetToken(codeHash: string): Promise<string | null> {
    const row = await this.directory.oneTimeCode.findUnique({ where: { codeHash, purpose: 'RESET_PASSWORD' } });
    return row?.userId ?? null;
  }

  /** Replaces the password, ends every session and starts one. The person reads mail at the address, so it is verified. */
  async reset(
    userId: string,
    codeHash: string,
    passwordHash: string,
    device: NewDevice,
    tokenHash: string,
  ): Promise<Reset> {
    return this.directory.$transaction(async (tx) => {
      const standing = await lockAccount(tx, userId);
      if (!standing || standing.isDeleted) return { kind: 'expired' };
      if (standing.isSuspended) return { kind: 'suspended' };
      const tried = await tryCode(tx, userId, 'RESET_PASSWORD', codeHash);
      if (tried.kind !== 'right' || tried.wasUsed || tried.email !== standing.email) return { kind: 'expired' };
      await tx.$executeRaw`
        update "user"
        set password_hash = ${passwordHash}, email_verified_at = coalesce(email_verified_at, now()), changed_at = now()
        where user_id = ${userId}::uuid`;
      if (!standing.isVerified) await tx.outbox.create({ data: outboxRow({ type: 'UserUpdated', userId }) });
      const signedOut = await signOutRows(tx, userId, null);
      return { kind: 'done', device: await startSession(tx, userId, device, tokenHash), signedOut };
    });
  }

  /** False when the password is not `from` any more. Letters that offer to reset it lose their worth. */
  async replacePassword(userId: string, from: string, to: string): Promise<boolean> {
    return this.directory.$transaction(async (tx) => {
      const standing = await lockAccount(tx, userId);
      if (standing?.passwordHash !== from) return false;
      await tx.$executeRaw`update "user" set password_hash = ${to}, changed_at = now() where user_id = ${userId}::uuid`;
      await tx.$executeRaw`
        update one_time_code set expires_at = now() where user_id = ${userId}::uuid and purpose = 'RESET_PASSWORD'`;
      return true;
    });
  }
}
