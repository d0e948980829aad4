import '../../platform/subgraph/directives.js';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';
import { User } from './parts-schema.js';
import { UserError } from './schema.js';

export enum MessageStatus {
  CREATED = 'CREATED',
  STORED = 'STORED',
  SENT = 'SENT',
  DELIVERED = 'DELIVERED',
  READ = 'READ',
  FAILED = 'FAILED',
}
registerEnumType(MessageStatus, {
  name: 'MessageStatus',
  description: 'CREATED exists only in a client that has not heard back yet; a stored message is at least SENT.',
  valuesConfig: { FAILED: { description: 'Could not be delivered; the sender may retry.' } },
});

@ObjectType({ simpleResolvers: true })
export class Receipt {
  @Field(() => ID)
  userId!: string;

  @Field(() => User, { nullable: true })
  user!: User | null;

  @Field(() => Boolean)
  hasReceived!: boolean;

  @Field(() => Boolean, { description: 'False where privacy hides it.' })
  hasRead!: boolean;
}

@ObjectType({ simpleResolvers: true })
export class ReceiptEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Receipt)
  node!: Receipt;
}

@ObjectType({ simpleResolvers: true })
export class ReceiptConnection {
  @Field(() => [ReceiptEdge])
  edges!: ReceiptEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType()
export class ReceiptInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => Int, { nullable: true })
  deliveredSeq?: number | null;

  @Field(() => Int, { nullable: true })
  readSeq?: number | null;
}

@InputType()
export class UpdateReceiptsInput {
  @Field(() => [ReceiptInput])
  receipts!: ReceiptInput[];
}

@ObjectType({ simpleResolvers: true })
export class UpdateReceiptsPayload {
  @Field(() => [UserError])
  errors!: UserError[];
}
