import { UserFault } from '../../platform/errors/errors.js';
import type { People } from '../../schema/people.js';
import { checkCount } from './checks.js';

/** Each of them once. Throws NOT_FOUND unless all exist. */
export async function requirePeople(people: People, ids: (string | null)[], path: string[]): Promise<string[]> {
  checkCount(ids, path);
  const wanted = new Set(ids.filter((id) => id !== null));
  const known = await people.known([...wanted]);
  if (ids.includes(null) || known.size < wanted.size)
    throw new UserFault('NOT_FOUND', path, 'There is no such person.');
  return [...wanted];
}
