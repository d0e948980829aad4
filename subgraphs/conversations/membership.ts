import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import type { People } from '../../schema/people.js';
import type { ChangeStore, RemoveOutcome } from './change-store.js';
import { checkCount, GROUP_LIMIT } from './checks.js';
import { forbidden, full, isDirect, notAMember, wasRemoved } from './faults.js';
import { requirePeople } from './people.js';
import type { RelayPoke } from './relay-poke.js';
import type { MemberRole } from './schema.js';
import type { ConversationStore } from './store.js';

/** Who is in a conversation, and as what. Ids are UUIDs; null stands for an id that was none. */
export class Membership {
  constructor(
    private readonly store: ConversationStore,
    private readonly changes: ChangeStore,
    private readonly people: People,
    private readonly pokeRelay: RelayPoke,
  ) {}

  async add(viewer: Person, conversationId: string | null, userIds: (string | null)[]): Promise<string> {
    if (!conversationId) throw notAMember();
    const known = await requirePeople(this.people, userIds, ['userIds']);
    switch (await this.changes.add(conversationId, viewer.userId, known, GROUP_LIMIT)) {
      case 'done':
        return this.told(conversationId);
      case 'not_a_member':
        throw notAMember();
      case 'direct':
        throw isDirect();
      case 'forbidden':
        throw forbidden('Your role in this conversation does not let you add people.');
      case 'removed':
        throw forbidden('An admin has removed one of these people. Only an admin can add them again.', ['userIds']);
      case 'full':
        throw full(['userIds']);
    }
  }

  async remove(viewer: Person, conversationId: string | null, userIds: (string | null)[]): Promise<string> {
    if (!conversationId) throw notAMember();
    checkCount(userIds, ['userIds']);
    const ids = userIds.filter((id) => id !== null);
    return this.settleRemoval(conversationId, await this.changes.remove(conversationId, viewer.userId, ids));
  }

  /** Who has left, or was removed, has what they ask for: a client whose answer was lost may ask again. */
  async leave({ userId }: Person, conversationId: string | null): Promise<string> {
    if (!conversationId) throw notAMember();
    const outcome = await this.changes.remove(conversationId, userId, [userId]);
    if (outcome === 'not_a_member' && (await this.store.wasMember(conversationId, userId))) return conversationId;
    return this.settleRemoval(conversationId, outcome);
  }

  async setRole(
    viewer: Person,
    conversationId: string | null,
    userId: string | null,
    role: MemberRole,
  ): Promise<string> {
    if (!conversationId) throw notAMember();
    // An id that is none is nobody's; who may not ask is told so first.
    switch (await this.changes.setRole(conversationId, viewer.userId, userId ?? conversationId, role)) {
      case 'done':
        return this.told(conversationId);
      case 'not_a_member':
        throw notAMember();
      case 'direct':
        throw isDirect();
      case 'forbidden':
        throw forbidden(
          'Only the owner and admins give roles, nobody changes that of the owner, and only the owner hands ownership over.',
          ['role'],
        );
      case 'no_such_member':
        throw new UserFault('NOT_A_MEMBER', ['userId'], 'This person is not in the conversation.');
      case 'last_owner':
        throw new UserFault('LAST_OWNER', ['role'], 'Make somebody else the owner first.');
    }
  }

  async joinChannel(viewer: Person, conversationId: string | null): Promise<string> {
    const outcome = conversationId ? await this.changes.join(conversationId, viewer.userId) : 'unknown';
    if (!conversationId || outcome === 'unknown')
      throw new UserFault('NOT_FOUND', ['conversationId'], 'There is no such public channel.');
    if (outcome === 'removed') throw wasRemoved(['conversationId']);
    return this.told(conversationId);
  }

  private async settleRemoval(conversationId: string, outcome: RemoveOutcome): Promise<string> {
    switch (outcome) {
      case 'done':
        return this.told(conversationId);
      case 'not_a_member':
        throw notAMember();
      case 'direct':
        throw isDirect();
      case 'forbidden':
        throw forbidden('Only the owner and admins may remove others, and nobody removes the owner.', ['userIds']);
    }
  }

  private async told(conversationId: string): Promise<string> {
    await this.pokeRelay(conversationId);
    return conversationId;
  }
}
