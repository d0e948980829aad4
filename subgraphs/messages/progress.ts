import type { MessageSnapshot } from '../../schema/events.js';
import type { ConversationMarks, MemberMarks } from './watermark-store.js';

/** A conversation's marks, and what privacy hides of them from the viewer. */
export interface VisibleMarks extends ConversationMarks {
  viewerId: string;
  /** Those whose reading the viewer does not see: who hides it, or everybody else where the viewer hides theirs. */
  hiding: ReadonlySet<string>;
}

export interface Receipt {
  userId: string;
  hasReceived: boolean;
  hasRead: boolean;
}
export type Status = 'SENT' | 'DELIVERED' | 'READ' | 'FAILED';

type Sent = Pick<MessageSnapshot, 'seq' | 'senderId' | 'createdAt' | 'failedAt'>;

/**
 * Who has received and read a message: the other current members that were there when it was sent, by user id. For its
 * sender only; empty for everybody else, and where the conversation fans out on read.
 */
export function receiptsOf(message: Sent, marks: VisibleMarks | null): Receipt[] {
  if (!marks || marks.isOnRead || message.senderId !== marks.viewerId) return [];
  return [...marks.members.values()]
    .filter((member) => member.userId !== message.senderId && wasThere(member, message))
    .sort((a, b) => (a.userId < b.userId ? -1 : 1))
    .map((member) => ({
      userId: member.userId,
      hasReceived: (deliveredSeqOf(member, marks) ?? 0) >= message.seq,
      hasRead: (readSeqOf(member, marks) ?? 0) >= message.seq,
    }));
}

/** The furthest that every recipient has reached. Others than the sender always see SENT. */
export function statusOf(message: Sent, receipts: readonly Receipt[]): Status {
  if (message.failedAt !== undefined) return 'FAILED';
  if (receipts.length === 0 || !receipts.every((receipt) => receipt.hasReceived)) return 'SENT';
  return receipts.every((receipt) => receipt.hasRead) ? 'READ' : 'DELIVERED';
}

/** Null where the viewer may not know it. People know their own. */
export function deliveredSeqOf(member: MemberMarks, marks: VisibleMarks): number | null {
  if (marks.isOnRead || (marks.isBlocked && member.userId !== marks.viewerId)) return null;
  return member.deliveredSeq;
}

/** Null where the viewer may not know it. People know their own. */
export function readSeqOf(member: MemberMarks, marks: VisibleMarks): number | null {
  if (member.userId === marks.viewerId) return member.readSeq;
  return marks.isOnRead || marks.isBlocked || marks.hiding.has(member.userId) ? null : member.readSeq;
}

/** Who joined later may read it where history is open to newcomers, but was not sent it. */
function wasThere(member: MemberMarks, { seq, createdAt }: Sent): boolean {
  return member.spans.some(
    ({ fromSeq, toSeq }) =>
      fromSeq <= seq && (toSeq === null ? member.joinedAt.getTime() <= Date.parse(createdAt) : seq <= toSeq),
  );
}
