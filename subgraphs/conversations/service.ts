import type { Person } from '../../platform/auth/caller.js';
import { Fault, UserFault } from '../../platform/errors/errors.js';
import { bucketFrom, newUuid } from '../../platform/ids/ids.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import { channels } from '../../schema/live.js';
import type { ChangeOutcome, ConversationStore } from './store.js';

/** Members of a group at most: above it, messages would not fan out on write. */
export const GROUP_LIMIT = 256;

/** Who may do what to conversations. Ids are UUIDs; null stands for an id that was none. */
export class Conversations {
  constructor(
    private readonly store: ConversationStore,
    private readonly pubsub: PubSub,
    /** Those of the given users that exist. */
    private readonly knownUsers: (userIds: string[]) => Promise<Set<string>>,
  ) {}

  /** The one conversation of two people. Its bucket follows from who they are, so races meet on one unique key. */
  async openDirect(viewer: Person, userId: string | null): Promise<string> {
    if (userId === viewer.userId)
      throw new UserFault('INVALID_INPUT', ['userId'], 'A direct conversation needs another person.');
    const [other = ''] = await this.requireUsers([userId], ['userId']);
    const [low = '', high = ''] = [viewer.userId, other].sort();
    return this.create({
      id: newUuid(bucketFrom(low, high)),
      kind: 'DIRECT',
      directKey: `${low}:${high}`,
      title: null,
      description: null,
      creator: viewer.userId,
      clientMutationId: null,
      others: [other],
    });
  }

  /** A retry with the same clientMutationId lands on the same shard and finds the first result. */
  async createGroup(
    viewer: Person,
    draft: { clientMutationId: string; title: string; description?: string | null; memberIds: (string | null)[] },
  ): Promise<string> {
    const clientMutationId = checkText(['clientMutationId'], 'clientMutationId', draft.clientMutationId, 1, 64);
    const title = checkText(['title'], 'A title', draft.title.trim(), 1, 100);
    const description = draft.description
      ? checkText(['description'], 'A description', draft.description.trim(), 0, 1_000)
      : null;
    const others = (await this.requireUsers(draft.memberIds, ['memberIds'])).filter((id) => id !== viewer.userId);
    if (others.length >= GROUP_LIMIT) throw full(['memberIds']);
    return this.create({
      id: newUuid(bucketFrom(viewer.userId, clientMutationId)),
      kind: 'GROUP',
      directKey: null,
      title,
      description: description || null,
      creator: viewer.userId,
      clientMutationId,
      others,
    });
  }

  async addMembers(viewer: Person, conversationId: string | null, userIds: (string | null)[]): Promise<string> {
    if (!conversationId) throw notAMember();
    const known = await this.requireUsers(userIds, ['userIds']);
    return this.settle(conversationId, await this.store.add(conversationId, viewer.userId, known, GROUP_LIMIT));
  }

  async removeMembers(viewer: Person, conversationId: string | null, userIds: (string | null)[]): Promise<string> {
    if (!conversationId) throw notAMember();
    checkCount(userIds, ['userIds']);
    const ids = userIds.filter((id) => id !== null);
    return this.settle(conversationId, await this.store.remove(conversationId, viewer.userId, ids));
  }

  /** Who has left, or was removed, has what they ask for: a client whose answer was lost may ask again. */
  async leave({ userId }: Person, conversationId: string | null): Promise<string> {
    if (!conversationId) throw notAMember();
    const outcome = await this.store.remove(conversationId, userId, [userId]);
    if (outcome === 'not_a_member' && (await this.store.wasMember(conversationId, userId))) return conversationId;
    return this.settle(conversationId, outcome);
  }

  private async create(draft: Parameters<ConversationStore['create']>[0]): Promise<string> {
    const id = await this.store.create(draft);
    await this.pokeRelay(id);
    return id;
  }

  private async settle(conversationId: string, outcome: ChangeOutcome): Promise<string> {
    switch (outcome) {
      case 'done':
        await this.pokeRelay(conversationId);
        return conversationId;
      case 'not_a_member':
        throw notAMember();
      case 'direct':
        throw new UserFault(
          'FORBIDDEN',
          ['conversationId'],
          'A direct conversation is always between its two people. Create a group.',
        );
      case 'forbidden':
        throw new UserFault(
          'FORBIDDEN',
          ['userIds'],
          'Only the owner and admins may remove others, and nobody removes the owner.',
        );
      case 'full':
        throw full(['userIds']);
    }
  }

  private async requireUsers(ids: (string | null)[], path: string[]): Promise<string[]> {
    checkCount(ids, path);
    const wanted = new Set(ids.filter((id) => id !== null));
    const known = await this.knownUsers([...wanted]);
    if (ids.includes(null) || known.size < wanted.size)
      throw new UserFault('NOT_FOUND', path, 'There is no such person.');
    return [...wanted];
  }

  /** What was committed is relayed anyway within 250 ms: a failure here is nobody's error. */
  private async pokeRelay(conversationId: string): Promise<void> {
    await this.pubsub.publish(channels.outbox(this.store.shardName(conversationId)), '').catch(() => undefined);
  }
}

function checkCount(ids: readonly unknown[], path: string[]): void {
  if (ids.length > GROUP_LIMIT) throw new UserFault('INVALID_INPUT', path, `At most ${GROUP_LIMIT} people at once.`);
}

function checkText(path: string[], what: string, text: string, least: number, most: number): string {
  const length = [...text].length;
  if (length < least || length > most)
    throw new UserFault('INVALID_INPUT', path, `${what} has ${least} to ${most} characters.`);
  if (text.includes('\0') || !text.isWellFormed())
    throw new UserFault('INVALID_INPUT', path, `${what} contains a character that cannot be stored.`);
  return text;
}

function full(path: string[]): UserFault {
  return new UserFault('CONVERSATION_FULL', path, `A group has at most ${GROUP_LIMIT} members.`);
}

function notAMember(): UserFault {
  return new UserFault('NOT_A_MEMBER', ['conversationId'], 'You are not in this conversation.');
}

/** `first` of a connection. Throws BAD_USER_INPUT outside 1 to 100. */
export function checkFirst(first: number): number {
  if (first < 1 || first > 100) throw new Fault('BAD_USER_INPUT', 'first is 1 to 100.');
  return first;
}
