import type { InboxItem, InboxStore, ListName } from './inbox-store.js';

/** The conversation list, as there is to show. */
export interface InboxView {
  /** Pinned first, then by last activity. The same object for the same state of a row. */
  items: readonly InboxItem[];
  /** Whether there are more to load. */
  hasMore: boolean;
  /** Empty until they are loaded once. */
  archived: readonly InboxItem[];
  hasMoreArchived: boolean;
  /** Unread messages over what is loaded and neither muted nor archived. */
  unreadCount: number;
  /** False until the list has been read once, from the server or from storage. */
  isLoaded: boolean;
  /** Whether all that happened before this moment is in it, as far as is known. */
  isLive: boolean;
}

export function viewOfInbox(store: InboxStore, isLive: boolean): InboxView {
  const items = rowsOf(store, 'active');
  return {
    items,
    hasMore: hasMore(store, 'active'),
    archived: rowsOf(store, 'archived'),
    hasMoreArchived: hasMore(store, 'archived'),
    unreadCount: items.reduce((sum, { isMuted, unreadCount }) => sum + (isMuted ? 0 : unreadCount), 0),
    isLoaded: store.extents.active !== null,
    isLive,
  };
}

function rowsOf(store: InboxStore, list: ListName): InboxItem[] {
  const extent = store.extents[list];
  // What lies beyond the pages that were read is not shown before its neighbours are known.
  const end = extent?.after != null ? extent.lastActivityAt : null;
  return [...store.rows.values()]
    .map(({ item }) => item)
    .filter(({ archivedAt }) => (archivedAt !== null) === (list === 'archived'))
    .filter(({ pinnedAt, lastActivityAt }) => end === null || pinnedAt !== null || lastActivityAt >= end)
    .sort(byPlace);
}

const hasMore = ({ extents }: InboxStore, list: ListName): boolean => {
  const extent = extents[list];
  return list === 'archived' && extent === null ? true : extent?.after != null;
};

function byPlace(a: InboxItem, b: InboxItem): number {
  if ((a.pinnedAt === null) !== (b.pinnedAt === null)) return a.pinnedAt === null ? 1 : -1;
  if (a.lastActivityAt !== b.lastActivityAt) return a.lastActivityAt > b.lastActivityAt ? -1 : 1;
  return a.conversationId > b.conversationId ? -1 : 1;
}
