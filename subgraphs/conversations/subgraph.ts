import type { Avatars } from '../../platform/avatars/avatars.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import type { Shards } from '../../platform/shards/shards.js';
import { buildFederatedSchema, type ReferenceResolver } from '../../platform/subgraph/federated-schema.js';
import { limited } from '../../platform/subgraph/limited.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import type { InboxFeed } from '../../schema/feeds.js';
import type { Memberships } from '../../schema/memberships.js';
import type { People } from '../../schema/people.js';
import { isPublicChannel } from './access.js';
import { ChangeStore } from './change-store.js';
import type { ConversationsContext } from './context.js';
import { StoredInboxFeed } from './inbox-feed.js';
import { InboxItemResolver, ViewerResolver } from './inbox-resolvers.js';
import { InboxStore } from './inbox-store.js';
import { Inboxes } from './inbox.js';
import { ConversationInvitesResolver, InviteResolver } from './invite-resolvers.js';
import { InviteStore } from './invite-store.js';
import { Invites } from './invites.js';
import { conversationsLoaders } from './loaders.js';
import { MembershipResolver } from './membership-resolvers.js';
import { Membership } from './membership.js';
import { StoredMemberships } from './memberships.js';
import { relayPoke } from './relay-poke.js';
import { ConversationResolver, references } from './resolvers.js';
import { Conversations } from './service.js';
import { ConversationStore } from './store.js';

export interface ConversationsDeps {
  shards: Shards;
  pubsub: PubSub;
  cursors: Cursors;
  people: People;
  avatars: Avatars;
  /** Where people open the invite with this code. */
  inviteUrl: (code: string) => string;
  /** Without them nothing is limited. */
  limits?: Limits;
}

export interface ConversationsSubgraph extends Subgraph {
  inboxFeed: InboxFeed;
  memberships: Memberships;
  /** How a conversation's title and description read now, for a moderator. Null when that person may not see it. UUIDs. */
  excerptOf(conversationId: string, viewerUserId: string): Promise<string | null>;
}

export async function conversationsSubgraph(deps: ConversationsDeps): Promise<ConversationsSubgraph> {
  const { shards, cursors, people, inviteUrl } = deps;
  const store = new ConversationStore(shards);
  const changes = new ChangeStore(shards);
  const inboxStore = new InboxStore(shards);
  const inviteStore = new InviteStore(shards);
  const pokeRelay = relayPoke(shards, deps.pubsub);
  const inboxFeed = new StoredInboxFeed(inboxStore, cursors);
  const inboxes = new Inboxes(inboxStore, store, pokeRelay);
  const memberships = new StoredMemberships(store);
  const { sdl, schema } = await buildFederatedSchema({
    resolvers: [
      new ConversationResolver(
        new Conversations(store, changes, people, deps.avatars, pokeRelay),
        cursors,
        deps.avatars,
      ),
      new MembershipResolver(new Membership(store, changes, people, pokeRelay)),
      new InviteResolver(new Invites(inviteStore, people, pokeRelay), inviteUrl),
      new ConversationInvitesResolver(cursors, inviteUrl),
      new InboxItemResolver(inboxes),
      new ViewerResolver(inboxes, inboxStore, inboxFeed, cursors),
    ],
    references: references as unknown as Record<string, ReferenceResolver>,
    aroundMutation: deps.limits && limited(deps.limits),
  });
  return {
    name: 'conversations',
    sdl,
    schema,
    inboxFeed,
    memberships,
    excerptOf: async (conversationId, viewerUserId) => {
      const row = (await shards.on(conversationId, (shard) => store.byIds(shard, [conversationId]))).get(
        conversationId,
      );
      const mayRead = row && (isPublicChannel(row) || (await memberships.isMember(conversationId, viewerUserId)));
      return mayRead ? [row.title, row.description].filter(Boolean).join('\n') : null;
    },
    contextFor: (caller): ConversationsContext => ({
      caller,
      loaders: conversationsLoaders(shards, store, inboxStore, inviteStore),
    }),
  };
}
