import { ListSize, Shareable } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload, Fault } from '../../platform/errors/errors.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import type { UsersContext } from './context.js';
import { RefreshSessionInput, SignInInput, SignOutDevicesInput, SignUpInput, UpdateProfileInput } from './inputs.js';
import {
  RefreshSessionPayload,
  SignInPayload,
  SignOutDevicesPayload,
  SignOutPayload,
  SignUpPayload,
  UpdateProfilePayload,
} from './payloads.js';
import { toDevice, toUser, type ViewerSource } from './present.js';
import { User, Viewer } from './schema.js';
import { gone, requireSomebody, type Accounts } from './service.js';
import type { Session, Sessions } from './sessions.js';

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
    description: 'By id or by handle, exactly one of them. Null when unknown.',
  })
  async user(
    @Arg('id', () => ID, { nullable: true }) id: string | null | undefined,
    @Arg('handle', () => String, { nullable: true }) handle: string | null | undefined,
    @Ctx() context: UsersContext,
  ): Promise<User | null> {
    requireSomebody(context.caller);
    if ((id == null) === (handle == null))
      throw new Fault('BAD_USER_INPUT', 'Give either id or handle, exactly one of them.');
    return loadUser(context, id == null ? await this.accounts.idByHandle(handle!) : fromPublicId('user', id));
  }

  @ListSize('assumedSize: 100')
  @Query(() => [User], {
    nullable: 'items',
    description: 'In the order asked; null for each that user(id:) would not return. At most 100.',
  })
  users(@Arg('ids', () => [ID]) ids: string[], @Ctx() context: UsersContext): Promise<(User | null)[]> {
    requireSomebody(context.caller);
    if (ids.length > 100) throw new Fault('BAD_USER_INPUT', 'Ask for at most 100 users at once.');
    return Promise.all(ids.map((id) => loadUser(context, fromPublicId('user', id))));
  }

  @Mutation(() => UpdateProfilePayload, { description: 'Changes what others see of the viewer.' })
  async updateProfile(@Arg('input', () => UpdateProfileInput) input: UpdateProfileInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    const { account, errors } = await asPayload('account', this.accounts.updateProfile(viewer, input));
    if (account) context.loaders.account.clear(viewer.userId).prime(viewer.userId, account);
    return { viewer: account && viewer, errors: errors };
  }
}

@Resolver()
export class SessionsResolver {
  constructor(private readonly sessions: Sessions) {}

  @Mutation(() => SignUpPayload, { description: 'Creates the account and signs in the given device.' })
  signUp(@Arg('input', () => SignUpInput) input: SignUpInput, @Ctx() { caller }: UsersContext) {
    return sessionPayload(this.sessions.signUp(caller, input));
  }

  @Mutation(() => SignInPayload, { description: 'Signs in a device by e-mail address or handle, and password.' })
  signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() { caller }: UsersContext) {
    return sessionPayload(this.sessions.signIn(caller, input));
  }

  @Mutation(() => RefreshSessionPayload, {
    description: 'Rotates the refresh token. A refresh token used twice signs its device out.',
  })
  refreshSession(@Arg('input', () => RefreshSessionInput) input: RefreshSessionInput, @Ctx() { caller }: UsersContext) {
    return sessionPayload(this.sessions.refresh(caller, input));
  }

  @Mutation(() => SignOutPayload, { description: "Ends this device's session; its sockets close within a second." })
  signOut(@Ctx() { caller }: UsersContext) {
    return signOutPayload(this.sessions.signOut(requireViewer(caller)));
  }

  @Mutation(() => SignOutDevicesPayload, {
    description: 'Ends other sessions of the viewer: the given ones, or all others when deviceIds is null.',
  })
  signOutDevices(@Arg('input', () => SignOutDevicesInput) input: SignOutDevicesInput, @Ctx() { caller }: UsersContext) {
    const viewer = requireViewer(caller);
    const deviceIds = input.deviceIds?.map((id) => fromPublicId('device', id)).filter((id) => id !== null);
    return signOutPayload(this.sessions.signOutDevices(viewer, deviceIds ?? null));
  }
}

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(private readonly sessions: Sessions) {}

  @FieldResolver()
  id(@Root() { userId }: ViewerSource) {
    return toPublicId('viewer', userId);
  }

  @FieldResolver()
  async user(@Root() viewer: ViewerSource, @Ctx() context: UsersContext) {
    return toUser(await ownAccount(viewer, context));
  }

  @FieldResolver()
  async email(@Root() viewer: ViewerSource, @Ctx() context: UsersContext) {
    return (await ownAccount(viewer, context)).email;
  }

  @FieldResolver()
  async devices(@Root() { userId, deviceId }: ViewerSource) {
    const devices = await this.sessions.devicesOf(userId, deviceId);
    return devices.map((device) => toDevice(device, deviceId));
  }
}

/** Entities that other subgraphs refer to, by their public ids. */
export const references = {
  User: ({ id }: { id: string }, context: UsersContext) => {
    requireSomebody(context.caller);
    return loadUser(context, fromPublicId('user', id));
  },
  /** Nobody but the person themself. */
  Viewer: ({ id }: { id: string }, { caller }: UsersContext): ViewerSource | null =>
    caller.kind === 'person' && fromPublicId('viewer', id) === caller.userId ? caller : null,
};

async function loadUser({ loaders }: UsersContext, userId: string | null): Promise<User | null> {
  const account = userId && (await loaders.account.load(userId));
  return account ? toUser(account) : null;
}

async function ownAccount({ userId }: ViewerSource, { loaders }: UsersContext) {
  return (await loaders.account.load(userId)) ?? gone();
}

/** The viewer is whoever signed in just now, not who sent the request. */
async function sessionPayload(work: Promise<Session>) {
  const { session, errors } = await asPayload('session', work);
  if (!session) return { session, viewer: null, errors: errors };
  const { device } = session;
  return {
    session: { ...session, device: toDevice(device, device.deviceId) },
    viewer: device as ViewerSource,
    errors: [],
  };
}

async function signOutPayload(work: Promise<string[]>) {
  return { signedOutDeviceIds: (await work).map((id) => toPublicId('device', id)), errors: [] };
}
