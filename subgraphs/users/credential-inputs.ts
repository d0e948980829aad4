import '../../platform/subgraph/directives.js';
import { Field, InputType } from 'type-graphql';
import { EmailAddressScalar } from '../../platform/subgraph/scalars.js';
import { DeviceInput } from './inputs.js';

@InputType()
export class VerifyEmailInput {
  @Field(() => String, { description: 'From the newest letter; capitals, spaces and dashes do not matter.' })
  code!: string;
}

@InputType()
export class RequestPasswordResetInput {
  @Field(() => EmailAddressScalar)
  email!: string;
}

@InputType()
export class ResetPasswordInput {
  @Field(() => String, { description: 'From the newest letter; works once.' })
  token!: string;

  @Field(() => String, { description: '8 to 128 characters.' })
  newPassword!: string;

  @Field(() => DeviceInput)
  device!: DeviceInput;
}

@InputType()
export class ChangePasswordInput {
  @Field(() => String)
  currentPassword!: string;

  @Field(() => String, { description: '8 to 128 characters.' })
  newPassword!: string;
}

@InputType()
export class DeleteAccountInput {
  @Field(() => String, { nullable: true, description: 'Required where the account has one.' })
  password?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether what they wrote goes too.' })
  eraseMessages!: boolean;
}
