import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { UserError } from './schema.js';

export enum WebhookEventType {
  MESSAGE_SENT = 'MESSAGE_SENT',
  MESSAGE_EDITED = 'MESSAGE_EDITED',
  MESSAGE_DELETED = 'MESSAGE_DELETED',
  REACTION_CHANGED = 'REACTION_CHANGED',
  MEMBER_JOINED = 'MEMBER_JOINED',
  MEMBER_LEFT = 'MEMBER_LEFT',
  CONVERSATION_UPDATED = 'CONVERSATION_UPDATED',
}
registerEnumType(WebhookEventType, {
  name: 'WebhookEventType',
  description: 'What a webhook is told of.',
  valuesConfig: {
    MESSAGE_SENT: { description: 'By others than the bot itself.' },
    MESSAGE_DELETED: { description: 'For everybody, or because its time was up.' },
  },
});

@ObjectType({ description: 'A URL that is told of what happens in conversations of a bot; see docs/partner.md.' })
export class Webhook {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { description: 'Of the bot whose conversations it is told of.' })
  botId!: string;

  @Field(() => String)
  url!: string;

  @Field(() => [WebhookEventType])
  eventTypes!: WebhookEventType[];

  @Field(() => [ID], { nullable: true, description: 'Null: all conversations that the bot is in.' })
  conversationIds!: string[] | null;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When something was last taken by the receiver.' })
  lastDeliveredAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why the last attempt failed; null once one has succeeded.' })
  lastError!: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Since when nothing is sent, because three deliveries in a row were given up; see resumeWebhook.',
  })
  disabledAt!: Date | null;

  @Field(() => Int, { description: 'Deliveries that wait, the next attempt of failed ones included.' })
  waitingCount!: number;

  @Field(() => Int, { description: 'Deliveries that were given up; they are kept for 7 days, see resumeWebhook.' })
  deadCount!: number;
}

@InputType()
export class CreateWebhookInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Of a bot of the viewer; null, at /partner/graphql, for the bot that asks.',
  })
  botId?: string | null;

  @Field(() => String, { description: 'https, at a public address; up to 2,048 characters.' })
  url!: string;

  @Field(() => [WebhookEventType], { description: 'At least one.' })
  eventTypes!: WebhookEventType[];

  @Field(() => [ID], {
    nullable: true,
    description: 'At most 100; null for all that the bot is in. One that it is not in is told of once it is.',
  })
  conversationIds?: string[] | null;
}

@InputType()
export class DeleteWebhookInput {
  @Field(() => ID)
  webhookId!: string;
}

@InputType()
export class RotateWebhookSecretInput {
  @Field(() => ID)
  webhookId!: string;
}

@InputType()
export class TestWebhookInput {
  @Field(() => ID)
  webhookId!: string;
}

@InputType()
export class ResumeWebhookInput {
  @Field(() => ID)
  webhookId!: string;
}

@ObjectType()
export class CreateWebhookPayload {
  @Field(() => Webhook, { nullable: true })
  webhook!: Webhook | null;

  @Field(() => String, { nullable: true, description: 'What signs the deliveries; shown this once.' })
  secret!: string | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class RotateWebhookSecretPayload {
  @Field(() => Webhook, { nullable: true })
  webhook!: Webhook | null;

  @Field(() => String, {
    nullable: true,
    description: 'The new one, shown this once. The old one signs too, for a day.',
  })
  secret!: string | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class DeleteWebhookPayload {
  @Field(() => ID, { nullable: true })
  deletedWebhookId!: string | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class TestWebhookPayload {
  @Field(() => Boolean, { description: 'Whether the receiver took it.' })
  delivered!: boolean;

  @Field(() => String, { nullable: true, description: 'Why not.' })
  failure!: string | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class ResumeWebhookPayload {
  @Field(() => Webhook, { nullable: true })
  webhook!: Webhook | null;

  @Field(() => [UserError])
  errors!: UserError[];
}
