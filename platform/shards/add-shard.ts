import { StartError } from '../config/start-error.js';
import type { ShardPlaces } from '../database/shard-places.js';
import { MoveSession } from '../database/move-session.js';

/**
 * Migrates a database and makes it known as a shard, which owns nothing yet. Every process opens it within seconds. Again
 * with another url: it has moved there. Returns what has happened, in a sentence.
 */
export async function addShard(places: ShardPlaces, name: string, url: string | null): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(name) || name === 'directory')
    throw new StartError(
      `The name of a shard is lower-case letters, digits and _, at most 31, a letter first; not ${name}.`,
    );
  if (url !== null && !/^postgres(ql)?:\/\/\S+$/.test(url))
    throw new StartError(`The url of a shard is postgresql://user:password@host:port/database, not ${url}.`);
  await places.prepare(name, url).catch((error: unknown) => {
    if (error instanceof StartError) throw error;
    throw new StartError(`The database of ${name} cannot be used: ${(error as Error).message}.`, { cause: error });
  });
  await insistOnEmptyOrOwn(places, name, url);
  const { directory } = places;
  await directory.run(
    `insert into shard (name, url) values ($1, $2) on conflict (name) do update set url = excluded.url`,
    [name, url],
  );
  await directory.run('update shard_map_version set version = version + 1');
  return `${name} is a shard. It has no buckets until some are moved there: parley shards move <from>-<to> ${name}`;
}

/** A database that is a shard by another name would answer for what it does not have. */
async function insistOnEmptyOrOwn({ directory, urlOf }: ShardPlaces, name: string, url: string | null): Promise<void> {
  const session = await MoveSession.open(url ?? urlOf(name));
  try {
    const { owned } = await session.one<{ owned: number }>('select count(*)::int as owned from bucket_owner');
    const mapped = await directory.rows('select from shard_map where shard = $1', [name]);
    if (owned > 0 && mapped.length === 0)
      throw new StartError(
        `That database owns ${owned} buckets already: it is a shard by another name, or of another Parley.`,
      );
    if (owned === 0 && mapped.length > 0)
      throw new StartError(`${name} has buckets, and that database has none: it is not the one that was ${name}.`);
  } finally {
    await session.close();
  }
}
