import { parseArgs } from 'node:util';
import { readConfig } from '../platform/config/config.js';
import { StartError } from '../platform/config/start-error.js';
import { isUnavailable } from '../platform/database/unavailable.js';
import { DeadLetters, type DeadLetter } from '../platform/worker/dead-letters.js';
import { openKeptTopics } from './kept-topics.js';

const USAGE = `Dead letters: events that a worker has given up.
  parley dlq list [--worker <name>] [--limit <n>]     oldest first, at most 100 unless told
  parley dlq show <id>                                the event, its error, when and how often it failed
  parley dlq replay <id> | --all [--worker <name>]    hand it over again, in the order of its conversation or person
  parley dlq discard <id>                             forget it`;

interface Options {
  worker?: string;
  limit?: string;
  all?: boolean;
}

/** `parley dlq …`, while Parley runs or not. */
async function main(args: string[]): Promise<void> {
  const command = parse(args);
  const kept = await openKeptTopics(readConfig());
  try {
    await command(new DeadLetters(kept.topics));
  } catch (error) {
    throw explain(error);
  } finally {
    await kept.close();
  }
}

type Command = (letters: DeadLetters) => Promise<void>;

function parse(args: string[]): Command {
  const { values, positionals } = parseOptions(args);
  const [verb, id, ...more] = positionals;
  if (more.length > 0) throw new StartError(USAGE);
  if (verb === 'list' && id === undefined && !values.all) return list(values);
  if (verb === 'replay' && (id === undefined) === (values.all === true))
    return id === undefined ? replayAll(values) : change(id, (letters) => letters.replay(id), 'is handed over again');
  if (id === undefined || values.all) throw new StartError(USAGE);
  if (verb === 'show') return show(id);
  if (verb === 'discard') return change(id, (letters) => letters.discard(id), 'is discarded');
  throw new StartError(USAGE);
}

function parseOptions(args: string[]): { values: Options; positionals: string[] } {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { worker: { type: 'string' }, limit: { type: 'string' }, all: { type: 'boolean' } },
    });
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${USAGE}`);
  }
}

function list({ worker, limit = '100' }: Options): Command {
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new StartError(`--limit takes a number from 1 to 999999, not ${limit}.`);
  return async (letters) => {
    let listed = 0;
    for await (const letter of letters.all(worker)) {
      if (listed === Number(limit)) return console.log(`… and more: --limit <n> shows more than ${limit}`);
      listed++;
      console.log(lineOf(letter));
    }
    if (listed === 0) console.log('There are no dead letters.');
  };
}

function lineOf({ id, diedAt, letter }: DeadLetter): string {
  const [reason = ''] = (letter.error?.message ?? '').split('\n');
  return `${id}  ${diedAt.toISOString()}  ${typeOf(letter.value)}  ${reason.slice(0, 160)}`;
}

function typeOf(value: string): string {
  try {
    return String((JSON.parse(value) as { type?: unknown }).type);
  } catch {
    return 'unreadable';
  }
}

const show =
  (id: string): Command =>
  async (letters) => {
    const found = await letters.find(id);
    if (!found) throw unknown(id);
    const { worker, topic, key, diedAt, letter } = found;
    const { value, attempts, firstFailedAt, lastFailedAt, error } = letter;
    const head = { id, worker, topic, key, attempts, firstFailedAt, lastFailedAt, diedAt: diedAt.toISOString() };
    for (const [name, each] of Object.entries(head)) console.log(`${name}: ${each}`);
    console.log(`error: ${error?.stack ?? error?.message ?? 'unknown'}`);
    console.log(`event: ${value}`);
  };

const change =
  (id: string, act: (letters: DeadLetters) => Promise<boolean>, done: string): Command =>
  async (letters) => {
    if (!(await act(letters))) throw unknown(id);
    console.log(`${id} ${done}.`);
  };

const replayAll =
  ({ worker }: Options): Command =>
  async (letters) => {
    let count = 0;
    for await (const { id } of letters.all(worker)) if (await letters.replay(id)) count++;
    console.log(count === 1 ? '1 dead letter is handed over again.' : `${count} dead letters are handed over again.`);
  };

const unknown = (id: string) =>
  new StartError(`There is no dead letter ${id}. \`parley dlq list\` names those there are.`);

function explain(error: unknown): unknown {
  if (isUnavailable(error))
    return new StartError('The database cannot be reached: Parley may be starting or stopping. Try again.', {
      cause: error,
    });
  if (String(error).includes('event_log_kept'))
    return new StartError('The data is from an earlier version of Parley. Start this one once, then try again.', {
      cause: error,
    });
  return error;
}

main(process.argv.slice(3)).catch((error: unknown) => {
  if (error instanceof StartError) console.error(error.message);
  else console.error('That did not work.', error);
  process.exit(1);
});
