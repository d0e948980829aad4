import type { DirectoryClient } from '../../platform/database/port.js';

export const MAX_WEBHOOKS = 10;

export interface WebhookRow {
  webhookId: string;
  /** The bot's. */
  userId: string;
  url: string;
  eventTypes: string[];
  conversationIds: string[] | null;
  createdAt: Date;
  lastDeliveredAt: Date | null;
  lastError: string | null;
  disabledAt: Date | null;
  waitingCount: number;
  deadCount: number;
}
export interface NewWebhook {
  webhookId: string;
  url: string;
  secret: string;
  eventTypes: readonly string[];
  conversationIds: readonly string[] | null;
}

/** Webhooks, for their bots and for who owns these: `userId` is either. */
export class WebhookStore {
  constructor(private readonly directory: DirectoryClient) {}

  /** 'noBot': this is none, or neither the one who asks nor one of theirs. */
  async create(userId: string, botId: string, webhook: NewWebhook): Promise<'noBot' | 'tooMany' | null> {
    return this.directory.$transaction(async (tx) => {
      const [bot] = await tx.$queryRaw<{ userId: string }[]>`
        select user_id as "userId" from "user"
        where user_id = ${botId}::uuid and owner_id is not null and ${userId}::uuid in (user_id, owner_id)
          and deleted_at is null for no key update`;
      if (!bot) return 'noBot';
      if ((await tx.webhook.count({ where: { userId: botId } })) >= MAX_WEBHOOKS) return 'tooMany';
      const { webhookId, url, secret, eventTypes, conversationIds } = webhook;
      await tx.$executeRaw`
        insert into webhook (webhook_id, user_id, url, secret, event_types, conversation_ids)
        values (${webhookId}::uuid, ${botId}::uuid, ${url}, ${secret}, ${[...eventTypes]}::text[],
                ${conversationIds && [...conversationIds]}::uuid[])`;
      return null;
    });
  }

  /** All, or one; the first made first. */
  async list(userId: string, webhookId: string | null = null): Promise<WebhookRow[]> {
    return this.directory.$queryRaw<WebhookRow[]>`
      select w.webhook_id as "webhookId", w.user_id as "userId", w.url, w.event_types as "eventTypes", w.conversation_ids as "conversationIds",
             w.created_at as "createdAt", w.last_delivered_at as "lastDeliveredAt", w.last_error as "lastError",
             w.disabled_at as "disabledAt", d.waiting as "waitingCount", d.dead as "deadCount"
      from webhook w join "user" b using (user_id)
        cross join lateral (
          select count(*) filter (where dead_at is null)::int as waiting, count(dead_at)::int as dead
          from webhook_delivery d where d.webhook_id = w.webhook_id) d
      where (w.user_id = ${userId}::uuid or b.owner_id = ${userId}::uuid)
        and (${webhookId}::uuid is null or w.webhook_id = ${webhookId}::uuid)
      order by w.created_at, w.webhook_id limit 200`;
  }

  async delete(userId: string, webhookId: string): Promise<boolean> {
    const { count } = await this.directory.webhook.deleteMany({ where: { webhookId, ...ofSomebody(userId) } });
    return count > 0;
  }

  async rotate(userId: string, webhookId: string, secret: string): Promise<boolean> {
    const changed = await this.directory.$executeRaw`
      update webhook w set old_secret = w.secret, old_secret_until = now() + interval '1 day', secret = ${secret}
      from "user" b where w.webhook_id = ${webhookId}::uuid and b.user_id = w.user_id
        and (w.user_id = ${userId}::uuid or b.owner_id = ${userId}::uuid)`;
    return changed > 0;
  }

  /** Enables it, and puts what was given up back in line. */
  async resume(userId: string, webhookId: string): Promise<boolean> {
    return this.directory.$transaction(async (tx) => {
      const { count } = await tx.webhook.updateMany({
        where: { webhookId, ...ofSomebody(userId) },
        data: { disabledAt: null, givenUp: 0 },
      });
      if (count === 0) return false;
      await tx.$executeRaw`
        update webhook_delivery set dead_at = null, attempts = 0, due_at = now() where webhook_id = ${webhookId}::uuid`;
      return true;
    });
  }

  async target(userId: string, webhookId: string): Promise<{ url: string; secrets: string[] } | null> {
    const found = await this.directory.webhook.findFirst({
      where: { webhookId, ...ofSomebody(userId) },
      select: { url: true, secret: true, oldSecret: true, oldSecretUntil: true },
    });
    if (!found) return null;
    const { url, secret, oldSecret, oldSecretUntil } = found;
    const isOldValid = oldSecret !== null && oldSecretUntil !== null && oldSecretUntil.getTime() > Date.now();
    return { url, secrets: isOldValid ? [secret, oldSecret] : [secret] };
  }
}

const ofSomebody = (userId: string) => ({ OR: [{ userId }, { user: { ownerId: userId } }] });
