import '../../platform/subgraph/directives.js';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireViewer, type Person } from '../../platform/auth/caller.js';
import { asPayload } from '../../platform/errors/errors.js';
import type { UsersContext } from './context.js';
import {
  ChangePasswordInput,
  DeleteAccountInput,
  RequestPasswordResetInput,
  ResetPasswordInput,
  VerifyEmailInput,
} from './credential-inputs.js';
import {
  ChangePasswordPayload,
  DeleteAccountPayload,
  RequestPasswordResetPayload,
  ResendEmailVerificationPayload,
  ResetPasswordPayload,
  VerifyEmailPayload,
} from './credential-payloads.js';
import type { Credentials } from './credentials.js';
import type { Deletion } from './deletion.js';
import { sessionPayload } from './session-resolvers.js';

@Resolver()
export class CredentialsResolver {
  constructor(
    private readonly credentials: Credentials,
    private readonly deletion: Deletion,
  ) {}

  @Mutation(() => VerifyEmailPayload, {
    description: "Proves with the mailed code that the viewer's e-mail address is theirs.",
  })
  verifyEmail(@Arg('input', () => VerifyEmailInput) input: VerifyEmailInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return viewerPayload(viewer, context, this.credentials.verifyEmail(viewer, input.code));
  }

  @Mutation(() => ResendEmailVerificationPayload, {
    description: 'Mails a new verification code, which takes the place of the one before it; at most five an hour.',
  })
  resendEmailVerification(@Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return viewerPayload(viewer, context, this.credentials.resendVerification(viewer));
  }

  @Mutation(() => RequestPasswordResetPayload, {
    description: 'Always succeeds, so that it does not tell which addresses have accounts.',
  })
  requestPasswordReset(@Arg('input', () => RequestPasswordResetInput) input: RequestPasswordResetInput) {
    this.credentials.requestReset(input.email);
    return { errors: [] };
  }

  @Mutation(() => ResetPasswordPayload, { description: 'Signs out every device of the account.' })
  resetPassword(@Arg('input', () => ResetPasswordInput) input: ResetPasswordInput, @Ctx() { caller }: UsersContext) {
    return sessionPayload(this.credentials.resetPassword(caller, input));
  }

  @Mutation(() => ChangePasswordPayload, {
    description: 'Replaces the password. Other devices stay signed in; signOutDevices ends their sessions.',
  })
  changePassword(@Arg('input', () => ChangePasswordInput) input: ChangePasswordInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    return viewerPayload(viewer, context, this.credentials.changePassword(viewer, input));
  }

  @Mutation(() => DeleteAccountPayload, {
    description:
      'Removes profile and credentials at once; messages stay, sent by a deleted user, unless eraseMessages.',
  })
  async deleteAccount(@Arg('input', () => DeleteAccountInput) input: DeleteAccountInput, @Ctx() context: UsersContext) {
    const viewer = requireViewer(context.caller);
    const { errors } = await asPayload('done', this.deletion.delete(viewer, input));
    context.loaders.account.clear(viewer.userId);
    return { errors: errors };
  }
}

async function viewerPayload(viewer: Person, { loaders }: UsersContext, work: Promise<void>) {
  const { errors } = await asPayload('done', work);
  loaders.account.clear(viewer.userId);
  return { viewer: errors.length === 0 ? viewer : null, errors: errors };
}
