import { ListSize, Shareable } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { requireViewer, type Person } from '../../platform/auth/caller.js';
import { asPayload, Fault } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { loadUser, type UsersContext } from './context.js';
import { UpdateProfileInput } from './inputs.js';
import { UpdatePrivacyPayload, UpdateProfilePayload } from './payloads.js';
import type { UserSource, ViewerSource } from './present.js';
import { UpdatePrivacyInput } from './privacy.js';
import { User, Viewer } from './schema.js';
import { requireSomebody, type Accounts } from './service.js';
import type { Account } from './store.js';

@Resolver()
export class PeopleResolver {
  constructor(private readonly accounts: Accounts) {}

  @Shareable()
  @Query(() => Viewer, {
    nullable: true,
    description: 'The signed-in person; null, with an UNAUTHENTICATED error, when nobody is signed in.',
  })
  viewer(@Ctx() { caller }: UsersContext): ViewerSource {
    return requireViewer(caller);
  }

  @Query(() => User, {
    nullable: true,
    description:
      'By id or by handle, exactly one of them. Null when unknown, deleted, or hidden from the viewer by a block.',
  })
  async user(
    @Arg('id', () => ID, { nullable: true }) id: string | null | undefined,
    @Arg('handle', () => String, { nullable: true }) handle: string | null | undefined,
    @Ctx() context: UsersContext,
  ): Promise<UserSource | null> {
    requireSomebody(context.caller);
    if ((id == null) === (handle == null))
      throw new Fault('BAD_USER_INPUT', 'Give either id or handle, exactly one of them.');
    return findUser(context, id == null ? await this.accounts.idByHandle(handle!) : fromPublicId('user', id));
  }

  @ListSize('assumedSize: 100')
  @Query(() => [User], {
    nullable: 'items',
    description: 'In the order asked; null for each that user(id:) would not return. At most 100.',
  })
  users(@Arg('ids', () => [ID]) ids: string[], @Ctx() context: UsersContext): Promise<(UserSource | null)[]> {
    requireSomebody(context.caller);
    if (ids.length > 100) throw new Fault('BAD_USER_INPUT', 'Ask for at most 100 users at once.');
    return Promise.all(ids.map((id) => findUser(context, fromPublicId('user', id))));
  }

  @Mutation(() => UpdateProfilePayload, { description: 'Changes what others see of the viewer.' })
  updateProfile(@Arg('input', () => UpdateProfileInput) input: UpdateProfileInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return accountPayload(viewer, context, this.accounts.updateProfile(viewer, input));
  }

  @Mutation(() => UpdatePrivacyPayload, { description: 'Changes who may learn what of the viewer.' })
  updatePrivacy(@Arg('input', () => UpdatePrivacyInput) input: UpdatePrivacyInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return accountPayload(viewer, context, this.accounts.updatePrivacy(viewer, input));
  }
}

/**
 * Entities that other subgraphs refer to, by their public ids. A block hides nobody here: what people wrote to each other
 * keeps its names.
 */
export const references = {
  User: ({ id }: { id: string }, context: UsersContext) => {
    requireSomebody(context.caller);
    return loadUser(context, fromPublicId('user', id));
  },
  /** Nobody but the person themself. */
  Viewer: ({ id }: { id: string }, { caller }: UsersContext): ViewerSource | null =>
    caller.kind === 'person' && fromPublicId('viewer', id) === caller.userId ? caller : null,
};

/** A person who can be looked up: not deleted, and without a block, either way, between them and the viewer. */
async function findUser(context: UsersContext, userId: string | null): Promise<UserSource | null> {
  if (!userId) return null;
  const [user, isHidden] = await Promise.all([loadUser(context, userId), context.loaders.isHidden.load(userId)]);
  return isHidden || user?.isDeleted ? null : user;
}

async function accountPayload(viewer: Person, { loaders }: UsersContext, work: Promise<Account>) {
  const { account, errors } = await asPayload('account', work);
  if (account) loaders.account.clear(viewer.userId).prime(viewer.userId, account);
  return { viewer: account && viewer, errors: errors };
}
