import { ParleyError, Refused } from '@parley/client';
import { strings } from '../strings';

/** Something that did not work. */
export type Failure = Error;

export const asError = (thrown: unknown): Failure => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** What went wrong, for the person to read. */
export function explain(error: unknown): string {
  if (!(error instanceof ParleyError)) return strings.problems.unknown;
  if (error.code === 'NO_ANSWER') return strings.problems.noAnswer;
  if (error.code === 'INTERNAL') return strings.problems.internal(error.reference);
  return error.message;
}

/** By the name of the input's field; empty where it is about none. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Refused)) return {};
  return Object.fromEntries(
    error.errors.flatMap(({ path, message }) => (path.length > 0 ? [[path.at(-1)!, message]] : [])),
  );
}
