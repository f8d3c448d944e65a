import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('.', import.meta.url));

// Tests run on the sources, so that a package's own command needs no build.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@etag\/([^/]+)$/, replacement: `${packages}$1/src/index.ts` },
      { find: /^@etag\/([^/]+)\/(.+)$/, replacement: `${packages}$1/src/$2.ts` },
    ],
  },
  // NestJS has the decorators that TypeScript calls experimental.
  oxc: { decorator: { legacy: true } },
  test: { include: ['**/src/**/*.test.ts', '**/recipes/*.test.ts', 'packages/*.test.ts'], testTimeout: 30_000 },
});
