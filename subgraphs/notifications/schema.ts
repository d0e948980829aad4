import { Key, ListSize, Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum NotificationLevel {
  ALL = 'ALL',
  MENTIONS_AND_DIRECT = 'MENTIONS_AND_DIRECT',
  NONE = 'NONE',
}
registerEnumType(NotificationLevel, { name: 'NotificationLevel' });

export enum PushProvider {
  FCM = 'FCM',
  APNS = 'APNS',
  WEB_PUSH = 'WEB_PUSH',
}
registerEnumType(PushProvider, { name: 'PushProvider' });

export enum UserErrorCode {
  INVALID_INPUT = 'INVALID_INPUT',
  NOT_FOUND = 'NOT_FOUND',
  FORBIDDEN = 'FORBIDDEN',
  RATE_LIMITED = 'RATE_LIMITED',
  QUOTA_EXCEEDED = 'QUOTA_EXCEEDED',
}
registerEnumType(UserErrorCode, { name: 'UserErrorCode' });

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

@ObjectType({ description: 'Every day from one time to another; past midnight where `to` is the earlier one.' })
export class QuietHours {
  @Field(() => String, { description: 'HH:MM' })
  from!: string;
  @Field(() => String)
  to!: string;
  @Field(() => String, { description: 'IANA name.' })
  timeZone!: string;
}

@ObjectType()
export class NotificationSettings {
  @Field(() => NotificationLevel)
  push!: `${NotificationLevel}`;
  @Field(() => NotificationLevel, { description: 'Mail about unread messages after the person has been away.' })
  email!: `${NotificationLevel}`;
  @Field(() => Int)
  emailAfterMinutes!: number;
  @Field(() => Boolean, {
    description:
      'Off: a push says only that there is a new message; on: sender and beginning of the text, encrypted to the browser for Web Push.',
  })
  showPreview!: boolean;
  @Field(() => QuietHours, {
    nullable: true,
    description: 'What comes meanwhile and is still unread is pushed when they end, once a conversation.',
  })
  quietHours!: QuietHours | null;
}

@ObjectType()
export class PushTarget {
  @Field(() => ID)
  id!: string;
  @Field(() => PushProvider)
  provider!: `${PushProvider}`;
  @Field(() => ID)
  deviceId!: string;
  @Field(() => Date)
  createdAt!: Date;
  @Field(() => Date, { nullable: true })
  lastDeliveredAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'Set once the provider says that it is gone.' })
  invalidAt!: Date | null;
}

@Key('id')
@ObjectType({ description: 'What only the signed-in person sees of themselves.' })
export class Viewer {
  @Field(() => ID)
  id!: string;
  @Field(() => NotificationSettings)
  notificationSettings!: NotificationSettings;
  @ListSize('assumedSize: 20')
  @Field(() => [PushTarget])
  pushTargets!: PushTarget[];
}

@InputType()
export class WebPushInput {
  @Field(() => String)
  endpoint!: string;
  @Field(() => String)
  p256dh!: string;
  @Field(() => String)
  auth!: string;
}

@InputType({ description: 'Exactly one of fcmToken, apnsToken and webPush.' })
export class RegisterPushTargetInput {
  @Field(() => String, { nullable: true })
  fcmToken?: string | null;
  @Field(() => String, { nullable: true })
  apnsToken?: string | null;
  @Field(() => WebPushInput, { nullable: true })
  webPush?: WebPushInput | null;
}

@InputType()
export class RemovePushTargetInput {
  @Field(() => ID)
  pushTargetId!: string;
}

@InputType()
export class QuietHoursInput {
  @Field(() => String)
  from!: string;
  @Field(() => String)
  to!: string;
  @Field(() => String)
  timeZone!: string;
}

@InputType({ description: 'A field left out stays as it is; null clears quietHours.' })
export class UpdateNotificationSettingsInput {
  @Field(() => NotificationLevel, { nullable: true })
  push?: NotificationLevel | null;
  @Field(() => NotificationLevel, { nullable: true })
  email?: NotificationLevel | null;
  @Field(() => Int, { nullable: true })
  emailAfterMinutes?: number | null;
  @Field(() => Boolean, { nullable: true })
  showPreview?: boolean | null;
  @Field(() => QuietHoursInput, { nullable: true })
  quietHours?: QuietHoursInput | null;
}

@ObjectType()
class Payload {
  @Field(() => [UserError])
  errors!: UserError[];
}
@ObjectType()
class PushTargetPayload extends Payload {
  @Field(() => PushTarget, { nullable: true })
  pushTarget!: PushTarget | null;
}
@ObjectType()
export class RegisterPushTargetPayload extends PushTargetPayload {}
@ObjectType()
export class RemovePushTargetPayload extends PushTargetPayload {}
@ObjectType()
export class UpdateNotificationSettingsPayload extends Payload {
  @Field(() => NotificationSettings, { nullable: true })
  settings!: NotificationSettings | null;
}
