import { countWrites } from '../platform/database/write-metrics.js';
import { createBreaker } from '../platform/worker/breaker.js';
import type { Job } from '../platform/worker/define-job.js';
import type { Worker } from '../platform/worker/define-worker.js';
import { startLoop } from '../platform/worker/loop.js';
import { people } from '../schema/internal.js';
import { markFailed } from '../subgraphs/messages/failure-store.js';
import { Sources } from '../subgraphs/search/sources.js';
import { BotStore } from '../subgraphs/users/bot-store.js';
import { PresenceStore } from '../subgraphs/presence/store.js';
import { analytics } from '../workers/analytics.js';
import { announcePeople } from '../workers/announce-people.js';
import { copyBlocks } from '../workers/copy-blocks.js';
import { deliver } from '../workers/deliver.js';
import { emailDigest } from '../workers/email-digest.js';
import { eraseMessages } from '../workers/erase-messages.js';
import { expireApiKeys } from '../workers/expire-api-keys.js';
import { expireMessages } from '../workers/expire-messages.js';
import { indexBreaker } from '../workers/index-breaker.js';
import { indexConversations } from '../workers/index-conversations.js';
import { indexMessages } from '../workers/index-messages.js';
import { indexUsers } from '../workers/index-users.js';
import { mergeAnalytics } from '../workers/merge-analytics.js';
import { notify } from '../workers/notify.js';
import { receipts } from '../workers/receipts.js';
import { reconcileUnread } from '../workers/reconcile-unread.js';
import { removeReported } from '../workers/remove-reported.js';
import { outboxAge, startRelay } from '../workers/relay.js';
import { revokeDevices } from '../workers/revoke-devices.js';
import { startSendingPushes } from '../workers/send-pushes.js';
import { startSendingWebhooks } from '../workers/send-webhooks.js';
import { sweepPresence, SWEEP_MS } from '../workers/sweep-presence.js';
import { WebhookRows } from '../workers/webhook-rows.js';
import { webhooks } from '../workers/webhooks.js';
import type { WorkerContext } from './worker-context.js';
import { isOut, makeMediaWorkers } from './media-workers.js';
import { analysts, indexers, mediaWorkers, type WorkerName } from './processes.js';

/** Starts workers, jobs and the relay in this process. */
export async function startWorkers(names: ReadonlySet<WorkerName>, context: WorkerContext): Promise<void> {
  if (names.has('relay')) await startRelays(context);
  const workers = await makeWorkers(context);
  if (indexers.some((name) => names.has(name))) workers.push(...(await makeIndexers(context)));
  const jobs = await makeJobs(context);
  if (mediaWorkers.some((name) => names.has(name))) {
    const media = await makeMediaWorkers(names, context);
    workers.push(...media.workers);
    jobs.push(...media.jobs);
  }
  if (analysts.some((name) => names.has(name))) {
    const analysis = await makeAnalysts(context);
    workers.push(...analysis.workers);
    jobs.push(...analysis.jobs);
  }
  const consuming = workers.filter(({ name }) => names.has(name as WorkerName));
  const { adapters, opened, log, registry } = context;
  for (const worker of consuming)
    opened.add(await worker.start({ eventLog: await adapters.eventLog(), log, registry }), (consumer) =>
      consumer.stop(),
    );
  const directory = await adapters.directory();
  for (const job of jobs)
    if (names.has(job.name as WorkerName))
      opened.add(await job.start({ directory, log, registry, owner: adapters.owner }), (runner) => runner.stop());
  if (names.has('sweep-presence')) await startSweeping(context);
  if (names.has('send-pushes')) await startPushes(context);
  if (names.has('send-webhooks')) await startWebhooks(context);
}

async function makeWorkers({ config, adapters, peers, log }: WorkerContext): Promise<Worker[]> {
  const [shards, ephemeral, pubsub] = await Promise.all([adapters.shards(), adapters.ephemeral(), adapters.pubsub()]);
  const [directory, presences] = await Promise.all([adapters.directory(), adapters.presences()]);
  return [
    deliver({
      shards,
      ephemeral,
      pubsub,
      markFailed: async ({ message }) => {
        await markFailed({ shards, pubsub }, message.conversationId, message.seq);
      },
    }),
    copyBlocks({ shards }),
    receipts({ shards, people: peers.of(people), pubsub }),
    revokeDevices({ ephemeral, pubsub }),
    announcePeople({ pubsub }),
    eraseMessages({ shards }),
    removeReported({ shards }),
    webhooks({ rows: new WebhookRows(directory), shards, pubsub }),
    notify({ directory, shards, presences, pubsub, ...config.notifications, log }),
  ];
}

