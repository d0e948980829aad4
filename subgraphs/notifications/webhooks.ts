import type { Person } from '../../platform/auth/caller.js';
import { UserFault } from '../../platform/errors/errors.js';
import { bucketOf, fromPublicId, newUuid } from '../../platform/ids/ids.js';
import type { WebhookSender } from '../../platform/webhooks/sender.js';
import { newWebhookSecret } from '../../platform/webhooks/signature.js';
import { invalid } from './checks.js';
import type { CreateWebhookInput } from './webhook-schema.js';
import { MAX_WEBHOOKS, type WebhookRow, type WebhookStore } from './webhook-store.js';

const MOST_CONVERSATIONS = 100;

/** Webhooks of bots, managed by the bot's own key, or by its owner. */
export class Webhooks {
  constructor(
    private readonly store: WebhookStore,
    private readonly sender: WebhookSender,
  ) {}

  list(userId: string): Promise<WebhookRow[]> {
    return this.store.list(userId);
  }

  async create({ userId }: Person, input: CreateWebhookInput): Promise<{ webhook: WebhookRow; secret: string }> {
    const botId = input.botId ? fromPublicId('bot', input.botId) : userId;
    if (!botId) throw noSuchBot();
    const objection = this.sender.objectionTo(input.url);
    if (objection) throw invalid(['url'], `${objection} Give an https:// URL at a public address.`);
    const eventTypes = [...new Set(input.eventTypes)];
    if (eventTypes.length === 0) throw invalid(['eventTypes'], 'A webhook is told of at least one type of event.');
    const conversationIds = input.conversationIds ? checkConversations(input.conversationIds) : null;
    const [webhookId, secret] = [newUuid(bucketOf(botId)), newWebhookSecret()];
    const { href: url } = new URL(input.url);
    const refused = await this.store.create(userId, botId, { webhookId, url, secret, eventTypes, conversationIds });
    if (refused === 'noBot')
      throw input.botId
        ? noSuchBot()
        : new UserFault('FORBIDDEN', ['botId'], 'Only bots have webhooks: give the id of a bot of yours.');
    if (refused === 'tooMany')
      throw new UserFault('QUOTA_EXCEEDED', [], `A bot has at most ${MAX_WEBHOOKS} webhooks. Delete one first.`);
    return { webhook: await this.one(userId, webhookId), secret };
  }

  async delete({ userId }: Person, webhookId: string | null): Promise<string> {
    if (!webhookId || !(await this.store.delete(userId, webhookId))) throw unknown();
    return webhookId;
  }

  async rotate({ userId }: Person, webhookId: string | null): Promise<{ webhook: WebhookRow; secret: string }> {
    const secret = newWebhookSecret();
    if (!webhookId || !(await this.store.rotate(userId, webhookId, secret))) throw unknown();
    return { webhook: await this.one(userId, webhookId), secret };
  }

  async resume({ userId }: Person, webhookId: string | null): Promise<WebhookRow> {
    if (!webhookId || !(await this.store.resume(userId, webhookId))) throw unknown();
    return this.one(userId, webhookId);
  }

  /** Sends one event of type TEST now. Null where the receiver took it, else why not. */
  async test({ userId }: Person, webhookId: string | null): Promise<{ failure: string | null }> {
    const target = webhookId && (await this.store.target(userId, webhookId));
    if (!webhookId || !target) throw unknown();
    const id = newUuid(bucketOf(webhookId));
    const body = JSON.stringify({ id, type: 'TEST', at: new Date().toISOString() });
    return { failure: await this.sender.post({ ...target, deliveryId: `${id}.${webhookId}`, body }) };
  }

  private async one(userId: string, webhookId: string): Promise<WebhookRow> {
    const [row] = await this.store.list(userId, webhookId);
    return row ?? Promise.reject(unknown());
  }
}

function checkConversations(given: readonly string[]): string[] {
  const ids = given.map((id) => fromPublicId('conversation', id));
  if (ids.length < 1 || ids.length > MOST_CONVERSATIONS || ids.includes(null))
    throw invalid(
      ['conversationIds'],
      `Give the ids of 1 to ${MOST_CONVERSATIONS} conversations, or leave it out for all that the bot is in.`,
    );
  return ids as string[];
}

function noSuchBot(): UserFault {
  return new UserFault('NOT_FOUND', ['botId'], 'You have no bot with this id.');
}

function unknown(): UserFault {
  return new UserFault('NOT_FOUND', ['webhookId'], 'You have no webhook with this id.');
}
