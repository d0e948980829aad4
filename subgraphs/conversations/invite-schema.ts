import { PerViewer } from '../../platform/subgraph/directives.js';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';
import { User } from './stubs.js';

@ObjectType({ description: 'A link that lets people into a conversation, or lets them ask.' })
export class Invite {
  @Field(() => ID)
  id!: string;
  @Field(() => String)
  code!: string;
  @Field(() => String)
  url!: string;
  @Field(() => User, { nullable: true })
  createdBy!: User | null;
  @Field(() => Boolean)
  needsApproval!: boolean;
  @Field(() => Int, { nullable: true })
  maxUses!: number | null;
  @Field(() => Int, { description: 'Who joined by it, and who waits for approval.' })
  useCount!: number;
  @Field(() => Date, { nullable: true })
  expiresAt!: Date | null;
}

@ObjectType({ description: 'What somebody sees of a conversation who holds an invite to it.' })
export class InvitePreview {
  @Field(() => String)
  code!: string;
  @Field(() => String, { nullable: true })
  title!: string | null;
  @Field(() => String, { nullable: true })
  description!: string | null;
  @Field(() => Int)
  memberCount!: number;
  @Field(() => Boolean)
  needsApproval!: boolean;
  @PerViewer()
  @Field(() => Boolean)
  viewerIsMember!: boolean;
}

@ObjectType({ description: 'Somebody asks to be let in.' })
export class JoinRequest {
  @Field(() => ID)
  id!: string;
  @Field(() => User, { nullable: true })
  user!: User | null;
  @Field(() => Date)
  requestedAt!: Date;
}

@ObjectType()
export class JoinRequestEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => JoinRequest)
  node!: JoinRequest;
}

@ObjectType()
export class JoinRequestConnection {
  @Field(() => [JoinRequestEdge])
  edges!: JoinRequestEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
