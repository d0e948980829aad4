import type { Prisma } from '../../prisma/directory/client/client.js';

/** What decides whether somebody may sign in, as it is while the row is locked. */
export interface Standing {
  email: string | null;
  passwordHash: string | null;
  role: string;
  isVerified: boolean;
  isSuspended: boolean;
  isDeleted: boolean;
  /** Of a bot. */
  ownerId: string | null;
}

/**
 * Locks an account's row. Whatever changes credentials, standing or blocks takes this lock before any other, and whoever
 * signs in shares it: so no session begins on a password that is being replaced, or in an account that is being suspended.
 */
export async function lockAccount(tx: Prisma.TransactionClient, userId: string): Promise<Standing | null> {
  const [standing] = await tx.$queryRaw<Standing[]>`
    select email, password_hash as "passwordHash", role, email_verified_at is not null as "isVerified",
           suspended_at is not null as "isSuspended", deleted_at is not null as "isDeleted",
           owner_id as "ownerId"
    from "user" where user_id = ${userId}::uuid for no key update`;
  return standing ?? null;
}

/** As lockAccount, side by side with others who only sign in. */
export async function shareAccount(tx: Prisma.TransactionClient, userId: string): Promise<Standing | null> {
  const [standing] = await tx.$queryRaw<Standing[]>`
    select email, password_hash as "passwordHash", role, email_verified_at is not null as "isVerified",
           suspended_at is not null as "isSuspended", deleted_at is not null as "isDeleted",
           owner_id as "ownerId"
    from "user" where user_id = ${userId}::uuid for share`;
  return standing ?? null;
}
