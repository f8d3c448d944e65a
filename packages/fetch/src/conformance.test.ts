import { runConformance } from '@etag/conformance';
import { expect, it } from 'vitest';
import { start } from '../test/fixture.ts';

it('conforms over a socket', async () => {
  const server = await start();
  const report = await runConformance(server.origin);
  server.close();
  expect(report.failures).toEqual([]);
  expect(report.passed).toBeGreaterThan(1000);
});
