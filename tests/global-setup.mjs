import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemplate, startTemplateServer } from '../dist/platform/database/template-server.js';
import { copyTemplate, TEMPLATE } from '../dist/tests/data-template.js';
import { startOnDemand } from '../dist/tests/on-demand.js';

/**
 * For the whole run: a data directory that Parleys of single test files copy, one Postgres with migrated databases that
 * single tests copy, and, once stories ask, one Parley that they share.
 */
export default async function globalSetup() {
  const onServers = Boolean(process.env.PARLEY_TEST_SERVICES ?? process.env.PARLEY_TEST_DEPLOYMENT);
  const place = process.env.PARLEY_TEST_DIR ?? ((!onServers && memory()) || tmpdir());
  const directory = await mkdtemp(join(place, 'parley-test-'));
  await chmod(directory, 0o755);
  // What tests leave behind, there or where the system has such files, goes with the rest.
  process.env.PARLEY_TEST_DIR = directory;
  process.env.TMPDIR = directory;
  const server = await startTemplateServer(await prepareData(directory));
  process.env.PARLEY_TEST_SERVER = server.url;
  const shared = await startOnDemand(async () => {
    const { startSharedParley } = await import('../dist/tests/shared-parley.js');
    return startSharedParley(process.env.PARLEY_TEST_DEPLOYMENT === 'services');
  });
  process.env.PARLEY_TEST_SHARED = shared.url;
  globalThis.parleyTestRun = { directory, server, shared };
}

/** The data directory for the Postgres of the run. */
async function prepareData(directory) {
  const template = join(directory, 'template');
  await mkdir(template, { mode: 0o755 });
  await makeTemplate(template);
  // A Postgres that lies elsewhere (see postgres-home.ts) cannot be copied.
  if (lstatSync(join(template, 'postgres')).isSymbolicLink()) return template;
  process.env[TEMPLATE] = template;
  const data = join(directory, 'data');
  await copyTemplate(data);
  return data;
}

/** Dozens of clusters are made and removed, and no test turns the machine off: they lie in memory where there is plenty. */
function memory() {
  const folder = '/dev/shm';
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(folder);
    return Math.min(bavail * bsize, process.availableMemory()) > 6 * 2 ** 30 ? folder : null;
  } catch {
    return null;
  }
}
