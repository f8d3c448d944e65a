import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

// The page is built from the sources of the packages: they need no build of their own.
export default defineConfig({
  root: import.meta.dirname,
  resolve: { alias: [{ find: /^@etag\/([^/]+)$/, replacement: `${packages}$1/src/index.ts` }] },
});
