import { runConformance } from '@etag/conformance';
import Koa from 'koa';
import Koa2 from 'koa2';
import { expect, it } from 'vitest';
import { start } from '../test/fixture.ts';

it.each([
  ['Koa 3', 'none', Koa],
  ['Koa 3', 'inside', Koa],
  ['Koa 3', 'outside', Koa],
  ['Koa 2', 'none', Koa2],
  ['Koa 2', 'inside', Koa2],
  ['Koa 2', 'outside', Koa2],
] as const)('conforms over a socket: %s, compress() %s', async (_, compression, Application) => {
  const server = await start(compression, new Application());
  const report = await runConformance(server.origin);
  server.close();
  expect(report.failures).toEqual([]);
  expect(report.passed).toBeGreaterThan(1000);
});
