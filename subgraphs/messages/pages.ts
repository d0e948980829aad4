import { toPublicId } from '../../platform/ids/ids.js';
import type { Connection } from '../../platform/subgraph/graphql-types.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { FeedPage } from '../../schema/feeds.js';
import type { FeedEvent } from '../../schema/live.js';
import type { FeedCursors } from './feed-cursors.js';
import { MessageView, toChange } from './present.js';

export function toMessageConnection({ edges, pageInfo }: Connection<MessageSnapshot>) {
  return { edges: edges.map(({ cursor, node }) => ({ cursor, node: new MessageView(node) })), pageInfo };
}

export function toChanges(page: FeedPage<FeedEvent> & { conversationId: string }, cursors: FeedCursors) {
  const { conversationId, events, version, hasMore } = page;
  return {
    conversationId: toPublicId('conversation', conversationId),
    events: events.map((event) => toChange(event, cursors)),
    cursor: cursors.ofConversation(conversationId, version),
    hasMore,
  };
}
