import type { PrivacyAudience } from './people.js';

export type PresenceStatus = 'ONLINE' | 'AWAY' | 'OFFLINE';

/** How a person appears to those who may see it. Of two states, the one with the greater number is the newer one. */
export interface PersonState {
  status: PresenceStatus;
  /** Unix ms; null while online, and where nobody knows. */
  lastSeenAt: number | null;
  number: number;
}

/** What is published on `presence:<user>`. */
export interface PresenceUpdate extends PersonState {
  userId: string;
  /** Unix ms of what it tells of. */
  at: number;
}

/** What is published on `people`. A block is of both, whoever set it. */
export type PeopleChange =
  | { kind: 'blocked' | 'unblocked'; userIds: [string, string] }
  /** Profile or privacy. */
  | { kind: 'updated'; userIds: [string] };

/** Channels of the pubsub port. */
export const presenceChannels = {
  /** PresenceUpdate JSON. */
  person: (userId: string) => `presence:${userId}`,
  /** Empty messages: who types in this conversation may have changed. */
  typing: (conversationId: string) => `typing:${conversationId}`,
  /** PeopleChange JSON, for all routers. */
  people: 'people',
};

/** What presenceChanged and typingChanged are executed on, in the presence subgraph. */
export type StateEvent =
  | {
      type: 'presence';
      userId: string;
      /** Null where it is hidden from those who are told. */
      presence: Pick<PersonState, 'status' | 'lastSeenAt'> | null;
      /** Names this state of the person. */
      identity: string;
    }
  | { type: 'typing'; conversationId: string; userIds: string[] };

/** What the hub asks of the presence subgraph for presenceChanged. UUIDs. */
export interface PresenceFeed {
  /** Those of the people whose presence the viewer may see. Blocks are read uncached. */
  visible(viewerId: string, userIds: readonly string[]): Promise<Set<string>>;
  /** To whom each of them shows their presence. May be a few seconds old. */
  audiences(userIds: readonly string[]): Promise<Map<string, PrivacyAudience>>;
  /** One entry for each; null while it cannot be told yet: just after a restart, whether they are still there. */
  states(userIds: readonly string[]): Promise<Map<string, PersonState | null>>;
  /** As `states`, without those who went a while ago: cheap. */
  recent(userIds: readonly string[]): Promise<Map<string, PersonState>>;
}

/** What the hub asks of the presence subgraph for typingChanged. UUIDs. */
export interface TypingFeed {
  /** Current member? Read uncached. */
  isMember(conversationId: string, userId: string): Promise<boolean>;
  /** Who types, with the ms until that ends by itself. At most 50. */
  typists(conversationId: string): Promise<Map<string, number>>;
  /** Of the viewers, those who have blocked the typist or whom the typist has blocked. */
  blocked(typistId: string, viewerIds: readonly string[]): Promise<Set<string>>;
  /** They have sent what they typed. */
  stopped(conversationId: string, userId: string): Promise<void>;
}

/** What a router tells the presence subgraph of its sockets. UUIDs; `router` names it. */
export interface DeviceSockets {
  /** A socket of the device has opened, or has answered a ping. */
  socketLives(device: { userId: string; deviceId: string }, router: string): Promise<void>;
  /** The router has no socket of the device any more. */
  socketsGone(device: { userId: string; deviceId: string }, router: string): Promise<void>;
}
