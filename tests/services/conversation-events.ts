import { topics, type EventOf } from '../../schema/events.js';
import type { LogRecord } from '../../platform/event-log/port.js';
import { newUuid } from '../../platform/ids/ids.js';

/** Events of one conversation, with these versions, as the relay appends them. */
export function conversationEvents(conversationId: string, from: number, to: number): LogRecord[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const event: EventOf<'ConversationCreated'> = {
      type: 'ConversationCreated',
      version: 1,
      id: newUuid(0),
      at: new Date().toISOString(),
      traceparent: null,
      conversationId,
      conversationVersion: from + i,
      kind: 'GROUP',
      createdBy: newUuid(0),
    };
    return { topic: topics.conversation, key: conversationId, value: JSON.stringify(event) };
  });
}
