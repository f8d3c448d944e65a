import type { ReadOptions } from '@etag/core';
import { expect, it } from 'vitest';
import type { Boot, Resource } from '../application.ts';
import { serveOne } from '../client.ts';

/** Options that there are not: TypeScript refuses them, and JavaScript must not ignore them. */
export function optionTests(boot: Boot): void {
  /** What an application with them does when it starts, or else at the first request. */
  async function attempt(method: string, resource: Partial<Resource>, tags?: ReadOptions): Promise<string> {
    const handle = () => ({ text: 'content' });
    try {
      const ask = await serveOne(boot, { handle, ...resource }, { ...(tags && { tags }) });
      return `${(await ask({}, method)).status}`;
    } catch (error) {
      return String(error);
    }
  }

  const misspelt = (name: string) => ({ [name]: () => 'x' });
  const current = () => ({ etag: '"v7"' }) as const;

  it.each(['generateDigest', 'curent'])('do not start with etag({ %s })', async (name) => {
    expect(await attempt('GET', {}, misspelt(name))).toContain(`${name} is not one of the options`);
  });

  it.each(['GET', 'PUT'])('do not start beside current, to %s', async (method) => {
    expect(await attempt(method, { current, options: misspelt('timout') })).toContain(
      'timout is not one of the options',
    );
  });

  it('refuse a write with expectation(request, { requre: true })', async () => {
    const write = () => Promise.reject(new Error('not to be reached'));
    expect(await attempt('PUT', { write, options: { requre: true } as object })).toMatch(
      /^500$|requre is not one of the options/,
    );
  });
}
