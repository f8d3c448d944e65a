import { available, startNginx, startPostgres } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import { demonstrate, SHORT } from './demonstration.ts';
import { ratioOf } from './load/revalidation.ts';
import { View } from './view.ts';

const postgres = await available('the cluster', startPostgres);
afterAll(() => postgres?.stop());
const nginx = await available('the cluster', () => startNginx((port) => `server { listen 127.0.0.1:${port}; }`));
await nginx?.stop();

describe.skipIf(!postgres || !nginx)('the cluster', () => {
  test('everything that it shows holds', { timeout: 300_000 }, async () => {
    const lines: string[] = [];
    const view = new View({ write: (text) => lines.push(text) });
    const { shared, process } = await demonstrate(postgres?.url ?? '', SHORT, view);
    expect(view.failed, lines.join('')).toEqual([]);
    expect(lines.filter((line) => line.includes('✓'))).toHaveLength(7);
    expect(ratioOf(shared.pages)).toBe(1);
    expect(ratioOf(process.pages)).toBeLessThan(0.5);
  });
});
