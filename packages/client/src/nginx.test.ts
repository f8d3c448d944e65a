import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { available, startNginx } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import { createClient } from './client.ts';

const folder = mkdtempSync(join(tmpdir(), 'client-'));
const nginx = await available('nginx', () =>
  startNginx(
    (port) => `
      gzip on;
      gzip_types *;
      server { listen 127.0.0.1:${port}; root ${folder}; }`,
  ),
);
afterAll(async () => {
  await nginx?.stop();
  rmSync(folder, { recursive: true });
});

describe.skipIf(!nginx)('nginx', () => {
  const content = 'content '.repeat(1000);
  writeFileSync(join(folder, 'a.txt'), content);
  const url = `${nginx?.url}/a.txt`;

  test('weakens the tag of a 200 that it compresses, and not that of the 304, which is not a mismatch', async () => {
    const client = createClient();
    const first = await client(url);
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(first.headers.get('etag')).toMatch(/^W\//);
    await first.text();
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    const raw = await client(url, { headers });
    expect([raw.status, raw.headers.get('etag')]).toEqual([304, first.headers.get('etag')?.slice(2)]);
    for (let i = 0; i < 3; i++) expect(await (await client(url)).text()).toBe(content);
    expect(client.stats()).toMatchObject([{ answers: { full: 1, 'not-modified': 3 }, mismatches: 0 }]);
  });

  test('saves what its Content-Length says', async () => {
    const client = createClient();
    const init = { headers: { 'Accept-Encoding': 'identity' } };
    for (let i = 0; i < 3; i++) expect(await (await client(url, init)).text()).toBe(content);
    expect(client.stats()).toMatchObject([{ answers: { full: 1, 'not-modified': 2 }, savedBytes: 2 * content.length }]);
  });

  test('answers a range with 206, which is neither stored nor answered from what is', async () => {
    const client = createClient();
    const range = { headers: { Range: 'bytes=0-6' } };
    for (let i = 0; i < 2; i++) {
      const part = await client(url, range);
      expect([part.status, await part.text()]).toEqual([206, 'content']);
      expect(await (await client(url)).text()).toBe(content);
    }
  });

  test('says what changed', async () => {
    const client = createClient();
    writeFileSync(join(folder, 'b.txt'), 'first');
    const read = async () => (await client(`${nginx?.url}/b.txt`)).text();
    expect([await read(), await read()]).toEqual(['first', 'first']);
    writeFileSync(join(folder, 'b.txt'), 'the second');
    expect([await read(), await read()]).toEqual(['the second', 'the second']);
    expect(client.stats()).toMatchObject([{ answers: { full: 2, 'not-modified': 2 } }]);
  });
});
