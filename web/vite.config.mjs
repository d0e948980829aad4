import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** `npx vite` in this folder serves the app while somebody works on it, against a Parley on port 4000. */
export default defineConfig({
  publicDir: here('public'),
  resolve: {
    alias: [
      { find: /^@parley\/client\/react$/, replacement: here('../client/src/react/index.ts') },
      { find: /^@parley\/client$/, replacement: here('../client/src/index.ts') },
    ],
    dedupe: ['react', 'react-dom', 'graphql'],
  },
  build: { target: ['chrome123', 'firefox120', 'safari17.5'], assetsInlineLimit: 0, reportCompressedSize: false },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:4000', ws: true } } },
});
