import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, setupOrExit } from './setup.mjs';

/*
 * node bin/test.mjs                 everything
 * node bin/test.mjs crash           tests/crash in its long form
 * node bin/test.mjs services        the adapters of Kafka, Redis …, on real servers
 * node bin/test.mjs <jest's own>    jest alone: names of test files, -t …
 */
const args = process.argv.slice(2);
await setupOrExit();

if (args[0] === 'crash') jest(['tests/crash', ...args.slice(1)], { PARLEY_CRASH_ROUNDS: '20' });
else if (args[0] === 'services') jest(['tests/services', ...args.slice(1)], { PARLEY_TEST_SERVICES: '1' });
else if (args.length > 0) jest(args);
else {
  node('types', 'node_modules/typescript/bin/tsc', ['--noEmit']);
  node('eslint', 'node_modules/eslint/bin/eslint.js', ['.', '--max-warnings=0']);
  node('prettier', 'node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']);
  const folders = ['bin', 'router', 'subgraphs', 'workers', 'platform', 'schema', 'bench', 'tests'];
  node('imports', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
    '--config',
    '.dependency-cruiser.cjs',
    ...folders,
  ]);
  if (existsSync(join(root, 'dist/bin/schema.js'))) node('schema', 'dist/bin/schema.js', ['--check']);
  jest([]);
}

function jest(more, environment = {}) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  node('tests', 'node_modules/jest/bin/jest.js', more, flags, environment);
}

function node(what, script, scriptArgs, flags = [], environment = {}) {
  const began = Date.now();
  const { status } = spawnSync(process.execPath, [...flags, join(root, script), ...scriptArgs], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  if (status !== 0) {
    console.error(`${what}: failed`);
    process.exit(status ?? 1);
  }
  console.log(`${what}: ok, ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
