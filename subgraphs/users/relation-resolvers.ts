import '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Avatars } from '../../platform/avatars/avatars.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { UrlScalar } from '../../platform/subgraph/scalars.js';
import { loadUser, type UsersContext } from './context.js';
import type { UserSource } from './present.js';
import {
  BlockUserInput,
  BlockUserPayload,
  MuteUserInput,
  MuteUserPayload,
  UnblockUserInput,
  UnblockUserPayload,
  UnmuteUserInput,
  UnmuteUserPayload,
} from './relation-types.js';
import type { Relations } from './relations.js';
import { Identity, User } from './schema.js';

@Resolver()
export class RelationsResolver {
  constructor(private readonly relations: Relations) {}

  @Mutation(() => BlockUserPayload, {
    description:
      'Cuts the two people off from each other: no direct messages, presence, typing or receipts; live streams stop within a second.',
  })
  blockUser(@Arg('input', () => BlockUserInput) { userId }: BlockUserInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return userPayload(context, this.relations.block(viewer, fromPublicId('user', userId)));
  }

  @Mutation(() => UnblockUserPayload, {
    description: 'Takes a block of the viewer back; a block by the other person stays.',
  })
  unblockUser(@Arg('input', () => UnblockUserInput) { userId }: UnblockUserInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return userPayload(context, this.relations.unblock(viewer, fromPublicId('user', userId)));
  }

  @Mutation(() => MuteUserPayload, {
    description: 'The viewer gets no notifications for what this person sends; the person cannot tell.',
  })
  muteUser(@Arg('input', () => MuteUserInput) { userId, until }: MuteUserInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return userPayload(context, this.relations.mute(viewer, fromPublicId('user', userId), until ?? null));
  }

  @Mutation(() => UnmuteUserPayload, { description: 'Lets notifications through again.' })
  unmuteUser(@Arg('input', () => UnmuteUserInput) { userId }: UnmuteUserInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return userPayload(context, this.relations.unmute(viewer, fromPublicId('user', userId)));
  }
}

@Resolver(() => User)
export class UserResolver {
  constructor(private readonly avatars: Avatars) {}

  @FieldResolver(() => UrlScalar, { nullable: true })
  avatarUrl(@Root() { avatarMediaId }: UserSource) {
    return this.avatars.link(avatarMediaId);
  }

  @FieldResolver(() => Boolean)
  viewerHasBlocked(@Root() { userId }: UserSource, @Ctx() { caller, loaders }: UsersContext) {
    requireViewer(caller);
    return loaders.viewerHasBlocked.load(userId);
  }

  @FieldResolver(() => Boolean)
  viewerHasMuted(@Root() { userId }: UserSource, @Ctx() { caller, loaders }: UsersContext) {
    requireViewer(caller);
    return loaders.viewerHasMuted.load(userId);
  }

  @FieldResolver(() => [Identity])
  identities(@Root() { userId }: UserSource, @Ctx() { loaders }: UsersContext) {
    return loaders.identities.load(userId);
  }
}

async function userPayload(context: UsersContext, work: Promise<string>) {
  const { userId, errors } = await asPayload('userId', work);
  const { viewerHasBlocked, viewerHasMuted, isHidden } = context.loaders;
  if (userId) for (const loader of [viewerHasBlocked, viewerHasMuted, isHidden]) loader.clear(userId);
  return { user: await loadUser(context, userId), errors: errors };
}
