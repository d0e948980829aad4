import type { DirectoryClient } from '../../platform/database/port.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import type { Presences } from '../../platform/ephemeral/presence-port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import type { Shards } from '../../platform/shards/shards.js';
import { buildFederatedSchema, type ReferenceResolver } from '../../platform/subgraph/federated-schema.js';
import { limited } from '../../platform/subgraph/limited.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import type { Log } from '../../platform/telemetry/log.js';
import type { Memberships } from '../../schema/memberships.js';
import type { People } from '../../schema/people.js';
import type { PresenceFeed, TypingFeed } from '../../schema/presence.js';
import type { PresenceContext } from './context.js';
import { presenceLoaders } from './loaders.js';
import { OnlineCounts } from './online-count.js';
import { ConversationResolver, PresenceResolver, references, UserResolver } from './resolvers.js';
import { Conversation } from './schema.js';
import { PresenceService } from './service.js';
import { PresenceStore } from './store.js';
import { Streams } from './streams.js';
import { Typing } from './typing.js';
import { Visibility } from './visibility.js';

export interface PresenceDeps {
  directory: DirectoryClient;
  shards: Shards;
  presences: Presences;
  ephemeral: Ephemeral;
  pubsub: PubSub;
  people: People;
  memberships: Memberships;
  limits: Limits;
  log: Log;
  /** Unix ms. */
  now?: () => number;
}

export interface PresenceSubgraph extends Subgraph {
  /** For routers, which know of sockets. */
  presence: PresenceService;
  presenceFeed: PresenceFeed;
  typingFeed: TypingFeed;
  store: PresenceStore;
}

export async function presenceSubgraph(deps: PresenceDeps): Promise<PresenceSubgraph> {
  const { people, memberships } = deps;
  const store = new PresenceStore(deps.directory, deps.shards);
  const presence = new PresenceService({ ...deps, store });
  const visibility = new Visibility(people, memberships);
  const typing = new Typing(deps);
  const counts = new OnlineCounts({ people, memberships, presence, store });
  const presenceFeed: PresenceFeed = {
    visible: (viewerId, userIds) => visibility.visible(viewerId, userIds),
    audiences: (userIds) => visibility.audiences(userIds),
    states: (userIds) => presence.states(userIds),
    recent: (userIds) => presence.recent(userIds),
  };
  const streams = new Streams({ presence: presenceFeed, typing, pubsub: deps.pubsub, log: deps.log });
  const { sdl, schema } = await buildFederatedSchema({
    resolvers: [
      new PresenceResolver(presence, typing),
      new UserResolver(),
      new ConversationResolver(typing, counts, store),
    ],
    orphanedTypes: [Conversation],
    aroundMutation: limited(deps.limits),
    references: references as unknown as Record<string, ReferenceResolver>,
  });
  return {
    name: 'presence',
    sdl,
    schema,
    presence,
    presenceFeed,
    typingFeed: typing,
    store,
    contextFor: (caller): PresenceContext => ({
      caller,
      loaders: presenceLoaders(caller, presenceFeed, memberships),
      streams,
    }),
  };
}
