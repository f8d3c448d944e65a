import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Checks } from '../check.ts';

/** `GET` and `HEAD` */
export const reading: Checks = {
  'GET /notes lists the notes, with a tag': async (api) => {
    const { path } = await api.create();
    const list = await api.send('GET', '/notes');
    expect([list.status, list.etag]).toEqual([200, expect.stringMatching(/^(W\/)?"[^"]+"$/)]);
    expect(list.json).toContainEqual((await api.send('GET', path)).json);
  },

  'GET /notes is 304 until a note changes': async (api) => {
    const { path, tag } = await api.create();
    const { etag } = await api.send('GET', '/notes');
    const cached = await api.send('GET', '/notes', { 'If-None-Match': etag });
    expect([cached.status, cached.etag, cached.text]).toEqual([304, etag, '']);
    await api.put(path, { 'If-Match': tag }, { title: 'second', text: 'two' });
    expect((await api.send('GET', '/notes', { 'If-None-Match': etag })).status).toBe(200);
  },

  'GET /notes/:id sends the note': async (api) => {
    const { path } = await api.create({ title: 'A title', text: 'ünïcödé ✓' });
    const found = await api.send('GET', path);
    expect(found.headers['content-type']).toMatch(/^application\/json\b/);
    const { updatedAt, ...note } = found.json;
    expect(note).toEqual({ id: path.slice('/notes/'.length), title: 'A title', text: 'ünïcödé ✓' });
    expect(new Date(updatedAt).toISOString()).toBe(updatedAt);
  },

  'GET /notes/:id has a strong tag, Last-Modified, and Cache-Control: no-cache': async (api) => {
    const { path } = await api.create();
    const { etag, headers, json } = await api.send('GET', path);
    expect(etag).toMatch(/^"[^"]+"$/);
    const modified = headers['last-modified'] ?? '';
    expect(new Date(modified).toUTCString()).toBe(modified);
    expect(Math.abs(Date.parse(modified) - Date.parse(json.updatedAt))).toBeLessThanOrEqual(1000);
    expect(headers['cache-control']).toBe('no-cache');
  },

  'the tag is the same until the note changes, and never again after that': async (api) => {
    const { path, tag } = await api.create();
    expect(await api.tag(path)).toBe(tag);
    const seen = new Set([tag]);
    for (const text of ['two', 'one', 'two', 'one']) {
      await api.put(path, { 'If-Match': await api.tag(path) }, { title: 'first', text });
      seen.add(await api.tag(path));
    }
    expect(seen.size).toBe(5);
  },

  '304 has the fields of the 200, and none that describe content': async (api) => {
    const { path, tag } = await api.create();
    const found = await api.send('GET', path);
    const cached = await api.send('GET', path, { 'If-None-Match': tag });
    expect([cached.status, cached.text]).toEqual([304, '']);
    for (const field of ['etag', 'cache-control', 'last-modified', 'access-control-allow-origin']) {
      expect([field, cached.headers[field]]).toEqual([field, found.headers[field]]);
    }
    const metadata = Object.keys(cached.headers).filter((name) => /^content-/.test(name));
    expect(metadata).toEqual([]);
  },

  '304 to the weak form, to a list, to *, and to the date alone': async (api) => {
    const { path, tag } = await api.create();
    for (const value of [`W/${tag}`, `"other", ${tag}`, `"a,b",\t${tag}`, '*']) {
      expect([value, (await api.send('GET', path, { 'If-None-Match': value })).status]).toEqual([value, 304]);
    }
    const modified = (await api.send('GET', path)).headers['last-modified'];
    expect((await api.send('GET', path, { 'If-Modified-Since': modified })).status).toBe(304);
  },

  '200 where the tag does not match, whatever the date says': async (api) => {
    const { path } = await api.create();
    const { 'last-modified': modified } = (await api.send('GET', path)).headers;
    const sent = { 'If-None-Match': '"other"', 'If-Modified-Since': modified };
    expect((await api.send('GET', path, sent)).status).toBe(200);
  },

  '200 where If-None-Match is malformed: a read goes through': async (api) => {
    const { path, tag } = await api.create();
    for (const value of [tag.slice(1, -1), `${tag.slice(0, -1)}`, `w/${tag}`]) {
      expect([value, (await api.send('GET', path, { 'If-None-Match': value })).status]).toEqual([value, 200]);
    }
  },

  'If-Match on GET is 412 with another tag': async (api) => {
    const { path, tag } = await api.create();
    expect((await api.send('GET', path, { 'If-Match': tag })).status).toBe(200);
    expect((await api.send('GET', path, { 'If-Match': '"other"' })).problem).toBe(412);
  },

  'the fetch of Node gets its 304, though it sends Cache-Control: no-cache with it': async (api) => {
    const { path } = await api.create();
    const url = `http://localhost:${api.port}${path}`;
    const tag = (await fetch(url)).headers.get('etag') ?? '';
    const cached = await fetch(url, { headers: { 'If-None-Match': tag } });
    expect([cached.status, cached.headers.get('etag')]).toEqual([304, tag]);
  },

  'HEAD /notes/:id is as GET, without content': async (api) => {
    const { path, tag } = await api.create();
    const found = await api.send('GET', path);
    const head = await api.send('HEAD', path);
    expect([head.status, head.text]).toEqual([200, '']);
    for (const field of ['etag', 'last-modified', 'cache-control', 'content-type']) {
      expect([field, head.headers[field]]).toEqual([field, found.headers[field]]);
    }
    expect((await api.send('HEAD', path, { 'If-None-Match': tag })).status).toBe(304);
  },

  '404 to GET and HEAD of what is not there, whatever the precondition': async (api) => {
    const path = `/notes/${randomUUID()}`;
    expect((await api.send('GET', path)).problem).toBe(404);
    expect((await api.send('GET', path, { 'If-None-Match': '*' })).problem).toBe(404);
    expect((await api.send('GET', path, { 'If-None-Match': '"v1"' })).problem).toBe(404);
    const { status, etag, text } = await api.send('HEAD', path);
    expect([status, etag, text]).toEqual([404, '', '']);
  },

  'a malformed escape in the path is the mistake of the client': async (api) => {
    expect([400, 404]).toContain((await api.send('GET', '/notes/%E0%A4%A')).status);
  },
};
