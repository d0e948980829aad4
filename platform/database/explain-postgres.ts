import { join } from 'node:path';
import { diskFull, StartError } from '../config/start-error.js';

/** Why Postgres ended instead of starting, from what it logged. */
export function explainServer(directory: string, output: string): StartError {
  const log = join(directory, 'server.log');
  return diskIsFull(output)
    ? diskFull(directory)
    : new StartError(`The embedded Postgres does not start${reasonIn(output)}. Its log is ${log}.`);
}

/** Why initdb could not make a cluster, from what it printed. */
export function explainInitdb(directory: string, output: string): StartError {
  if (diskIsFull(output)) return diskFull(directory);
  // A container started with a user id of its own choice: initdb asks for the name, and there is no way around it.
  const [, uid] = /could not look up effective user ID (\d+)/.exec(output) ?? [];
  if (uid)
    return new StartError(
      `The embedded Postgres runs as a user with a name only, and user id ${uid} has none here. Give it a line in /etc/passwd, or start Parley as another user.`,
    );
  return new StartError(`The embedded database cannot be made in ${directory}${reasonIn(output)}.`);
}

function diskIsFull(output: string): boolean {
  return /No space left on device|Disk quota exceeded/i.test(output);
}

function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const reason = lines.filter((line) => /FATAL|ERROR|PANIC|error:/.test(line)).at(-1);
  return reason ? `: ${reason}` : '';
}
