import type { PersonState, PresenceStatus, PresenceUpdate } from '../../schema/presence.js';
import {
  COALESCE_MS,
  CONFIRM_MS,
  OFFLINE_DELAY_MS,
  RECORD_MS,
  type Presences,
  type Seed,
  type Swept,
  type Touch,
  type Touched,
} from './presence-port.js';

/** People are swept by slots of time, so that a sweep looks only at those who are due. */
const SLOT_MS = 50;
const RETRY_MS = 5_000;

interface Source {
  deviceId: string;
  /** Unix ms at which it no longer counts. */
  until: number;
}

interface Person {
  userId: string;
  /** By "device source". */
  sources: Map<string, Source>;
  idle: Set<string>;
  isInvisible: boolean;
  /** When they were last to be seen, Unix ms. */
  seenAt: number | null;
  /** What was told last; null before anything was. */
  told: (PersonState & { at: number }) | null;
  /** Since when something else is true than what was told. */
  changedAt: number | null;
  /** Whether the database has them online. */
  isRecordedOnline: boolean;
  /** When that was written last. */
  recordedAt: number;
  /** When their going offline was last handed out to be recorded. */
  handedOutAt: number;
  slot: number;
}

/** Within one process. */
export class EmbeddedPresences implements Presences {
  private readonly people = new Map<string, Person>();
  private readonly slots = new Map<number, Set<Person>>();
  private readonly startedAt: number;

  constructor(private readonly now: () => number = Date.now) {
    this.startedAt = now();
  }

  async touch(touch: Touch): Promise<Touched | 'unknown'> {
    const now = this.now();
    let person = this.people.get(touch.userId);
    if (!person) {
      if (!touch.seed) return 'unknown';
      person = newPerson(touch.userId, touch.seed, now);
      this.people.set(touch.userId, person);
    }
    prune(person, now);
    const { deviceId, intent } = touch;
    const wasActive = isAlive(person, deviceId) && !person.idle.has(deviceId);
    if (!touch.unlessAlive || !isAlive(person, deviceId))
      person.sources.set(`${deviceId} ${touch.source}`, { deviceId, until: now + touch.ttlMs + OFFLINE_DELAY_MS });

    const wantsReveal = intent === 'ONLINE' && person.isInvisible && wasActive && !touch.reveal;
    if (!person.isInvisible && (intent !== 'INVISIBLE' || isOnline(person))) person.seenAt = now;
    if (intent === 'AWAY') person.idle.add(deviceId);
    else if (intent !== undefined) person.idle.delete(deviceId);
    if (intent === 'INVISIBLE') {
      person.isInvisible = true;
      person.isRecordedOnline = false;
      person.recordedAt = now;
    } else if (touch.reveal) {
      person.isInvisible = false;
      person.seenAt = now;
    }

    const isBack = !person.isInvisible && !person.isRecordedOnline;
    if (isBack) {
      person.isRecordedOnline = true;
      person.recordedAt = now;
    }
    const update = settle(person, now);
    this.schedule(person, now);
    return { update, isBack, wantsReveal };
  }

  async release(userId: string, deviceId: string, source: string): Promise<void> {
    const now = this.now();
    const person = this.people.get(userId);
    const released = person?.sources.get(`${deviceId} ${source}`);
    if (!person || !released) return;
    released.until = Math.min(released.until, now + OFFLINE_DELAY_MS);
    if (!person.isInvisible) person.seenAt = now;
    this.schedule(person, now);
  }

  async sweep(limit: number): Promise<Swept> {
    const now = this.now();
    const swept: Swept = { updates: [], online: [], offline: [], hasMore: false };
    let count = 0;
    for (const [slot, people] of this.slots) {
      if (slot * SLOT_MS > now) continue;
      for (const person of people) {
        if (++count > limit) return { ...swept, hasMore: true };
        this.sweepPerson(person, now, swept);
      }
    }
    return swept;
  }

  async recorded(userId: string, number: number): Promise<boolean> {
    const person = this.people.get(userId);
    if (!person) return true;
    if (person.told?.number !== number || person.told.status !== 'OFFLINE') return false;
    person.isRecordedOnline = false;
    person.recordedAt = this.now();
    this.schedule(person, person.recordedAt);
    return true;
  }

  async read(userIds: readonly string[]): Promise<(PersonState | null)[]> {
    return userIds.map((userId) => {
      const told = this.people.get(userId)?.told;
      return told ? { status: told.status, lastSeenAt: told.lastSeenAt, number: told.number } : null;
    });
  }

  async awake(userIds: readonly string[]): Promise<Set<string>> {
    const livesAt = this.now() + OFFLINE_DELAY_MS;
    const isAwake = (userId: string) => {
      const { sources, idle } = this.people.get(userId) ?? { sources: new Map<string, Source>(), idle: new Set() };
      return [...sources.values()].some(({ deviceId, until }) => until > livesAt && !idle.has(deviceId));
    };
    return new Set(userIds.filter(isAwake));
  }

