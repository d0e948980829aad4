import type { Prisma } from '../../prisma/directory/client/client.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import { lockAccount } from './account-lock.js';
import { signOutRows } from './device-rows.js';
import { outboxRow } from './outbox.js';

/** Devices of one account that were signed out. */
export interface SignedOutOf {
  userId: string;
  deviceIds: string[];
}

/** The accounts that are gone, the person's bots among them; 'changed' when the password is not what it was when it was checked. */
export type Deleted = SignedOutOf[] | 'changed';

/** Removes a person and their bots; see removeAccount. */
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
    const removed = [await removeAccount(tx, userId, eraseMessages)];
    for (const bot of await lockBots(tx, userId)) removed.push(await removeAccount(tx, bot, eraseMessages));
    return removed;
  });
}

/** Revokes the keys of all bots of a person whose row is locked; returns them. */
export async function stopBots(tx: Prisma.TransactionClient, ownerId: string): Promise<string[]> {
  const stopped: string[] = [];
  for (const bot of await lockBots(tx, ownerId)) stopped.push(...(await signOutRows(tx, bot, null)));
  return stopped;
}

/** All of an account, whose row is locked, but the row that others' messages point to, the handle, and the reports they made. */
export async function removeAccount(
  tx: Prisma.TransactionClient,
  userId: string,
  eraseMessages: boolean,
): Promise<SignedOutOf> {
  const deviceIds = await signOutRows(tx, userId, null);
  await tx.$executeRaw`
    update "user"
    set email = null, email_verified_at = null, password_hash = null, display_name = '', bio = null,
        avatar_media_id = null, role = 'MEMBER',
        last_seen = default, read_receipts = default, typing_indicators = default, direct_messages = default,
        deleted_at = now(), changed_at = now()
    where user_id = ${userId}::uuid`;
  await tx.device.deleteMany({ where: { userId } });
  await tx.webhook.deleteMany({ where: { userId } });
  await tx.oneTimeCode.deleteMany({ where: { userId } });
  await tx.oidcIdentity.deleteMany({ where: { userId } });
  await tx.block.deleteMany({ where: { userId } });
  await tx.mute.deleteMany({ where: { userId } });
  await tx.notificationSettings.deleteMany({ where: { userId } });
  await tx.emailDigest.deleteMany({ where: { userId } });
  await tx.mailedConversation.deleteMany({ where: { userId } });
  await tx.outbox.create({ data: outboxRow({ type: 'UserDeleted', userId, eraseMessages }) });
  return { userId, deviceIds };
}

async function lockBots(tx: Prisma.TransactionClient, ownerId: string): Promise<string[]> {
  const bots = await tx.$queryRaw<{ userId: string }[]>`
    select user_id as "userId" from "user"
    where owner_id = ${ownerId}::uuid and deleted_at is null order by user_id for no key update`;
  return bots.map(({ userId }) => userId);
}
