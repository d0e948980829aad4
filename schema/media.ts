import type { mediaKinds } from './events.js';

export type MediaKind = (typeof mediaKinds)[number];
export type MediaStatus = 'AWAITING_UPLOAD' | 'PROCESSING' | 'READY' | 'REJECTED';

/** How a media stands. Of two states, the one with the greater version is the newer one. */
export interface MediaState {
  status: MediaStatus;
  version: number;
}

/** Whether it changes no more. */
export const isSettled = ({ status }: MediaState) => status === 'READY' || status === 'REJECTED';

/** Channels of the pubsub port. */
export const mediaChannels = {
  /** Empty messages: its state may have changed. */
  media: (mediaId: string) => `media:${mediaId}`,
};

/**
 * Keys of the object store. What people put is never handed out: what is handed out is a copy of what was looked at, under a
 * key that nobody can put.
 */
export const mediaKeys = {
  uploads: 'uploads/',
  upload: (mediaId: string) => `uploads/${mediaId}`,
  /** The media whose upload this is; null for another key. */
  uploadedBy: (key: string) => /^uploads\/([0-9a-f-]{36})$/.exec(key)?.[1] ?? null,
  /** Of everything that is handed out of one media. */
  served: (mediaId: string) => `media/${mediaId}/`,
  original: (mediaId: string) => `media/${mediaId}/original`,
  thumbnail: (mediaId: string, side: number) => `media/${mediaId}/thumbnail-${side}`,
};

/** What mediaChanged is executed on, in the media subgraph. */
export interface MediaEvent {
  type: 'media';
  mediaId: string;
  /** Names this state of it. */
  version: number;
}

/** What the hub asks of the media subgraph for mediaChanged. UUIDs. */
export interface MediaFeed {
  /** Those of the media that this person may see. Read uncached. */
  visible(viewerId: string, mediaIds: readonly string[]): Promise<Set<string>>;
  /** Those that are there. A media whose shard cannot answer is left out, too. */
  states(mediaIds: readonly string[]): Promise<Map<string, MediaState>>;
}

export interface Attachable {
  kind: MediaKind;
  status: MediaStatus;
}

/**
 * What the messages subgraph asks of the media subgraph, for a message that is about to carry media. Who has asked has some
 * seconds to store the message: until then what it carries is not deleted. UUIDs.
 */
export interface Attachables {
  /** Of the media, those that this person uploaded. */
  attach(ownerId: string, mediaIds: readonly string[]): Promise<Map<string, Attachable>>;
  /** Those that are still there, whoever uploaded them: for who forwards what they may read. */
  attachAgain(mediaIds: readonly string[]): Promise<Map<string, Attachable>>;
}
