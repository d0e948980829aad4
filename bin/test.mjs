import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, setupOrExit } from './setup.mjs';

/*
 * node bin/test.mjs                 everything
 * node bin/test.mjs crash           tests/crash in its long form
 * node bin/test.mjs services        tests/services, on real servers, which it starts; then all journeys on such servers
 * node bin/test.mjs faults <…>      tests/faults, on such servers, or those named; shorter with PARLEY_FAULTS=short
 * node bin/test.mjs journeys <…>    journeys on such servers: names of test files, -t …
 * node bin/test.mjs <jest's own>    jest alone: names of test files, -t …
 */
const args = process.argv.slice(2);
await setupOrExit();

if (args[0] === 'crash') await jest(['tests/crash', ...args.slice(1)], { PARLEY_CRASH_ROUNDS: '20' });
else if (args[0] === 'services') {
  await jest(['tests/services', ...args.slice(1)], { PARLEY_TEST_SERVICES: '1' });
  if (args.length === 1) await journeys([]);
} // One file after the other: each has a deployment, whose figures are told.
else if (args[0] === 'faults')
  await jest(['--runInBand', ...(args.length > 1 ? args.slice(1) : ['tests/faults'])], { PARLEY_TEST_SERVICES: '1' });
else if (args[0] === 'journeys') await journeys(args.slice(1));
else if (args.length > 0) await jest(args);
else await Promise.all([checks(), jest([])]);

/** Beside the tests, which often wait. */
async function checks() {
  const folders = ['bin', 'router', 'subgraphs', 'workers', 'platform', 'schema', 'bench', 'client', 'tests'];
  await node('imports', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
    '--config',
    '.dependency-cruiser.cjs',
    ...folders,
  ]);
  if (existsSync(join(root, 'dist/bin/schema.js'))) await node('schema', 'dist/bin/schema.js', ['--check']);
  if (existsSync(join(root, 'dist/bin/dashboards.js'))) await node('dashboards', 'dist/bin/dashboards.js', ['--check']);
  await node('codegen', 'bin/codegen.mjs', ['--check']);
  // TypeScript 7 checks in a sixth of the time of 6, which the tools around it still need. Beside tests one thread is best.
  for (const project of ['.', 'client', 'web', 'web/service-worker'])
    await node(`types of ${project}`, 'node_modules/typescript-7/bin/tsc', [
      '--noEmit',
      '--singleThreaded',
      '-p',
      project,
    ]);
}

/** One file after the other: they share a deployment, and some have another beside it. */
function journeys(more) {
  const files = more.length > 0 ? more : ['tests/journeys'];
  return jest(['--runInBand', ...files], { PARLEY_TEST_DEPLOYMENT: 'services' });
}

async function jest(more, environment = {}) {
  // As it runs for people: libraries look at all twice elsewhere.
  await node('tests', 'node_modules/jest/bin/jest.js', more, { NODE_ENV: 'production', ...environment });
}

/** One that fails does not end the others: all that is wrong is said in one run. */
async function node(what, script, scriptArgs, environment = {}) {
  const began = Date.now();
  const child = spawn(process.execPath, [join(root, script), ...scriptArgs], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const [status] = await once(child, 'exit');
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (status === 0) return console.log(`${what}: ok, ${seconds} s`);
  console.error(`${what}: failed, ${seconds} s`);
  process.exitCode = 1;
}
