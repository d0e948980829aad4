import { parseArgs } from 'node:util';
import { readConfig } from '../platform/config/config.js';
import { StartError } from '../platform/config/start-error.js';
import { openShardPlaces, type ShardPlaces } from '../platform/database/shard-places.js';
import { isUnavailable } from '../platform/database/unavailable.js';
import { BUCKETS } from '../platform/ids/ids.js';
import { addShard } from '../platform/shards/add-shard.js';
import { listShards, type ListedShard } from '../platform/shards/list-shards.js';
import {
  abortMove,
  currentMove,
  moveBuckets,
  resumeMove,
  type MoveOptions,
  type StoredMove,
} from '../platform/shards/move.js';
import { voidCursors } from '../platform/shards/void-cursors.js';
import { createLog } from '../platform/telemetry/log.js';

const USAGE = `Shards: which database holds which buckets (0 to ${BUCKETS - 1}).
  parley shards list                                      ranges, sizes, and the move that is under way
  parley shards add <name> [<url>]                        migrates a database and makes it known; without a url, one beside the directory
  parley shards move <from>-<to> <shard> [--hold <ms>] [--via <url>]
                                                          moves a range; the same again goes on after a crash
  parley shards move --resume | --abort                   ends the move that is under way: done, or undone
  parley shards restored                                  after data came back from a backup: devices read all anew

  --hold <ms>    for how long writes to the range may wait at the switch; 800 unless told
  --via <url>    how the server of the new shard reaches the old one, where it is not by the url that is known here`;

interface Options {
  resume?: boolean;
  abort?: boolean;
  hold?: string;
  via?: string;
  help?: boolean;
}

type Command = (places: ShardPlaces) => Promise<void>;

/** `parley shards …`, while Parley runs or not. */
async function main(args: string[]): Promise<void> {
  const command = parse(args);
  if (!command) return console.log(USAGE);
  const { dataDir, database } = readConfig();
  const places = await openShardPlaces({ urls: database.urls, dataDir, log: createLog('silent') });
  try {
    await command(places);
  } catch (error) {
    throw explain(error);
  } finally {
    await places.close();
  }
}

function parse(args: string[]): Command | null {
  const { values, positionals } = parseOptions(args);
  const [verb, first, second, ...more] = positionals;
  const isEnd = values.resume === true || values.abort === true;
  if (values.help) return null;
  if (more.length > 0 || (verb !== 'move' && (isEnd || values.hold || values.via))) throw new StartError(USAGE);
  if (verb === 'list' && first === undefined) return list;
  if (verb === 'restored' && first === undefined) return restored;
  if (verb === 'add' && first !== undefined) return (places) => add(places, first, second ?? null);
  if (verb === 'move' && isEnd && first === undefined && !(values.resume && values.abort))
    return move(values, values.abort ? abortMove : resumeMove);
  if (verb === 'move' && !isEnd && first !== undefined && second !== undefined) {
    const range = parseRange(first);
    return move(values, (options) => moveBuckets(range, second, options));
  }
  throw new StartError(USAGE);
}

function parseOptions(args: string[]): { values: Options; positionals: string[] } {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        resume: { type: 'boolean' },
        abort: { type: 'boolean' },
        hold: { type: 'string' },
        via: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${USAGE}`);
  }
}

function parseRange(text: string): { from: number; to: number } {
  const [, from, to] = /^(\d{1,4})-(\d{1,4})$/.exec(text) ?? [];
  const range = { from: Number(from), to: Number(to) };
  if (from === undefined || range.from > range.to || range.to >= BUCKETS)
    throw new StartError(
      `A range is two buckets from 0 to ${BUCKETS - 1}, the lower one first, as in 0-1023; not ${text}.`,
    );
  return range;
}

async function list({ directory, connect }: ShardPlaces): Promise<void> {
  const [shards, move] = [await listShards(directory, connect), await currentMove(directory)];
  for (const shard of shards) console.log(lineOf(shard));
  if (move) console.log(`move: ${describe(move)}, last step: ${move.step}`);
}

function lineOf({ name, ranges, isReachable, bytes, conversations, lagBytes }: ListedShard): string {
  const has = ranges.map(({ from, to }) => `${from}-${to}`).join(' ') || 'nothing';
  const size = isReachable
    ? `${(bytes / 2 ** 20).toFixed(1)} MB, ~${conversations} conversations`
    : 'cannot be reached';
  const lag = lagBytes === null ? '' : `, the move lags by ${lagBytes} bytes`;
  return `${name}  ${has}  ${size}${lag}`;
}

async function add(places: ShardPlaces, name: string, url: string | null): Promise<void> {
  console.log(await addShard(places, name, url));
}

async function restored({ directory, connect }: ShardPlaces): Promise<void> {
  const names = await voidCursors(directory, connect);
  console.log(`Cursors from before are void on ${names.join(', ')}: devices read all anew.`);
}

const move =
  ({ hold = '800', via }: Options, act: (options: MoveOptions) => Promise<StoredMove>): Command =>
  async ({ directory, connect, urlOf }) => {
    if (!/^[1-9]\d{1,4}$/.test(hold)) throw new StartError(`--hold takes milliseconds from 10 to 99999, not ${hold}.`);
    const ended = await act({
      directory,
      connect,
      replicationUrl: (name) => via ?? urlOf(name),
      holdMs: Number(hold),
      say: (line) => console.log(line),
    });
    console.log(ended.step === 'aborted' ? `Given up: ${describe(ended)}.` : `Moved: ${describe(ended)}.`);
  };

const describe = ({ range, source, target }: StoredMove) => `${range.from}-${range.to} from ${source} to ${target}`;

function explain(error: unknown): unknown {
  if (isUnavailable(error))
    return new StartError(
      `A database cannot be used right now: ${(error as Error).message}. What is complete is kept: the same command again goes on.`,
      { cause: error },
    );
  if ((error as { code?: string }).code === '42P01')
    return new StartError('The data is from an earlier version of Parley. Start this one once, then try again.', {
      cause: error,
    });
  if ((error as { code?: string }).code === '42501')
    return new StartError(
      `A database user may not do this: ${(error as Error).message}. docs/operations.md says what a move needs.`,
      { cause: error },
    );
  return error;
}

main(process.argv.slice(3)).catch((error: unknown) => {
  if (error instanceof StartError) console.error(error.message);
  else console.error('That did not work.', error);
  process.exit(1);
});
