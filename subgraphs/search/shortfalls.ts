import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { Fault } from '../../platform/errors/errors.js';
import type { SearchContext } from './context.js';

/** Tells beside what was found that a part of the data cannot be reached, and so was not searched. */
export function tellShortfall(
  { isPartial }: { isPartial: boolean },
  { shortfalls }: SearchContext,
  { path: { key } }: GraphQLResolveInfo,
): void {
  if (!isPartial) return;
  const fault = new Fault('UNAVAILABLE', 'Some conversations cannot be searched right now. Try again.');
  shortfalls.push(new GraphQLError(fault.message, { path: [key], originalError: fault }));
}
