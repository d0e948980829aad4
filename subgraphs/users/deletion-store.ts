import type { DirectoryClient } from '../../platform/database/port.js';
import { lockAccount } from './account-lock.js';
import { signOutRows } from './device-rows.js';
import { outboxRow } from './outbox.js';

/** The device ids that were signed out; 'changed' when the password is not what it was when it was checked. */
export type Deleted = string[] | 'changed';

/** Removes all of a person but the row that others' messages point to, the handle, and the reports they made. */
export async function deleteAccount(
  directory: DirectoryClient,
  userId: string,
  passwordHash: string | null,
  eraseMessages: boolean,
): Promise<Deleted> {
  return directory.$transaction(async (tx) => {
    const standing = await lockAccount(tx, userId);
    if (!standing || standing.isDeleted) return [];
    if (standing.passwordHash !== passwordHash) return 'changed';
    const signedOut = await signOutRows(tx, userId, null);
    await tx.$executeRaw`
      update "user"
      set email = null, email_verified_at = null, password_hash = null, display_name = '', bio = null, role = 'MEMBER',
          last_seen = default, read_receipts = default, typing_indicators = default, direct_messages = default,
          deleted_at = now(), changed_at = now()
      where user_id = ${userId}::uuid`;
    await tx.device.deleteMany({ where: { userId } });
    await tx.oneTimeCode.deleteMany({ where: { userId } });
    await tx.oidcIdentity.deleteMany({ where: { userId } });
    await tx.block.deleteMany({ where: { userId } });
    await tx.mute.deleteMany({ where: { userId } });
    await tx.notificationSettings.deleteMany({ where: { userId } });
    await tx.emailDigest.deleteMany({ where: { userId } });
    await tx.mailedConversation.deleteMany({ where: { userId } });
    await tx.outbox.create({ data: outboxRow({ type: 'UserDeleted', userId, eraseMessages }) });
    return signedOut;
  });
}
