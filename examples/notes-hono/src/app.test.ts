import type { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import { notesApp } from './app.ts';
import { openNotes } from './store.ts';

let app: Hono;
beforeEach(async () => {
  app = notesApp(await openNotes(':memory:'));
});

function send(method: string, path: string, headers: Record<string, string> = {}, content?: unknown) {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return app.request(path, { method, headers, ...(content !== undefined && { body }) });
}

const note = { title: 'a', text: 'b' };

/** Creates a note, and reads its tag. */
async function createNote(id = '1'): Promise<string> {
  expect((await send('PUT', `/notes/${id}`, { 'If-None-Match': '*' }, note)).status).toBe(201);
  return (await send('GET', `/notes/${id}`)).headers.get('etag') as string;
}

describe('GET /notes/:id', () => {
  it('sends the note with a strong tag, and 304 to who has it', async () => {
    const tag = await createNote();
    // As clients ask that can read a coding; one that compress() does not have, so that the content stays as it is.
    const accepts = { 'Accept-Encoding': 'br' };
    const found = await send('GET', '/notes/1', accepts);
    expect(await found.json()).toMatchObject({ id: '1', ...note });
    expect(tag).toMatch(/^"v[^"]+"$/);
    const cached = await send('GET', '/notes/1', { ...accepts, 'If-None-Match': tag });
    expect(cached.status).toBe(304);
    expect(await cached.text()).toBe('');
    for (const field of ['etag', 'cache-control', 'vary', 'last-modified', 'access-control-allow-origin']) {
      expect([field, cached.headers.get(field)]).toEqual([field, found.headers.get(field)]);
    }
  });

  it('gives the gzip coding a tag of its own, which guards a write all the same', async () => {
    await createNote();
    const coded = await send('GET', '/notes/1', { 'Accept-Encoding': 'gzip' });
    const tag = coded.headers.get('etag') as string;
    expect(coded.headers.get('content-encoding')).toBe('gzip');
    expect(tag).toMatch(/^"v.+-gzip"$/);
    const cached = await send('GET', '/notes/1', { 'Accept-Encoding': 'gzip', 'If-None-Match': tag });
    expect([cached.status, cached.headers.get('etag')]).toEqual([304, tag]);
    expect(cached.headers.get('vary')).toMatch(/accept-encoding/i);
    expect((await send('PUT', '/notes/1', { 'If-Match': tag }, note)).status).toBe(200);
    expect((await send('PUT', '/notes/1', { 'If-Match': tag }, note)).status).toBe(412);
  });

  it('answers HEAD as GET, without content, and 404 for none', async () => {
    const tag = await createNote();
    const head = await send('HEAD', '/notes/1');
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, tag, '']);
    expect((await send('GET', '/notes/2', { 'If-None-Match': tag })).status).toBe(404);
  });
});

describe('GET /notes', () => {
  it('lists the notes with a tag of the content', async () => {
    await createNote();
    const found = await send('GET', '/notes');
    expect(await found.json()).toHaveLength(1);
    const tag = found.headers.get('etag') as string;
    expect((await send('GET', '/notes', { 'If-None-Match': tag })).status).toBe(304);
    await createNote('2');
    expect((await send('GET', '/notes', { 'If-None-Match': tag })).status).toBe(200);
  });
});

describe('POST /notes', () => {
  it('creates a note, and says where and in what version', async () => {
    const created = await send('POST', '/notes', {}, note);
    expect(created.status).toBe(201);
    const location = created.headers.get('location') as string;
    const found = await send('GET', location, { 'If-None-Match': created.headers.get('etag') as string });
    expect(found.status).toBe(304);
  });

  it.each([
    ['bad JSON', '{', 'The content is not JSON.'],
    ['no object', '[]', 'Send a JSON object with "title" and "text", as application/json.'],
    ['a missing field', { title: 'a' }, '"text" must be a string.'],
    ['a wrong type', { title: 1, text: 'b' }, '"title" must be a string.'],
  ])('refuses %s with 400', async (_, content, detail) => {
    const refused = await send('POST', '/notes', {}, content);
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(await refused.json()).toMatchObject({ detail });
  });

  it('refuses more than 1 MiB with 413, and keeps a lone surrogate', async () => {
    expect((await send('POST', '/notes', {}, { ...note, text: 'x'.repeat(1024 * 1024) })).status).toBe(413);
    const odd = await send('POST', '/notes', {}, '{"title":"\\ud800","text":""}');
    expect(odd.status).toBe(201);
    expect((await send('GET', odd.headers.get('location') as string)).status).toBe(200);
  });
});

describe('writes', () => {
  it('PUT wants a precondition, and loses to who came first', async () => {
    const tag = await createNote();
    expect((await send('PUT', '/notes/1', {}, note)).status).toBe(428);
    const saved = await send('PUT', '/notes/1', { 'If-Match': tag }, { title: 'c', text: 'd' });
    expect(await saved.json()).toMatchObject({ title: 'c' });
    // RFC 9110 §9.3.4: the server sets updatedAt, so the content was not stored as sent
    expect([saved.status, saved.headers.get('etag')]).toEqual([200, null]);
    const stale = await send('PUT', '/notes/1', { 'If-Match': tag }, note);
    const current = (await send('GET', '/notes/1')).headers.get('etag');
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, current]);
    expect(await stale.json()).toMatchObject({ field: 'if-match', reason: 'no-match', current });
  });

  it('PUT creates only where nothing is, and does not revive what is gone', async () => {
    const tag = await createNote();
    const exists = await send('PUT', '/notes/1', { 'If-None-Match': '*' }, note);
    expect(await exists.json()).toMatchObject({ status: 412, reason: 'exists', current: tag });
    expect((await send('PUT', '/notes/2', { 'If-Match': tag }, note)).status).toBe(412);
    expect((await send('PUT', '/notes/1', { 'If-Match': 'malformed' }, note)).status).toBe(412);
  });

  it('PATCH changes some fields, and says the new version', async () => {
    const tag = await createNote();
    const patched = await send('PATCH', '/notes/1', { 'If-Match': tag }, { title: 'c' });
    expect(await patched.json()).toMatchObject({ title: 'c', text: 'b' });
    expect((await send('GET', '/notes/1')).headers.get('etag')).toBe(patched.headers.get('etag'));
    expect((await send('PATCH', '/notes/1', { 'If-Match': tag }, { title: 'd' })).status).toBe(412);
    expect((await send('PATCH', '/notes/1', {}, { title: 'd' })).status).toBe(428);
    expect((await send('PATCH', '/notes/9', { 'If-Match': tag }, { title: 'd' })).status).toBe(404);
    expect((await send('PATCH', '/notes/1', { 'If-Match': tag }, { title: null })).status).toBe(400);
  });

  it('DELETE guards too, and no old tag fits what is created again', async () => {
    const tag = await createNote();
    expect((await send('DELETE', '/notes/1')).status).toBe(428);
    expect((await send('DELETE', '/notes/1', { 'If-Match': '"v9.9"' })).status).toBe(412);
    expect((await send('DELETE', '/notes/1', { 'If-Match': tag })).status).toBe(204);
    expect((await send('DELETE', '/notes/1', { 'If-Match': tag })).status).toBe(404);
    expect(await createNote()).not.toBe(tag);
    expect((await send('PUT', '/notes/1', { 'If-Match': tag }, note)).status).toBe(412);
  });
});
