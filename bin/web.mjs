import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const sources = ['web', 'client/src', 'client/package.json', 'bin/web.mjs', 'package-lock.json'];
const ignored = new Set(['dist', 'dist.new', 'node_modules', 'tests']);
const outputIn = (root) => join(root, 'web/dist');

/** Whether something that the web app is made of is newer than what was made of it. */
export function isWebStale(root) {
  const made = statSync(join(outputIn(root), 'index.html'), { throwIfNoEntry: false });
  return !made || sources.some((source) => isNewer(join(root, source), made.mtimeMs));
}

/** A folder is newer, too, when something was removed from it. */
function isNewer(path, since) {
  const { mtimeMs, isDirectory } = describe(path);
  if (!isDirectory) return mtimeMs > since;
  const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !ignored.has(name));
  // Making web/dist touches web itself.
  const isTouched = mtimeMs > since && !existsSync(join(path, 'dist'));
  return isTouched || entries.some(({ name }) => isNewer(join(path, name), since));
}

function describe(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return { mtimeMs: found?.mtimeMs ?? 0, isDirectory: found?.isDirectory() ?? false };
}

/** web/dist: the web app as a router serves it, each file that is worth it beside its gzip and brotli forms. */
async function buildWeb(root) {
  const making = `${outputIn(root)}.new`;
  const { build } = await import('vite');
  await build({ root: join(root, 'web'), logLevel: 'error', build: { outDir: making, emptyOutDir: true } });
  await compressAll(making);
  rmSync(outputIn(root), { recursive: true, force: true });
  renameSync(making, outputIn(root));
}

async function compressAll(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(html|js|css|json|svg|webmanifest)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
  await Promise.all(files.map(compress));
}

async function compress(file) {
  const content = readFileSync(file);
  const [gzipped, brotli] = await Promise.all([
    promisify(gzip)(content, { level: 9 }),
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
  ]);
  if (gzipped.length < content.length) writeFileSync(`${file}.gz`, gzipped);
  if (brotli.length < content.length) writeFileSync(`${file}.br`, brotli);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildWeb(dirname(dirname(fileURLToPath(import.meta.url))));
