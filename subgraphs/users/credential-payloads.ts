import '../../platform/subgraph/directives.js';
import { Field, ObjectType } from 'type-graphql';
import { Session, UserError, Viewer } from './schema.js';

@ObjectType()
export class VerifyEmailPayload {
  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class ResendEmailVerificationPayload {
  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class RequestPasswordResetPayload {
  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class ResetPasswordPayload {
  @Field(() => Session, { nullable: true })
  session!: Session | null;

  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class ChangePasswordPayload {
  @Field(() => Viewer, { nullable: true })
  viewer!: Viewer | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class DeleteAccountPayload {
  @Field(() => [UserError])
  errors!: UserError[];
}
