import { parseArgs } from 'node:util';
import { readConfig } from '../platform/config/config.js';
import { StartError } from '../platform/config/start-error.js';
import { isUnavailable } from '../platform/database/unavailable.js';
import { Fault } from '../platform/errors/errors.js';
import type { IndexOf } from '../platform/search-index/port.js';
import { Shards } from '../platform/shards/shards.js';
import { createLog } from '../platform/telemetry/log.js';
import { reindex } from '../subgraphs/search/reindex.js';
import { openSearchIndex } from './search-index.js';
import { openDatabasesForTool } from './tool-databases.js';

const kinds = ['messages', 'people', 'conversations'] as const satisfies IndexOf[];

const USAGE = `Search: builds the index anew from the databases, beside the live one, and then puts it in its place.
  parley search reindex [messages|people|conversations]   that one, or one after the other; while Parley runs or not

People find what they found before until the new one is whole. Killed on the way, it leaves the live one as it was: run it again.`;

/** How often to say how far it is, ms. */
const SAY_EVERY_MS = 5_000;

/** `parley search reindex …`, while Parley runs or not. */
async function main(args: string[]): Promise<void> {
  const wanted = parse(args);
  if (!wanted) return console.log(USAGE);
  const config = readConfig();
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const databases = await openDatabasesForTool(config);
  try {
    const shards = await Shards.load(databases.directory, databases.shards, (name, url) =>
      databases.openShard(name, url),
    );
    const index = await openSearchIndex({ config, databases: async () => databases, log: createLog('warn') });
    try {
      for (const of of wanted)
        await one(of, { index, directory: databases.directory, shards, signal: stopping.signal });
    } finally {
      await index.close();
    }
  } catch (error) {
    throw explain(error, stopping.signal);
  } finally {
    await databases.close();
  }
}

async function one(of: IndexOf, options: Parameters<typeof reindex>[1]): Promise<void> {
  const began = performance.now();
  let saidAt = began;
  const { read, gone } = await reindex(of, {
    ...options,
    onProgress: (progress) => {
      const now = performance.now();
      if (now - saidAt < SAY_EVERY_MS) return;
      saidAt = now;
      console.log(`${of}: ${progress.read} read, ${Math.round(progress.read / ((now - began) / 1000))} a second`);
    },
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${of}: the new index is in place. ${read} read, ${gone} of them gone, in ${seconds} s.`);
}

/** Null: to be told how it is used. */
function parse(args: string[]): IndexOf[] | null {
  const { values, positionals } = parseOptions(args);
  const [verb, of, ...more] = positionals;
  if (values.help) return null;
  if (verb !== 'reindex' || more.length > 0) throw new StartError(USAGE);
  if (of === undefined) return [...kinds];
  const kind = kinds.find((each) => each === of);
  if (!kind) throw new StartError(`There is no index of ${of}; there are ${kinds.join(', ')}.`);
  return [kind];
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${USAGE}`);
  }
}

function explain(error: unknown, stopping: AbortSignal): unknown {
  if (stopping.aborted) return new StartError('Stopped. The index is as it was.');
  const isAway = isUnavailable(error) || (error instanceof Fault && error.code === 'UNAVAILABLE');
  if (isAway)
    return new StartError(
      `The index, or a database, cannot be reached: ${(error as Error).message} The index is as it was. Run the same command again.`,
      { cause: error },
    );
  return error;
}

main(process.argv.slice(3)).catch((error: unknown) => {
  if (error instanceof StartError) console.error(error.message);
  else console.error('That did not work.', error);
  process.exit(1);
});
