import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import { events, topicOf, type EventOf } from '../../schema/events.js';

type UserEvent = EventOf<'UserSignedUp' | 'UserUpdated' | 'DeviceSignedOut'>;
type Told<Event> = Event extends UserEvent ? Omit<Event, 'version' | 'id' | 'at' | 'traceparent'> : never;

/** The outbox row of an event about one person. */
export function outboxRow(told: Told<UserEvent>): { topic: string; key: string; payload: string } {
  const event = {
    ...told,
    version: 1,
    id: newUuid(bucketOf(told.userId)),
    at: new Date().toISOString(),
    traceparent: null,
  };
  return { topic: topicOf[told.type], key: told.userId, payload: JSON.stringify(events[told.type].parse(event)) };
}
