import { Inaccessible, Key, ListSize, PerViewer, Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { EmailAddressScalar, UrlScalar } from '../../platform/subgraph/scalars.js';
import { PrivacySettings } from './privacy.js';

export enum DevicePlatform {
  WEB = 'WEB',
  IOS = 'IOS',
  ANDROID = 'ANDROID',
  DESKTOP = 'DESKTOP',
  BOT = 'BOT',
  OTHER = 'OTHER',
}
registerEnumType(DevicePlatform, { name: 'DevicePlatform', description: 'What kind of client a device runs.' });

export enum Role {
  MEMBER = 'MEMBER',
  MODERATOR = 'MODERATOR',
  ADMIN = 'ADMIN',
}
registerEnumType(Role, {
  name: 'Role',
  description: 'What somebody may do in this Parley as a whole. Each role includes those before it.',
  valuesConfig: {
    MODERATOR: { description: 'Sees and resolves reports.' },
    ADMIN: { description: 'May suspend moderators too.' },
  },
});

@Key('id', { resolvable: false })
@ObjectType({ description: 'An uploaded file.' })
export class Media {
  @Field(() => ID)
  id!: string;
}

@Inaccessible()
@ObjectType({ description: 'Who somebody is at an OpenID Connect issuer: the iss and sub of their id tokens.' })
export class Identity {
  @Field(() => String)
  issuer!: string;

  @Field(() => String)
  subject!: string;
}

@Key('id')
@ObjectType({ description: 'A person as others see them.' })
export class User {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Unique; 3 to 30 of a-z, 0-9 and _.' })
  handle!: string;

  @Field(() => String, { description: 'The name to show, 1 to 80 characters; not unique.' })
  displayName!: string;

  @Field(() => String, { nullable: true, description: 'What they say of themselves, up to 500 characters.' })
  bio!: string | null;

  @Field(() => Media, {
    nullable: true,
    description: 'The picture they chose; null for who may not read the upload itself.',
  })
  avatar!: Media | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: 'The avatar with its longest side at 128 pixels, signed; null without one.',
  })
  avatarUrl!: string | null;

  @Field(() => Boolean, { description: 'Whether they proved that their e-mail address is theirs.' })
  isVerified!: boolean;

  @Field(() => Boolean, {
    description: 'True once the account is deleted: handle and displayName are then placeholders.',
  })
  isDeleted!: boolean;

  @Field(() => Boolean, { description: 'Whether programs write under this name, and no person.' })
  isBot!: boolean;

  @Field(() => Date)
  createdAt!: Date;

  @PerViewer()
  @Field(() => Boolean, { description: 'Whether the viewer has blocked them; see blockUser.' })
  viewerHasBlocked!: boolean;

  @PerViewer()
  @Field(() => Boolean, { description: 'Whether the viewer has muted them; see muteUser.' })
  viewerHasMuted!: boolean;

  @Inaccessible()
  @ListSize('assumedSize: 1')
  @Field(() => [Identity], {
    description: 'Where they sign in with OpenID Connect; for subgraphs that know people by that.',
  })
  identities!: Identity[];
}

@ObjectType({ description: 'One signed-in session on one device.' })
export class Device {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'As the client named it when it signed in.' })
  name!: string;

  @Field(() => DevicePlatform)
  platform!: DevicePlatform;

  @Field(() => Boolean, { description: 'Whether it is the device that asks.' })
  isCurrent!: boolean;

  @Field(() => Date)
  signedInAt!: Date;

  @Field(() => Date, { description: 'To within some minutes.' })
  lastActiveAt!: Date;

  @Field(() => String, { nullable: true, description: 'Where it last connected from, shortened to /24 or /48.' })
  network!: string | null;
}

@Key('id')
@ObjectType({ description: 'What only the signed-in person sees of themselves.' })
export class Viewer {
  @Field(() => ID, { description: "Its own global id, not the user's." })
  id!: string;

  @Field(() => User)
  user!: User;

  @Field(() => EmailAddressScalar, {
    nullable: true,
    description: 'Null for accounts without one: bots, some OpenID Connect providers.',
  })
  email!: string | null;

  @Field(() => Date, { nullable: true, description: 'Null until verifyEmail.' })
  emailVerifiedAt!: Date | null;

  @Field(() => [Role], { description: 'All that they have: an ADMIN is a MODERATOR and a MEMBER too.' })
  roles!: Role[];

  @Field(() => PrivacySettings, { description: 'Who may learn what of the viewer; see updatePrivacy.' })
  privacy!: PrivacySettings;

  @ListSize('assumedSize: 20')
  @Field(() => [Device], { description: 'Signed-in devices, the one asking first.' })
  devices!: Device[];
}

@ObjectType({ description: 'What a device needs to act for its person.' })
export class Session {
  @Field(() => String, {
    description:
      'JWT (EdDSA), minutes of life; send it as Authorization: Bearer, and as authorization in connection_init.',
  })
  accessToken!: string;

  @Field(() => Date)
  accessTokenExpiresAt!: Date;

  @Field(() => String, { description: 'Opaque; single use.' })
  refreshToken!: string;

  @Field(() => Device)
  device!: Device;
}

export enum UserErrorCode {
  INVALID_INPUT = 'INVALID_INPUT',
  NOT_FOUND = 'NOT_FOUND',
  FORBIDDEN = 'FORBIDDEN',
  CONFLICT = 'CONFLICT',
  RATE_LIMITED = 'RATE_LIMITED',
  QUOTA_EXCEEDED = 'QUOTA_EXCEEDED',
  EMAIL_TAKEN = 'EMAIL_TAKEN',
  HANDLE_TAKEN = 'HANDLE_TAKEN',
  WRONG_CREDENTIALS = 'WRONG_CREDENTIALS',
  WEAK_PASSWORD = 'WEAK_PASSWORD',
  CODE_EXPIRED = 'CODE_EXPIRED',
  VERIFICATION_REQUIRED = 'VERIFICATION_REQUIRED',
  ACCOUNT_SUSPENDED = 'ACCOUNT_SUSPENDED',
}
registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'Why a mutation did nothing.',
  valuesConfig: {
    INVALID_INPUT: { description: 'The field at `path` is not acceptable; the message says what is.' },
    WRONG_CREDENTIALS: { description: 'The login, password or token is not right: sign in again.' },
    WEAK_PASSWORD: { description: 'The password is too short.' },
    CODE_EXPIRED: { description: 'The code or link is too old, was used, or was tried too often: ask for a new one.' },
    VERIFICATION_REQUIRED: { description: 'Only for those who verified their e-mail address.' },
    ACCOUNT_SUSPENDED: { description: 'A moderator suspended the account.' },
  },
});

@Shareable()
@ObjectType({ description: 'What the person can put right. Anything else is a GraphQL error with extensions.code.' })
export class UserError {
  @Field(() => UserErrorCode)
  code!: UserErrorCode;

  @Field(() => [String], { description: 'Path to the offending input field, outermost first.' })
  path!: string[];

  @Field(() => String, { description: 'In English, fit to show.' })
  message!: string;

  @Field(() => Date, { nullable: true, description: 'For RATE_LIMITED and QUOTA_EXCEEDED: when a retry can succeed.' })
  retryAt!: Date | null;
}
