import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle, isBundled, removeBundle } from './bundle.mjs';

const folders = ['bin', 'router', 'subgraphs', 'workers', 'platform', 'schema', 'prisma', 'bench', 'tests'];

/** Whether compile has something to do. */
export function isStale(root) {
  return !isBundled(root) || staleOf(root, sourcesIn(root)).length > 0;
}

/**
 * Compiles every .ts to dist/ whose source is newer, removes what has no source any more, and bundles what people run. Types
 * are tsc's affair. One at a time.
 */
export async function compile(root) {
  const sources = sourcesIn(root);
  const stale = staleOf(root, sources);
  if (stale.length > 0) removeBundle(root);
  removeOrphans(root, new Set(sources.map(outputOf)));
  await compileFiles(root, stale);
  if (!isBundled(root)) await bundle(root);
}

const sourcesIn = (root) => folders.flatMap((folder) => typescriptIn(root, folder));
const staleOf = (root, sources) => sources.filter((file) => isOlder(join(root, outputOf(file)), join(root, file)));

async function compileFiles(root, stale) {
  if (stale.length === 0) return;
  const { transform } = await import('@swc/core');
  await Promise.all(
    stale.map(async (file) => {
      const { code, map } = await transform(readFileSync(join(root, file), 'utf8'), {
        filename: join(root, file),
        sourceFileName: join(root, file),
        root,
        configFile: join(root, '.swcrc'),
      });
      const output = join(root, outputOf(file));
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(`${output}.map`, map);
      writeFileSync(output, `${code}\n//# sourceMappingURL=${output.split('/').pop()}.map\n`);
    }),
  );
}

const outputOf = (file) => join('dist', file.replace(/\.ts$/, '.js'));

function typescriptIn(root, folder) {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return typescriptIn(root, path);
    return /\.ts$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name) ? [path] : [];
  });
}

function isOlder(output, source) {
  const made = statSync(output, { throwIfNoEntry: false });
  return !made || made.mtimeMs < statSync(source).mtimeMs;
}

function removeOrphans(root, wanted) {
  const visit = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) path === join('dist', 'bundle') || visit(path);
      else if (!wanted.has(path.replace(/\.map$/, ''))) rmSync(join(root, path), { force: true });
    }
  };
  if (statSync(join(root, 'dist'), { throwIfNoEntry: false })) visit('dist');
}
