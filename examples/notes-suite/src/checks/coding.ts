import { expect } from 'vitest';
import type { Checks } from '../check.ts';

const long = { title: 'long', text: 'Long enough to be worth a content coding. '.repeat(100) };
const gzip = { 'Accept-Encoding': 'gzip' };

/** Content codings: where one strong tag for two representations breaks caches, and a weakened one breaks writes. */
export const coding: Checks = {
  'text over 1 KiB goes out as gzip, with Vary and a strong tag of its own': async (api) => {
    const { path, tag } = await api.create(long);
    const plain = await api.send('GET', path);
    const coded = await api.send('GET', path, gzip);
    expect(coded.headers['content-encoding']).toBe('gzip');
    expect(coded.headers.vary).toMatch(/accept-encoding/i);
    expect(coded.etag).toMatch(/^"[^"]+"$/);
    expect(coded.etag).not.toBe(tag);
    expect(coded.json).toEqual(plain.json);
    expect(plain.headers['content-encoding']).toBeUndefined();
  },

  'each coding has its 304, with the tag that the client named': async (api) => {
    const { path, tag } = await api.create(long);
    const coded = await api.send('GET', path, gzip);
    const cached = await api.send('GET', path, { ...gzip, 'If-None-Match': coded.etag });
    expect([cached.status, cached.etag, cached.text]).toEqual([304, coded.etag, '']);
    expect(cached.headers.vary).toMatch(/accept-encoding/i);
    expect(cached.headers['content-encoding']).toBeUndefined();
    const plain = await api.send('GET', path, { 'If-None-Match': tag });
    expect([plain.status, plain.etag]).toEqual([304, tag]);
  },

  'the list goes out as gzip too, and has its 304': async (api) => {
    await api.create(long);
    const coded = await api.send('GET', '/notes', gzip);
    expect(coded.headers['content-encoding']).toBe('gzip');
    expect(coded.etag).not.toBe((await api.send('GET', '/notes')).etag);
    const cached = await api.send('GET', '/notes', { ...gzip, 'If-None-Match': coded.etag });
    expect([cached.status, cached.etag]).toEqual([304, coded.etag]);
  },

  'the tag of the gzip guards a write like the plain one': async (api) => {
    const { path } = await api.create(long);
    const { etag } = await api.send('GET', path, gzip);
    expect((await api.send('PUT', path, { 'If-Match': etag }, long)).status).toBe(200);
    expect((await api.send('PUT', path, { 'If-Match': etag }, long)).problem).toBe(412);
    const again = await api.send('GET', path, gzip);
    expect((await api.send('PATCH', path, { 'If-Match': again.etag }, { title: 'other' })).status).toBe(200);
    const last = await api.send('GET', path, gzip);
    expect((await api.send('DELETE', path, { 'If-Match': last.etag })).status).toBe(204);
  },

  'a 412 names the current tag to who accepts gzip, in a form that guards the next write': async (api) => {
    const { path, tag } = await api.create();
    await api.put(path, { 'If-Match': tag }, long);
    const stale = await api.send('PUT', path, { 'If-Match': tag, ...gzip }, long);
    expect([stale.problem, stale.etag]).toEqual([412, await api.tag(path)]);
    expect((await api.send('PUT', path, { 'If-Match': stale.etag, ...gzip }, long)).status).toBe(200);
  },

  'the fetch of Node, which asks for gzip by itself, reads, revalidates and writes': async (api) => {
    const { path } = await api.create(long);
    const url = `http://localhost:${api.port}${path}`;
    const found = await fetch(url);
    const tag = found.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'If-None-Match': tag } })).status).toBe(304);
    const { title } = await found.json();
    const put = () =>
      fetch(url, {
        method: 'PUT',
        headers: { 'If-Match': tag, 'Content-Type': 'application/json' },
        body: JSON.stringify({ title, text: 'short' }),
      });
    expect((await put()).status).toBe(200);
    expect((await put()).status).toBe(412);
  },
};
