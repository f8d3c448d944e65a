import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Checks } from '../check.ts';

const second = { title: 'second', text: 'two' };

/** `PUT /notes/:id` */
export const replacing: Checks = {
  'PUT with the current tag stores the note': async (api) => {
    const { path, tag } = await api.create();
    const before = (await api.send('GET', path)).json;
    const saved = await api.send('PUT', path, { 'If-Match': tag }, second);
    expect(saved.status).toBe(200);
    expect(saved.json).toEqual({ ...before, ...second, updatedAt: expect.any(String) });
    expect(saved.json.updatedAt >= before.updatedAt).toBe(true);
    expect((await api.send('GET', path)).json).toEqual(saved.json);
  },

  // RFC 9110 §9.3.4: the server sets updatedAt, so the content was not stored as sent
  'PUT answers without a validator, 200 and 201 alike': async (api) => {
    const { path, tag } = await api.create();
    const updated = await api.send('PUT', path, { 'If-Match': tag }, second);
    const created = await api.send('PUT', `/notes/${randomUUID()}`, { 'If-None-Match': '*' }, second);
    expect([updated.status, created.status]).toEqual([200, 201]);
    for (const { headers } of [updated, created]) {
      expect([headers.etag, headers['last-modified']]).toEqual([undefined, undefined]);
    }
  },

  'PUT with an old tag is 412, has the current one, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    await api.put(path, { 'If-Match': tag }, second);
    const stale = await api.send('PUT', path, { 'If-Match': tag }, { title: 'lost', text: '' });
    const current = await api.tag(path);
    expect([stale.problem, stale.etag]).toEqual([412, current]);
    expect(stale.json).toMatchObject({ field: 'if-match', reason: 'no-match', current });
    expect((await api.send('GET', path)).json).toMatchObject(second);
  },

  'PUT without a precondition is 428, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    expect((await api.send('PUT', path, {}, second)).problem).toBe(428);
    expect((await api.send('PUT', `/notes/${randomUUID()}`, {}, second)).problem).toBe(428);
    expect(await api.tag(path)).toBe(tag);
  },

  // RFC 9110 §8.8.2.2: two writes within one second would both pass
  'PUT with a date alone is 428': async (api) => {
    const { path } = await api.create();
    const { 'last-modified': modified } = (await api.send('GET', path)).headers;
    expect((await api.send('PUT', path, { 'If-Unmodified-Since': modified }, second)).problem).toBe(428);
  },

  'PUT with If-None-Match: * creates under the id in the path': async (api) => {
    const id = `${randomUUID()} ü,"1"`;
    const path = `/notes/${encodeURIComponent(id)}`;
    const created = await api.send('PUT', path, { 'If-None-Match': '*' }, { ...second, id: 'other' });
    expect([created.status, created.json.id]).toEqual([201, id]);
    expect((await api.send('GET', path)).json).toEqual(created.json);
  },

  'PUT with If-None-Match: * a second time is 412, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    const exists = await api.send('PUT', path, { 'If-None-Match': '*' }, second);
    expect([exists.problem, exists.etag]).toEqual([412, tag]);
    expect(exists.json).toMatchObject({ field: 'if-none-match', reason: 'exists', current: tag });
    expect(await api.tag(path)).toBe(tag);
  },

  'PUT with If-Match on what is not there is 412, and creates nothing': async (api) => {
    const { tag } = await api.create();
    const path = `/notes/${randomUUID()}`;
    for (const value of [tag, '"other"', '*']) {
      const missing = await api.send('PUT', path, { 'If-Match': value }, second);
      expect([value, missing.problem, missing.etag]).toEqual([value, 412, '']);
    }
    expect((await api.send('GET', path)).status).toBe(404);
  },

  'PUT with If-Match: * or a list with the current tag goes through': async (api) => {
    const { path, tag } = await api.create();
    expect((await api.send('PUT', path, { 'If-Match': `"other", ${tag}` }, second)).status).toBe(200);
    expect((await api.send('PUT', path, { 'If-Match': '*' }, second)).status).toBe(200);
  },

  'PUT with a malformed If-Match is 412, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    for (const value of [tag.slice(1, -1), tag.slice(0, -1), `foo${tag}bar`, `${tag} ${tag}`, `*, ${tag}`]) {
      expect([value, (await api.send('PUT', path, { 'If-Match': value }, second)).problem]).toEqual([value, 412]);
    }
    expect(await api.tag(path)).toBe(tag);
  },

  // RFC 9110 §13.1.1: the strong comparison
  'PUT with the weak form of the current tag is 412': async (api) => {
    const { path, tag } = await api.create();
    const weak = await api.send('PUT', path, { 'If-Match': `W/${tag}` }, second);
    expect([weak.problem, weak.json.reason, weak.etag]).toEqual([412, 'weak', tag]);
  },

  'PUT of what is no note is 400, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    for (const content of ['{', '[]', '{"title":"a"}', '{"title":"a","text":{}}']) {
      expect([content, (await api.send('PUT', path, { 'If-Match': tag }, content)).problem]).toEqual([content, 400]);
    }
    expect(await api.tag(path)).toBe(tag);
  },

  'PUT of more than 1 MiB is 413, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    const note = { title: '', text: 'x'.repeat(1024 * 1024) };
    expect((await api.send('PUT', path, { 'If-Match': tag }, note)).problem).toBe(413);
    expect(await api.tag(path)).toBe(tag);
  },
};
