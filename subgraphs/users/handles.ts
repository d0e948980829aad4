import type { DirectoryClient } from '../../platform/database/port.js';

/** For how long nobody else gets the handle of a deleted account: so nobody passes for the person who just left. */
const HANDLE_KEPT = '90 days';

/** Handles that begin so belong to nobody: deleted accounts are shown under them. */
export const DELETED_PREFIX = 'deleted_';

/** What a deleted account is called. As unique as its id, whose last 62 bits are random. */
export function handleOfDeleted(userId: string): string {
  return DELETED_PREFIX + userId.replaceAll('-', '').slice(-16);
}

/** Takes the handle from an account that was deleted long enough ago; whether there was one. */
export async function freeHandle(directory: DirectoryClient, handle: string): Promise<boolean> {
  const freed = await directory.$executeRaw`
    update "user" set handle = ${DELETED_PREFIX} || right(replace(user_id::text, '-', ''), 16)
    where handle = ${handle} and deleted_at < now() - ${HANDLE_KEPT}::interval`;
  return freed > 0;
}
