import { runConformance } from '@etag/conformance';
import { expect, it } from 'vitest';
import { start } from '../test/fixture.ts';

it.each([
  { compression: 'none', platform: 'express' },
  { compression: 'inside', platform: 'express' },
  { compression: 'outside', platform: 'express' },
  { compression: 'none', platform: 'fastify' },
  { compression: 'inside', platform: 'fastify' },
  { compression: 'outside', platform: 'fastify' },
] as const)('conforms over a socket on $platform, compression $compression', async ({ compression, platform }) => {
  const server = await start(compression, platform);
  const report = await runConformance(server.origin);
  server.close();
  expect(report.failures).toEqual([]);
  expect(report.passed).toBeGreaterThan(1000);
});
