import { rm } from 'node:fs/promises';

export default async function globalTeardown() {
  const { directory, server, shared } = globalThis.parleyTestRun;
  await shared.stop();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
