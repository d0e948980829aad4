import { randomBytes } from 'node:crypto';
import type { Log } from '../telemetry/log.js';
import { Fault } from './errors.js';

/** What a person gets instead of an error that nobody planned for. The reference is the only thing that leaves; the log has the rest. */
export function reportInternal(error: unknown, log: Log | undefined, where: Record<string, unknown> = {}): Fault {
  const reference = randomBytes(5).toString('hex');
  log?.error({ err: error, reference, ...where }, 'an operation failed for a reason that nobody planned for');
  return new Fault('INTERNAL', 'Something went wrong on our side.', { extensions: { reference } });
}

/** "Not now": what a subgraph or a database that cannot be reached becomes. */
export function unavailable(cause?: unknown): Fault {
  return new Fault('UNAVAILABLE', 'This part of Parley cannot be reached right now. Try again.', { cause });
}
