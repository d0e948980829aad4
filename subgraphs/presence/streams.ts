import type { Person } from '../../platform/auth/caller.js';
import { Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { Heard, toldOf } from '../../platform/pubsub/heard.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Log } from '../../platform/telemetry/log.js';
import { channels, type FeedEvent } from '../../schema/live.js';
import {
  presenceChannels,
  type PeopleChange,
  type PresenceFeed,
  type StateEvent,
  type TypingFeed,
} from '../../schema/presence.js';

export interface StreamsDeps {
  presence: PresenceFeed;
  typing: TypingFeed;
  pubsub: PubSub;
  log: Log;
}

type Events = AsyncIterableIterator<StateEvent>;

const MAX_PEOPLE = 500;
/** What is published may be lost: so often everything is read anew. */
const LOOK_MS = 5_000;
const RETRY_MS = 1_000;
/** The clocks of two processes may differ by a little. */
const MARGIN_MS = 30;

/**
 * presenceChanged and typingChanged for routers that know nothing of Parley's hub. What is published says only that something
 * may have changed: how things stand, and who may see it, is read then, and told where it differs from what was told last.
 */
export class Streams {
  constructor(private readonly deps: StreamsDeps) {}

  async presenceChanged({ userId: viewerId }: Person, asked: readonly string[]): Promise<Events> {
    const userIds = checkPeople(asked);
    const { pubsub } = this.deps;
    const heard = await Heard.open(pubsub, [...userIds.map(presenceChannels.person), presenceChannels.people]);
    return toldOf(heard, this.presences(heard, viewerId, userIds));
  }

  async typingChanged({ userId }: Person, conversationId: string | null): Promise<Events> {
    if (!conversationId) throw notAMember();
    const { pubsub, typing } = this.deps;
    const { conversation } = channels;
    const heard = await Heard.open(pubsub, [
      presenceChannels.typing(conversationId),
      conversation(conversationId),
      presenceChannels.people,
    ]);
    try {
      if (!(await typing.isMember(conversationId, userId))) throw notAMember();
    } catch (error) {
      await heard.close();
      throw error;
    }
    return toldOf(heard, this.typists(heard, userId, conversationId));
  }

  private async *presences(heard: Heard, viewerId: string, userIds: string[]): AsyncGenerator<StateEvent, void> {
    const told = new Map<string, string>();
    const byChannel = new Map(userIds.map((userId) => [presenceChannels.person(userId), userId]));
    let changed: readonly string[] = userIds;
    while (!heard.isClosed) {
      if (changed.length > 0)
        for (const event of await this.reading(() => this.presencesOf(viewerId, changed), []))
          if (event.type === 'presence' && told.get(event.userId) !== event.identity) {
            told.set(event.userId, event.identity);
            yield event;
          }
      const message = await heard.next(LOOK_MS);
      if (!message) changed = userIds;
      else if (message.channel === presenceChannels.people)
        changed = (JSON.parse(message.text) as PeopleChange).userIds.some(
          (userId) => userId === viewerId || byChannel.has(presenceChannels.person(userId)),
        )
          ? userIds
          : [];
      else changed = [byChannel.get(message.channel)!];
    }
  }

  private async presencesOf(viewerId: string, userIds: readonly string[]): Promise<StateEvent[]> {
    const { presence } = this.deps;
    // Who may see it is read last: what was hidden meanwhile is not told.
    const states = await presence.states(userIds);
    const visible = await presence.visible(viewerId, userIds);
    return userIds.flatMap((userId): StateEvent[] => {
      if (!visible.has(userId)) return [{ type: 'presence', userId, presence: null, identity: 'hidden' }];
      const state = states.get(userId);
      if (!state) return [];
      const { status, lastSeenAt } = state;
      return [{ type: 'presence', userId, presence: { status, lastSeenAt }, identity: `${status} ${lastSeenAt}` }];
    });
  }

  private async *typists(heard: Heard, viewerId: string, conversationId: string): AsyncGenerator<StateEvent, void> {
    const { typing } = this.deps;
    let told = '';
    while (!heard.isClosed) {
      const isMember = await this.reading(() => typing.isMember(conversationId, viewerId), null);
      if (isMember === false) return;
      const list = isMember ? await this.reading(() => this.typistsFor(viewerId, conversationId), null) : null;
      const { userIds, changesInMs } = list ?? { userIds: [], changesInMs: RETRY_MS };
      if (list && told !== userIds.join()) {
        told = userIds.join();
        yield { type: 'typing', conversationId, userIds };
      }
      const message = await heard.next(changesInMs);
      const event =
        message?.channel === channels.conversation(conversationId) && (JSON.parse(message.text) as FeedEvent);
      if (!event || event.kind !== 'message' || event.reason !== 'SENT') continue;
      const { senderId } = event.message;
      if (senderId && userIds.includes(senderId))
        await this.reading(() => typing.stopped(conversationId, senderId), undefined);
    }
  }

  private async typistsFor(viewerId: string, conversationId: string) {
    const { typing } = this.deps;
    const typists = [...(await typing.typists(conversationId))].sort(([a], [b]) => (a < b ? -1 : 1));
    const seen = await Promise.all(
      typists.map(async ([userId]) => ((await typing.blocked(userId, [viewerId])).size === 0 ? [userId] : [])),
    );
    const changesInMs = Math.min(LOOK_MS, ...typists.map(([, ms]) => ms + MARGIN_MS));
    return { userIds: seen.flat(), changesInMs };
  }

  /** Where it cannot be read, nothing is told; it is read again when something changes, and soon in any case. */
  private async reading<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      this.deps.log.warn({ err: error }, 'a live stream could not be read; trying again');
      return otherwise;
    }
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

function notAMember(): Fault {
  return new Fault('FORBIDDEN', 'You are not in this conversation.');
}
