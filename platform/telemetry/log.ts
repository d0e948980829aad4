import { pino, type DestinationStream, type Logger } from 'pino';
import { traceId } from './tracing.js';

export type Log = Logger;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * JSON lines, one an event, to stderr: stdout is for what a person reads ("ready http://…"). Bodies, tokens and addresses
 * never belong into a log line; the keys below are blanked should one slip in.
 */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => {
        const id = traceId();
        return id === undefined ? {} : { traceId: id };
      },
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['body', 'password', 'token', 'accessToken', 'refreshToken', 'authorization', 'email'].flatMap((key) => [
          key,
          `*.${key}`,
        ]),
        censor: '[redacted]',
      },
    },
    destination,
  );
}

/** For tests, and wherever nobody listens. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}
