import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient as DirectoryPrisma } from '../../prisma/directory/client/client.js';
import { PrismaClient as ShardPrisma } from '../../prisma/shard/client/client.js';
import { HotPool, QUERY_TIMEOUT_MS } from './hot-pool.js';
import type { DirectoryClient, ShardClient } from './port.js';

export interface ConnectionOptions {
  connectionString: string;
  /** Connections of Prisma at most. */
  poolSize: number;
}

/** For how long a caller waits for a connection. */
const CONNECT_MS = 4_000;

/** One send, one move of the outbox, and each consumer's read and write at the same time. */
const HOT_CONNECTIONS = 6;

export function openDirectory(options: ConnectionOptions): DirectoryClient {
  return withHotPool(new DirectoryPrisma(prismaOptions(options)), options);
}

export function openShard(options: ConnectionOptions): ShardClient {
  return withHotPool(new ShardPrisma(prismaOptions(options)), options);
}

/** Ends the connections of both. */
export async function disconnect(client: DirectoryClient | ShardClient): Promise<void> {
  await Promise.all([client.$disconnect(), client.hot.close()]);
}

function withHotPool<Client extends object>(client: Client, { connectionString }: ConnectionOptions) {
  return Object.assign(client, { hot: new HotPool({ connectionString, size: HOT_CONNECTIONS }) });
}

/** A transaction waits for its connection as long as a statement does. */
function prismaOptions(options: ConnectionOptions) {
  return { adapter: adapter(options), transactionOptions: { maxWait: CONNECT_MS } };
}

function adapter({ connectionString, poolSize }: ConnectionOptions): PrismaPg {
  return new PrismaPg(
    {
      connectionString,
      max: poolSize,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      // No client round trip happens while a conversation's head is locked; whoever breaks that is cut off.
      options: '-c idle_in_transaction_session_timeout=1000 -c timezone=UTC',
    },
    { statementNameGenerator: statementName() },
  );
}

/** One prepared statement for each text, so that Postgres parses and plans it once a connection. */
function statementName(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    let name = names.get(sql);
    if (!name) {
      name = `p${names.size}`;
      if (names.size < 2_000) names.set(sql, name);
      else return '';
    }
    return name;
  };
}
