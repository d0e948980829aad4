import { readFile } from 'node:fs/promises';
import type { Log } from '../platform/telemetry/log.js';

const POLL_MS = 5_000;
const TIMEOUT_MS = 10_000;

/** The text of a supergraph: a file, or a URL. Rejects where it cannot be read. */
export async function readSupergraph(source: string): Promise<string> {
  if (!/^https?:\/\//.test(source)) return readFile(source, 'utf8');
  const response = await fetch(source, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`it was answered with ${response.status}`);
  return response.text();
}

export interface SupergraphWatchOptions {
  source: string;
  /** What is in use. */
  current: string;
  /** Takes a new text into use. Rejects where it is of no use: the one before stays, and this one is not tried again. */
  use: (text: string) => Promise<void>;
  log: Log;
  /** In ms. */
  pollMs?: number;
}

/**
 * Looks every 5 s whether the supergraph has changed. By its text, because what a path names may be replaced in many ways
 * (a configuration map is a link to a link). Returns what ends that.
 */
export function watchSupergraph({ source, current, use, log, pollMs = POLL_MS }: SupergraphWatchOptions): () => void {
  let known = current;
  let isReadable = true;
  let isLooking = false;
  const look = async () => {
    const text = await readSupergraph(source).catch((error: unknown) => {
      if (isReadable) log.warn({ err: error, source }, 'the supergraph cannot be read; the one in use stays');
      return null;
    });
    isReadable = text !== null;
    if (text === null || text === known) return;
    known = text;
    try {
      await use(text);
      log.info({ source }, 'a new supergraph is in use');
    } catch (error) {
      log.error({ err: error, source }, 'the new supergraph is of no use; the one before stays');
    }
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => (isLooking = false));
  }, pollMs).unref();
  return () => clearInterval(timer);
}
