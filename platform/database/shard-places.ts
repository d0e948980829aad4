import type { DatabaseUrls } from '../config/config.js';
import { StartError } from '../config/start-error.js';
import type { Log } from '../telemetry/log.js';
import { createDatabases } from './embedded.js';
import { openExistingServer } from './existing.js';
import { migrate } from './migrate.js';
import { MoveSession } from './move-session.js';

/** Where the databases of a Parley are, for who administers them. */
export interface ShardPlaces {
  directory: MoveSession;
  /** Throws StartError where it cannot be reached, or nobody knows where it is. */
  connect: (shard: string) => Promise<MoveSession>;
  urlOf: (shard: string) => string;
  /** Makes a shard's database where it is missing and ours to make, and migrates it. */
  prepare: (shard: string, url: string | null) => Promise<void>;
  close: () => Promise<void>;
}

export interface ShardPlacesOptions {
  /** Null: the embedded server of the data directory. */
  urls: DatabaseUrls | null;
  dataDir: string;
  log: Log;
}

/** The configuration goes before what the directory says of a shard. */
export async function openShardPlaces({ urls, dataDir, log }: ShardPlacesOptions): Promise<ShardPlaces> {
  const server = urls ? null : await openExistingServer(dataDir, log);
  const beside = (name: string) => server?.url(`parley_${name}`);
  try {
    const directoryUrl = urls?.directory ?? beside('directory')!;
    const directory = await MoveSession.open(directoryUrl);
    const rows = await directory.rows<{ name: string; url: string | null }>('select name, url from shard');
    const registered = new Map(rows.map(({ name, url }) => [name, url]));
    const urlOf = (name: string) => {
      const url = urls?.shards.get(name) ?? registered.get(name) ?? beside(name);
      if (!url)
        throw new StartError(`Nobody says where ${name} is. Name it in PARLEY_SHARD_URLS, or add it with its url.`);
      return url;
    };
    return {
      directory,
      urlOf,
      connect: (name) =>
        MoveSession.open(urlOf(name)).catch((error: unknown) => {
          throw new StartError(`The shard ${name} cannot be reached: ${(error as Error).message}.`, { cause: error });
        }),
      prepare: async (name, url) => {
        if (server && url === null) await createDatabases(server.url('postgres'), [`parley_${name}`]);
        await migrate(url ?? urlOf(name), 'shard');
      },
      close: async () => {
        await directory.close();
        await server?.stop();
      },
    };
  } catch (error) {
    await server?.stop();
    throw error;
  }
}
