import '../../platform/subgraph/directives.js';
import { Field, ID, ObjectType } from 'type-graphql';
import { Session, UserError, Viewer } from './schema.js';

@ObjectType()
export class SignUpPayload {
  @Field(() => Session, { nullable: true })
  session!: Session | null;

  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class SignInPayload {
  @Field(() => Session, { nullable: true })
  session!: Session | null;

  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class SignInWithOidcPayload {
  @Field(() => Session, { nullable: true })
  session!: Session | null;

  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class RefreshSessionPayload {
  @Field(() => Session, { nullable: true })
  session!: Session | null;

  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class SignOutPayload {
  @Field(() => [ID])
  signedOutDeviceIds!: string[];

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class SignOutDevicesPayload {
  @Field(() => [ID], { description: 'The devices of the viewer among those asked for; they are signed out now.' })
  signedOutDeviceIds!: string[];

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class UpdateProfilePayload {
  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class UpdatePrivacyPayload {
  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}
