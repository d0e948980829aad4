import type { Logger } from 'pino';
import { Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import type { PubSub, Unsubscribe } from '../../platform/pubsub/port.js';
import { channels, type FeedEvent } from '../../schema/live.js';
import { presenceChannels, type PeopleChange, type TypingFeed } from '../../schema/presence.js';
import { HeldByKey, type Held } from './held-by-key.js';
import type { Renderer } from './renderer.js';
import type { RootStream, StreamRequest } from './root-stream.js';
import { StateSubscriber, type State } from './state-subscriber.js';

/** The one thing that a subscriber is told of. */
const LIST = 'list';
/** The clocks of two processes may differ by a little. */
const MARGIN_MS = 30;

interface Listener {
  subscriber: StateSubscriber;
  end: () => void;
}

/** A conversation that at least one subscriber listens to. */
interface Room extends Held {
  conversationId: string;
  listeners: Set<Listener>;
  typists: string[];
  /** By typist: the listening viewers whom a block cuts off from them. Another map whenever that may have changed. */
  cutOff: Map<string, Set<string>>;
  /** At the end of the first typist's time. */
  timer: NodeJS.Timeout | undefined;
  reading: Promise<void>;
  /** A read is waiting to begin, and will see what there is to see. */
  willRead: boolean;
  isGone: boolean;
}

export interface TypingStreamDeps {
  feed: TypingFeed;
  pubsub: PubSub;
  renderer: Renderer;
  log: Logger;
}

/**
 * typingChanged for all subscribers of one router. What is published says only that something changed; the list is read
 * from the store, then, and whenever somebody's time is over.
 */
export class TypingStream implements RootStream {
  private readonly rooms: HeldByKey<Room>;

  constructor(private readonly deps: TypingStreamDeps) {
    this.rooms = new HeldByKey<Room>(
      (conversationId, held) => ({
        ...held,
        conversationId,
        listeners: new Set(),
        typists: [],
        cutOff: new Map(),
        timer: undefined,
        reading: Promise.resolve(),
        willRead: false,
        isGone: false,
      }),
      (room) => this.listen(room),
      (room) => {
        room.isGone = true;
        clearTimeout(room.timer);
      },
    );
  }

  start(): Promise<Unsubscribe> {
    return this.deps.pubsub.subscribe(
      presenceChannels.people,
      (message) => this.receivePeople(JSON.parse(message) as PeopleChange),
      () => this.inBackground(this.recheck()),
    );
  }

  /** Listens first, then asks who may. */
  async open(request: StreamRequest): Promise<void> {
    const conversationId = fromPublicId('conversation', String(request.args.conversationId));
    if (!conversationId) throw notAMember();
    const room = this.rooms.hold(conversationId);
    const listener: Listener = {
      subscriber: new StateSubscriber(request, this.deps.renderer, () => this.tell(room, listener)),
      end: () => request.sink.end(),
    };
    listener.subscriber.begin(LIST, '');
    room.listeners.add(listener);
    const close = () => {
      if (listener.subscriber.closed) return;
      listener.subscriber.closed = true;
      room.listeners.delete(listener);
      this.rooms.release(conversationId, room);
    };
    try {
      await room.listening;
      if (!(await this.deps.feed.isMember(conversationId, request.viewer.userId))) throw notAMember();
    } catch (error) {
      close();
      throw error;
    }
    request.sink.onClose(close);
    room.cutOff = new Map();
    this.refresh(room);
  }

  /** Reads every list and every membership anew: what says so may be lost. */
  async recheck(): Promise<void> {
    for (const room of this.rooms.all()) {
      room.cutOff = new Map();
      this.refresh(room);
      await this.checkMembers(room);
    }
  }

  private async listen(room: Room): Promise<Unsubscribe> {
    const { pubsub } = this.deps;
    const refresh = () => this.refresh(room);
    const stops = await Promise.all([
      pubsub.subscribe(presenceChannels.typing(room.conversationId), refresh, refresh),
      pubsub.subscribe(
        channels.conversation(room.conversationId),
        (message) => this.receiveChange(room, JSON.parse(message) as FeedEvent),
        () => this.inBackground(this.checkMembers(room)),
      ),
    ]);
    return async () => void (await Promise.all(stops.map((stop) => stop())));
  }

  private receiveChange(room: Room, event: FeedEvent): void {
    if (event.kind === 'member' && event.member === null) {
      for (const listener of [...room.listeners])
        if (listener.subscriber.viewer.userId === event.userId) listener.end();
    } else if (event.kind === 'message' && event.reason === 'SENT') {
      const { senderId } = event.message;
      if (senderId && room.typists.includes(senderId))
        this.inBackground(this.deps.feed.stopped(room.conversationId, senderId));
    }
  }

  private receivePeople(change: PeopleChange): void {
    if (change.kind === 'updated') return;
    const [one, other] = change.userIds;
    for (const room of this.rooms.all()) {
      if (!room.typists.includes(one) && !room.typists.includes(other)) continue;
      room.cutOff = new Map();
      this.refresh(room);
    }
  }

  private async checkMembers(room: Room): Promise<void> {
    for (const listener of [...room.listeners])
      if (!(await this.deps.feed.isMember(room.conversationId, listener.subscriber.viewer.userId))) listener.end();
  }

  private refresh(room: Room): void {
    if (room.willRead) return;
    room.willRead = true;
    room.reading = room.reading.then(async () => {
      room.willRead = false;
      if (room.isGone) return;
      try {
        await this.read(room);
      } catch (error) {
        this.deps.log.warn({ err: error }, 'typing: the list could not be read');
        this.refreshIn(room, 1_000);
      }
    });
  }

  private async read(room: Room): Promise<void> {
    const typing = await this.deps.feed.typists(room.conversationId);
    const typists = [...typing.keys()].sort();
    await this.readBlocks(room, typists);
    room.typists = typists;
    clearTimeout(room.timer);
    if (typists.length > 0) this.refreshIn(room, Math.min(...typing.values()) + MARGIN_MS);
    for (const listener of room.listeners) this.tell(room, listener);
  }

  private async readBlocks(room: Room, typists: string[]): Promise<void> {
    const { cutOff } = room;
    const viewerIds = [...new Set([...room.listeners].map(({ subscriber }) => subscriber.viewer.userId))];
    await Promise.all(
      typists.map(async (typist) => {
        if (!cutOff.has(typist)) cutOff.set(typist, await this.deps.feed.blocked(typist, viewerIds));
      }),
    );
  }

  private refreshIn(room: Room, ms: number): void {
    if (room.isGone) return;
    clearTimeout(room.timer);
    room.timer = setTimeout(() => this.refresh(room), ms);
    room.timer.unref();
  }

  private tell(room: Room, { subscriber }: Listener): void {
    this.inBackground(subscriber.tell(LIST, () => this.listFor(room, subscriber)));
  }

  private listFor(room: Room, { viewer }: StateSubscriber): State | null {
    const { conversationId } = room;
    const userIds: string[] = [];
    for (const typist of room.typists) {
      const cutOff = room.cutOff.get(typist);
      // Blocks are being read anew: the list is told then.
      if (!cutOff) return null;
      if (!cutOff.has(viewer.userId)) userIds.push(typist);
    }
    return { identity: userIds.join(), event: { type: 'typing', conversationId, userIds } };
  }

  private inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.deps.log.warn({ err: error }, 'typing: a change could not be told'));
  }
}

function notAMember(): Fault {
  return new Fault('FORBIDDEN', 'You are not in this conversation.');
}
