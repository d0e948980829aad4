import { ListSize } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import type { ApiKeyRow } from './bot-store.js';
import {
  ApiKey,
  Bot,
  CreateApiKeyInput,
  CreateApiKeyPayload,
  CreateBotInput,
  CreateBotPayload,
  DeleteBotInput,
  DeleteBotPayload,
  RevokeApiKeyInput,
  RevokeApiKeyPayload,
  type ApiKeyScope,
} from './bot-types.js';
import type { Bots } from './bots.js';
import type { UsersContext } from './context.js';
import { toUser, type UserSource, type ViewerSource } from './present.js';
import { Viewer } from './schema.js';
import type { Account } from './store.js';

interface BotSource {
  userId: string;
  id: string;
  user: UserSource;
}

/** Only its owner gets hold of a Bot: it is reached from Viewer and from the owner's own mutations alone. */
@Resolver(() => Bot)
export class BotsResolver {
  constructor(private readonly bots: Bots) {}

  @FieldResolver(() => [ApiKey])
  async apiKeys(@Root() { userId }: BotSource, @Ctx() { loaders }: UsersContext) {
    return (await loaders.apiKeys.load(userId)).map(toApiKey);
  }

  @Mutation(() => CreateBotPayload, { description: 'Makes an account that programs act for; see createApiKey.' })
  async createBot(@Arg('input', () => CreateBotInput) input: CreateBotInput, @Ctx() { caller }: UsersContext) {
    const { bot, errors } = await asPayload('bot', this.bots.create(requireViewer(caller), input));
    return { bot: bot && toBot(bot), errors };
  }

  @Mutation(() => DeleteBotPayload, {
    description: 'Deletes a bot of the viewer with its keys and webhooks; what it wrote stays, sent by a deleted user.',
  })
  async deleteBot(@Arg('input', () => DeleteBotInput) { botId }: DeleteBotInput, @Ctx() { caller }: UsersContext) {
    const work = this.bots.delete(requireViewer(caller), fromPublicId('bot', botId));
    const { id, errors } = await asPayload('id', work);
    return { deletedBotId: id && toPublicId('bot', id), errors };
  }

  @Mutation(() => CreateApiKeyPayload, { description: 'Makes a key for a bot of the viewer, and shows it this once.' })
  async createApiKey(@Arg('input', () => CreateApiKeyInput) input: CreateApiKeyInput, @Ctx() { caller }: UsersContext) {
    const draft = { ...input, botId: fromPublicId('bot', input.botId) };
    const { made, errors } = await asPayload('made', this.bots.createKey(requireViewer(caller), draft));
    return { apiKey: made && toApiKey(made.key), secret: made?.secret ?? null, errors };
  }

  @Mutation(() => RevokeApiKeyPayload, {
    description: 'The key is refused from now on, and whatever streams it has open end within a second.',
  })
  async revokeApiKey(
    @Arg('input', () => RevokeApiKeyInput) { apiKeyId }: RevokeApiKeyInput,
    @Ctx() { caller }: UsersContext,
  ) {
    const work = this.bots.revokeKey(requireViewer(caller), fromPublicId('apiKey', apiKeyId));
    const { id, errors } = await asPayload('id', work);
    return { revokedApiKeyId: id && toPublicId('apiKey', id), errors };
  }
}

@Resolver(() => Viewer)
export class ViewerBotsResolver {
  constructor(private readonly service: Bots) {}

  @ListSize('assumedSize: 10')
  @FieldResolver(() => [Bot], { description: 'Bots that belong to the viewer, the first made first.' })
  async bots(@Root() viewer: ViewerSource) {
    return (await this.service.botsOf(viewer)).map(toBot);
  }
}

function toBot(account: Account): BotSource {
  const { userId } = account;
  return { userId, id: toPublicId('bot', userId), user: toUser(account) };
}

function toApiKey({ deviceId, scopes, ...row }: ApiKeyRow): ApiKey {
  return { ...row, id: toPublicId('apiKey', deviceId), scopes: scopes as ApiKeyScope[] };
}
