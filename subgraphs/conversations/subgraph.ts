import type { Cursors } from '../../platform/cursors/cursors.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import { buildFederatedSchema, type ReferenceResolver } from '../../platform/subgraph/federated-schema.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import type { InboxFeed } from '../../schema/feeds.js';
import type { ConversationsContext } from './context.js';
import { StoredInboxFeed } from './inbox-feed.js';
import { InboxItemResolver, ViewerResolver } from './inbox-resolvers.js';
import { InboxStore } from './inbox-store.js';
import { conversationsLoaders } from './loaders.js';
import { ConversationResolver, references } from './resolvers.js';
import { Conversations } from './service.js';
import { ConversationStore } from './store.js';

export interface ConversationsDeps {
  shards: Shards;
  pubsub: PubSub;
  cursors: Cursors;
  /** Those of the given users (UUIDs) that exist. */
  knownUsers: (userIds: string[]) => Promise<Set<string>>;
}

export async function conversationsSubgraph(deps: ConversationsDeps): Promise<Subgraph & { inboxFeed: InboxFeed }> {
  const store = new ConversationStore(deps.shards);
  const inboxes = new InboxStore(deps.shards);
  const inboxFeed = new StoredInboxFeed(inboxes, deps.cursors);
  const conversations = new Conversations(store, deps.pubsub, deps.knownUsers);
  const { sdl, schema } = await buildFederatedSchema({
    resolvers: [
      new ConversationResolver(conversations, deps.cursors),
      new InboxItemResolver(),
      new ViewerResolver(inboxes, inboxFeed, deps.cursors),
    ],
    references: references as unknown as Record<string, ReferenceResolver>,
  });
  return {
    name: 'conversations',
    sdl,
    schema,
    inboxFeed,
    contextFor: (caller): ConversationsContext => ({
      caller,
      loaders: conversationsLoaders(deps.shards, store, inboxes),
    }),
  };
}
