import { defineConfig } from 'vitest/config';

// What runs for each mutant: the tests of a package, without those that only take their time.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    exclude: ['**/readme.test.ts', '**/hostile.test.ts', '**/node_modules/**'],
    // Counts what an instrumented build allocates.
    testNamePattern: /^(?!.*without allocating)/,
    testTimeout: 30_000,
  },
});
