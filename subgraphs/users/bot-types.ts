import { ListSize } from '../../platform/subgraph/directives.js';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { User, UserError } from './schema.js';

export enum ApiKeyScope {
  MESSAGES_READ = 'MESSAGES_READ',
  MESSAGES_WRITE = 'MESSAGES_WRITE',
  CONVERSATIONS_READ = 'CONVERSATIONS_READ',
  CONVERSATIONS_WRITE = 'CONVERSATIONS_WRITE',
  USERS_READ = 'USERS_READ',
  WEBHOOKS_MANAGE = 'WEBHOOKS_MANAGE',
}
registerEnumType(ApiKeyScope, {
  name: 'ApiKeyScope',
  description:
    'What the holder of an API key may do at /partner/graphql. A bot sees and does no more than a person could.',
  valuesConfig: {
    MESSAGES_READ: { description: 'Reads, searches and follows messages of conversations that the bot is in.' },
    MESSAGES_WRITE: { description: 'Sends, edits, deletes, forwards, pins and reacts, with attachments.' },
    CONVERSATIONS_READ: { description: 'Reads conversations, their members, and the bot’s inbox.' },
    CONVERSATIONS_WRITE: { description: 'Opens, makes, joins, changes and leaves conversations.' },
    USERS_READ: { description: 'Reads and finds people.' },
    WEBHOOKS_MANAGE: { description: 'Makes, lists, tests and deletes the bot’s webhooks.' },
  },
});

@ObjectType({
  description: 'A key by which a program acts for a bot. The secret itself is shown once, when it is made.',
})
export class ApiKey {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'As its maker called it.' })
  name!: string;

  @Field(() => String, { description: 'How the secret begins, to tell keys apart.' })
  prefix!: string;

  @Field(() => [ApiKeyScope])
  scopes!: ApiKeyScope[];

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'From then on it is refused; null for a key that does not expire.',
  })
  expiresAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'To within some minutes; null while it was not used.' })
  lastUsedAt!: Date | null;
}

@ObjectType({ description: 'An account that programs act for. It belongs to the person who made it.' })
export class Bot {
  @Field(() => ID, { description: "Its own global id, not the user's." })
  id!: string;

  @Field(() => User, { description: 'As others see it.' })
  user!: User;

  @ListSize('assumedSize: 20')
  @Field(() => [ApiKey], { description: 'Those that are not revoked, the first made first.' })
  apiKeys!: ApiKey[];
}

@InputType()
export class CreateBotInput {
  @Field(() => String, { description: '3 to 30 of a-z, 0-9 and _.' })
  handle!: string;

  @Field(() => String, { description: '1 to 80 characters.' })
  displayName!: string;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  bio?: string | null;
}

@InputType()
export class DeleteBotInput {
  @Field(() => ID)
  botId!: string;
}

@InputType()
export class CreateApiKeyInput {
  @Field(() => ID)
  botId!: string;

  @Field(() => String, { description: 'For its owner to tell it from the others, 1 to 80 characters.' })
  name!: string;

  @Field(() => [ApiKeyScope], { description: 'At least one; they cannot be changed later.' })
  scopes!: ApiKeyScope[];

  @Field(() => Date, { nullable: true, description: 'Null: it does not expire.' })
  expiresAt?: Date | null;
}

@InputType()
export class RevokeApiKeyInput {
  @Field(() => ID)
  apiKeyId!: string;
}

@ObjectType()
export class CreateBotPayload {
  @Field(() => Bot, { nullable: true })
  bot!: Bot | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class DeleteBotPayload {
  @Field(() => ID, { nullable: true })
  deletedBotId!: string | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class CreateApiKeyPayload {
  @Field(() => ApiKey, { nullable: true })
  apiKey!: ApiKey | null;

  @Field(() => String, {
    nullable: true,
    description: 'The key, shown this once: only its hash is kept. Send it as Authorization: Bearer.',
  })
  secret!: string | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType()
export class RevokeApiKeyPayload {
  @Field(() => ID, { nullable: true })
  revokedApiKeyId!: string | null;

  @Field(() => [UserError])
  errors!: UserError[];
}
