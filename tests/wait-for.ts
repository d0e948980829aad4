import { setTimeout as pause } from 'node:timers/promises';

/**
 * Resolves with the first value of `condition` that is neither false, null nor undefined; asks every 15 ms, and
 * less often the longer it takes. Rejects after `limit` ms with what was awaited and with what `seen` says there was instead.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  limit = 15_000,
  seen: () => unknown = () => undefined,
): Promise<Exclude<T, false | null | undefined>> {
  const start = performance.now();
  for (;;) {
    const value = await condition();
    if (value !== false && value !== null && value !== undefined) return value as Exclude<T, false | null | undefined>;
    const waited = performance.now() - start;
    if (waited > limit) {
      const instead = seen();
      throw new Error(
        `Not within ${limit} ms: ${what}.${instead === undefined ? '' : ` Instead: ${JSON.stringify(instead)?.slice(0, 2_000)}`}`,
      );
    }
    await pause(Math.min(100, 15 + waited / 10));
  }
}

/** Tries until it does not throw, less often the longer it takes; rejects with the last error after `limit` ms. */
export async function eventually<T>(attempt: () => Promise<T>, limit = 10_000): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const tried = performance.now() - start;
      if (tried > limit) throw error;
      await pause(Math.min(250, 50 + tried / 10));
    }
  }
}

/** A moment between the two, for faults that must not come in step. */
export function anyMoment(from: number, to: number): Promise<void> {
  return pause(from + Math.random() * (to - from));
}
