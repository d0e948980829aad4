import type { PersonState, PresenceUpdate } from '../../schema/presence.js';

/** For so long after their last device went, nobody is told that a person is offline: a router may restart meanwhile. */
export const OFFLINE_DELAY_MS = 10_000;
/** Changes of one person are told at most so often. */
export const COALESCE_MS = 1_000;
/** How often the database hears that somebody is still online. */
export const CONFIRM_MS = 10 * 60_000;
/** The database hears of one person's going offline at most so often. */
export const RECORD_MS = 60_000;

/** What a person's device does. */
export type Intent = 'ONLINE' | 'AWAY' | 'INVISIBLE';

/** What the database knows of somebody whom the store has not seen for a while. */
export interface Seed {
  isInvisible: boolean;
  /** Unix ms */
  lastSeenAt: number | null;
}

export interface Touch {
  userId: string;
  deviceId: string;
  /** What keeps the device alive: a router that holds a socket of it, or a request. Each source lives and goes by itself. */
  source: string;
  ttlMs: number;
  /** Renews nothing where another source keeps the device alive. */
  unlessAlive?: boolean;
  /**
   * AWAY: the device is idle. ONLINE: it is no longer, or it never was. INVISIBLE: the person appears offline, on all
   * devices. Absent: as before, ONLINE for a device that was gone.
   */
  intent?: Intent;
  /** With ONLINE: also ends INVISIBLE. */
  reveal?: boolean;
  /** Taken where the store does not know the person. */
  seed?: Seed;
}

export interface Touched {
  /** To be published now. */
  update: PresenceUpdate | null;
  /** The database does not know yet that the person is online. */
  isBack: boolean;
  /** ONLINE, said by a living device that was not idle, of a person who is invisible: they want to be seen again. */
  wantsReveal: boolean;
}

export interface Swept {
  /** Each is returned once, to be published now. */
  updates: PresenceUpdate[];
  /** Still online; the database is to hear of it again. */
  online: string[];
  /** Gone; returned again every few seconds until `recorded`. */
  offline: { userId: string; lastSeenAt: number | null; number: number }[];
  /** More was due than was asked for. */
  hasMore: boolean;
}

/**
 * Who has a living device. All of it may vanish at any moment and comes back as devices do.
 *
 * A person is ONLINE if any living device is not idle, AWAY if all are idle, else OFFLINE; who is invisible appears
 * OFFLINE and keeps the time at which they were last seen. A device goes OFFLINE_DELAY_MS after the last of its sources
 * expired or was released. Changes that come sooner than COALESCE_MS after the last one wait for `sweep`, which tells where
 * they ended up; one that ended where it began is not told.
 *
 * Numbers of one person grow, also over a store that has lost everything: each is at least the Unix time in ms.
 *
 * Every call but `sweep` concerns one person, and is atomic. In Redis a person is a hash (idle devices, what was told), a
 * sorted set of sources by expiry, and an entry of a sorted set by the time of the next change, all under one hash tag of
 * a few dozen that people are spread over; `sweep` is one script per tag.
 */
export interface Presences {
  /** A device lives. 'unknown' when the store does not know the person and no seed is given: nothing was done. */
  touch(touch: Touch): Promise<Touched | 'unknown'>;
  /** The source keeps the device alive no longer. */
  release(userId: string, deviceId: string, source: string): Promise<void>;
  /** What time has changed; at most about `limit` people. */
  sweep(limit: number): Promise<Swept>;
  /** The database knows that the person has gone. False when they were back meanwhile: it has to hear of that. */
  recorded(userId: string, number: number): Promise<boolean>;
  /** As people appear, in the order asked; null for those whom the store does not know, or who came back invisibly. */
  read(userIds: readonly string[]): Promise<(PersonState | null)[]>;
  /** Those who have a device at hand: living, without the delay of going offline, and not idle. Invisible people, too. */
  awake(userIds: readonly string[]): Promise<Set<string>>;
  /** Unix ms at which the store began to know anybody. */
  since(): Promise<number>;
  close(): Promise<void>;
}
