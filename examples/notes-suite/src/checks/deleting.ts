import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Checks } from '../check.ts';

/** `DELETE /notes/:id` */
export const deleting: Checks = {
  'DELETE with the current tag is 204, and the note is gone': async (api) => {
    const { path, tag } = await api.create();
    const deleted = await api.send('DELETE', path, { 'If-Match': tag });
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await api.send('GET', path)).status).toBe(404);
    expect((await api.send('GET', '/notes')).json).not.toContainEqual(
      expect.objectContaining({ id: path.slice('/notes/'.length) }),
    );
  },

  'DELETE with an old tag is 412, has the current one, and deletes nothing': async (api) => {
    const { path, tag } = await api.create();
    await api.put(path, { 'If-Match': tag }, { title: 'second', text: 'two' });
    const stale = await api.send('DELETE', path, { 'If-Match': tag });
    const current = await api.tag(path);
    expect([stale.problem, stale.etag, stale.json.current]).toEqual([412, current, current]);
  },

  'DELETE without a precondition is 428, and deletes nothing': async (api) => {
    const { path, tag } = await api.create();
    expect((await api.send('DELETE', path)).problem).toBe(428);
    expect(await api.tag(path)).toBe(tag);
  },

  'DELETE with a malformed If-Match is 412, and deletes nothing': async (api) => {
    const { path, tag } = await api.create();
    expect((await api.send('DELETE', path, { 'If-Match': tag.slice(1) })).problem).toBe(412);
    expect(await api.tag(path)).toBe(tag);
  },

  // RFC 9110 §13.2.1: what would be a 404 without the precondition stays one
  'DELETE of what is not there is 404': async (api) => {
    const path = `/notes/${randomUUID()}`;
    expect((await api.send('DELETE', path, { 'If-Match': '"other"' })).problem).toBe(404);
    expect((await api.send('DELETE', path, { 'If-Match': '*' })).problem).toBe(404);
  },

  'after DELETE and re-create under the same id no old tag fits again': async (api) => {
    const fields = { title: 'first', text: 'one' };
    const { path, tag } = await api.create(fields);
    const seen = new Set([tag]);
    for (let round = 0; round < 3; round++) {
      expect((await api.send('DELETE', path, { 'If-Match': await api.tag(path) })).status).toBe(204);
      await api.put(path, { 'If-None-Match': '*' }, fields);
      seen.add(await api.tag(path));
    }
    expect(seen.size).toBe(4);
    expect((await api.send('PUT', path, { 'If-Match': tag }, fields)).problem).toBe(412);
    expect((await api.send('DELETE', path, { 'If-Match': tag })).problem).toBe(412);
    expect((await api.send('GET', path, { 'If-None-Match': tag })).status).toBe(200);
  },
};
