import '../../platform/subgraph/directives.js';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import type { UsersContext } from './context.js';
import { RefreshSessionInput, SignInInput, SignInWithOidcInput, SignOutDevicesInput, SignUpInput } from './inputs.js';
import type { OidcSignIn } from './oidc-sign-in.js';
import {
  RefreshSessionPayload,
  SignInPayload,
  SignInWithOidcPayload,
  SignOutDevicesPayload,
  SignOutPayload,
  SignUpPayload,
} from './payloads.js';
import { toDevice, type ViewerSource } from './present.js';
import type { Session, Sessions } from './sessions.js';

@Resolver()
export class SessionsResolver {
  constructor(
    private readonly sessions: Sessions,
    private readonly oidc: OidcSignIn,
  ) {}

  @Mutation(() => SignUpPayload, {
    description: 'Creates the account, signs in the given device, and mails a verification code.',
  })
  signUp(@Arg('input', () => SignUpInput) input: SignUpInput, @Ctx() { caller }: UsersContext) {
    return sessionPayload(this.sessions.signUp(caller, input));
  }

  @Mutation(() => SignInPayload, { description: 'Signs in a device by e-mail address or handle, and password.' })
  signIn(@Arg('input', () => SignInInput) input: SignInInput, @Ctx() { caller }: UsersContext) {
    return sessionPayload(this.sessions.signIn(caller, input));
  }

  @Mutation(() => SignInWithOidcPayload, {
    description:
      'For deployments that bring their own identity provider: exchanges an OpenID Connect id token for a session; the account is created on first use.',
  })
  signInWithOidc(@Arg('input', () => SignInWithOidcInput) input: SignInWithOidcInput, @Ctx() { caller }: UsersContext) {
    return sessionPayload(this.oidc.signIn(caller, input));
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

/** The viewer is whoever signed in just now, not who sent the request. */
export async function sessionPayload(work: Promise<Session>) {
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
