import { Key } from '../../platform/subgraph/directives.js';
import { createUnionType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';
import { User, UserError } from './schema.js';

export enum ReportReason {
  SPAM = 'SPAM',
  HARASSMENT = 'HARASSMENT',
  HATE = 'HATE',
  VIOLENCE = 'VIOLENCE',
  SEXUAL_CONTENT = 'SEXUAL_CONTENT',
  IMPERSONATION = 'IMPERSONATION',
  MALWARE = 'MALWARE',
  OTHER = 'OTHER',
}
registerEnumType(ReportReason, { name: 'ReportReason', description: 'What is wrong with what is reported.' });

export enum ReportStatus {
  OPEN = 'OPEN',
  RESOLVED = 'RESOLVED',
}
registerEnumType(ReportStatus, { name: 'ReportStatus', description: 'Whether a moderator has decided.' });

export enum ReportResolution {
  DISMISSED = 'DISMISSED',
  CONTENT_REMOVED = 'CONTENT_REMOVED',
  USER_WARNED = 'USER_WARNED',
  USER_SUSPENDED = 'USER_SUSPENDED',
}
registerEnumType(ReportResolution, {
  name: 'ReportResolution',
  description: 'What a moderator decided.',
  valuesConfig: {
    CONTENT_REMOVED: { description: 'The message is deleted; of a person, the display name and the bio are cleared.' },
    USER_WARNED: { description: 'A letter went to the person.' },
    USER_SUSPENDED: { description: 'The person is signed out everywhere and cannot sign in any more.' },
  },
});

@Key('id', { resolvable: false })
@ObjectType()
export class Message {
  @Field(() => ID)
  id!: string;
}

@Key('id', { resolvable: false })
@ObjectType()
export class Conversation {
  @Field(() => ID)
  id!: string;
}

export const ReportSubject = createUnionType({
  name: 'ReportSubject',
  description: 'What somebody reported.',
  types: () => [User, Message, Conversation] as const,
  resolveType: (value) => (value as unknown as { __typename: 'User' | 'Message' | 'Conversation' }).__typename,
});

@ObjectType({ description: 'That somebody told moderators of something wrong.' })
export class Report {
  @Field(() => ID)
  id!: string;

  @Field(() => ReportSubject, { nullable: true, description: 'Null once erased.' })
  subject!: User | Message | Conversation | null;

  @Field(() => User, {
    nullable: true,
    description:
      'Who answers for it: the person, or who wrote the message, which moderators may not be able to see. Null where that is nobody.',
  })
  author!: User | null;

  @Field(() => String, { nullable: true, description: 'What was reported, as it read then.' })
  excerpt!: string | null;

  @Field(() => ReportReason)
  reason!: ReportReason;

  @Field(() => String, { nullable: true, description: 'What the reporter added.' })
  comment!: string | null;

  @Field(() => User, { nullable: true })
  reporter!: User | null;

  @Field(() => ReportStatus)
  status!: ReportStatus;

  @Field(() => ReportResolution, { nullable: true, description: 'Null while it is open.' })
  resolution!: ReportResolution | null;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date, { nullable: true })
  resolvedAt!: Date | null;
}

@ObjectType()
export class ReportEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => Report)
  node!: Report;
}

@ObjectType({ description: 'Reports, page by page.' })
export class ReportConnection {
  @Field(() => [ReportEdge])
  edges!: ReportEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType({ description: 'Exactly one of userId, messageId and conversationId.' })
export class ReportInput {
  @Field(() => ID, { description: 'Makes a retry return the first result.' })
  clientMutationId!: string;

  @Field(() => ID, { nullable: true })
  userId?: string | null;

  @Field(() => ID, { nullable: true })
  messageId?: string | null;

  @Field(() => ID, { nullable: true })
  conversationId?: string | null;

  @Field(() => ReportReason)
  reason!: ReportReason;

  @Field(() => String, { nullable: true, description: 'Up to 1,000 characters.' })
  comment?: string | null;
}

@InputType()
export class ResolveReportInput {
  @Field(() => ID)
  reportId!: string;

  @Field(() => ReportResolution)
  resolution!: ReportResolution;

  @Field(() => String, { nullable: true, description: 'For other moderators, up to 1,000 characters.' })
  note?: string | null;
}

@ObjectType()
export class ReportPayload {
  @Field(() => Report, { nullable: true })
  report!: Report | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class ResolveReportPayload {
  @Field(() => Report, { nullable: true })
  report!: Report | null;

  @Field(() => [UserError])
  errors!: UserError[];
}
