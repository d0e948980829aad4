import type { Member } from './members.js';
import type { Message } from './message.js';

/** How far a message of the signed-in person has come; of others always SENT. */
export type Progress = 'SENT' | 'DELIVERED' | 'READ' | 'FAILED';

/**
 * As the server reckons Message.status: the furthest that every other member has reached who was there when it was sent.
 * Never behind what the server has said.
 */
export function progressOf(members: readonly Member[], viewerId: string): (message: Message) => Progress {
  const others = members.filter(({ userId }) => userId !== viewerId);
  const readByAll = least(others, 'readSeq');
  return (message) => {
    if (message.senderId !== viewerId) return 'SENT';
    if (message.status === 'FAILED') return 'FAILED';
    if (message.status === 'READ' || others.length === 0) return told(message);
    if (message.seq <= readByAll) return 'READ';
    const there = others.filter(({ joinedAt }) => joinedAt <= message.createdAt);
    if (there.length > 0 && message.seq <= least(there, 'readSeq')) return 'READ';
    if (there.length > 0 && message.seq <= least(there, 'deliveredSeq')) return 'DELIVERED';
    return told(message);
  };
}

const told = ({ status }: Message): Progress => (status === 'READ' || status === 'DELIVERED' ? status : 'SENT');

const least = (members: readonly Member[], mark: 'deliveredSeq' | 'readSeq'): number =>
  members.length === 0 ? 0 : Math.min(...members.map((member) => member[mark] ?? 0));
