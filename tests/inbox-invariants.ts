import type { Device } from './client.js';
import { insist, same } from './insist.js';

interface InboxItem {
  conversationId: string;
  unreadCount: number;
  lastMessage: { id: string; seq: number } | null;
}
const itemFields = 'conversationId unreadCount lastMessage { id seq }';

export async function inboxOf(
  viewer: Device,
): Promise<{ items: Map<string, InboxItem>; unreadCount: number; cursor: string }> {
  const { viewer: me } = await viewer.query<{
    viewer: { inbox: { edges: { node: InboxItem }[] }; unreadCount: number; inboxCursor: string };
  }>(`{ viewer { inbox(first: 100) { edges { node { ${itemFields} } } } unreadCount inboxCursor } }`);
  return {
    items: new Map(me.inbox.edges.map(({ node }) => [node.conversationId, node])),
    unreadCount: me.unreadCount,
    cursor: me.inboxCursor,
  };
}

/** 4, for an inbox: on the list at a past cursor, the changes after it make the list of now. */
export async function completeInboxCursor(
  viewer: Device,
  held: { items: Map<string, InboxItem>; cursor: string },
): Promise<void> {
  const fresh = await inboxOf(viewer);
  const items = new Map(held.items);
  for (let after = held.cursor; ;) {
    const { viewer: me } = await viewer.query<{
      viewer: {
        inboxChanges: { items: InboxItem[]; removedConversationIds: string[]; cursor: string; hasMore: boolean };
      };
    }>(
      `query ($after: String!) { viewer { inboxChanges(after: $after, first: 2) { items { ${itemFields} } removedConversationIds cursor hasMore } } }`,
      { after },
    );
    for (const item of me.inboxChanges.items) items.set(item.conversationId, item);
    for (const id of me.inboxChanges.removedConversationIds) items.delete(id);
    if (!me.inboxChanges.hasMore) break;
    after = me.inboxChanges.cursor;
  }
  const sorted = (map: Map<string, InboxItem>) =>
    [...map.values()].sort((a, b) => (a.conversationId < b.conversationId ? -1 : 1));
  insist(
    same(sorted(items), sorted(fresh.items)),
    'The inbox at a past cursor + changes differs from the inbox of now:',
    sorted(items),
    sorted(fresh.items),
  );
}
