import { randomUUID } from 'node:crypto';
import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import type { EventLog, LogRecord } from '../../platform/event-log/port.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { traceparent } from '../../platform/telemetry/tracing.js';
import { topicOf, type EventOf } from '../../schema/events.js';
import type { Standing, WatermarkStore } from './watermark-store.js';

const MAX_RECEIPTS = 100;

export interface ReceiptDraft {
  /** Public id. */
  conversationId: string;
  deliveredSeq?: number | null;
  readSeq?: number | null;
}
interface Marks {
  delivered: number;
  read: number;
}
type ReceiptEvent = EventOf<'MessageDelivered' | 'MessageRead'>;

/** What devices acknowledge. Checked here, and put into the log; the receipts worker stores it. */
export class Receipts {
  constructor(
    private readonly store: Pick<WatermarkStore, 'standings'>,
    private readonly eventLog: Pick<EventLog, 'append'>,
  ) {}

  /**
   * Resolves once the receipts are durable, with what is wrong with some of them; the others count all the same. A seq past
   * the newest message counts as that message's: what is sent later has not been seen. One that the person has passed
   * already is done, and says nothing new.
   */
  async update(viewer: Person, drafts: readonly ReceiptDraft[]): Promise<UserFault[]> {
    if (drafts.length > MAX_RECEIPTS)
      throw new UserFault('INVALID_INPUT', ['receipts'], `Give at most ${MAX_RECEIPTS} receipts at once.`);
    const ids = drafts.map((draft) => fromPublicId('conversation', draft.conversationId));
    const standings = await this.store.standings(
      viewer.userId,
      [...new Set(ids)].filter((id) => id !== null),
    );
    const faults: UserFault[] = [];
    const wanted = new Map<string, Marks>();
    for (const [index, draft] of drafts.entries()) {
      const id = ids[index] ?? null;
      const fault = faultOf(draft, index, id !== null && standings.has(id));
      if (fault) faults.push(fault);
      else if (id) wanted.set(id, furthest(wanted.get(id), draft));
    }
    const records = [...wanted].flatMap(([id, marks]) =>
      eventsOf(viewer.userId, id, marks, standings.get(id)!).map(toRecord),
    );
    if (records.length > 0) await this.eventLog.append(records);
    return faults;
  }
}

function faultOf(draft: ReceiptDraft, index: number, isMember: boolean): UserFault | null {
  const path = (field: string) => ['receipts', String(index), field];
  if (draft.deliveredSeq == null && draft.readSeq == null)
    return new UserFault('INVALID_INPUT', path('readSeq'), 'Give deliveredSeq, readSeq or both.');
  for (const field of ['deliveredSeq', 'readSeq'] as const)
    if ((draft[field] ?? 0) < 0) return new UserFault('INVALID_INPUT', path(field), 'Give the seq of a message.');
  return isMember ? null : new UserFault('NOT_A_MEMBER', path('conversationId'), 'You are not in this conversation.');
}

function furthest(before: Marks | undefined, { deliveredSeq, readSeq }: ReceiptDraft): Marks {
  return {
    delivered: Math.max(before?.delivered ?? 0, deliveredSeq ?? 0),
    read: Math.max(before?.read ?? 0, readSeq ?? 0),
  };
}

/** Read is delivered, too. Where fan-out is on read, only what was read is kept. */
function eventsOf(userId: string, conversationId: string, marks: Marks, standing: Standing): ReceiptEvent[] {
  const read = Math.min(marks.read, standing.lastSeq);
  const delivered = Math.min(marks.delivered, standing.lastSeq);
  const receipt = (type: ReceiptEvent['type'], seq: number): ReceiptEvent => ({
    type,
    version: 1,
    id: randomUUID(),
    at: new Date().toISOString(),
    traceparent: traceparent() ?? null,
    userId,
    conversationId,
    seq,
  });
  const events: ReceiptEvent[] = [];
  if (delivered > Math.max(standing.deliveredSeq, read) && !standing.isOnRead)
    events.push(receipt('MessageDelivered', delivered));
  if (read > standing.readSeq) events.push(receipt('MessageRead', read));
  return events;
}

function toRecord(event: ReceiptEvent): LogRecord {
  return { topic: topicOf[event.type], key: event.conversationId, value: JSON.stringify(event) };
}
