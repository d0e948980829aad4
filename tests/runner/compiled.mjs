import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const cache = join(root, 'node_modules/.cache/parley-tests');
const options = readFileSync(join(root, '.swcrc'), 'utf8');

/** JavaScript of a TypeScript file. It is kept, with its source map, until the file changes. */
export async function compiled(file) {
  const source = readFileSync(file, 'utf8');
  const stamp = `//${createHash('sha256').update(options).update(source).digest('hex')}`;
  const output = outputOf(file);
  const kept = existsSync(output) ? readFileSync(output, 'utf8') : '';
  if (kept.startsWith(stamp)) return kept;
  const { transform } = await import('@swc/core');
  const made = await transform(source, {
    ...JSON.parse(options),
    filename: file,
    sourceFileName: file,
    configFile: false,
  });
  const map = JSON.parse(made.map);
  const code = `${stamp}\n${made.code}`;
  mkdirSync(dirname(output), { recursive: true });
  // One line further down than it was compiled.
  replace(`${output}.map`, JSON.stringify({ ...map, mappings: `;${map.mappings}` }));
  replace(output, code);
  return code;
}

/** Where the source map of a loaded file is, as the path or URL that a stack names; undefined unless it was compiled here. */
export function mapOf(file) {
  if (!file.endsWith('.ts')) return undefined;
  const map = `${outputOf(file.startsWith('file:') ? fileURLToPath(file) : file)}.map`;
  return existsSync(map) ? map : undefined;
}

const outputOf = (file) => join(cache, relative(root, file).replace(/\.ts$/, '.js'));

/** Whole at every moment: other workers read and write the same. */
function replace(file, text) {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, text);
  renameSync(next, file);
}
