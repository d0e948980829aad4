import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Message, UserError } from './schema.js';

@InputType({ description: '[start, end) in UTF-16 units of body.' })
export class MentionInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => Int)
  start!: number;

  @Field(() => Int)
  end!: number;
}

@InputType()
export class SendMessageInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => ID, {
    description: 'Unique per sender and conversation; a UUID is fine. At most 64 characters.',
  })
  clientMessageId!: string;

  @Field(() => String, {
    defaultValue: '',
    description: 'At most 8,000 characters; may be empty only with attachments.',
  })
  body!: string;

  @Field(() => [ID], { defaultValue: [] })
  attachmentIds!: string[];

  @Field(() => ID, { nullable: true })
  replyToId?: string | null;

  @Field(() => [MentionInput], { defaultValue: [] })
  mentions!: MentionInput[];
}

@InputType()
export class EditMessageInput {
  @Field(() => ID)
  messageId!: string;

  @Field(() => String)
  body!: string;

  @Field(() => [MentionInput], { defaultValue: [] })
  mentions!: MentionInput[];
}

export enum DeleteScope {
  EVERYONE = 'EVERYONE',
  VIEWER = 'VIEWER',
}
registerEnumType(DeleteScope, {
  name: 'DeleteScope',
  valuesConfig: { VIEWER: { description: 'Hides it from the viewer on all their devices.' } },
});

@InputType()
export class DeleteMessageInput {
  @Field(() => ID)
  messageId!: string;

  @Field(() => DeleteScope, { defaultValue: DeleteScope.EVERYONE })
  scope!: DeleteScope;
}

@InputType()
export class ForwardMessageInput {
  @Field(() => ID)
  messageId!: string;

  @Field(() => ID)
  conversationId!: string;

  @Field(() => ID)
  clientMessageId!: string;
}

@InputType()
export class AddReactionInput {
  @Field(() => ID)
  messageId!: string;

  @Field(() => String, { description: 'One emoji.' })
  emoji!: string;
}

@InputType()
export class RemoveReactionInput extends AddReactionInput {}

@InputType()
export class PinMessageInput {
  @Field(() => ID)
  messageId!: string;
}

@InputType()
export class UnpinMessageInput extends PinMessageInput {}

@ObjectType({ simpleResolvers: true })
export class SendMessagePayload {
  @Field(() => Message, { nullable: true })
  message!: Message | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType({ simpleResolvers: true })
export class EditMessagePayload extends SendMessagePayload {}

@ObjectType({ simpleResolvers: true })
export class DeleteMessagePayload extends SendMessagePayload {}

@ObjectType({ simpleResolvers: true })
export class ForwardMessagePayload extends SendMessagePayload {}

@ObjectType({ simpleResolvers: true })
export class AddReactionPayload extends SendMessagePayload {}

@ObjectType({ simpleResolvers: true })
export class RemoveReactionPayload extends SendMessagePayload {}

@ObjectType({ simpleResolvers: true })
export class PinMessagePayload extends SendMessagePayload {}

@ObjectType({ simpleResolvers: true })
export class UnpinMessagePayload extends SendMessagePayload {}
