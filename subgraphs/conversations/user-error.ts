import { Shareable } from '../../platform/subgraph/directives.js';
import { Field, ObjectType, registerEnumType } from 'type-graphql';

export enum UserErrorCode {
  INVALID_INPUT = 'INVALID_INPUT',
  NOT_FOUND = 'NOT_FOUND',
  FORBIDDEN = 'FORBIDDEN',
  CONFLICT = 'CONFLICT',
  RATE_LIMITED = 'RATE_LIMITED',
  QUOTA_EXCEEDED = 'QUOTA_EXCEEDED',
  BLOCKED = 'BLOCKED',
  NOT_A_MEMBER = 'NOT_A_MEMBER',
  CONVERSATION_FULL = 'CONVERSATION_FULL',
  INVITE_EXPIRED = 'INVITE_EXPIRED',
  LAST_OWNER = 'LAST_OWNER',
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
