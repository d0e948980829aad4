import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);

const target = ['chrome123', 'firefox120', 'safari17.5'];

/** `npx vite` in this folder serves the app while somebody works on it, against a Parley on port 4000. */
export default defineConfig({
  publicDir: here('public'),
  plugins: [englishOnly(), emojiData(), serviceWorker()],
  resolve: {
    alias: [
      { find: /^@parley\/client\/(.+)$/, replacement: `${here('../client/src')}/$1.ts` },
      { find: /^@parley\/client$/, replacement: here('../client/src/index.ts') },
    ],
    dedupe: ['react', 'react-dom', 'graphql'],
  },
  build: { target, assetsInlineLimit: 0, reportCompressedSize: false },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:4000', ws: true } } },
});

/** Components bring what they say in thirty-four languages; the app is in one. */
function englishOnly() {
  const others = /\/react-(aria|stately|aria-components)\/dist\/.*\/intl\/(.*\/)?(?!en-)[a-z]{2}-[A-Z]{2}\.m?js$/;
  return { name: 'english-only', load: (id) => (others.test(id) ? 'export default {};' : null) };
}

/** All emoji with their names, beside the app: the picker asks for them when it is first opened. */
function emojiData() {
  const files = ['en/data.json', 'en/messages.json'];
  const read = (file) => readFileSync(require.resolve(`emojibase-data/${file}`));
  return {
    name: 'emoji-data',
    generateBundle() {
      for (const file of files) this.emitFile({ type: 'asset', fileName: `emoji/${file}`, source: read(file) });
    },
    configureServer(server) {
      server.middlewares.use('/emoji', (request, response, next) => {
        const file = request.url.slice(1);
        if (!files.includes(file)) return next();
        response.setHeader('content-type', 'application/json');
        response.end(read(file));
      });
    },
  };
}

/** One file beside the page, because what it is served as says which pages it serves. It knows the files of its build. */
function serviceWorker() {
  return {
    name: 'service-worker',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((file) => /^assets\/.*\.(js|css)$/.test(file));
      const entry = Object.values(bundle).find(({ isEntry }) => isEntry).fileName;
      const version = createHash('sha256').update(files.join()).update(bundle['index.html'].source).digest('hex');
      const shell = { version: version.slice(0, 16), page: '/', entry, files: files.map((file) => `/${file}`) };
      const { outputFiles } = await build({
        entryPoints: [here('service-worker/service-worker.ts')],
        alias: {
          '@parley/client/worker': here('../client/src/worker.ts'),
          '@parley/client/operations': here('../client/src/operations.ts'),
        },
        define: { SHELL: JSON.stringify(shell) },
        bundle: true,
        minify: true,
        write: false,
        format: 'iife',
        target,
      });
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: outputFiles[0].text });
    },
  };
}
