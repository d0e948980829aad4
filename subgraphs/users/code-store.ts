import { timingSafeEqual } from 'node:crypto';
import type { Prisma } from '../../prisma/directory/client/client.js';
import type { DirectoryClient } from '../../platform/database/port.js';
import { ATTEMPTS, LETTERS_AN_HOUR, lifeOf, type CodePurpose } from './one-time-codes.js';

export interface CodeDraft {
  userId: string;
  purpose: CodePurpose;
  codeHash: string;
  /** Where it is mailed: all that it proves is that the person reads mail there. */
  email: string;
}

/** The first code of a new account. */
export function newCode(draft: CodeDraft) {
  return { ...draft, expiresAt: new Date(Date.now() + lifeOf[draft.purpose] * 1000) };
}

/** Null when the code may be mailed, which ends the one before it; else when the next one may. */
export async function issueCode(directory: DirectoryClient, draft: CodeDraft): Promise<Date | null> {
  const { userId, purpose, email } = draft;
  const issued = await directory.$executeRaw`
    insert into one_time_code as c (user_id, purpose, code_hash, email, expires_at)
    values (${userId}::uuid, ${purpose}, ${draft.codeHash}, ${email}, now() + make_interval(secs => ${lifeOf[purpose]}))
    on conflict (user_id, purpose) do update
    set code_hash = excluded.code_hash, email = excluded.email, expires_at = excluded.expires_at, attempts = 0,
        used_at = null,
        letters = case when c.mailed_since < now() - interval '1 hour' then 1 else c.letters + 1 end,
        mailed_since = case when c.mailed_since < now() - interval '1 hour' then now() else c.mailed_since end
    where c.letters < ${LETTERS_AN_HOUR} or c.mailed_since < now() - interval '1 hour'`;
  if (issued > 0) return null;
  const row = await directory.oneTimeCode.findUnique({ where: { userId_purpose: { userId, purpose } } });
  return new Date((row?.mailedSince.getTime() ?? Date.now()) + 3_600_000);
}

/** `email`: where the code was mailed. */
export type Tried = { kind: 'right'; email: string; wasUsed: boolean } | { kind: 'wrong' } | { kind: 'expired' };

/** Counts an attempt at the person's living code and uses the code up when it is right. The caller holds the account. */
export async function tryCode(
  tx: Prisma.TransactionClient,
  userId: string,
  purpose: CodePurpose,
  given: string,
): Promise<Tried> {
  const [row] = await tx.$queryRaw<{ codeHash: string; email: string; wasUsed: boolean }[]>`
    update one_time_code set attempts = attempts + 1
    where user_id = ${userId}::uuid and purpose = ${purpose} and expires_at > now() and attempts < ${ATTEMPTS}
    returning code_hash as "codeHash", email, used_at is not null as "wasUsed"`;
  if (!row) return { kind: 'expired' };
  if (!timingSafeEqual(Buffer.from(row.codeHash), Buffer.from(given))) return { kind: 'wrong' };
  await tx.$executeRaw`
    update one_time_code set used_at = coalesce(used_at, now()), attempts = attempts - 1
    where user_id = ${userId}::uuid and purpose = ${purpose}`;
  return { kind: 'right', email: row.email, wasUsed: row.wasUsed };
}
