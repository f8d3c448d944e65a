import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Checks } from '../check.ts';

const origin = { Origin: 'https://elsewhere.example' };

/** The names that a field lists, in lower case. */
function names(value: string | undefined): string[] {
  return (value ?? '').toLowerCase().split(/[\s,]+/);
}

/** CORS: what a page of another origin may do and see. */
export const sharing: Checks = {
  'a preflight allows the methods and fields of a conditional write': async (api) => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const preflight = await api.send('OPTIONS', '/notes/1', {
        ...origin,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'content-type,if-match,if-none-match',
      });
      expect([200, 204]).toContain(preflight.status);
      expect(preflight.headers['access-control-allow-origin']).toBe('*');
      expect(names(preflight.headers['access-control-allow-methods'])).toContain(method.toLowerCase());
      const allowed = names(preflight.headers['access-control-allow-headers']);
      expect(allowed).toEqual(expect.arrayContaining(['content-type', 'if-match', 'if-none-match']));
    }
  },

  'a page may read the tag of every success, and Location': async (api) => {
    const { path, tag } = await api.create();
    const answers = [
      await api.send('GET', path, origin),
      await api.send('GET', path, { ...origin, 'If-None-Match': tag }),
      await api.send('GET', '/notes', origin),
      await api.send('POST', '/notes', origin, { title: 'a', text: 'b' }),
      await api.send('PATCH', path, { ...origin, 'If-Match': tag }, { title: 'b' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 304, 200, 201, 200]);
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(names(headers['access-control-expose-headers'])).toEqual(expect.arrayContaining(['etag', 'location']));
    }
  },

  'a page may read a refusal: 400, 404, 412, 428, and the current tag in it': async (api) => {
    const { path, tag } = await api.create();
    const answers = [
      await api.send('POST', '/notes', origin, '{'),
      await api.send('GET', `/notes/${randomUUID()}`, origin),
      await api.send('PUT', path, { ...origin, 'If-Match': '"other"' }, { title: 'a', text: 'b' }),
      await api.send('PUT', path, { ...origin, 'If-Match': 'malformed' }, { title: 'a', text: 'b' }),
      await api.send('GET', path, { ...origin, 'If-Match': '"other"' }),
      await api.send('PUT', path, origin, { title: 'a', text: 'b' }),
    ];
    expect(answers.map(({ problem }) => problem)).toEqual([400, 404, 412, 412, 412, 428]);
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(names(headers['access-control-expose-headers'])).toContain('etag');
    }
    expect([answers[2]?.etag, answers[4]?.etag]).toEqual([tag, tag]);
  },
};
