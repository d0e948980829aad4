import { Key } from '../../platform/subgraph/directives.js';
import { Field, ID, ObjectType } from 'type-graphql';

/** Entities of other subgraphs, which this one only refers to. */
@Key('id', { resolvable: false })
@ObjectType()
export class User {
  @Field(() => ID)
  id!: string;
}

@Key('id', { resolvable: false })
@ObjectType()
export class Media {
  @Field(() => ID)
  id!: string;
}
