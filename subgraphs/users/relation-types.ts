import { Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';
import { User, UserError } from './schema.js';

@Shareable()
@ObjectType()
export class UserEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => User, { nullable: true })
  node!: User | null;
}

@Shareable()
@ObjectType({ description: 'People, page by page.' })
export class UserConnection {
  @Field(() => [UserEdge])
  edges!: UserEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType()
export class BlockUserInput {
  @Field(() => ID)
  userId!: string;
}

@InputType()
export class UnblockUserInput {
  @Field(() => ID)
  userId!: string;
}

@InputType()
export class MuteUserInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => Date, { nullable: true, description: 'Null: until unmuted.' })
  until?: Date | null;
}

@InputType()
export class UnmuteUserInput {
  @Field(() => ID)
  userId!: string;
}

@ObjectType()
export class BlockUserPayload {
  @Field(() => User, { nullable: true })
  user!: User | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class UnblockUserPayload {
  @Field(() => User, { nullable: true })
  user!: User | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class MuteUserPayload {
  @Field(() => User, { nullable: true })
  user!: User | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class UnmuteUserPayload {
  @Field(() => User, { nullable: true })
  user!: User | null;

  @Field(() => [UserError])
  errors!: UserError[];
}
