import { isUnavailable } from '../database/unavailable.js';
import type { Log } from '../telemetry/log.js';

export interface Loop {
  /** There may be work: looks now, or once more when a turn is under way. */
  poke(): void;
  /** There will be work in so many ms: looks then, or a moment later. What is far off is found by looking unasked. */
  pokeIn(ms: number): void;
  /** Resolves once the turn that runs has ended. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  /** For the log. */
  name: string;
  /** Does some of the work; true when there may be more, which is looked for at once. */
  turn: () => Promise<boolean>;
  /** How often to look unasked, ms. */
  pollMs: number;
  log: Log;
}

/** Of looks that are asked for ahead, those within so many ms are one. */
const TOGETHER_MS = 50;
/** In polls: to be late by one of them matters little then. */
const FAR_OFF = 10;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Takes turns until it is stopped: at once while there is more, when poked, and every pollMs. A turn that throws is taken
 * again after a pause that grows; the log has the first of a row of failures, and the recovery.
 */
export function startLoop({ name, turn, pollMs, log }: LoopOptions): Loop {
  let isStopped = false;
  let isPoked = false;
  let failures = 0;
  let wake: () => void = () => undefined;
  /** By when they are due, in units of TOGETHER_MS. */
  const ahead = new Map<number, NodeJS.Timeout>();

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const takeTurn = async (): Promise<boolean> => {
    try {
      const hasMore = await turn();
      if (failures > 0) log.info({ loop: name, failures }, 'works again');
      failures = 0;
      return hasMore;
    } catch (error) {
      if (failures++ === 0) {
        if (isUnavailable(error))
          log.warn({ err: error, loop: name }, 'the database cannot be used right now; trying again');
        else log.error({ err: error, loop: name }, 'failed; trying again');
      }
      return false;
    }
  };

  const run = async () => {
    while (!isStopped) {
      isPoked = false;
      const hasMore = await takeTurn();
      if (isStopped) return;
      if (failures > 0)
        await pause(
          Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2),
        );
      else if (!hasMore && !isPoked) await pause(pollMs);
    }
  };
  const running = run();

  const poke = () => {
    isPoked = true;
    if (failures === 0) wake();
  };
  const pokeIn = (ms: number) => {
    const now = performance.now();
    const at = Math.ceil((now + ms) / TOGETHER_MS);
    if (isStopped || ms > FAR_OFF * pollMs || ahead.has(at)) return;
    const timer = setTimeout(
      () => {
        ahead.delete(at);
        poke();
      },
      at * TOGETHER_MS - now,
    );
    ahead.set(at, timer.unref());
  };

  return {
    poke,
    pokeIn,
    stop: async () => {
      isStopped = true;
      for (const timer of ahead.values()) clearTimeout(timer);
      wake();
      await running;
    },
  };
}
