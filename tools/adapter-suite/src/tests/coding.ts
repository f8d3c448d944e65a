import { gunzipSync } from 'node:zlib';
import { contentTag, versionTag } from '@etag/core';
import { expect, it, vi } from 'vitest';
import type { Boot, Compression, Reply } from '../application.ts';
import { serveOne } from '../client.ts';

const LONG = 'The same content gives the same tag in every process.\n'.repeat(60);
const DATE = 'Sat, 29 Oct 1994 19:43:31 GMT';
const LATER = 'Fri, 31 Dec 2100 23:59:59 GMT';
const GZIP = { 'accept-encoding': 'gzip' };
const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

const gzipped = (tag: string) => `${tag.slice(0, -1)}-gzip"`;

async function* chunksOf(text: string) {
  yield new TextEncoder().encode(text);
}

/** Beside the framework's own compression. */
export function codingTests(boot: Boot, compression: Compression): void {
  const current = () => ({ etag: versionTag(7), lastModified: Date.parse(DATE) });
  const own = { ...TEXT, etag: '"v7"', 'last-modified': DATE };
  const kinds: [what: string, resource: { current?: typeof current; handle: () => Reply }, tag: string][] = [
    ['content', { handle: () => ({ text: LONG, headers: { ...TEXT, 'last-modified': DATE } }) }, `${contentTag(LONG)}`],
    [
      'JSON',
      { handle: () => ({ json: { LONG }, headers: { 'last-modified': DATE } }) },
      `${contentTag(JSON.stringify({ LONG }))}`,
    ],
    ['a tag of the application', { handle: () => ({ text: LONG, headers: own }) }, '"v7"'],
    ['a stream with a tag of the application', { handle: () => ({ chunks: chunksOf(LONG), headers: own }) }, '"v7"'],
    ['a tag that is known early', { current, handle: () => ({ text: LONG, headers: TEXT }) }, '"v7"'],
  ];

  it.each(kinds)('each coding has a strong tag of its own, and each is answered: %s', async (_, resource, tag) => {
    const ask = await serveOne(boot, resource, { compression });
    expect((await ask()).etag).toBe(tag);
    const found = await ask(GZIP);
    expect([found.headers.get('content-encoding'), found.etag]).toEqual(['gzip', gzipped(tag)]);
    expect(found.headers.get('vary')?.toLowerCase()).toContain('accept-encoding');
    for (const held of [tag, gzipped(tag), `W/${tag}`]) {
      const cached = await ask({ ...GZIP, 'if-none-match': held });
      expect([cached.status, cached.etag, cached.text]).toEqual([304, held, '']);
      expect(cached.headers.has('content-encoding')).toBe(false);
      expect(cached.headers.get('vary')?.toLowerCase()).toBe(found.headers.get('vary')?.toLowerCase());
    }
  });

  it.each(kinds)(
    '§15.4.5 a 304 for any tag, or by date, has the tag of the 200 or a weak one: %s',
    async (_, resource, tag) => {
      const ask = await serveOne(boot, resource, { compression });
      for (const headers of [{ 'if-none-match': '*' }, { 'if-modified-since': LATER }]) {
        const cached = await ask({ ...GZIP, ...(headers as Record<string, string>) });
        expect(cached.status).toBe(304);
        expect([gzipped(tag), `W/${tag}`, '']).toContain(cached.etag);
      }
    },
  );

  it('guards a write by the tag of either coding', async () => {
    const ask = await serveOne(boot, { current, handle: () => ({ text: LONG, headers: TEXT }) }, { compression });
    for (const headers of [GZIP, {}]) {
      const { etag } = await ask(headers as Record<string, string>);
      expect((await ask({ 'if-match': etag }, 'PUT')).status).toBe(200);
    }
  });

  it('sends a refusal that can be read, with the plain tag', async () => {
    const ask = await serveOne(boot, { text: LONG, headers: own }, { compression });
    const refused = await ask({ ...GZIP, 'if-match': '"v6"' });
    expect([refused.status, refused.etag, refused.json().current]).toEqual([412, '"v7"', '"v7"']);
  });

  it('§8.8.3.3 leaves the tag of what came coded as it is', async () => {
    const coded = Buffer.from('H4sIAAAAAAAAA0sEAEO+t+gBAAAA', 'base64');
    const headers = { ...TEXT, 'content-encoding': 'gzip', etag: '"abc"', vary: 'Accept-Encoding' };
    const ask = await serveOne(boot, { bytes: new Uint8Array(coded), headers }, { compression });
    const found = await ask(GZIP);
    expect([found.etag, found.text]).toEqual(['"abc"', gunzipSync(coded).toString()]);
    for (const value of ['"abc"', '*']) {
      const cached = await ask({ ...GZIP, 'if-none-match': value });
      expect([cached.status, cached.etag]).toEqual([304, '"abc"']);
    }
  });

  it('does not run the handler, and codes nothing, for a client that has the version', async () => {
    const handle = vi.fn((): Reply => ({ text: LONG, headers: TEXT }));
    const ask = await serveOne(boot, { current, handle }, { compression });
    for (const tag of ['"v7"', '"v7-gzip"', '"v7-br"']) {
      expect(await ask({ ...GZIP, 'if-none-match': tag })).toMatchObject({ status: 304, etag: tag });
    }
    expect(handle).not.toHaveBeenCalled();
  });
}
