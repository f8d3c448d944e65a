import { available } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import { startApache } from '../test/apache.ts';
import { createClient } from './client.ts';

const apache = await available('Apache DAV', startApache);
afterAll(() => apache?.stop());

describe.skipIf(!apache)('Apache with mod_dav', () => {
  test('16 clients of 25 increments lose none', async () => {
    const url = `${apache?.url}/count.json`;
    expect(await createClient().create(url, { count: 0 })).toMatchObject({ kind: 'created' });
    expect(await createClient().create(url, { count: 0 })).toMatchObject({ kind: 'exists' });
    let merges = 0;
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        const client = createClient();
        for (let i = 0; i < 25; i++) {
          const increment = (current: { count: number }) => {
            merges++;
            return { count: current.count + 1 };
          };
          const written = await client.update(url, increment, { attempts: 1000 });
          expect(written.kind).toBe('updated');
        }
      }),
    );
    expect(await (await fetch(url)).json()).toEqual({ count: 400 });
    expect(merges).toBeGreaterThan(400);
  });
});
