import type { z } from 'zod';
import type { Internal } from '../../schema/internal.js';
import { isUnavailable } from '../database/unavailable.js';
import { catalogue, Fault, UserFault, type FaultCode } from '../errors/errors.js';
import { reportInternal, unavailable } from '../errors/report.js';
import type { Log } from '../telemetry/log.js';
import { decode, encode } from './wire.js';

/** A method of an interface, ready to be served. */
export interface InternalCall {
  path: string;
  args: z.ZodType<unknown[]>;
  call: (args: unknown[]) => Promise<unknown>;
}

/** Sends a body to a path of the subgraph that answers; resolves with the text of the answer. Throws UNAVAILABLE. */
export type AskInternal = (subgraph: string, path: string, body: string) => Promise<string>;

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** How a failure travels. */
interface Failure {
  fault?: { code: FaultCode; message: string; extensions: Record<string, unknown> };
  userFault?: { code: string; path: string[]; message: string; retryAt: Date | null };
}
type Answer = Failure & { value?: unknown };

export function pathOf(description: Internal<never>, method: string): string {
  return `/internal/${description.name}/${method}`;
}

/** The interface of another process. What it throws is thrown here; where it cannot be reached, UNAVAILABLE. */
export function remoteInterface<T extends object>(description: Internal<T>, ask: AskInternal): T {
  const methods = Object.keys(description.methods).map((method) => {
    const path = pathOf(description as unknown as Internal<never>, method);
    const call = async (...args: unknown[]) =>
      unpack(decode(await ask(description.subgraph, path, encode(args))) as Answer);
    return [method, call] as const;
  });
  return Object.fromEntries(methods) as unknown as T;
}

/** What a subgraph serves of an interface that it implements. */
export function internalCalls<T extends object>(description: Internal<T>, target: T): InternalCall[] {
  const { methods } = description as unknown as { methods: Record<string, z.ZodType<unknown[]>> };
  return Object.entries(methods).map(([method, args]) => ({
    path: pathOf(description as unknown as Internal<never>, method),
    args,
    call: async (given) => (target as unknown as Methods)[method]!(...given),
  }));
}

/** Answers one call; null where the body is not what the method takes. Resolves always. */
export async function answerInternal(
  { path, args, call }: InternalCall,
  body: string,
  log: Log,
): Promise<string | null> {
  const given = args.safeParse(decodeOrNull(body));
  if (!given.success) return null;
  try {
    return encode({ value: await call(given.data) } satisfies Answer);
  } catch (error) {
    return encode(pack(error, path, log) satisfies Answer);
  }
}

function pack(error: unknown, path: string, log: Log): Failure {
  if (error instanceof UserFault) {
    const { code, path: field, message, retryAt } = error as UserFault;
    return { userFault: { code, path: field, message, retryAt } };
  }
  const fault = toFault(error, path, log);
  return { fault: { code: fault.code, message: fault.message, extensions: fault.extensions } };
}

function toFault(error: unknown, path: string, log: Log): Fault {
  if (error instanceof Fault) return error;
  return isUnavailable(error) ? unavailable(error) : reportInternal(error, log, { path });
}

function unpack({ fault, userFault, value }: Answer): unknown {
  if (userFault) throw new UserFault(userFault.code, userFault.path, userFault.message, userFault.retryAt);
  if (fault) throw new Fault(fault.code in catalogue ? fault.code : 'INTERNAL', fault.message, fault);
  return value;
}

function decodeOrNull(text: string): unknown {
  try {
    return decode(text);
  } catch {
    return null;
  }
}
