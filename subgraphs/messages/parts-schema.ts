import { Key, ListSize, Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';

@Key('id', { resolvable: false })
@ObjectType({ simpleResolvers: true })
export class User {
  @Field(() => ID)
  id!: string;
}

@Key('id', { resolvable: false })
@ObjectType({ simpleResolvers: true })
export class Media {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ simpleResolvers: true })
export class Mention {
  @Field(() => ID)
  userId!: string;

  @Field(() => User, { nullable: true })
  user!: User | null;

  @Field(() => Int, { description: '[start, end) in UTF-16 units of body.' })
  start!: number;

  @Field(() => Int)
  end!: number;
}

export enum SystemEventKind {
  CONVERSATION_CREATED = 'CONVERSATION_CREATED',
  MEMBERS_JOINED = 'MEMBERS_JOINED',
  MEMBERS_LEFT = 'MEMBERS_LEFT',
  MEMBERS_REMOVED = 'MEMBERS_REMOVED',
  TITLE_CHANGED = 'TITLE_CHANGED',
  OWNER_CHANGED = 'OWNER_CHANGED',
}
registerEnumType(SystemEventKind, { name: 'SystemEventKind' });

@ObjectType({ simpleResolvers: true })
export class SystemEvent {
  @Field(() => SystemEventKind)
  kind!: SystemEventKind;

  @Field(() => ID, { nullable: true, description: 'Who did it.' })
  actorId!: string | null;

  @Field(() => User, { nullable: true })
  actor!: User | null;

  @ListSize('assumedSize: 20')
  @Field(() => [ID], { description: 'Whom it happened to.' })
  subjectIds!: string[];

  @ListSize('assumedSize: 20')
  @Field(() => [User], { nullable: 'items' })
  subjects!: (User | null)[];

  @Field(() => String, { nullable: true, description: 'The new title, where it is one.' })
  text!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class Reaction {
  @Field(() => String)
  emoji!: string;

  @Field(() => Int)
  count!: number;
}

@ObjectType({ simpleResolvers: true })
export class MessageEdit {
  @Field(() => String)
  body!: string;

  @Field(() => Date)
  editedAt!: Date;
}

@Shareable()
@ObjectType({ simpleResolvers: true })
export class UserEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => User, { nullable: true })
  node!: User | null;
}

@Shareable()
@ObjectType({ simpleResolvers: true })
export class UserConnection {
  @Field(() => [UserEdge])
  edges!: UserEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
