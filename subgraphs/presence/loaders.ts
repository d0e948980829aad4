import DataLoader from 'dataloader';
import { requireViewer, type Caller } from '../../platform/auth/caller.js';
import type { Memberships } from '../../schema/memberships.js';
import type { PersonState, PresenceFeed } from '../../schema/presence.js';

export type PresenceLoaders = ReturnType<typeof presenceLoaders>;

/** What one operation reads, each thing once and many together. */
export function presenceLoaders(caller: Caller, feed: PresenceFeed, memberships: Memberships) {
  return {
    /** By UUID; null where it is hidden from the caller, or cannot be told yet. */
    presence: new DataLoader<string, PersonState | null>(async (userIds) => {
      const visible = [...(await feed.visible(requireViewer(caller).userId, userIds))];
      const states = visible.length > 0 ? await feed.states(visible) : new Map<string, PersonState | null>();
      return userIds.map((userId) => states.get(userId) ?? null);
    }),
    /** Whether the caller is a member, by the conversation's UUID. */
    isMember: new DataLoader<string, boolean>((conversationIds) =>
      Promise.all(conversationIds.map((id) => memberships.isMember(id, requireViewer(caller).userId))),
    ),
  };
}
