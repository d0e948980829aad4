import { z } from 'zod';
import { events, type EventOf, type EventType } from '../../schema/events.js';
import type { StoredRecord } from '../event-log/port.js';

export type Reading<Type extends EventType> =
  | { kind: 'event'; event: EventOf<Type> }
  /** Of a type that the worker does not ask for. */
  | { kind: 'other' }
  /** No later try will read it, unless a newer version of this code does. */
  | { kind: 'unreadable'; error: Error };

/** What a record says, as far as somebody has asked: groups of one process may share records, and each is read once. */
interface Content {
  type: EventType;
  json: unknown;
  event?: z.ZodSafeParseResult<EventOf<EventType>>;
}

const contents = new WeakMap<Pick<StoredRecord, 'value'>, Content>();

/** Validates an event on the way in. It is handed to other workers as well: nobody may change it. */
export function readEvent<Type extends EventType>(
  record: Pick<StoredRecord, 'value'>,
  asked: ReadonlySet<string>,
): Reading<Type> {
  let content = contents.get(record);
  if (!content) {
    let json: { type?: unknown } | null;
    try {
      json = JSON.parse(record.value) as typeof json;
    } catch (error) {
      return unreadable('not JSON', error);
    }
    const type = json?.type;
    if (typeof type !== 'string' || !Object.hasOwn(events, type))
      return unreadable(`no event of a type that is known here: ${JSON.stringify(type) ?? 'it names none'}`);
    contents.set(record, (content = { type: type as EventType, json }));
  }
  const { type, json } = content;
  if (!asked.has(type)) return { kind: 'other' };
  content.event ??= events[type].safeParse(json);
  if (content.event.success) return { kind: 'event', event: content.event.data as EventOf<Type> };
  const version = JSON.stringify((json as { version?: unknown }).version) ?? 'none';
  return unreadable(`not a ${type} as it is known here (version ${version}): ${z.prettifyError(content.event.error)}`);
}

function unreadable(reason: string, cause?: unknown): { kind: 'unreadable'; error: Error } {
  return { kind: 'unreadable', error: new Error(`The event cannot be read: ${reason}`, { cause }) };
}
