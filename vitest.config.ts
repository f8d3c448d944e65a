import { defineConfig } from 'vitest/config';

export default defineConfig({
  // NestJS has the decorators that TypeScript calls experimental.
  oxc: { decorator: { legacy: true } },
  test: {
    include: ['**/src/**/*.test.ts', 'tools/*.test.ts'],
    testTimeout: 30_000,
    // Many tests wait for servers: a core that is left free is not used.
    maxWorkers: '100%',
  },
});
