import type { Device } from './client.js';
import type { ConversationEvent } from './following.js';

export interface Marks {
  deliveredSeq: number | null;
  readSeq: number | null;
}

/** What a device tells the server when messages have reached it, or were read on it. */
export function acknowledge(
  device: Device,
  conversationId: string,
  marks: { deliveredSeq?: number; readSeq?: number },
): Promise<unknown> {
  return device.mutate(
    'mutation ($input: UpdateReceiptsInput!) { updateReceipts(input: $input) { errors { code path message } } }',
    { input: { receipts: [{ conversationId, ...marks }] } },
  );
}

/** Status, deliveredCount and readCount of a message, as its sender sees them. */
export async function progressOf(sender: Device, messageId: string): Promise<[string, number, number]> {
  const { message } = await sender.query<{
    message: { status: string; deliveredCount: number; readCount: number };
  }>('query ($id: ID!) { message(id: $id) { status deliveredCount readCount } }', { id: messageId });
  return [message.status, message.deliveredCount, message.readCount];
}

/** By member: how far they have got, as the viewer may see it. */
export async function marksOf(viewer: Device, conversationId: string): Promise<Map<string, Marks>> {
  const { conversation } = await viewer.query<{
    conversation: { members: { edges: { node: { userId: string } & Marks }[] } };
  }>(
    'query ($id: ID!) { conversation(id: $id) { members(first: 100) { edges { node { userId deliveredSeq readSeq } } } } }',
    { id: conversationId },
  );
  return new Map(
    conversation.members.edges.map(({ node: { userId, deliveredSeq, readSeq } }) => [
      userId,
      { deliveredSeq, readSeq },
    ]),
  );
}

/**
 * The marks that a client holds after these events, on top of what it held before. Who sends a message has received and
 * read what is before it: the message alone tells so.
 */
export function applyMarks(held: ReadonlyMap<string, Marks>, events: readonly ConversationEvent[]): Map<string, Marks> {
  const marks = new Map(held);
  for (const { message, watermarks } of events) {
    for (const { userId, deliveredSeq, readSeq } of watermarks ?? []) marks.set(userId, { deliveredSeq, readSeq });
    const before = message && marks.get(message.senderId);
    if (before)
      marks.set(message.senderId, {
        deliveredSeq: before.deliveredSeq === null ? null : Math.max(before.deliveredSeq, message.seq),
        readSeq: before.readSeq === null ? null : Math.max(before.readSeq, message.seq),
      });
  }
  return marks;
}
