import type { DirectoryClient } from '../platform/database/port.js';

/** A webhook that is to be told, of a bot that may act. */
export interface LiveWebhook {
  webhookId: string;
  /** The bot. */
  userId: string;
  eventTypes: string[];
  conversationIds: string[] | null;
  /** What happened before is not for it. */
  createdAt: Date;
}
export interface NewDelivery {
  webhookId: string;
  conversationId: string;
  version: number;
  eventId: string;
  messageId: string | null;
  payload: string;
}
/** One that this process has to itself for LEASE_SECONDS. */
export interface Claimed {
  webhookId: string;
  conversationId: string;
  version: bigint;
  eventId: string;
  payload: unknown;
  attempts: number;
  userId: string;
  url: string;
  secret: string;
  oldSecret: string | null;
}

/** Longer than an attempt may take. */
const LEASE_SECONDS = 30;
/** Of one webhook at the same time, in all processes: a slow receiver takes no more. */
const AT_ONCE = 4;
/** So many deliveries given up one after the other disable their webhook. */
const MOST_GIVEN_UP = 3;

/** What waits to be sent to webhooks, in the directory. */
export class WebhookRows {
  constructor(private readonly directory: DirectoryClient) {}

  async live(): Promise<LiveWebhook[]> {
    return this.directory.$queryRaw<LiveWebhook[]>`
      select w.webhook_id as "webhookId", w.user_id as "userId", w.event_types as "eventTypes",
             w.conversation_ids as "conversationIds", w.created_at as "createdAt"
      from webhook w join "user" b on b.user_id = w.user_id join "user" o on o.user_id = b.owner_id
      where w.disabled_at is null and b.deleted_at is null and b.suspended_at is null
        and o.deleted_at is null and o.suspended_at is null`;
  }

  /** The same again changes nothing. */
  async add(deliveries: readonly NewDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    const of = <K extends keyof NewDelivery>(key: K) => deliveries.map((each) => each[key]);
    // A webhook may have been deleted meanwhile.
    await this.directory.$executeRaw`
      insert into webhook_delivery (webhook_id, conversation_id, version, event_id, message_id, payload)
      select new.* from unnest(${of('webhookId')}::uuid[], ${of('conversationId')}::uuid[], ${of('version')}::bigint[],
          ${of('eventId')}::uuid[], ${of('messageId')}::uuid[], ${of('payload')}::jsonb[])
        as new (webhook_id, conversation_id, version, event_id, message_id, payload)
      join webhook w on w.webhook_id = new.webhook_id
      on conflict do nothing`;
  }

  /** Takes what deleted messages held out of whatever waits, or was given up. */
  async empty(messageIds: readonly string[]): Promise<void> {
    if (messageIds.length === 0) return;
    await this.directory.$executeRaw`
      update webhook_delivery set payload = jsonb_set(payload, '{message,body}', 'null') #- '{message,attachments}'
      where message_id = any(${[...messageIds]}::uuid[])`;
  }

  /**
   * The first that waits of each webhook and conversation, where it is due: so the order of a conversation is kept. They are
   * found one by one in the index: what waits behind them is not read.
   */
  async claim(limit: number): Promise<Claimed[]> {
    return this.directory.$queryRaw<Claimed[]>`
      with recursive head as (
        (select d.webhook_id, d.conversation_id, d.version, d.due_at, d.leased_until
         from webhook_delivery d where d.dead_at is null order by d.webhook_id, d.conversation_id, d.version limit 1)
        union all
        select next.* from head h cross join lateral (
          select d.webhook_id, d.conversation_id, d.version, d.due_at, d.leased_until
          from webhook_delivery d
          where d.dead_at is null and (d.webhook_id, d.conversation_id) > (h.webhook_id, h.conversation_id)
          order by d.webhook_id, d.conversation_id, d.version limit 1) next),
      due as (
        select h.*, row_number() over (partition by h.webhook_id order by h.due_at, h.conversation_id) as place
        from head h join webhook w using (webhook_id)
          join "user" b on b.user_id = w.user_id join "user" o on o.user_id = b.owner_id
        where h.due_at <= now() and w.disabled_at is null and b.deleted_at is null and b.suspended_at is null
          and o.deleted_at is null and o.suspended_at is null),
      free as (
        select * from due where place <= ${AT_ONCE} and (leased_until is null or leased_until < now())
        order by due_at limit ${limit})
      update webhook_delivery d set leased_until = now() + make_interval(secs => ${LEASE_SECONDS})
      from free, webhook w
      where d.webhook_id = free.webhook_id and d.conversation_id = free.conversation_id and d.version = free.version
        and w.webhook_id = d.webhook_id and (d.leased_until is null or d.leased_until < now())
      returning d.webhook_id as "webhookId", d.conversation_id as "conversationId", d.version, d.event_id as "eventId",
                d.payload, d.attempts, w.user_id as "userId", w.url, w.secret,
                case when w.old_secret_until > now() then w.old_secret end as "oldSecret"`;
  }

  /** It was taken. */
  async delivered(row: Claimed): Promise<void> {
    await this.remove(row);
    await this.directory.$executeRaw`
      update webhook set last_delivered_at = now(), given_up = 0, last_error = null
      where webhook_id = ${row.webhookId}::uuid`;
  }

  /** It is for nobody any more. */
  async remove({ webhookId, conversationId, version }: Claimed): Promise<void> {
    await this.directory.$executeRaw`
      delete from webhook_delivery where webhook_id = ${webhookId}::uuid
        and conversation_id = ${conversationId}::uuid and version = ${version}`;
  }

  /** Null: it cannot be said now whether it may be sent, and nothing is held against it. */
  async later({ webhookId, conversationId, version }: Claimed, reason: string | null, afterMs: number): Promise<void> {
    await this.directory.$executeRaw`
      update webhook_delivery set leased_until = null, due_at = now() + make_interval(secs => ${afterMs / 1_000}),
          attempts = attempts + ${reason === null ? 0 : 1}
      where webhook_id = ${webhookId}::uuid and conversation_id = ${conversationId}::uuid and version = ${version}`;
    if (reason !== null)
      await this.directory.$executeRaw`
        update webhook set last_error = ${reason} where webhook_id = ${webhookId}::uuid`;
  }

  /** Kept as a dead letter; those behind it go on. Returns whether the webhook is disabled now. */
  async giveUp({ webhookId, conversationId, version }: Claimed, reason: string): Promise<boolean> {
    const [row] = await this.directory.$queryRaw<{ isDisabled: boolean }[]>`
      with dead as (
        update webhook_delivery set leased_until = null, dead_at = now(), attempts = attempts + 1
        where webhook_id = ${webhookId}::uuid and conversation_id = ${conversationId}::uuid and version = ${version}
          and dead_at is null
        returning webhook_id)
      update webhook w set given_up = given_up + 1, last_error = ${reason},
          disabled_at = case when given_up + 1 >= ${MOST_GIVEN_UP} then coalesce(disabled_at, now()) else disabled_at end
      from dead where w.webhook_id = dead.webhook_id
      returning disabled_at is not null as "isDisabled"`;
    return row?.isDisabled ?? false;
  }

  /** What waited, or was given up, for too long. */
  async forget(days: number): Promise<void> {
    await this.directory.$executeRaw`
      delete from webhook_delivery where created_at < now() - make_interval(days => ${days}::int)`;
  }
}
