import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { Config } from '../platform/config/config.js';
import { openDataDirectory } from '../platform/config/data-directory.js';
import { givenSecrets, loadSecrets } from '../platform/config/secrets.js';
import type { EventLog } from '../platform/event-log/port.js';
import type { Limits } from '../platform/rate-limit/limits.js';
import type { MediaInspection } from '../platform/media-inspection/port.js';
import type { ObjectStore } from '../platform/object-store/port.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { PushSender } from '../platform/push/port.js';
import type { SearchIndex } from '../platform/search-index/port.js';
import type { VirusScan } from '../platform/virus-scan/port.js';
import type { Log } from '../platform/telemetry/log.js';
import type { Opened } from './opened.js';

export interface AdaptersOptions {
  config: Config;
  /** Whether nothing runs elsewhere: only then may what is shared lie in this process, or in its data directory. */
  isWhole: boolean;
  opened: Opened;
  log: Log;
  registry: Registry;
  /** Where people reach Parley, without a slash at the end; known once the router listens. */
  publicUrl: () => string;
  wrapPubSub?: (inner: PubSub) => PubSub;
  wrapSearchIndex?: (inner: SearchIndex) => SearchIndex;
}

/**
 * The one place that chooses adapters: embedded, or real where the configuration names them. Each is opened when it is first
 * asked for, its vendor's library loaded only then, and is closed with `opened`.
 */
export class Adapters {
  constructor(private readonly options: AdaptersOptions) {}

  /** Names this process as a holder of leases. */
  get owner(): string | undefined {
    // A name that stays the same lets the only process there can be go on at once after a crash.
    return this.options.config.database.urls ? undefined : 'embedded';
  }

  private readonly dataDirectory = once(async () => {
    const { opened, config } = this.options;
    return opened.add(openDataDirectory(config.dataDir), (directory) => directory.release());
  });

  readonly secrets = once(async () => {
    const { config, isWhole } = this.options;
    return isWhole ? loadSecrets((await this.dataDirectory()).path, config.secrets) : givenSecrets(config.secrets);
  });

  readonly databases = once(async () => {
    const { config, opened, log } = this.options;
    const { urls, connections: poolSize } = config.database;
    if (urls) {
      const { openExternalDatabases } = await import('../platform/database/external.js');
      return opened.add(await openExternalDatabases({ urls, poolSize, log }), (all) => all.close());
    }
    const { openEmbeddedDatabases } = await import('../platform/database/embedded.js');
    const { path: dataDir } = await this.dataDirectory();
    return opened.add(await openEmbeddedDatabases({ dataDir, shardCount: config.shards, log }), (all) => all.close());
  });

  /** Has them open while other things are done. Whoever asks for them is told whether they did. */
  async startDatabases(): Promise<void> {
    await (this.options.config.database.urls
      ? import('../platform/database/external.js')
      : import('../platform/database/embedded.js'));
    const opening = this.databases().catch(() => undefined);
    // Where something else fails first, they are closed as soon as they can be.
    void this.options.opened.add(opening, async () => void (await opening));
  }

  readonly directory = once(async () => (await this.databases()).directory);

  readonly shards = once(async () => {
    const [databases, pubsub] = await Promise.all([this.databases(), this.pubsub()]);
    const { Shards } = await import('../platform/shards/shards.js');
    const { watchShards } = await import('../platform/shards/watch-shards.js');
    const shards = await Shards.load(databases.directory, databases.shards, (name, url) =>
      databases.openShard(name, url),
    );
    const { opened, log } = this.options;
    opened.add(await watchShards({ shards, pubsub, log }), (watch) => watch.stop());
    return shards;
  });

  readonly redis = once(async () => {
    const { config, opened, log } = this.options;
    if (!config.redis) return null;
    const { openRedis } = await import('../platform/redis/connection.js');
    return opened.add(openRedis({ ...config.redis, log }), (redis) => redis.close());
  });

  readonly pubsub = once(async (): Promise<PubSub> => {
    const { opened, log, wrapPubSub } = this.options;
    const redis = await this.redis();
    const pubsub = redis
      ? new (await import('../platform/pubsub/redis.js')).RedisPubSub(redis, log)
      : new (await import('../platform/pubsub/embedded.js')).EmbeddedPubSub();
    opened.add(pubsub, (each) => each.close());
    return wrapPubSub?.(pubsub) ?? pubsub;
  });

  readonly ephemeral = once(async () => {
    const redis = await this.redis();
    const store = redis
      ? new (await import('../platform/ephemeral/redis.js')).RedisEphemeral(redis)
      : new (await import('../platform/ephemeral/embedded.js')).EmbeddedEphemeral();
    return this.options.opened.add(store, (each) => each.close());
  });

  readonly presences = once(async () => {
    const redis = await this.redis();
    const store = redis
      ? new (await import('../platform/ephemeral/redis-presence.js')).RedisPresences(redis)
      : new (await import('../platform/ephemeral/embedded-presence.js')).EmbeddedPresences();
    return this.options.opened.add(store, (each) => each.close());
  });

