import { ListSize } from '../../platform/subgraph/directives.js';
import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { UrlScalar } from '../../platform/subgraph/scalars.js';
import { Media, MediaKind, UserError } from './schema.js';

@InputType()
export class CreateUploadInput {
  @Field(() => ID, { description: 'Makes a retry return the first result.' })
  clientMutationId!: string;
  @Field(() => String)
  filename!: string;
  @Field(() => String)
  contentType!: string;
  @Field(() => Float)
  size!: number;
  @Field(() => MediaKind)
  kind!: MediaKind;
  @Field(() => String, { nullable: true, description: 'SHA-256 of the bytes, in hex: other bytes are refused.' })
  sha256?: string | null;
}

@InputType()
export class CompleteUploadInput {
  @Field(() => ID)
  mediaId!: string;
}

@InputType()
export class DeleteMediaInput {
  @Field(() => ID)
  mediaId!: string;
}

@ObjectType()
export class UploadHeader {
  @Field(() => String)
  name!: string;
  @Field(() => String)
  value!: string;
}

@ObjectType()
export class Upload {
  @Field(() => String)
  method!: string;
  @Field(() => UrlScalar)
  url!: string;
  @ListSize('assumedSize: 10')
  @Field(() => [UploadHeader], { description: 'Send exactly these.' })
  headers!: UploadHeader[];
  @Field(() => Date)
  expiresAt!: Date;
}

@ObjectType()
export class CreateUploadPayload {
  @Field(() => Media, { nullable: true })
  media!: Media | null;
  @Field(() => Upload, { nullable: true, description: 'Null once the bytes are up.' })
  upload!: Upload | null;
  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class CompleteUploadPayload {
  @Field(() => Media, { nullable: true })
  media!: Media | null;
  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class DeleteMediaPayload extends CompleteUploadPayload {}
