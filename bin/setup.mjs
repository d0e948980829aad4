import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compile, isStale } from './compile.mjs';
import { isWebStale } from './web.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.parley-setup.json');

/** Installs, generates and compiles what is missing or stale. Plain Node: it runs before anything is installed. */
export async function setup() {
  if (isFresh() && !isStale(root) && !isWebStale(root)) return;
  await locked(async () => {
    const lock = digest(['package-lock.json']);
    if (needsInstall(lock)) {
      say('installing dependencies (some minutes on the first run)');
      // Install scripts stay off: nothing here needs one (see allowScripts in package.json). What compiles is a development
      // dependency, which npm leaves out where NODE_ENV=production.
      const install = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      // What npm has kept of packages says where their versions are, unless it is older than one of them.
      await run('npm', [...install, '--prefer-offline']).catch((error) => {
        if (!String(error.message).includes('ETARGET')) throw error;
        return run('npm', install);
      });
      remember({ lock });
    }
    if (recall().lock !== lock) remember({ lock });
    // Neither needs the other, and where one fails the other ends: half a file would pass for a compiled one.
    const outcomes = await Promise.allSettled([generateAndCompile(), buildWeb()]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  });
}

async function generateAndCompile() {
  const schemas = digest(schemaFiles()) + recall().lock;
  if (
    recall().schemas !== schemas ||
    !['directory', 'shard'].every((name) => existsSync(join(root, `prisma/${name}/client/client.ts`)))
  ) {
    say('generating the database clients');
    const prisma = join(modules, 'prisma/build/index.js');
    const generate = (name) =>
      run(process.execPath, [prisma, 'generate', '--schema', `prisma/${name}/schema.prisma`], {
        // Generating needs no engine, yet Prisma would download one when it finds none.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      });
    await Promise.all(['directory', 'shard'].map(generate));
    remember({ schemas });
  }
  const compiler = digest(compilerFiles) + recall().lock;
  if (recall().compiler !== compiler) rmSync(join(root, 'dist'), { recursive: true, force: true });
  if (!existsSync(join(root, 'dist'))) say('compiling');
  await compile(root);
  remember({ compiler });
}

async function buildWeb() {
  if (!isWebStale(root)) return;
  say('building the web app');
  await run(process.execPath, ['bin/web.mjs']);
}

function isFresh() {
  const made = recall();
  const lock = digest(['package-lock.json']);
  return (
    !needsInstall(lock) &&
    made.lock === lock &&
    made.schemas === digest(schemaFiles()) + lock &&
    made.compiler === digest(compilerFiles) + lock &&
    existsSync(join(root, 'prisma/directory/client/client.ts')) &&
    existsSync(join(root, 'prisma/shard/client/client.ts'))
  );
}

/** npm leaves a lock file of its own in node_modules when an installation is whole. */
function needsInstall(lock) {
  const installed = statSync(join(modules, '.package-lock.json'), { throwIfNoEntry: false });
  if (!installed) return true;
  if (recall().lock) return recall().lock !== lock;
  return installed.mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs - 2_000;
}

const compilerFiles = ['.swcrc', 'bin/compile.mjs', 'bin/bundle.mjs'];
const schemaFiles = () => ['prisma/directory/schema.prisma', 'prisma/shard/schema.prisma'];

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

function recall() {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8'));
  } catch {
    return {};
  }
}

function remember(part) {
  writeFileSync(stamp, JSON.stringify({ ...recall(), ...part }));
}

/** One setup at a time; a second one waits, then finds nothing to do. npm ci empties node_modules, so the lock is beside it. */
async function locked(work) {
  const lock = join(root, '.parley-setup.lock');
  for (let waited = false; ; waited = true) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const [owner] = readdirSync(lock).map(Number);
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (owner ? !isAlive(owner) : age > 5_000) rmSync(lock, { recursive: true, force: true });
      else if (!waited) say('waiting for another setup to end');
      await sleep(200);
    }
  }
  const unlock = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', unlock);
  try {
    writeFileSync(join(lock, String(process.pid)), '');
    return await work();
  } finally {
    unlock();
    process.off('exit', unlock);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Quiet unless it fails. */
function run(command, args, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => reject(new SetupError(`${command} cannot be run: ${error.message}`)));
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new SetupError(`"${[command, ...args].join(' ')}" failed:\n${output.trim()}`)),
    );
  });
}

class SetupError extends Error {}

function say(what) {
  console.error(`parley setup: ${what}`);
}

/** For the entry points: a failed step is told without a stack. */
export async function setupOrExit() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Parley needs Node 20.19 or newer; this is ${process.version}.`);
    process.exit(1);
  }
  try {
    await setup();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setupOrExit();
