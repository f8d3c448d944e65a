import { runConformance } from '@etag/conformance';
import type { Express } from 'express';
// @ts-expect-error: it brings no types
import express4 from 'express4';
import { expect, it } from 'vitest';
import { start } from '../test/fixture.ts';

it.each([
  { compression: 'none', version: 5 },
  { compression: 'inside', version: 5 },
  { compression: 'outside', version: 5 },
  { compression: 'none', version: 4 },
  { compression: 'inside', version: 4 },
  { compression: 'outside', version: 4 },
] as const)(
  'conforms over a socket, compression() $compression, Express $version',
  async ({ compression, version }) => {
    const server = await start(compression, version === 4 ? (express4() as Express) : undefined);
    const report = await runConformance(server.origin);
    server.close();
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(1000);
  },
);
