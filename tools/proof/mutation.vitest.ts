import { defineConfig } from 'vitest/config';

/**
 * Tests that load a module once more. By them, Stryker takes what runs while modules load for something that these tests alone
 * run, and reports it as not noticed. `RELOAD=1` runs them all the same.
 */
const RELOADING = 'second (?:installed )?copy|whatever copy|no diagnostics channel|by Web Crypto';

// What runs for each mutant: the tests of a package, without those that only take their time, or count what an instrumented
// build allocates. `TESTS=range,if-range` runs those of these files alone.
export default defineConfig({
  test: {
    include: process.env.TESTS?.split(',').map((name) => `src/${name}.test.ts`) ?? ['src/**/*.test.ts'],
    exclude: ['**/readme.test.ts', '**/hostile.test.ts', '**/node_modules/**'],
    testNamePattern: new RegExp(`^(?!.*(?:without allocating${process.env.RELOAD ? '' : `|${RELOADING}`}))`),
    // A third of the time.
    isolate: false,
    testTimeout: 30_000,
  },
});
