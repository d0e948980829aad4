import { Fault } from '../../platform/errors/errors.js';

/** Characters that are searched for at most. */
const LONGEST = 256;

/**
 * What to search for: any text, without what cannot be typed. Throws BAD_USER_INPUT where it is too long, or where nothing is
 * left and nothing else narrows what is asked for.
 */
export function checkQuery(query: string, isNarrowed: boolean): string {
  if (query.length > 4 * LONGEST) throw tooLong();
  const text = query
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  if (text === '' && !isNarrowed) throw new Fault('BAD_USER_INPUT', 'The query is empty. Say what to search for.');
  if ([...text].length > LONGEST) throw tooLong();
  return text;
}

function tooLong(): Fault {
  return new Fault('BAD_USER_INPUT', `A query has at most ${LONGEST} characters. Search for a few words of it.`);
}

export function checkFirst(first: number): void {
  if (first < 1 || first > 100) throw new Fault('BAD_USER_INPUT', 'first is 1 to 100.');
}
