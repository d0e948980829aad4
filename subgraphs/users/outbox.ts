import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import { traceparent } from '../../platform/telemetry/tracing.js';
import { events, topicOf, type EventOf } from '../../schema/events.js';

type Told<Event> = Event extends unknown ? Omit<Event, 'version' | 'id' | 'at' | 'traceparent'> : never;
type UserEvent = EventOf<
  'UserSignedUp' | 'UserUpdated' | 'UserBlocked' | 'UserUnblocked' | 'UserDeleted' | 'DeviceSignedOut'
>;
type ToldByUsers = Told<UserEvent> | Told<EventOf<'ReportResolved'>>;

/** The outbox row of an event about one person, or about one report. */
export function outboxRow(told: ToldByUsers): { topic: string; key: string; payload: string } {
  const key = told.type === 'ReportResolved' ? told.reportId : told.userId;
  const event = {
    ...told,
    version: 1,
    id: newUuid(bucketOf(key)),
    at: new Date().toISOString(),
    traceparent: traceparent() ?? null,
  };
  return { topic: topicOf[told.type], key, payload: JSON.stringify(events[told.type].parse(event)) };
}
