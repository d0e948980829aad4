import type { Redis } from 'ioredis';

const EVERY_MS = 2_000;

/**
 * Asks connections for a sign of life, and breaks those that give none within the time of a command, so that they are
 * opened anew: a network that swallows packets, or a server that hangs, would else be noticed after many minutes. Returns
 * what ends that.
 */
export function startHeartbeat(connections: () => Redis[]): () => void {
  const timer = setInterval(() => {
    for (const connection of connections()) if (connection.status === 'ready') void beat(connection);
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

async function beat(connection: Redis): Promise<void> {
  // The library's own `socketTimeout` breaks the next connection as well, when one ends while it waits.
  const { stream } = connection;
  try {
    await connection.ping();
  } catch (error) {
    if ((error as Error).name !== 'ReplyError') stream.destroy(new Error('Redis gave no sign of life'));
  }
}
