import { z } from 'zod';
import { events, type EventOf, type EventType } from '../../schema/events.js';
import type { StoredRecord } from '../event-log/port.js';

export type Reading<Type extends EventType> =
  | { kind: 'event'; event: EventOf<Type> }
  /** Of a type that the worker does not ask for. */
  | { kind: 'other' }
  /** No later try will read it, unless a newer version of this code does. */
  | { kind: 'unreadable'; error: Error };

/** Validates an event on the way in. */
export function readEvent<Type extends EventType>(
  { value }: Pick<StoredRecord, 'value'>,
  asked: ReadonlySet<string>,
): Reading<Type> {
  let content: { type?: unknown; version?: unknown } | null;
  try {
    content = JSON.parse(value) as typeof content;
  } catch (error) {
    return unreadable('not JSON', error);
  }
  const type = content?.type;
  if (typeof type !== 'string' || !Object.hasOwn(events, type))
    return unreadable(`no event of a type that is known here: ${JSON.stringify(type) ?? 'it names none'}`);
  if (!asked.has(type)) return { kind: 'other' };
  const result = events[type as EventType].safeParse(content);
  if (result.success) return { kind: 'event', event: result.data as EventOf<Type> };
  const version = JSON.stringify(content?.version) ?? 'none';
  return unreadable(`not a ${type} as it is known here (version ${version}): ${z.prettifyError(result.error)}`);
}

function unreadable(reason: string, cause?: unknown): { kind: 'unreadable'; error: Error } {
  return { kind: 'unreadable', error: new Error(`The event cannot be read: ${reason}`, { cause }) };
}
