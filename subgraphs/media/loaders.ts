import DataLoader from 'dataloader';
import { requireViewer, type Caller } from '../../platform/auth/caller.js';
import type { LinkStore } from './link-store.js';
import type { MediaRow } from './rows.js';
import type { Visibility } from './visibility.js';

export type MediaLoaders = ReturnType<typeof mediaLoaders>;

/** What one operation reads, each thing once and many together; null where the caller may not see it. */
export function mediaLoaders(caller: Caller, visibility: Visibility, links: LinkStore) {
  return {
    /** By UUID. The hub reads for many people at once, and checks each of them itself. */
    media: new DataLoader<string, MediaRow | null>(async (ids) =>
      visibility.rows(caller.kind === 'hub' ? null : requireViewer(caller).userId, ids),
    ),
    /** Whether the caller is a member, by the conversation's UUID. */
    isMember: new DataLoader<string, boolean>(async (ids) => {
      const found = await links.membershipsAmong(requireViewer(caller).userId, ids);
      return ids.map((id) => found.has(id));
    }),
  };
}
