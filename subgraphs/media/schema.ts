import { Cost, Key, ListSize, Paged, PerViewer, Shareable } from '../../platform/subgraph/directives.js';
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';
import { UrlScalar } from '../../platform/subgraph/scalars.js';

export enum MediaKind {
  IMAGE = 'IMAGE',
  VIDEO = 'VIDEO',
  AUDIO = 'AUDIO',
  VOICE = 'VOICE',
  FILE = 'FILE',
}
registerEnumType(MediaKind, { name: 'MediaKind' });

export enum MediaStatus {
  AWAITING_UPLOAD = 'AWAITING_UPLOAD',
  PROCESSING = 'PROCESSING',
  READY = 'READY',
  REJECTED = 'REJECTED',
}
registerEnumType(MediaStatus, { name: 'MediaStatus' });

export enum MediaRejection {
  MALWARE = 'MALWARE',
  TYPE_MISMATCH = 'TYPE_MISMATCH',
  CORRUPT = 'CORRUPT',
  TOO_LARGE = 'TOO_LARGE',
  UPLOAD_EXPIRED = 'UPLOAD_EXPIRED',
}
registerEnumType(MediaRejection, { name: 'MediaRejection' });

export enum Disposition {
  INLINE = 'INLINE',
  ATTACHMENT = 'ATTACHMENT',
}
registerEnumType(Disposition, { name: 'Disposition' });

@Key('id', { resolvable: false })
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}

// They lie in the row of their media.
@Cost(0)
@ObjectType()
export class Thumbnail {
  @Field(() => Int, { description: 'Longest side in pixels: 128, 512 or 1,280.' })
  size!: number;
  @Field(() => Int)
  width!: number;
  @Field(() => Int)
  height!: number;
  @Field(() => UrlScalar)
  url!: string;
}

@Key('id')
@ObjectType()
export class Media {
  @Field(() => ID)
  id!: string;
  @Field(() => ID)
  ownerId!: string;
  @Field(() => User, { nullable: true })
  owner!: User | null;
  @Field(() => MediaKind)
  kind!: MediaKind;
  @Field(() => MediaStatus)
  status!: MediaStatus;
  @Field(() => MediaRejection, { nullable: true })
  rejection!: MediaRejection | null;
  @Field(() => String)
  filename!: string;
  @Field(() => String)
  contentType!: string;
  @Field(() => Float, { description: 'In bytes.' })
  size!: number;
  @Field(() => Int, { nullable: true, description: 'Pixels, of images and videos, as shown (rotated).' })
  width!: number | null;
  @Field(() => Int, { nullable: true })
  height!: number | null;
  @Field(() => Int, { nullable: true, description: 'Of audio and video, in milliseconds.' })
  durationMs!: number | null;
  @ListSize('assumedSize: 64')
  @Field(() => [Int], { nullable: true, description: '64 loudness values 0-100, of voice notes.' })
  waveform!: number[] | null;
  @Field(() => String, { nullable: true, description: 'BlurHash of images and videos, to show while loading.' })
  blurHash!: string | null;
  @Field(() => Date)
  createdAt!: Date;
}

@ObjectType()
export class MediaEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => Media)
  node!: Media;
}

@ObjectType()
export class MediaConnection {
  @Field(() => [MediaEdge])
  edges!: MediaEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType()
export class MediaQuota {
  @Field(() => Float)
  usedBytes!: number;
  @Field(() => Float)
  limitBytes!: number;
  @Field(() => Int)
  uploadsToday!: number;
  @Field(() => Int)
  uploadsPerDay!: number;
}

@Key('id')
@ObjectType()
export class Viewer {
  @Field(() => ID)
  id!: string;
  @Field(() => MediaQuota)
  mediaQuota?: MediaQuota;
  @Paged()
  @Field(() => MediaConnection, { description: 'What the viewer uploaded, newest first.' })
  uploads?: MediaConnection;
}

@Key('id')
@ObjectType()
export class Conversation {
  @Field(() => ID)
  id!: string;
  @Paged()
  @PerViewer()
  @Field(() => MediaConnection, { description: 'Media shared in it, newest first.' })
  sharedMedia?: MediaConnection;
}

export enum UserErrorCode {
  INVALID_INPUT = 'INVALID_INPUT',
  NOT_FOUND = 'NOT_FOUND',
  FORBIDDEN = 'FORBIDDEN',
  CONFLICT = 'CONFLICT',
  RATE_LIMITED = 'RATE_LIMITED',
  QUOTA_EXCEEDED = 'QUOTA_EXCEEDED',
  UNSUPPORTED_TYPE = 'UNSUPPORTED_TYPE',
  TOO_LARGE = 'TOO_LARGE',
  NOT_UPLOADED = 'NOT_UPLOADED',
  VERIFICATION_REQUIRED = 'VERIFICATION_REQUIRED',
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
