import { Histogram, type Registry } from 'prom-client';
import type { Logger } from 'pino';
import { Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { PubSub, Unsubscribe } from '../../platform/pubsub/port.js';
import {
  presenceChannels,
  type PeopleChange,
  type PersonState,
  type PresenceFeed,
  type PresenceUpdate,
} from '../../schema/presence.js';
import type { PrivacyAudience } from '../../schema/people.js';
import { HeldByKey, type Held } from './held-by-key.js';
import type { Renderer } from './renderer.js';
import type { Repair, RootStream, StreamRequest } from './root-stream.js';
import { StateSubscriber, type State } from './state-subscriber.js';

const MAX_PEOPLE = 500;
/** A privacy setting that was just changed may be read as it was for so long. */
const PRIVACY_MS = 5_000;

/** Somebody whom at least one subscriber follows. */
interface Watched extends Held {
  userId: string;
  /** Null while it cannot be told whether they are still there. */
  state: PersonState | null;
  audience: PrivacyAudience | null;
  watchers: Set<Watcher>;
}

interface Watcher {
  subscriber: StateSubscriber;
  userIds: string[];
  /** Nothing is told before it is known who may be seen. */
  isOpen: boolean;
  /** Whom the viewer may see. */
  visible: Set<string>;
  /** Answers of who may be seen, one after the other. */
  checking: Promise<void>;
}

export interface PresenceStreamDeps {
  feed: PresenceFeed;
  pubsub: PubSub;
  renderer: Renderer;
  registry: Registry;
  log: Logger;
}

/**
 * presenceChanged for all subscribers of one router. Who may see whom is decided here, once per subscriber and again when
 * a block or a setting changes; so one rendering of a state serves everybody who may see it.
 */
export class PresenceStream implements RootStream {
  private readonly people: HeldByKey<Watched>;
  private readonly byViewer = new Map<string, Set<Watcher>>();
  private readonly lag: Histogram;

  constructor(private readonly deps: PresenceStreamDeps) {
    this.people = new HeldByKey<Watched>(
      (userId, held) => ({ ...held, userId, state: null, audience: null, watchers: new Set() }),
      ({ userId }) =>
        deps.pubsub.subscribe(
          presenceChannels.person(userId),
          (message) => this.receive(JSON.parse(message) as PresenceUpdate),
          () => this.inBackground(this.reconcile()),
        ),
    );
    this.lag = new Histogram({
      name: 'presence_update_lag_seconds',
      help: "From a change of somebody's presence to its hand-over to a socket",
      buckets: [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
      registers: [deps.registry],
    });
  }

  start(): Promise<Unsubscribe> {
    return this.deps.pubsub.subscribe(
      presenceChannels.people,
      (message) => this.receivePeople(JSON.parse(message) as PeopleChange),
      () => this.inBackground(this.recheck()),
    );
  }

  /** Resolves once the present state of everybody is on its way. */
  async open(request: StreamRequest): Promise<void> {
    const userIds = checkPeople(request.args.userIds as string[]);
    const watched = userIds.map((userId) => this.people.hold(userId));
    const watcher: Watcher = {
      subscriber: new StateSubscriber(request, this.deps.renderer, () => this.tellAll(watcher)),
      userIds,
      isOpen: false,
      visible: new Set(),
      checking: Promise.resolve(),
    };
    for (const person of watched) person.watchers.add(watcher);
    const { viewer, sink } = request;
    const ofViewer = this.byViewer.get(viewer.userId) ?? new Set();
    this.byViewer.set(viewer.userId, ofViewer.add(watcher));
    const close = () => {
      if (watcher.subscriber.closed) return;
      watcher.subscriber.closed = true;
      for (const person of watched) {
        person.watchers.delete(watcher);
        this.people.release(person.userId, person);
      }
      ofViewer.delete(watcher);
      if (ofViewer.size === 0 && this.byViewer.get(viewer.userId) === ofViewer) this.byViewer.delete(viewer.userId);
    };
    try {
      await Promise.all(watched.map(({ listening }) => listening));
      // Those whom somebody follows already are kept up to date.
      const unknown = userIds.filter((userId) => !this.people.get(userId)?.state);
      await Promise.all([this.check(watcher, userIds), this.loadStates(unknown), this.loadAudiences(watched)]);
    } catch (error) {
      close();
      throw error;
    }
    sink.onClose(close);
    watcher.isOpen = true;
    this.tellAll(watcher);
  }

  /** Pubsub may lose the last change of somebody: so asks the store. Also tells who is gone after a restart. */
  async findBehind(): Promise<Repair[]> {
    await this.reconcile();
    return [];
  }

  private async reconcile(): Promise<void> {
    const userIds = this.people.keys();
    if (userIds.length === 0) return;
    const recent = await this.deps.feed.recent(userIds);
    for (const [userId, state] of recent) this.apply(userId, state);
    await this.loadStates(
      userIds.filter((userId) => !recent.has(userId) && this.people.get(userId)?.state?.status !== 'OFFLINE'),
    );
    for (const watcher of this.watchers()) {
      if (!watcher.subscriber.isBehind) continue;
      watcher.subscriber.isBehind = false;
      this.tellAll(watcher);
    }
  }

  /** Who may see whom, all of it anew, one viewer after the other: events that say so may be lost. */
  async recheck(): Promise<void> {
    for (const watcher of this.watchers()) {
      await this.check(watcher, watcher.userIds);
      this.tellAll(watcher);
    }
  }

  private watchers(): Watcher[] {
    return [...this.byViewer.values()].flatMap((watchers) => [...watchers]);
  }

  private receive({ userId, status, lastSeenAt, number, at }: PresenceUpdate): void {
    this.apply(userId, { status, lastSeenAt, number }, at);
  }

  private apply(userId: string, state: PersonState, at?: number): void {
    const watched = this.people.get(userId);
    if (!watched || (watched.state && watched.state.number >= state.number)) return;
    watched.state = state;
    for (const watcher of watched.watchers) this.inBackground(this.tell(watcher, userId, at));
  }

  private async loadStates(userIds: string[]): Promise<void> {
    if (userIds.length === 0) return;
    const before = new Map(userIds.map((userId) => [userId, this.people.get(userId)?.state ?? null]));
    for (const [userId, state] of await this.deps.feed.states(userIds)) {
      if (!state) continue;
      const watched = this.people.get(userId);
      const known = before.get(userId);
      // The store has lost somebody who was online: what is known instead has no number of theirs.
      const isLost = known && watched?.state === known && state.status === 'OFFLINE' && state.number <= known.number;
      this.apply(userId, isLost ? { ...state, number: known.number + 1 } : state);
    }
  }

  private async loadAudiences(watched: Watched[]): Promise<void> {
    const missing = watched.filter(({ audience }) => audience === null);
    if (missing.length === 0) return;
    const audiences = await this.deps.feed.audiences(missing.map(({ userId }) => userId));
    for (const person of missing) person.audience ??= audiences.get(person.userId) ?? null;
  }

  private tellAll(watcher: Watcher): void {
    for (const userId of watcher.userIds) this.inBackground(this.tell(watcher, userId));
  }

  private async tell(watcher: Watcher, userId: string, at?: number): Promise<void> {
    const wasWritten = await watcher.subscriber.tell(userId, () => this.stateFor(watcher, userId));
    if (wasWritten && at !== undefined) this.lag.observe(Math.max(0, Date.now() - at) / 1_000);
  }

  private stateFor({ visible, isOpen }: Watcher, userId: string): State | null {
    if (!isOpen) return null;
    if (!visible.has(userId)) {
      const identity = `hidden ${userId}`;
      return { identity, event: { type: 'presence', userId, presence: null, identity } };
    }
    const state = this.people.get(userId)?.state;
    if (!state) return null;
    const { status, lastSeenAt, number } = state;
    const identity = `${userId} ${number}`;
    return { identity, event: { type: 'presence', userId, presence: { status, lastSeenAt }, identity } };
  }

  private receivePeople(change: PeopleChange): void {
    if (change.kind === 'updated') this.inBackground(this.audienceMayHaveChanged(change.userIds[0]));
    else {
      const [one, other] = change.userIds;
      this.blockChanged(change.kind, one, other);
      this.blockChanged(change.kind, other, one);
    }
  }

  /** A block hides at once; whether it still holds is looked up as well, since events may come twice and late. */
  private blockChanged(kind: 'blocked' | 'unblocked', viewerId: string, userId: string): void {
    for (const watcher of this.byViewer.get(viewerId) ?? []) {
      if (!this.people.get(userId)?.watchers.has(watcher)) continue;
      if (kind === 'blocked' && watcher.visible.delete(userId)) this.inBackground(this.tell(watcher, userId));
      this.recheckSome(watcher, [userId]);
    }
  }

  private async audienceMayHaveChanged(userId: string): Promise<void> {
    if (!this.people.get(userId)) return;
    await this.recheckAudience(userId);
    setTimeout(() => this.inBackground(this.recheckAudience(userId)), PRIVACY_MS).unref();
  }

  private async recheckAudience(userId: string): Promise<void> {
    const audience = (await this.deps.feed.audiences([userId])).get(userId) ?? null;
    const watched = this.people.get(userId);
    if (!watched || watched.audience === audience) return;
    watched.audience = audience;
    for (const watcher of watched.watchers) this.recheckSome(watcher, [userId]);
  }

  private recheckSome(watcher: Watcher, userIds: string[]): void {
    const checked = this.check(watcher, userIds).then(() =>
      Promise.all(userIds.map((userId) => this.tell(watcher, userId))),
    );
    this.inBackground(checked);
  }

  /** One after the other, so that the newest answer stands. */
  private check(watcher: Watcher, userIds: string[]): Promise<void> {
    const checked = watcher.checking.then(async () => {
      if (watcher.subscriber.closed) return;
      const visible = await this.deps.feed.visible(watcher.subscriber.viewer.userId, userIds);
      for (const userId of userIds) {
        if (visible.has(userId)) watcher.visible.add(userId);
        else watcher.visible.delete(userId);
      }
    });
    watcher.checking = checked.catch(() => undefined);
    return checked;
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.deps.log.warn({ err: error }, 'presence: a change could not be told'));
  }
}

function checkPeople(asked: readonly string[]): string[] {
  if (asked.length === 0 || asked.length > MAX_PEOPLE)
    throw new Fault('BAD_USER_INPUT', `userIds: name 1 to ${MAX_PEOPLE} people.`);
  return [...new Set(asked)].map((id) => {
    const userId = fromPublicId('user', id);
    if (!userId) throw new Fault('BAD_USER_INPUT', 'userIds: one of them is not the id of a user.');
    return userId;
  });
}