async function makeIndexers({ adapters, log, registry }: WorkerContext): Promise<Worker[]> {
  const index = await adapters.searchIndex();
  const sources = new Sources(await adapters.directory(), await adapters.shards());
  const breaker = indexBreaker(log, registry);
  return [
    indexMessages({ index, breaker, registry }),
    indexUsers({ index, accounts: (ids) => sources.accounts(ids), breaker }),
    indexConversations({ index, conversations: (ids) => sources.conversations(ids), breaker }),
  ];
}

async function makeAnalysts({ adapters, log, registry }: WorkerContext): Promise<{ workers: Worker[]; jobs: Job[] }> {
  const objects = await adapters.objectStore();
  const breaker = createBreaker({ name: 'analytics', isFailure: isOut, log, registry });
  return { workers: [analytics({ objects, breaker, registry })], jobs: [mergeAnalytics({ objects })] };
}

async function makeJobs({ config, adapters, log, registry, publicUrl }: WorkerContext): Promise<Job[]> {
  const [shards, directory] = await Promise.all([adapters.shards(), adapters.directory()]);
  const bots = new BotStore(directory);
  return [
    expireMessages({ shards }),
    expireApiKeys({ revokeExpired: () => bots.revokeExpired(), pubsub: await adapters.pubsub() }),
    reconcileUnread({ shards, registry }),
    emailDigest({
      directory,
      shards,
      presences: await adapters.presences(),
      mail: await adapters.mail(),
      tokens: await adapters.unsubscribeTokens(),
      publicUrl,
      log,
      registry,
      everyMs: config.notifications.digestEveryMs,
    }),
  ];
}

/** One for each database, the directory's included. */
async function startRelays({ adapters, opened, log, registry }: WorkerContext): Promise<void> {
  const [db, shards, eventLog, pubsub] = await Promise.all([
    adapters.directory(),
    adapters.shards(),
    adapters.eventLog(),
    adapters.pubsub(),
  ]);
  const shared = { eventLog, pubsub, log, age: outboxAge(registry), owner: adapters.owner };
  countWrites(() => [{ name: 'directory', db }, ...shards.all], registry);
  const relays = opened.add(new Set<ReturnType<typeof startRelay>>(), async (all) => {
    await Promise.all([...all].map(async (relay) => (await relay).stop()));
  });
  relays.add(startRelay({ ...shared, database: 'directory', db }));
  // Also of those that are added later.
  opened.add(
    shards.forEach((shard) => relays.add(startRelay({ ...shared, database: shard.name, db: shard.db }))),
    (forget) => forget(),
  );
  await Promise.all(relays);
}

async function startSweeping({ adapters, opened, log }: WorkerContext): Promise<void> {
  const store = new PresenceStore(await adapters.directory(), await adapters.shards());
  const [presences, pubsub] = await Promise.all([adapters.presences(), adapters.pubsub()]);
  const turn = () => sweepPresence({ presences, store, pubsub });
  opened.add(startLoop({ name: 'sweep-presence', turn, pollMs: SWEEP_MS, log }), (loop) => loop.stop());
}

async function startPushes({ config, adapters, opened, log, registry }: WorkerContext): Promise<void> {
  const sending = await startSendingPushes({
    directory: await adapters.directory(),
    shards: await adapters.shards(),
    presences: await adapters.presences(),
    pubsub: await adapters.pubsub(),
    push: await adapters.push(),
    checkMs: config.notifications.checkMs,
    log,
    registry,
  });
  opened.add(sending, (each) => each.stop());
}

async function startWebhooks({ config, adapters, opened, log, registry }: WorkerContext): Promise<void> {
  const { WebhookSender } = await import('../platform/webhooks/sender.js');
  const sender = opened.add(new WebhookSender(config.webhooks), (each) => each.close());
  const rows = new WebhookRows(await adapters.directory());
  const [shards, pubsub] = await Promise.all([adapters.shards(), adapters.pubsub()]);
  const { retryMs } = config.webhooks;
  const sending = await startSendingWebhooks({ rows, shards, pubsub, sender, retryMs, log, registry });
  opened.add(sending, (each) => each.stop());
}