  readonly eventLog = once(async (): Promise<EventLog> => {
    const { config, opened, log } = this.options;
    if (config.kafka) {
      const { openKafkaEventLog } = await import('../platform/event-log/kafka.js');
      return opened.add(await openKafkaEventLog({ ...config.kafka, log }), (each) => each.close());
    }
    const [directory, shards, pubsub] = await Promise.all([this.directory(), this.shards(), this.pubsub()]);
    const { EmbeddedEventLog } = await import('../platform/event-log/embedded.js');
    return opened.add(new EmbeddedEventLog({ directory, shards, pubsub, log, owner: this.owner }), (each) =>
      each.close(),
    );
  });

  readonly limits = once(async (): Promise<Limits> => {
    const { config, opened, log } = this.options;
    const redis = await this.redis();
    const limiter = redis
      ? new (await import('../platform/rate-limit/redis.js')).RedisRateLimiter(redis)
      : new (await import('../platform/rate-limit/embedded.js')).EmbeddedRateLimiter();
    opened.add(limiter, (each) => each.close());
    const { Limits } = await import('../platform/rate-limit/limits.js');
    return new Limits(limiter, config.rateLimits, log);
  });

  readonly mail = once(async () => {
    const { config, isWhole, opened, log } = this.options;
    const { smtpUrl, from } = config.mail;
    const dataDir = isWhole ? (await this.dataDirectory()).path : config.dataDir;
    const mail = smtpUrl
      ? new (await import('../platform/mail/smtp.js')).SmtpMail({ url: smtpUrl, from })
      : new (await import('../platform/mail/embedded.js')).EmbeddedMail({ folder: join(dataDir, 'mail'), from, log });
    return opened.add(mail, (each) => each.close());
  });

  readonly searchIndex = once(async (): Promise<SearchIndex> => {
    const { config, opened, log, registry, wrapSearchIndex } = this.options;
    const { openSearchIndex } = await import('./search-index.js');
    const { measured } = await import('../platform/search-index/measured.js');
    const index = measured(await openSearchIndex({ config, databases: this.databases, log }), registry);
    opened.add(index, (each) => each.close());
    return wrapSearchIndex?.(index) ?? index;
  });

  readonly push = once(async (): Promise<PushSender> => {
    const { config, opened, log, registry } = this.options;
    const { openProviders } = await import('../platform/push/open-providers.js');
    const vapid = (await this.secrets()).vapid;
    return opened.add(await openProviders({ ...config.push, vapid, log, registry }), (each) => each.close());
  });

  /** The embedded object store, which the router of this process serves; null where S3 is named. */
  readonly embeddedObjects = once(async () => {
    const { config, publicUrl: origin } = this.options;
    if (config.s3) return null;
    const folder = join((await this.dataDirectory()).path, 'objects');
    const { EmbeddedObjectStore } = await import('../platform/object-store/embedded.js');
    return EmbeddedObjectStore.open({ folder, secret: (await this.secrets()).objects, origin });
  });

  readonly objectStore = once(async (): Promise<ObjectStore> => {
    const { config, opened } = this.options;
    const store = config.s3
      ? new (await import('../platform/object-store/s3.js')).S3ObjectStore(config.s3)
      : (await this.embeddedObjects())!;
    return opened.add(store, (each) => each.close());
  });

  readonly virusScan = once(async (): Promise<VirusScan> => {
    const { config, opened, log } = this.options;
    const scan = config.clamd
      ? new (await import('../platform/virus-scan/clamd.js')).ClamdVirusScan(config.clamd)
      : new (await import('../platform/virus-scan/embedded.js')).EmbeddedVirusScan(log);
    return opened.add(scan, (each) => each.close());
  });

  readonly mediaInspection = once(async (): Promise<MediaInspection> => {
    const { opened, log } = this.options;
    const { ChildInspection } = await import('../platform/media-inspection/child-inspection.js');
    return opened.add(ChildInspection.open({ log }), (each) => each.close());
  });

  readonly cursors = once(async () => {
    const { Cursors } = await import('../platform/cursors/cursors.js');
    return new Cursors((await this.secrets()).cursor);
  });

  readonly accessTokens = once(async () => {
    const { AccessTokens } = await import('../platform/auth/access-token.js');
    return new AccessTokens((await this.secrets()).signingKey);
  });

  readonly viewerTokens = once(async () => {
    const { ViewerTokens } = await import('../platform/auth/viewer-token.js');
    return new ViewerTokens((await this.secrets()).viewer);
  });

  readonly unsubscribeTokens = once(async () => {
    const { UnsubscribeTokens } = await import('../platform/auth/unsubscribe-token.js');
    return new UnsubscribeTokens((await this.secrets()).viewer);
  });

  readonly serviceTokens = once(async () => {
    const { ServiceTokens } = await import('../platform/auth/service-token.js');
    return new ServiceTokens((await this.secrets()).viewer, 'parley');
  });
}

/** Makes it at the first call; later calls get the same. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}
