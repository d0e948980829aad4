import type { Person } from '../../platform/auth/caller.js';
import type { Ephemeral } from '../../platform/ephemeral/port.js';
import { UserFault } from '../../platform/errors/errors.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Memberships } from '../../schema/memberships.js';
import type { People } from '../../schema/people.js';
import { presenceChannels, type TypingFeed } from '../../schema/presence.js';

const TYPING_MS = 6_000;
/** Of a crowd that types, so many are told. */
const TOLD = 50;

const keyOf = (conversationId: string) => `typing:${conversationId}`;

export interface TypingDeps {
  ephemeral: Ephemeral;
  pubsub: PubSub;
  people: People;
  memberships: Memberships;
}

/** Who types where. Changes are published; that somebody's six seconds have passed is for the listener to see. */
export class Typing implements TypingFeed {
  constructor(private readonly deps: TypingDeps) {}

  async set({ userId }: Person, conversationId: string | null, isTyping: boolean): Promise<void> {
    const { ephemeral, people, memberships } = this.deps;
    if (!conversationId || !(await memberships.isMember(conversationId, userId)))
      throw new UserFault('NOT_A_MEMBER', ['conversationId'], 'You are not in this conversation.');
    const isShown = isTyping && (await people.privacy([userId])).get(userId)?.typingIndicators !== false;
    if (!isShown) return this.stopped(conversationId, userId);
    if (await ephemeral.addMember(keyOf(conversationId), userId, TYPING_MS)) await this.publish(conversationId);
  }

  async stopped(conversationId: string, userId: string): Promise<void> {
    if (await this.deps.ephemeral.removeMember(keyOf(conversationId), userId)) await this.publish(conversationId);
  }

  isMember(conversationId: string, userId: string): Promise<boolean> {
    return this.deps.memberships.isMember(conversationId, userId);
  }

  async typists(conversationId: string): Promise<Map<string, number>> {
    const typing = [...(await this.deps.ephemeral.lifetimes(keyOf(conversationId)))].slice(0, TOLD);
    if (typing.length === 0) return new Map();
    const privacy = await this.deps.people.privacy(typing.map(([userId]) => userId));
    return new Map(typing.filter(([userId]) => privacy.get(userId)?.typingIndicators !== false));
  }

  blocked(typistId: string, viewerIds: readonly string[]): Promise<Set<string>> {
    return this.deps.people.blocked(typistId, viewerIds);
  }

  /** As the viewer, a member, may see it. */
  async typistsFor(viewerId: string, conversationId: string): Promise<string[]> {
    const typists = [...(await this.typists(conversationId)).keys()];
    if (typists.length === 0) return [];
    const blocked = await this.deps.people.blocked(viewerId, typists);
    return typists.filter((userId) => !blocked.has(userId));
  }

  private async publish(conversationId: string): Promise<void> {
    await this.deps.pubsub.publish(presenceChannels.typing(conversationId), '');
  }
}
