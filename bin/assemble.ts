import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { AccessTokens } from '../platform/auth/access-token.js';
import { SignedInDevices } from '../platform/auth/devices.js';
import type { Config } from '../platform/config/config.js';
import { openDataDirectory } from '../platform/config/data-directory.js';
import { packageRoot } from '../platform/config/package-root.js';
import { loadSecrets } from '../platform/config/secrets.js';
import { explainListenError } from '../platform/config/start-error.js';
import { Cursors } from '../platform/cursors/cursors.js';
import { openEmbeddedDatabases } from '../platform/database/embedded.js';
import { EmbeddedEphemeral } from '../platform/ephemeral/embedded.js';
import { EmbeddedPresences } from '../platform/ephemeral/embedded-presence.js';
import type { Ephemeral } from '../platform/ephemeral/port.js';
import { EmbeddedEventLog } from '../platform/event-log/embedded.js';
import type { EventLog } from '../platform/event-log/port.js';
import { EmbeddedMail } from '../platform/mail/embedded.js';
import { SmtpMail } from '../platform/mail/smtp.js';
import { EmbeddedPubSub } from '../platform/pubsub/embedded.js';
import { EmbeddedRateLimiter } from '../platform/rate-limit/embedded.js';
import { Limits } from '../platform/rate-limit/limits.js';
import type { PubSub } from '../platform/pubsub/port.js';
import { Shards, type Shard } from '../platform/shards/shards.js';
import { watchShards } from '../platform/shards/watch-shards.js';
import { executeOn } from '../platform/subgraph/execute.js';
import type { Subgraph } from '../platform/subgraph/subgraph.js';
import { startAdminServer } from '../platform/telemetry/admin-server.js';
import { createLog, type Log } from '../platform/telemetry/log.js';
import { createMetrics } from '../platform/telemetry/metrics.js';
import { startLoop } from '../platform/worker/loop.js';
import { Authenticator } from '../router/auth.js';
import { InProcessDataSource } from '../router/data-source.js';
import { Gateway } from '../router/gateway.js';
import { perViewerFields } from '../router/hub/document.js';
import { Hub } from '../router/hub/hub.js';
import { OperationLimits } from '../router/limits.js';
import { LivePlan } from '../router/live-plan.js';
import { Operations } from '../router/operations.js';
import { startRouterServer } from '../router/server.js';
import { Sockets } from '../router/sockets.js';
import { ServerSentEvents } from '../router/sse.js';
import { channels, type Revocation } from '../schema/live.js';
import type { People } from '../schema/people.js';
import type { Reportables } from '../schema/reportables.js';
import { conversationsSubgraph } from '../subgraphs/conversations/subgraph.js';
import { markFailed } from '../subgraphs/messages/failure-store.js';
import { messagesSubgraph } from '../subgraphs/messages/subgraph.js';
import { presenceSubgraph } from '../subgraphs/presence/subgraph.js';
import { loadSignedIn, usersSubgraph } from '../subgraphs/users/subgraph.js';
import { announcePeople } from '../workers/announce-people.js';
import { copyBlocks } from '../workers/copy-blocks.js';
import { deliver } from '../workers/deliver.js';
import { eraseMessages } from '../workers/erase-messages.js';
import { expireMessages } from '../workers/expire-messages.js';
import { receipts } from '../workers/receipts.js';
import { reconcileUnread } from '../workers/reconcile-unread.js';
import { removeReported } from '../workers/remove-reported.js';
import { outboxAge, startRelay } from '../workers/relay.js';
import { revokeDevices } from '../workers/revoke-devices.js';
import { sweepPresence, SWEEP_MS } from '../workers/sweep-presence.js';

/** A running Parley. */
export interface Parley {
  /** Of the router, without a path. */
  url: string;
  adminUrl: string;
  /** What it is made of, for tests that take a part into their own hands. */
  parts: {
    subgraphs: readonly Subgraph[];
    pubsub: PubSub;
    ephemeral: Ephemeral;
    eventLog: EventLog;
    shards: Shards;
    log: Log;
    registry: Registry;
  };
  /** Lets what is under way end, then ends everything. */
  close(): Promise<void>;
}

export interface Overrides {
  /** Wraps the pubsub that live events travel through. */
  pubsub?: (inner: PubSub) => PubSub;
  /** Wraps what other subgraphs are told of people. */
  people?: (inner: People) => People;
  /** Names of workers and jobs not to start. */
  without?: string[];
}

/** What is open, in the order in which it was opened; closed in the other. */
class Opened {
  private readonly closers: (() => Promise<void> | void)[] = [];