  async since(): Promise<number> {
    return this.startedAt;
  }

  async close(): Promise<void> {
    this.people.clear();
    this.slots.clear();
  }

  /** People that memory holds. */
  get size(): number {
    return this.people.size;
  }

  private sweepPerson(person: Person, now: number, swept: Swept): void {
    prune(person, now);
    const update = settle(person, now);
    if (update) swept.updates.push(update);
    if (isToConfirm(person) && now >= person.recordedAt + CONFIRM_MS) {
      person.recordedAt = now;
      swept.online.push(person.userId);
    }
    if (isToRecord(person) && now >= recordAt(person)) {
      person.handedOutAt = now;
      swept.offline.push({ userId: person.userId, lastSeenAt: person.seenAt, number: person.told?.number ?? 0 });
    }
    if (isForgotten(person, now)) this.forget(person);
    else this.schedule(person, now);
  }

  private schedule(person: Person, now: number): void {
    const due = nextChange(person);
    // What is due in this very slot was looked at just now.
    const slot = Math.max(Math.ceil(due / SLOT_MS), Math.floor(now / SLOT_MS) + 1);
    if (slot === person.slot) return;
    this.unschedule(person);
    person.slot = slot;
    const people = this.slots.get(slot);
    if (people) people.add(person);
    else this.slots.set(slot, new Set([person]));
  }

  private unschedule(person: Person): void {
    const people = this.slots.get(person.slot);
    if (people?.delete(person) && people.size === 0) this.slots.delete(person.slot);
  }

  private forget(person: Person): void {
    this.unschedule(person);
    this.people.delete(person.userId);
  }
}

function newPerson(userId: string, { isInvisible, lastSeenAt }: Seed, now: number): Person {
  return {
    userId,
    sources: new Map(),
    idle: new Set(),
    isInvisible,
    seenAt: lastSeenAt,
    told: null,
    changedAt: null,
    // Whoever read the seed has said so.
    isRecordedOnline: !isInvisible,
    recordedAt: now,
    handedOutAt: 0,
    slot: -1,
  };
}

function isAlive(person: Person, deviceId: string): boolean {
  for (const source of person.sources.values()) if (source.deviceId === deviceId) return true;
  return false;
}

/** Drops what has expired. When the last one did is when the person went. */
function prune(person: Person, now: number): void {
  let expired: number | null = null;
  for (const [key, { until }] of person.sources) {
    if (until > now) continue;
    person.sources.delete(key);
    expired = Math.max(expired ?? 0, until);
  }
  if (expired === null) return;
  for (const deviceId of person.idle) if (!isAlive(person, deviceId)) person.idle.delete(deviceId);
  person.changedAt ??= expired;
}

function statusOf({ isInvisible, sources, idle }: Person): PresenceStatus {
  if (isInvisible || sources.size === 0) return 'OFFLINE';
  for (const { deviceId } of sources.values()) if (!idle.has(deviceId)) return 'ONLINE';
  return 'AWAY';
}

/** The change to tell now, if any; it counts as told. */
function settle(person: Person, now: number): PresenceUpdate | null {
  const status = statusOf(person);
  const { told } = person;
  // Who comes back invisibly is not told of: they look like all who did not come back.
  if (told ? told.status === status : status === 'OFFLINE') {
    person.changedAt = null;
    return null;
  }
  person.changedAt ??= now;
  if (told && now < told.at + COALESCE_MS) return null;
  const update: PresenceUpdate = {
    userId: person.userId,
    status,
    lastSeenAt: status === 'OFFLINE' ? person.seenAt : null,
    number: Math.max(now, (told?.number ?? 0) + 1),
    at: person.changedAt,
  };
  person.told = { status, lastSeenAt: update.lastSeenAt, number: update.number, at: now };
  person.changedAt = null;
  return update;
}

const isOnline = (person: Person) => person.told !== null && person.told.status !== 'OFFLINE';
const isToConfirm = (person: Person) => person.isRecordedOnline && isOnline(person);
const isToRecord = (person: Person) => person.isRecordedOnline && person.told?.status === 'OFFLINE';
const recordAt = (person: Person) =>
  Math.max(
    person.handedOutAt + RETRY_MS,
    // The first time at once; later no sooner than a minute after the last.
    person.handedOutAt === 0 ? 0 : person.recordedAt + RECORD_MS,
  );
const isForgotten = (person: Person, now: number) =>
  person.sources.size === 0 && !isOnline(person) && !isToRecord(person) && now >= person.recordedAt + RECORD_MS;

function nextChange(person: Person): number {
  let due = Infinity;
  for (const { until } of person.sources.values()) due = Math.min(due, until);
  if (person.changedAt !== null && person.told) due = Math.min(due, person.told.at + COALESCE_MS);
  if (isToConfirm(person)) due = Math.min(due, person.recordedAt + CONFIRM_MS);
  if (isToRecord(person)) due = Math.min(due, recordAt(person));
  else if (person.sources.size === 0) due = Math.min(due, person.recordedAt + RECORD_MS);
  return due;
}
