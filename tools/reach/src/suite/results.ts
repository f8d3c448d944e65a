/** What became of the cases of one package on one runtime. */
export interface Results {
  passed: number;
  /** What failed, and how. */
  readonly failures: string[];
}

/**
 * Runs cases one after another.
 *
 * @param cases - a name and a case, which fails by throwing or rejecting
 * @returns how many passed, and what failed
 */
export async function resultsOf(cases: Iterable<readonly [name: string, run: () => unknown]>): Promise<Results> {
  const results: Results = { passed: 0, failures: [] };
  for (const [name, run] of cases) {
    try {
      await run();
      results.passed++;
    } catch (error) {
      results.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return results;
}

/**
 * Asserts that two values are the same as JSON.
 *
 * @param actual - what came
 * @param expected - what had to come
 * @throws Error - they differ
 */
export function same(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`got ${a}, expected ${b}`);
}
