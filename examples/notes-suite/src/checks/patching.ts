import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer, Api } from '../api.ts';
import type { Checks } from '../check.ts';

function patch(api: Api, path: string, headers: Record<string, string>, content: unknown): Promise<Answer> {
  return api.send('PATCH', path, { 'Content-Type': 'application/merge-patch+json', ...headers }, content);
}

/** `PATCH /notes/:id` */
export const patching: Checks = {
  'PATCH changes the fields that it names, and says the new version': async (api) => {
    const { path, tag } = await api.create();
    const patched = await patch(api, path, { 'If-Match': tag }, { title: 'second' });
    expect(patched.status).toBe(200);
    expect(patched.json).toMatchObject({ title: 'second', text: 'one' });
    expect(patched.etag).toBe(await api.tag(path));
    expect((await api.send('GET', path)).json).toEqual(patched.json);
    const again = await patch(api, path, { 'If-Match': patched.etag }, { text: 'two' });
    expect(again.json).toMatchObject({ title: 'second', text: 'two' });
  },

  'PATCH with an old tag is 412, has the current one, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    const { etag } = await patch(api, path, { 'If-Match': tag }, { title: 'second' });
    const stale = await patch(api, path, { 'If-Match': tag }, { title: 'lost' });
    expect([stale.problem, stale.etag, stale.json.current]).toEqual([412, etag, etag]);
    expect((await api.send('GET', path)).json.title).toBe('second');
  },

  'PATCH without a precondition is 428': async (api) => {
    const { path } = await api.create();
    expect((await patch(api, path, {}, { title: 'second' })).problem).toBe(428);
  },

  'PATCH with If-None-Match: * is 412 where something is': async (api) => {
    const { path, tag } = await api.create();
    const exists = await patch(api, path, { 'If-None-Match': '*' }, { title: 'second' });
    expect([exists.problem, exists.etag]).toEqual([412, tag]);
  },

  // RFC 9110 §13.2.1: what would be a 404 without the precondition stays one
  'PATCH of what is not there is 404': async (api) => {
    const path = `/notes/${randomUUID()}`;
    for (const value of ['"other"', '*']) {
      expect((await patch(api, path, { 'If-Match': value }, { title: 'second' })).problem).toBe(404);
    }
  },

  'PATCH with a malformed If-Match is 412': async (api) => {
    const { path, tag } = await api.create();
    expect((await patch(api, path, { 'If-Match': tag.slice(1) }, { title: 'second' })).problem).toBe(412);
  },

  'PATCH with what is no field of a note is 400, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    for (const content of ['{', '[]', '{"title":null}', '{"text":1}']) {
      expect([content, (await patch(api, path, { 'If-Match': tag }, content)).problem]).toEqual([content, 400]);
    }
    expect(await api.tag(path)).toBe(tag);
  },

  'PATCH of more than 1 MiB is 413, and writes nothing': async (api) => {
    const { path, tag } = await api.create();
    expect((await patch(api, path, { 'If-Match': tag }, { text: 'x'.repeat(1024 * 1024) })).problem).toBe(413);
    expect(await api.tag(path)).toBe(tag);
  },
};
