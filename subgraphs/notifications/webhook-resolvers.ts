import { ListSize } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload } from '../../platform/errors/errors.js';
import { fromPublicId, toPublicId } from '../../platform/ids/ids.js';
import type { NotificationsContext } from './context.js';
import type { ViewerSource } from './present.js';
import { Viewer } from './schema.js';
import {
  CreateWebhookInput,
  CreateWebhookPayload,
  DeleteWebhookInput,
  DeleteWebhookPayload,
  ResumeWebhookInput,
  ResumeWebhookPayload,
  RotateWebhookSecretInput,
  RotateWebhookSecretPayload,
  TestWebhookInput,
  TestWebhookPayload,
  Webhook,
  type WebhookEventType,
} from './webhook-schema.js';
import type { WebhookRow } from './webhook-store.js';
import type { Webhooks } from './webhooks.js';

@Resolver(() => Viewer)
export class WebhooksResolver {
  constructor(private readonly service: Webhooks) {}

  @ListSize('assumedSize: 10')
  @FieldResolver(() => [Webhook], {
    description: 'Of the bot that asks; of all of a person’s bots, where a person asks.',
  })
  async webhooks(@Root() { userId }: ViewerSource) {
    return (await this.service.list(userId)).map(toWebhook);
  }

  @Mutation(() => CreateWebhookPayload, { description: 'Has a URL told of what happens in conversations of the bot.' })
  async createWebhook(
    @Arg('input', () => CreateWebhookInput) input: CreateWebhookInput,
    @Ctx() { caller }: NotificationsContext,
  ) {
    return withSecret(await asPayload('made', this.service.create(requireViewer(caller), input)));
  }

  @Mutation(() => DeleteWebhookPayload, { description: 'With all that waits to be sent to it.' })
  async deleteWebhook(
    @Arg('input', () => DeleteWebhookInput) input: DeleteWebhookInput,
    @Ctx() { caller }: NotificationsContext,
  ) {
    const work = this.service.delete(requireViewer(caller), idOf(input));
    const { id, errors } = await asPayload('id', work);
    return { deletedWebhookId: id && toPublicId('webhook', id), errors };
  }

  @Mutation(() => RotateWebhookSecretPayload, {
    description: 'Makes a new secret. For a day each delivery is signed with both, so that a receiver can change over.',
  })
  async rotateWebhookSecret(
    @Arg('input', () => RotateWebhookSecretInput) input: RotateWebhookSecretInput,
    @Ctx() { caller }: NotificationsContext,
  ) {
    return withSecret(await asPayload('made', this.service.rotate(requireViewer(caller), idOf(input))));
  }

  @Mutation(() => TestWebhookPayload, { description: 'Sends an event of type TEST now, once.' })
  async testWebhook(
    @Arg('input', () => TestWebhookInput) input: TestWebhookInput,
    @Ctx() { caller }: NotificationsContext,
  ) {
    const { done, errors } = await asPayload('done', this.service.test(requireViewer(caller), idOf(input)));
    return { delivered: done !== null && done.failure === null, failure: done?.failure ?? null, errors };
  }

  @Mutation(() => ResumeWebhookPayload, {
    description: 'Enables a webhook that was disabled, and sends once more what was given up.',
  })
  async resumeWebhook(
    @Arg('input', () => ResumeWebhookInput) input: ResumeWebhookInput,
    @Ctx() { caller }: NotificationsContext,
  ) {
    const { row, errors } = await asPayload('row', this.service.resume(requireViewer(caller), idOf(input)));
    return { webhook: row && toWebhook(row), errors };
  }
}

const idOf = ({ webhookId }: { webhookId: string }) => fromPublicId('webhook', webhookId);

function withSecret<E>({ made, errors }: { made: { webhook: WebhookRow; secret: string } | null; errors: E }) {
  return { webhook: made && toWebhook(made.webhook), secret: made?.secret ?? null, errors };
}

function toWebhook({ webhookId, userId, eventTypes, conversationIds, ...row }: WebhookRow): Webhook {
  return {
    ...row,
    id: toPublicId('webhook', webhookId),
    botId: toPublicId('bot', userId),
    eventTypes: eventTypes as WebhookEventType[],
    conversationIds: conversationIds && conversationIds.map((id) => toPublicId('conversation', id)),
  };
}
