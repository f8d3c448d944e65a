import { afterAll, describe, expect, it } from 'vitest';
import { type Running, startFixture } from '../../../tools/adapters.ts';
import { blamedIn, ours, resources } from '../test/blameless.ts';
import { audit } from './audit.ts';

// What our own adapters serve is right, compressed or not: whatever is found here is a mistake of the doctor's or of theirs.

describe.each(ours)('@etag/$name $platform, compression $mode', async ({ name, mode, platform }) => {
  const running: Running = await startFixture(name, mode, platform);
  afterAll(() => running.close());

  it.each(Object.entries(resources))('%s', async (_, path) => {
    const { findings, passed } = await audit(running.origin + path);
    expect(findings.map(({ id, expected, seen, requests }) => ({ id, expected, seen, requests }))).toEqual([]);
    expect(passed.length).toBeGreaterThan(20);
    expect(passed.includes('coding-hit')).toBe(mode !== 'none');
  });

  // pnpm blameless does it 1,000 times.
  it('is never blamed, however often it is read', async () => {
    const url = running.origin + resources['tagged by its content'];
    expect(await blamedIn(20, { name, url })).toEqual([]);
  });
});
