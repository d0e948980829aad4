import { rm } from 'node:fs/promises';

export default async function globalTeardown() {
  await globalThis.parleyTestDeployment?.stop();
  const { dataDir, stop } = globalThis.parleyTestServer;
  await stop();
  await rm(dataDir, { recursive: true, force: true });
}
