import { Counter, type Registry } from 'prom-client';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Shards } from '../platform/shards/shards.js';
import type { Log } from '../platform/telemetry/log.js';
import type { WebhookSender } from '../platform/webhooks/sender.js';
import { startLoop } from '../platform/worker/loop.js';
import { channels } from '../schema/live.js';
import { botsIn } from './webhooks.js';
import type { Claimed, WebhookRows } from './webhook-rows.js';

/** How often to look unasked: for what a process left that died. It is told of what is new, and knows when to try again. */
const POLL_MS = 2_000;
/** Under way in one process; a webhook has 4 of them at most. */
const MOST = 200;
const FORGET_EVERY_MS = 3_600_000;
const KEPT_DAYS = 7;
/** Where a shard does not say who is a member. */
const AGAIN_MS = 5_000;

export interface SendWebhooksDeps {
  rows: WebhookRows;
  shards: Shards;
  pubsub: PubSub;
  sender: Pick<WebhookSender, 'post'>;
  /** Pauses before each further attempt, ms; after the last one a delivery is given up. */
  retryMs: readonly number[];
  log: Log;
  registry?: Registry;
  pollMs?: number;
}

/**
 * Sends what waits for webhooks, in the order of each conversation, each receiver apart from the others. At least once: where
 * the process dies between the answer and noting it, the same delivery is sent again, with the same id.
 */
export async function startSendingWebhooks(deps: SendWebhooksDeps): Promise<{ stop(): Promise<void> }> {
  const { rows, retryMs, log, pollMs = POLL_MS } = deps;
  const underWay = new Set<Promise<void>>();
  const outcomes = new Counter({
    name: 'webhook_deliveries_total',
    help: 'Attempts to deliver to webhooks: delivered, failed, or given up for good',
    labelNames: ['outcome'],
    registers: deps.registry ? [deps.registry] : [],
  });
  let forgottenAt = 0;

  const deliver = async (row: Claimed): Promise<void> => {
    const { webhookId, conversationId, userId, attempts } = row;
    const members = await botsIn(deps.shards, [conversationId], [row]).catch(() => null);
    if (members === null) return later(row, null, AGAIN_MS);
    // It has left since.
    if (!members.has(`${conversationId} ${userId}`)) return rows.remove(row);
    const failure = await deps.sender.post({
      url: row.url,
      secrets: row.oldSecret === null ? [row.secret] : [row.secret, row.oldSecret],
      deliveryId: `${row.eventId}.${webhookId}`,
      body: JSON.stringify(row.payload),
    });
    const pauseMs = retryMs[attempts];
    outcomes.inc({ outcome: failure === null ? 'delivered' : pauseMs === undefined ? 'dead' : 'failed' });
    if (failure === null) return rows.delivered(row);
    // Not all at once where many have failed together.
    if (pauseMs !== undefined) return later(row, failure, pauseMs * (1 + Math.random() / 10));
    if (await rows.giveUp(row, failure)) log.info({ webhookId }, 'a webhook that takes nothing is disabled');
  };
  const later = async (row: Claimed, reason: string | null, afterMs: number) => {
    await rows.later(row, reason, afterMs);
    loop.pokeIn(afterMs);
  };

  const loop = startLoop({
    name: 'send-webhooks',
    pollMs,
    log,
    turn: async () => {
      if (Date.now() - forgottenAt > FORGET_EVERY_MS) {
        await rows.forget(KEPT_DAYS);
        forgottenAt = Date.now();
      }
      const room = MOST - underWay.size;
      if (room <= 0) return false;
      for (const row of await rows.claim(room)) {
        const work = deliver(row)
          .catch((error: unknown) => log.warn({ err: error, webhookId: row.webhookId }, 'a delivery was not noted'))
          .finally(() => {
            underWay.delete(work);
            loop.poke();
          });
        underWay.add(work);
      }
      return false;
    },
  });
  const poke = () => loop.poke();
  const unsubscribe = await deps.pubsub.subscribe(channels.webhooks, poke, poke);
  return {
    stop: async () => {
      await unsubscribe();
      await loop.stop();
      await Promise.all(underWay);
    },
  };
}
