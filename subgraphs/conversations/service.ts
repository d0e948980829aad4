import type { Avatars } from '../../platform/avatars/avatars.js';
import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { bucketFrom, newUuid } from '../../platform/ids/ids.js';
import type { People } from '../../schema/people.js';
import type { ChangeStore, ConversationChange, NewConversation } from './change-store.js';
import { checkDescription, checkMutationId, checkPolicy, checkTitle, GROUP_LIMIT } from './checks.js';
import { directPlace } from '../../platform/ids/direct-key.js';
import { forbidden, full, isDirect, notAMember } from './faults.js';
import type { CreateChannelInput, CreateGroupInput, UpdateConversationInput } from './inputs.js';
import { requirePeople } from './people.js';
import type { RelayPoke } from './relay-poke.js';
import type { ConversationStore } from './store.js';

/** How conversations come to be, and what they are. Ids are UUIDs; null stands for an id that was none. */
export class Conversations {
  constructor(
    private readonly store: ConversationStore,
    private readonly changes: ChangeStore,
    private readonly people: People,
    private readonly avatars: Avatars,
    private readonly pokeRelay: RelayPoke,
  ) {}

  /**
   * The one conversation of two people. Not where one has blocked the other; and a new one only with whom the other lets
   * write to them: those with whom they have one already are their direct contacts.
   */
  async openDirect(viewer: Person, userId: string | null): Promise<string> {
    if (userId === viewer.userId)
      throw new UserFault('INVALID_INPUT', ['userId'], 'A direct conversation needs another person.');
    const [other = ''] = await requirePeople(this.people, [userId], ['userId']);
    await this.refuseBlocked(viewer.userId, other);
    const { place, key } = directPlace(viewer.userId, other);
    const privacy = (await this.people.privacy([other])).get(other);
    if (privacy && privacy.directMessages !== 'EVERYONE') {
      const existing = (await this.store.directs([{ place, key }])).get(key);
      if (existing) return existing;
      throw forbidden('This person does not take direct messages from people they have not written with.', ['userId']);
    }
    const id = await this.create({
      id: place,
      kind: 'DIRECT',
      directKey: key,
      title: null,
      description: null,
      creator: viewer.userId,
      clientMutationId: null,
      others: [other],
      visibility: 'PRIVATE',
      policy: {},
      avatarMediaId: null,
    });
    // A block of this very moment found no conversation to be copied to.
    if (id === place && (await this.isBlocked(viewer.userId, other))) {
      await this.changes.noteBlock(id);
      await this.refuseBlocked(viewer.userId, other);
    }
    return id;
  }

  /** A retry with the same clientMutationId lands on the same shard and finds the first result. */
  async createGroup(
    viewer: Person,
    input: Omit<CreateGroupInput, 'memberIds'> & { memberIds: (string | null)[] },
  ): Promise<string> {
    const draft = await this.draftOf(viewer, input, 'GROUP');
    const others = (await requirePeople(this.people, input.memberIds, ['memberIds'])).filter(
      (id) => id !== viewer.userId,
    );
    if (others.length >= GROUP_LIMIT) throw full(['memberIds']);
    return this.create({ ...draft, others });
  }

  async createChannel(viewer: Person, input: CreateChannelInput): Promise<string> {
    return this.create({ ...(await this.draftOf(viewer, input, 'CHANNEL')), visibility: input.visibility });
  }

  async update(viewer: Person, conversationId: string | null, input: UpdateConversationInput): Promise<string> {
    if (!conversationId) throw notAMember();
    const change: ConversationChange = {};
    if (input.title === null) throw new UserFault('INVALID_INPUT', ['title'], 'A title has 1 to 100 characters.');
    if (input.visibility === null)
      throw new UserFault('INVALID_INPUT', ['visibility'], 'visibility is PRIVATE or PUBLIC.');
    if (input.title !== undefined) change.title = checkTitle(input.title);
    if (input.description !== undefined) change.description = checkDescription(input.description);
    if (input.visibility !== undefined) change.visibility = input.visibility;
    if (input.avatarMediaId !== undefined)
      change.avatarMediaId = await this.avatars.choose(viewer.userId, input.avatarMediaId);
    change.policy = checkPolicy(input.policy);
    switch (await this.changes.update(conversationId, viewer.userId, change)) {
      case 'done':
        await this.pokeRelay(conversationId);
        return conversationId;
      case 'not_a_member':
        throw notAMember();
      case 'direct':
        throw isDirect();
      case 'forbidden':
        throw forbidden('Only the owner and admins may change this.');
      case 'not_a_channel':
        throw new UserFault('INVALID_INPUT', ['visibility'], 'Only a channel can be PUBLIC.');
    }
  }

  private async draftOf(
    viewer: Person,
    input: Omit<CreateGroupInput, 'memberIds'>,
    kind: 'GROUP' | 'CHANNEL',
  ): Promise<NewConversation> {
    // Keys of groups and of channels are apart: one never answers for the other.
    const clientMutationId = `${kind === 'GROUP' ? '' : 'channel:'}${checkMutationId(input.clientMutationId)}`;
    return {
      id: newUuid(bucketFrom(viewer.userId, clientMutationId)),
      kind,
      directKey: null,
      title: checkTitle(input.title),
      description: checkDescription(input.description),
      creator: viewer.userId,
      clientMutationId,
      others: [],
      visibility: 'PRIVATE',
      policy: checkPolicy(input.policy),
      avatarMediaId: await this.avatars.choose(viewer.userId, input.avatarMediaId),
    };
  }

  private async create(draft: NewConversation): Promise<string> {
    const id = await this.changes.create(draft);
    await this.pokeRelay(id);
    return id;
  }

  private async refuseBlocked(userId: string, other: string): Promise<void> {
    if (await this.isBlocked(userId, other))
      throw new UserFault('BLOCKED', ['userId'], 'You cannot write to this person.');
  }

  private async isBlocked(userId: string, other: string): Promise<boolean> {
    return (await this.people.blocked(userId, [other])).has(other);
  }
}
