import type { Registry } from 'prom-client';
import { Avatars } from '../platform/avatars/avatars.js';
import type { Config } from '../platform/config/config.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import type { Log } from '../platform/telemetry/log.js';
import * as internal from '../schema/internal.js';
import type { People } from '../schema/people.js';
import type { Reportables } from '../schema/reportables.js';
import type { Adapters } from './adapters.js';
import type { Opened } from './opened.js';
import type { Peers } from './peers.js';
import type { SubgraphName } from './processes.js';

export interface SubgraphProcess {
  config: Config;
  adapters: Adapters;
  peers: Peers;
  opened: Opened;
  log: Log;
  registry: Registry;
  /** Where people reach Parley, without a slash at the end. */
  publicUrl: () => string;
  wrapPeople?: (inner: People) => People;
}

/** Opens one subgraph in this process, and has it answer what its peers ask. */
export function openSubgraph(name: SubgraphName, context: SubgraphProcess): Promise<Subgraph> {
  return open[name](context);
}

const open: Record<SubgraphName, (context: SubgraphProcess) => Promise<Subgraph>> = {
  users: async ({ config, adapters, peers, opened, log, registry, publicUrl, wrapPeople }) => {
    const { loadSignedIn, usersSubgraph } = await import('../subgraphs/users/subgraph.js');
    const directory = await adapters.directory();
    const users = opened.add(
      await usersSubgraph({
        directory,
        pubsub: await adapters.pubsub(),
        ephemeral: await adapters.ephemeral(),
        mail: await adapters.mail(),
        log,
        accessTokens: await adapters.accessTokens(),
        cursors: await adapters.cursors(),
        refreshSecret: (await adapters.secrets()).refresh,
        publicUrl,
        oidcIssuers: config.oidcIssuers,
        admins: config.admins,
        avatars: await avatarsOf(config, adapters, peers),
        reportables: reportablesOf(peers),
        limits: await adapters.limits(),
        registry,
      }),
      (each) => each.stop(),
    );
    peers.provide(internal.people, wrapPeople?.(users.people) ?? users.people);
    peers.provide(internal.apiKeys, users.apiKeys);
    peers.provide(internal.signedIn, { among: loadSignedIn(directory) });
    return users;
  },

  conversations: async ({ config, adapters, peers, publicUrl }) => {
    const { conversationsSubgraph } = await import('../subgraphs/conversations/subgraph.js');
    const conversations = await conversationsSubgraph({
      shards: await adapters.shards(),
      pubsub: await adapters.pubsub(),
      cursors: await adapters.cursors(),
      people: peers.of(internal.people),
      avatars: await avatarsOf(config, adapters, peers),
      inviteUrl: (code) => `${publicUrl()}/invite/${code}`,
      limits: await adapters.limits(),
    });
    peers.provide(internal.inboxFeed, conversations.inboxFeed);
    peers.provide(internal.memberships, conversations.memberships);
    peers.provide(internal.reportableConversations, {
      excerptOf: (_kind, id, viewer) => conversations.excerptOf(id, viewer),
      authorOf: () => Promise.resolve(null),
    });
    return conversations;
  },

  messages: async ({ adapters, peers, opened, log }) => {
    const { messagesSubgraph } = await import('../subgraphs/messages/subgraph.js');
    const messages = opened.add(
      await messagesSubgraph({
        shards: await adapters.shards(),
        pubsub: await adapters.pubsub(),
        ephemeral: await adapters.ephemeral(),
        eventLog: await adapters.eventLog(),
        people: peers.of(internal.people),
        inboxes: peers.of(internal.inboxFeed),
        media: peers.of(internal.attachables),
        cursors: await adapters.cursors(),
        limits: await adapters.limits(),
        log,
      }),
      (each) => each.stop(),
    );
    peers.provide(internal.conversationFeed, messages.feed);
    peers.provide(internal.reportableMessages, {
      excerptOf: (_kind, id, viewer) => messages.excerptOf(id, viewer),
      authorOf: (_kind, id) => messages.senderOf(id),
    });
    return messages;
  },

  presence: async ({ adapters, peers, log }) => {
    const { presenceSubgraph } = await import('../subgraphs/presence/subgraph.js');
    const presence = await presenceSubgraph({
      directory: await adapters.directory(),
      shards: await adapters.shards(),
      presences: await adapters.presences(),
      ephemeral: await adapters.ephemeral(),
      pubsub: await adapters.pubsub(),
      people: peers.of(internal.people),
      memberships: peers.of(internal.memberships),
      limits: await adapters.limits(),
      log,
    });
    peers.provide(internal.presenceFeed, presence.presenceFeed);
    peers.provide(internal.typingFeed, presence.typingFeed);
    peers.provide(internal.deviceSockets, presence.presence);
    return presence;
  },

  media: async ({ config, adapters, peers, log }) => {
    const { mediaSubgraph } = await import('../subgraphs/media/subgraph.js');
    const media = await mediaSubgraph({
      shards: await adapters.shards(),
      objects: await adapters.objectStore(),
      pubsub: await adapters.pubsub(),
      cursors: await adapters.cursors(),
      limits: await adapters.limits(),
      log,
      settings: config.media,
    });
    peers.provide(internal.mediaFeed, media.mediaFeed);
    peers.provide(internal.attachables, media.attachables);
    return media;
  },

  search: async ({ adapters, peers, log, registry }) => {
    const { searchSubgraph } = await import('../subgraphs/search/subgraph.js');
    const { heldBack, isIndexOut } = await import('../platform/search-index/held-back.js');
    const { createBreaker } = await import('../platform/worker/breaker.js');
    const breaker = createBreaker({ name: 'search', isFailure: isIndexOut, log, registry });
    return searchSubgraph({
      index: heldBack(await adapters.searchIndex(), breaker),
      shards: await adapters.shards(),
      people: peers.of(internal.people),
      cursors: await adapters.cursors(),
      limits: await adapters.limits(),
    });
  },

  notifications: async ({ config, adapters, peers, opened }) => {
    const { notificationsSubgraph } = await import('../subgraphs/notifications/subgraph.js');
    const { WebhookSender } = await import('../platform/webhooks/sender.js');
    const webhooks = opened.add(new WebhookSender(config.webhooks), (each) => each.close());
    const notifications = await notificationsSubgraph({
      webhooks,
      directory: await adapters.directory(),
      push: await adapters.push(),
      webPushPublicKey: (await adapters.secrets()).vapid.publicKey,
      allowsPrivateAddresses: config.push.webPush.allowsPrivateAddresses,
      limits: await adapters.limits(),
    });
    peers.provide(internal.mailPreferences, notifications.mailPreferences);
    return notifications;
  },
};

async function avatarsOf(config: Config, adapters: Adapters, peers: Peers): Promise<Avatars> {
  const { linkSeconds } = config.media;
  return new Avatars({ media: peers.of(internal.attachables), objects: await adapters.objectStore(), linkSeconds });
}

/** Of a message, the messages subgraph knows; of a conversation, the conversations subgraph. */
function reportablesOf(peers: Peers): Reportables {
  const messages = peers.of(internal.reportableMessages);
  const conversations = peers.of(internal.reportableConversations);
  const ownerOf = (kind: string) => (kind === 'message' ? messages : conversations);
  return {
    excerptOf: (kind, id, viewer) => ownerOf(kind).excerptOf(kind, id, viewer),
    authorOf: async (kind, id) => (kind === 'message' ? messages.authorOf(kind, id) : null),
  };
}
