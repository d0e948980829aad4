export interface RedisNode {
  host: string;
  port: number;
}

/** What a `PARLEY_REDIS_URL` says. */
export interface RedisAddress {
  /** One: a server of its own. Several: nodes of a Redis Cluster, which tell of the others. */
  nodes: RedisNode[];
  isTls: boolean;
  username?: string;
  password?: string;
  /** Database number; a Cluster has only 0. */
  database: number;
}

export const redisUrlShape =
  'redis://user:password@host:port/database, or rediss:// for TLS; several, separated by commas, are nodes of a Redis Cluster';

/** Throws an Error that says what is wrong with the text, without repeating it: it may hold a password. */
export function parseRedisUrl(text: string): RedisAddress {
  const urls = text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .map(parseOne);
  const [first] = urls;
  if (!first) throw new Error('it names no server');
  if (urls.some(({ protocol }) => protocol !== first.protocol))
    throw new Error('redis:// and rediss:// cannot be mixed');
  const database = Number(first.pathname.slice(1) || 0);
  if (urls.length > 1 && database !== 0) throw new Error('a Redis Cluster has no database but 0');
  return {
    nodes: urls.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 6379),
    })),
    isTls: first.protocol === 'rediss:',
    username: decodeURIComponent(first.username) || undefined,
    password: decodeURIComponent(first.password) || undefined,
    database,
  };
}

function parseOne(text: string): URL {
  if (!URL.canParse(text)) throw new Error('it is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw new Error('it begins with neither redis:// nor rediss://');
  if (!url.hostname) throw new Error('it names no host');
  if (!/^\/?\d{0,4}$/.test(url.pathname)) throw new Error('what follows the host is not a database number');
  if (url.search || url.hash) throw new Error('it takes no parameters');
  return url;
}
