import type { ShardClient } from '../../platform/database/port.js';
import type { PubSub } from '../../platform/pubsub/port.js';
import type { Shards } from '../../platform/shards/shards.js';
import type { Log } from '../../platform/telemetry/log.js';
import type { MessageSnapshot } from '../../schema/events.js';
import { channels } from '../../schema/live.js';
import type { Mentions } from './texts.js';

export type ChangeRefusal =
  'not-found' | 'forbidden' | 'deleted' | 'blocked' | 'window-closed' | 'mentions-others' | 'too-many';
/** 'done' also where it was so already. */
export type ChangeOutcome = { outcome: 'done'; snapshot: MessageSnapshot } | { outcome: ChangeRefusal; snapshot: null };

/** Changes of stored messages, each one call of a function that locks, checks, changes and tells. */
export class ChangeStore {
  constructor(
    private readonly shards: Shards,
    private readonly pubsub: PubSub,
    private readonly log: Log,
  ) {}

  edit(messageId: string, actorId: string, body: string, mentions: Mentions): Promise<ChangeOutcome> {
    const json = mentions.length > 0 ? JSON.stringify(mentions) : null;
    return this.change(
      messageId,
      (db) => db.$queryRaw<ChangeOutcome[]>`
        select outcome, snapshot from edit_message(${messageId}::uuid, ${actorId}::uuid, ${body}::text, ${json}::text::jsonb)`,
    );
  }

  /** For everyone. */
  delete(messageId: string, actorId: string): Promise<ChangeOutcome> {
    return this.change(
      messageId,
      (db) => db.$queryRaw<ChangeOutcome[]>`
        select outcome, snapshot from delete_message(${messageId}::uuid, ${actorId}::uuid)`,
    );
  }

  addReaction(messageId: string, actorId: string, emoji: string, limit: number): Promise<ChangeOutcome> {
    return this.change(
      messageId,
      (db) => db.$queryRaw<ChangeOutcome[]>`
        select outcome, snapshot from add_reaction(${messageId}::uuid, ${actorId}::uuid, ${emoji}::text, ${limit}::int)`,
    );
  }

  removeReaction(messageId: string, actorId: string, emoji: string): Promise<ChangeOutcome> {
    return this.change(
      messageId,
      (db) => db.$queryRaw<ChangeOutcome[]>`
        select outcome, snapshot from remove_reaction(${messageId}::uuid, ${actorId}::uuid, ${emoji}::text)`,
    );
  }

  pin(messageId: string, actorId: string, isPinned: boolean, limit: number): Promise<ChangeOutcome> {
    return this.change(
      messageId,
      (db) => db.$queryRaw<ChangeOutcome[]>`
        select outcome, snapshot from pin_message(${messageId}::uuid, ${actorId}::uuid, ${isPinned}::boolean, ${limit}::int)`,
    );
  }

  /** From one person only, who may read it: that is the caller's to know. */
  async hide(userId: string, message: MessageSnapshot, limit: number): Promise<'done' | 'too-many'> {
    const { id, conversationId, seq } = message;
    const rows = await this.shards.on(
      userId,
      ({ db }) => db.$queryRaw<{ outcome: 'done' | 'too-many' }[]>`
      select hide_message(${userId}::uuid, ${id}::uuid, ${conversationId}::uuid, ${seq}::int, ${limit}::int) as outcome`,
    );
    this.pokeRelay(this.shards.of(userId).name);
    return rows[0]!.outcome;
  }

  private async change(messageId: string, call: (db: ShardClient) => PromiseLike<ChangeOutcome[]>) {
    const [row] = await this.shards.on(messageId, ({ db }) => call(db));
    this.pokeRelay(this.shards.of(messageId).name);
    return row!;
  }

  private pokeRelay(database: string): void {
    this.pubsub
      .publish(channels.outbox(database), '')
      .catch((error: unknown) => this.log.warn({ err: error }, 'the relay was not poked; it polls as well'));
  }
}
