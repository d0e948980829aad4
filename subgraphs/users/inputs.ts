import '../../platform/subgraph/directives.js';
import { Field, ID, InputType } from 'type-graphql';
import { EmailAddressScalar } from '../../platform/subgraph/scalars.js';
import { DevicePlatform } from './schema.js';

@InputType({ description: 'The device that signs in.' })
export class DeviceInput {
  @Field(() => String, { description: 'For its person to tell it from their others, 1 to 80 characters.' })
  name!: string;

  @Field(() => DevicePlatform)
  platform!: DevicePlatform;

  @Field(() => String, {
    nullable: true,
    description: 'A stable id the client made up for this installation: signing in again reuses the device.',
  })
  installationId?: string | null;
}

@InputType()
export class SignUpInput {
  @Field(() => EmailAddressScalar)
  email!: string;

  @Field(() => String, { description: '8 to 128 characters.' })
  password!: string;

  @Field(() => String, { description: '3 to 30 of a-z, 0-9 and _.' })
  handle!: string;

  @Field(() => String, { description: '1 to 80 characters.' })
  displayName!: string;

  @Field(() => DeviceInput)
  device!: DeviceInput;
}

@InputType()
export class SignInInput {
  @Field(() => String, { description: 'E-mail address or handle.' })
  login!: string;

  @Field(() => String)
  password!: string;

  @Field(() => DeviceInput)
  device!: DeviceInput;
}

@InputType()
export class SignInWithOidcInput {
  @Field(() => String, {
    description: 'As the issuer gave it to the client, for a client id that this Parley accepts.',
  })
  idToken!: string;

  @Field(() => DeviceInput)
  device!: DeviceInput;
}

@InputType()
export class RefreshSessionInput {
  @Field(() => String)
  refreshToken!: string;

  @Field(() => ID, {
    description:
      'Made up per attempt: the same token with the same id returns the first result for 60 seconds, so that a lost answer does not sign anyone out.',
  })
  clientMutationId!: string;
}

@InputType()
export class SignOutDevicesInput {
  @Field(() => [ID], {
    nullable: true,
    description: 'Null: all but the device that asks. Ids that are not devices of the viewer are passed over.',
  })
  deviceIds?: string[] | null;
}

@InputType({ description: 'A field left out stays as it is; null clears it.' })
export class UpdateProfileInput {
  @Field(() => String, { nullable: true, description: '3 to 30 of a-z, 0-9 and _; cannot be cleared.' })
  handle?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 80 characters; cannot be cleared.' })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  bio?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Null removes it; the media must be a READY image of the viewer. It goes when that is deleted.',
  })
  avatarMediaId?: string | null;
}
