import { runConformance } from '@etag/conformance';
import { expect, it } from 'vitest';
import { start } from '../test/fixture.ts';

it.each(['none', 'inside', 'outside'] as const)('conforms over a socket, compress() %s', async (compression) => {
  const server = await start(compression);
  const report = await runConformance(server.origin);
  server.close();
  expect(report.failures).toEqual([]);
  expect(report.passed).toBeGreaterThan(1000);
});
