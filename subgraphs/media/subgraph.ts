import type { Cursors } from '../../platform/cursors/cursors.js';
import type { ObjectStore } from '../../platform/object-store/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Limits } from '../../platform/rate-limit/limits.js';
import type { Shards } from '../../platform/shards/shards.js';
import { buildFederatedSchema, type ReferenceResolver } from '../../platform/subgraph/federated-schema.js';
import { limited } from '../../platform/subgraph/limited.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import type { Log } from '../../platform/telemetry/log.js';
import type { Attachables, MediaFeed } from '../../schema/media.js';
import type { MediaContext } from './context.js';
import { LinkStore } from './link-store.js';
import { Links } from './links.js';
import { MediaLists } from './lists.js';
import { mediaLoaders } from './loaders.js';
import { ConversationResolver, MediaResolver, references, UploadsResolver, ViewerResolver } from './resolvers.js';
import { Conversation } from './schema.js';
import { Uploads } from './service.js';
import { MediaStore } from './store.js';
import { Streams } from './streams.js';
import { Visibility } from './visibility.js';

export interface MediaDeps {
  shards: Shards;
  objects: ObjectStore;
  pubsub: PubSub;
  cursors: Cursors;
  limits: Limits;
  log: Log;
  settings: MediaSettings;
  /** Unix ms. */
  now?: () => number;
}
export interface MediaSettings {
  /** How long a link to media works, s, and up to a sixth more. */
  linkSeconds: number;
  /** How long somebody may take to put the bytes of an upload, s. */
  uploadSeconds: number;
  /** What one person may keep. */
  quotaBytes: number;
  uploadsPerDay: number;
}

export interface MediaSubgraph extends Subgraph {
  mediaFeed: MediaFeed;
  attachables: Attachables;
}

export async function mediaSubgraph(deps: MediaDeps): Promise<MediaSubgraph> {
  const { shards, objects, pubsub, cursors, limits, log, settings, now } = deps;
  const store = new MediaStore(shards);
  const linkStore = new LinkStore(shards);
  const visibility = new Visibility(store, linkStore);
  const lists = new MediaLists(store, linkStore, cursors);
  const uploads = new Uploads({
    ...{ store, links: linkStore, objects, shards, pubsub, limits, log, now },
    quotas: { bytes: settings.quotaBytes, uploadsPerDay: settings.uploadsPerDay },
    uploadSeconds: settings.uploadSeconds,
  });
  const mediaFeed: MediaFeed = {
    visible: (viewerId, mediaIds) => visibility.visible(viewerId, mediaIds),
    states: (mediaIds) => store.states(mediaIds),
  };
  const streams = new Streams({ feed: mediaFeed, pubsub, log });
  const { sdl, schema } = await buildFederatedSchema({
    resolvers: [
      new UploadsResolver(uploads),
      new MediaResolver(new Links(objects, settings.linkSeconds, now)),
      new ViewerResolver(uploads, lists),
      new ConversationResolver(lists),
    ],
    orphanedTypes: [Conversation],
    // A retry of what was begun is not to be refused.
    aroundMutation: limited(limits, ['createUpload']),
    references: references as unknown as Record<string, ReferenceResolver>,
  });
  return {
    name: 'media',
    sdl,
    schema,
    mediaFeed,
    attachables: {
      attach: (ownerId, mediaIds) => store.attach(ownerId, mediaIds),
      attachAgain: (mediaIds) => store.attach(null, mediaIds),
    },
    contextFor: (caller): MediaContext => ({ caller, loaders: mediaLoaders(caller, visibility, linkStore), streams }),
  };
}
