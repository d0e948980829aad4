import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { bucketOf, newUuid } from '../../platform/ids/ids.js';
import type { People } from '../../schema/people.js';
import { checkMutationId, GROUP_LIMIT } from './checks.js';
import { forbidden, full, isDirect, notAMember, wasRemoved } from './faults.js';
import { inviteIdIn, isSameCode, newInvite } from './invite-code.js';
import type { InviteRow, InviteStore, JoinRequestRow } from './invite-store.js';
import type { CreateInviteInput } from './inputs.js';
import { requirePeople } from './people.js';
import type { RelayPoke } from './relay-poke.js';

/** Invites of one conversation that can be used at a time. */
export const INVITE_LIMIT = 50;
const MOST_USES = 100_000;

/** Either the conversation that was joined, or the request that waits. */
export interface Accepted {
  conversationId: string | null;
  joinRequest: JoinRequestRow | null;
}

/**
 * Invites, and what comes of them. Whom an admin removed does not come back by a plain invite, however old or new; by one
 * that needs approval they may ask, and an admin decides. Ids are UUIDs; null stands for an id that was none.
 */
export class Invites {
  constructor(
    private readonly store: InviteStore,
    private readonly people: People,
    private readonly pokeRelay: RelayPoke,
  ) {}

  async create(viewer: Person, conversationId: string | null, input: CreateInviteInput): Promise<InviteRow> {
    if (!conversationId) throw notAMember();
    const { needsApproval, maxUses = null, expiresAt = null } = input;
    const clientMutationId = checkMutationId(input.clientMutationId);
    if (maxUses !== null && (maxUses < 1 || maxUses > MOST_USES))
      throw new UserFault('INVALID_INPUT', ['maxUses'], `maxUses is 1 to ${MOST_USES}, or left out for any number.`);
    const draft = { ...newInvite(conversationId), clientMutationId, needsApproval, maxUses, expiresAt };
    const { outcome, inviteId } = await this.store.create(conversationId, viewer.userId, draft, INVITE_LIMIT);
    switch (outcome) {
      case 'done':
        return this.require(inviteId);
      case 'not_a_member':
        throw notAMember();
      case 'direct':
        throw isDirect();
      case 'forbidden':
        throw forbidden('Your role in this conversation does not let you make invites.');
      case 'past':
        throw new UserFault('INVALID_INPUT', ['expiresAt'], 'expiresAt lies in the past.');
      case 'too_many':
        throw new UserFault(
          'QUOTA_EXCEEDED',
          ['conversationId'],
          `A conversation has at most ${INVITE_LIMIT} invites at a time. Revoke one first.`,
        );
    }
  }

  async revoke(viewer: Person, inviteId: string | null): Promise<InviteRow> {
    const invite = inviteId && (await this.store.byId(inviteId));
    const outcome = invite ? await this.store.revoke(invite, viewer.userId) : 'not_a_member';
    if (!invite || outcome === 'not_a_member')
      throw new UserFault('NOT_FOUND', ['inviteId'], 'There is no such invite in a conversation of yours.');
    if (outcome === 'forbidden') throw forbidden('Only admins and who made it may revoke an invite.', ['inviteId']);
    return invite;
  }

  /** Null where there is none with this code. */
  async find(code: string): Promise<InviteRow | null> {
    const inviteId = inviteIdIn(code);
    const invite = inviteId && (await this.store.byId(inviteId));
    return invite && isSameCode(invite.code, code) ? invite : null;
  }

  async accept(viewer: Person, code: string): Promise<Accepted> {
    const invite = await this.find(code);
    if (!invite) throw new UserFault('NOT_FOUND', ['code'], 'There is no such invite.');
    const requestId = newUuid(bucketOf(invite.conversationId));
    const { outcome, joinRequestId } = await this.store.accept(invite, viewer.userId, requestId, GROUP_LIMIT);
    switch (outcome) {
      case 'joined':
        await this.pokeRelay(invite.conversationId);
        return { conversationId: invite.conversationId, joinRequest: null };
      case 'requested':
        return {
          conversationId: null,
          joinRequest: joinRequestId === null ? null : await this.store.request(joinRequestId),
        };
      case 'expired':
        throw new UserFault('INVITE_EXPIRED', ['code'], 'This invite can no longer be used. Ask for a new one.');
      case 'removed':
        throw wasRemoved(['code']);
      case 'declined':
        throw forbidden('An admin has declined your request to join.', ['code']);
      case 'full':
        throw full(['code']);
    }
  }

  async decide(viewer: Person, joinRequestId: string | null, approve: boolean): Promise<string> {
    const request = joinRequestId && (await this.store.request(joinRequestId));
    if (!request) throw noSuchRequest();
    if (approve) await requirePeople(this.people, [request.userId], ['joinRequestId']);
    switch (await this.store.decide(request, viewer.userId, approve, GROUP_LIMIT)) {
      case 'done':
        await this.pokeRelay(request.conversationId);
        return request.conversationId;
      case 'not_a_member':
        throw noSuchRequest();
      case 'forbidden':
        throw forbidden('Only the owner and admins decide who joins.', ['joinRequestId']);
      case 'decided':
        throw new UserFault('CONFLICT', ['joinRequestId'], 'This request was decided the other way.');
      case 'full':
        throw full(['joinRequestId']);
    }
  }

  private async require(inviteId: string | null): Promise<InviteRow> {
    const invite = inviteId && (await this.store.byId(inviteId));
    if (!invite) throw new Error('an invite is gone');
    return invite;
  }
}

/** Who is not in its conversation does not learn of it. */
function noSuchRequest(): UserFault {
  return new UserFault('NOT_FOUND', ['joinRequestId'], 'There is no such request in a conversation of yours.');
}