  add<T>(part: T, close: (part: T) => Promise<void> | void): T {
    this.closers.push(() => close(part));
    return part;
  }

  async close(): Promise<void> {
    for (let close = this.closers.pop(); close; close = this.closers.pop()) await close();
  }
}

/** All processes in this one, with embedded adapters. Throws StartError with what to do. */
export async function assemble(config: Config, overrides: Overrides = {}): Promise<Parley> {
  const opened = new Opened();
  try {
    return await open(config, overrides, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function open(config: Config, overrides: Overrides, opened: Opened): Promise<Parley> {
  const log = createLog(config.logLevel);
  const registry = createMetrics(['all']);
  const dataDirectory = opened.add(openDataDirectory(config.dataDir), (directory) => directory.release());
  const secrets = loadSecrets(dataDirectory.path, config.secrets);

  const databases = opened.add(
    await openEmbeddedDatabases({ dataDir: dataDirectory.path, shardCount: config.shards, log }),
    (all) => all.close(),
  );
  const { directory } = databases;
  const shards = await Shards.load(directory, databases.shards, (name, url) => databases.openShard(name, url));
  const embeddedPubSub = opened.add(new EmbeddedPubSub(), (pubsub) => pubsub.close());
  const pubsub = overrides.pubsub?.(embeddedPubSub) ?? embeddedPubSub;
  const ephemeral = opened.add(new EmbeddedEphemeral(), (store) => store.close());
  const presences = opened.add(new EmbeddedPresences(), (store) => store.close());
  const eventLog = opened.add(new EmbeddedEventLog({ directory, shards, pubsub, log, owner: 'embedded' }), (each) =>
    each.close(),
  );

  const rateLimiter = opened.add(new EmbeddedRateLimiter(), (limiter) => limiter.close());
  const rates = new Limits(rateLimiter, config.rateLimits, log);
  const cursors = new Cursors(secrets.cursor);
  const accessTokens = new AccessTokens(secrets.signingKey);
  const { smtpUrl, from } = config.mail;
  const mail = opened.add(
    smtpUrl
      ? new SmtpMail({ url: smtpUrl, from })
      : new EmbeddedMail({ folder: join(dataDirectory.path, 'mail'), from, log }),
    (each) => each.close(),
  );
  // Asked once everything is open.
  const reportables: Reportables = {
    excerptOf: (kind, id, viewer) =>
      kind === 'message' ? messages.excerptOf(id, viewer) : conversations.excerptOf(id, viewer),
    authorOf: async (kind, id) => (kind === 'message' ? messages.senderOf(id) : null),
  };
  let publicUrl = config.publicUrl ?? '';
  const users = opened.add(
    await usersSubgraph({
      directory,
      pubsub,
      ephemeral,
      mail,
      log,
      accessTokens,
      cursors,
      refreshSecret: secrets.refresh,
      publicUrl: () => publicUrl.replace(/\/$/, ''),
      oidcIssuers: config.oidcIssuers,
      admins: config.admins,
      reportables,
      limits: rates,
      registry,
    }),
    (each) => each.stop(),
  );
  const people = overrides.people?.(users.people) ?? users.people;
  const inviteUrl = (code: string) => `${publicUrl.replace(/\/$/, '')}/invite/${code}`;
  const conversations = await conversationsSubgraph({ shards, pubsub, cursors, people, inviteUrl, limits: rates });
  const messages = opened.add(
    await messagesSubgraph({ shards, pubsub, ephemeral, eventLog, people, cursors, limits: rates, log }),
    (each) => each.stop(),
  );
  const presence = await presenceSubgraph({
    directory,
    shards,
    presences,
    ephemeral,
    pubsub,
    people,
    memberships: conversations.memberships,
    limits: rates,
    log,
  });
  const subgraphs = [users, conversations, messages, presence];

  opened.add(await watchShards({ shards, pubsub, log }), (watch) => watch.stop());
  await startWorkers();

  const devices = opened.add(await SignedInDevices.open({ ephemeral, pubsub, load: loadSignedIn(directory) }), (each) =>
    each.close(),
  );
  const gateway = opened.add(
    await Gateway.open({
      supergraphSdl: readFileSync(join(packageRoot, 'schema', 'supergraph.graphql'), 'utf8'),
      sources: Object.fromEntries(subgraphs.map((subgraph) => [subgraph.name, new InProcessDataSource(subgraph, log)])),
      log,
    }),
    (each) => each.close(),
  );
  const routerId = randomUUID();
  const hub = opened.add(
    new Hub({
      routerId,
      schema: gateway.schema,
      perViewer: perViewerFields(gateway.supergraph),
      planOf: (document, operationName) => LivePlan.create(gateway, document, operationName),
      runEvent: (name, request, caller, rootValue) => {
        const subgraph = subgraphs.find((each) => each.name === name);
        if (!subgraph) throw new Error(`no subgraph ${name} runs here`);
        return executeOn(subgraph, request, caller, rootValue, log);
      },
      conversations: messages.feed,
      inboxes: conversations.inboxFeed,
      presence: presence.presenceFeed,
      typing: presence.typingFeed,
      pubsub,
      ephemeral,
      isSignedIn: (deviceId) => devices.check(deviceId),
      hidesReads: async (userIds) => {
        const privacy = await people.privacy(userIds);
        return new Set(userIds.filter((id) => privacy.get(id)?.readReceipts === false));
      },
      registry,
      log,
    }),
    (each) => each.stop(),
  );
  await hub.start();

  const { limits } = config;
  const operations = new Operations(gateway, new OperationLimits(gateway.schema, gateway.supergraph, limits), rates, {
    introspectionForAnonymous: config.introspection === 'always',
  });
  const authenticator = new Authenticator(accessTokens, devices);
  const shared = { operations, authenticator, log, allowedOrigins: config.allowedOrigins, trustProxy: false };
  const sockets = new Sockets({
    ...shared,
    streams: hub,
    registry,
    maxSockets: limits.sockets,
    devices: {
      lives: (person) => presence.presence.socketLives(person, routerId),
      gone: (person) => presence.presence.socketsGone(person, routerId),
    },
  });
  const events = new ServerSentEvents(operations, hub);
  await pubsub.subscribe(
    channels.revocations,
    (message) => {
      for (const deviceId of (JSON.parse(message) as Revocation).deviceIds) {
        sockets.closeDevice(deviceId);
        events.closeDevice(deviceId);
      }
    },
    () => undefined,
  );
  const { host, port, adminPort } = config;
  const server = opened.add(
    await startRouterServer({
      ...shared,
      host,
      port,
      sockets,
      events,
      maxInFlight: limits.inFlight,
    }).catch((error: unknown) => {
      throw explainListenError(error, 'PARLEY_PORT', host, port);
    }),
    (each) => each.close(),
  );
  const admin = opened.add(
    await startAdminServer({
      host,
      port: adminPort,
      registry,
      checks: { database: async () => (await directory.$queryRaw<unknown[]>`select 1`).length === 1 },
    }).catch((error: unknown) => {
      throw explainListenError(error, 'PARLEY_ADMIN_PORT', host, adminPort);
    }),
    (each) => each.close(),
  );

  publicUrl ||= server.url;
  return {
    url: publicUrl,
    adminUrl: admin.url,
    parts: { subgraphs, pubsub, ephemeral, eventLog, shards, log, registry },
    close: () => opened.close(),
  };

  async function startWorkers(): Promise<void> {
    const age = outboxAge(registry);
    const relays = opened.add(new Set<Promise<{ stop(): Promise<void> }>>(), async (all) => {
      await Promise.all([...all].map(async (relay) => (await relay).stop()));
    });
    const relay = ({ name: database, db }: Pick<Shard, 'name'> & { db: Shard['db'] | typeof directory }) =>
      relays.add(startRelay({ database, db, eventLog, pubsub, log, age, owner: 'embedded' }));
    relay({ name: 'directory', db: directory });
    opened.add(shards.forEach(relay), (forget) => forget());
    await Promise.all(relays);
    const workers = [
      deliver({
        shards,
        ephemeral,
        pubsub,
        markFailed: async ({ message }) => {
          await markFailed({ shards, pubsub }, message.conversationId, message.seq);
        },
      }),
      copyBlocks({ shards }),
      receipts({ shards, people, pubsub }),
      revokeDevices({ ephemeral, pubsub }),
      announcePeople({ pubsub }),
      eraseMessages({ shards }),
      removeReported({ shards }),
    ];
    for (const worker of workers) {
      if (overrides.without?.includes(worker.name)) continue;
      opened.add(await worker.start({ eventLog, log, registry }), (consumer) => consumer.stop());
    }
    for (const job of [expireMessages({ shards }), reconcileUnread({ shards, registry })]) {
      if (overrides.without?.includes(job.name)) continue;
      opened.add(await job.start({ directory, log, registry, owner: 'embedded' }), (runner) => runner.stop());
    }
    const turn = () => sweepPresence({ presences, store: presence.store, pubsub });
    opened.add(startLoop({ name: 'sweep-presence', turn, pollMs: SWEEP_MS, log }), (loop) => loop.stop());
  }
}
