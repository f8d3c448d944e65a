import { runConformance } from '@etag/conformance';
import { expect, it } from 'vitest';
import { start } from '../test/fixture.ts';

it.each(['none', 'inside', 'outside'] as const)('conforms over a socket, compress() %s', async (compression) => {
  const server = await start(compression);
  const report = await runConformance(server.origin);
  server.close();
  // A compressor outside weakens the tag of the application after all that we do (README, known deviations).
  const deviations = compression === 'outside' ? ['coding-own-tag-write'] : [];
  expect(report.failures.map(({ id }) => id)).toEqual(deviations);
  expect(report.passed).toBeGreaterThan(1000);
});
