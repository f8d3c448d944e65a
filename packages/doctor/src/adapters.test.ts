import { afterAll, describe, expect, it } from 'vitest';
import { adapters, type Running, startFixture } from '../../../tools/adapters.ts';
import { contentPath, statePath } from '../../conformance/src/fixture.ts';
import { audit } from './audit.ts';

// What our own adapters serve is right, compressed or not: whatever is found here is a mistake of the doctor's or of theirs.

const resources = {
  'tagged by its content': contentPath({ body: 'hello '.repeat(600), fields: [['Cache-Control', 'no-cache']] }),
  'with a version and a date': statePath({ etag: '"v7"', lastModified: 'Sun, 06 Nov 2022 08:49:37 GMT' }, 3600),
};

const servers = adapters.flatMap(({ name, compression, platforms = [undefined] }) =>
  platforms.flatMap((platform) => compression.map((mode) => ({ name, platform, mode }))),
);

describe.each(servers)('@etag/$name $platform, compression $mode', async ({ name, mode, platform }) => {
  const running: Running = await startFixture(name, mode, platform);
  afterAll(() => running.close());

  it.each(Object.entries(resources))('%s', async (_, path) => {
    const { findings, passed } = await audit(running.origin + path);
    expect(findings.map(({ id, expected, seen, requests }) => ({ id, expected, seen, requests }))).toEqual([]);
    expect(passed.length).toBeGreaterThan(20);
    expect(passed.includes('coding-hit')).toBe(mode !== 'none');
  });
});
