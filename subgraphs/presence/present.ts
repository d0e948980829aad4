import { toPublicId } from '../../platform/ids/ids.js';
import type { PersonState, StateEvent } from '../../schema/presence.js';
import type { Presence, PresenceChange, PresenceStatus, TypingChange, User } from './schema.js';

/** Sources of resolvers carry the UUID beside the public id. */
export interface UserSource extends User {
  uuid: string;
}

export function toUser(uuid: string): UserSource {
  return { id: toPublicId('user', uuid), uuid };
}

export function toPresence(state: Pick<PersonState, 'status' | 'lastSeenAt'> | null): Presence | null {
  if (!state) return null;
  const { status, lastSeenAt } = state;
  return { status: status as PresenceStatus, lastSeenAt: lastSeenAt === null ? null : new Date(lastSeenAt) };
}

export function toPresenceChange(event: StateEvent): PresenceChange {
  if (event.type !== 'presence') throw new Error(`presenceChanged was executed on ${event.type}`);
  const user = toUser(event.userId);
  return { userId: user.id, user, presence: toPresence(event.presence) };
}

export function toTypingChange(event: StateEvent): TypingChange {
  if (event.type !== 'typing') throw new Error(`typingChanged was executed on ${event.type}`);
  const users = event.userIds.map(toUser);
  return {
    conversationId: toPublicId('conversation', event.conversationId),
    userIds: users.map(({ id }) => id),
    users,
  };
}
