import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabases } from '../../platform/database/embedded.js';
import { migrate } from '../../platform/database/migrate.js';
import { MoveSession } from '../../platform/database/move-session.js';
import { PostgresServer } from '../../platform/database/postgres-server.js';
import { moveBuckets, type StoredMove } from '../../platform/shards/move.js';
import { createLog } from '../../platform/telemetry/log.js';
import { testDirectory } from '../running-parley.js';

/** Postgres servers: the first with the directory, the search index and shard0, each other one with a shard. */
export class ShardServers {
  private constructor(
    private readonly folder: string,
    private readonly servers: PostgresServer[],
  ) {}

  static async start(count: number): Promise<ShardServers> {
    const folder = await testDirectory();
    const servers = await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const directory = join(folder, `server${n}`);
        await mkdir(directory);
        return PostgresServer.start(directory, createLog('silent'), ['fsync=off', 'max_connections=100']);
      }),
    );
    const started = new ShardServers(folder, servers);
    for (const [n, server] of servers.entries())
      await createDatabases(server.url('postgres'), [
        `parley_shard${n}`,
        ...(n === 0 ? ['parley_directory', 'parley_search'] : []),
      ]);
    return started;
  }

  url(name: string): string {
    const server = this.servers[/^shard/.test(name) ? Number(name.slice(5)) : 0];
    if (!server) throw new Error(`There is no server of ${name}.`);
    return server.url(`parley_${name}`);
  }

  environment(shards: string[]): Record<string, string> {
    return {
      PARLEY_DATABASE_URL: this.url('directory'),
      PARLEY_SEARCH_DATABASE_URL: this.url('search'),
      PARLEY_SHARD_URLS: shards.map((name) => `${name}=${this.url(name)}`).join(','),
    };
  }

  async move(from: number, to: number, target: string): Promise<StoredMove> {
    const directory = await MoveSession.open(this.url('directory'));
    try {
      return await moveBuckets({ from, to }, target, {
        directory,
        connect: (name) => MoveSession.open(this.url(name)),
        replicationUrl: (name) => this.url(name),
      });
    } finally {
      await directory.close();
    }
  }

  /** As `parley shards add` does. */
  async add(name: string): Promise<void> {
    await migrate(this.url(name), 'shard');
    const directory = await MoveSession.open(this.url('directory'));
    await directory.run('insert into shard (name, url) values ($1, $2)', [name, this.url(name)]);
    await directory.run('update shard_map_version set version = version + 1');
    await directory.close();
  }

  /** For good. */
  async end(name: string): Promise<void> {
    await this.servers[Number(name.slice(5))]?.stop();
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
