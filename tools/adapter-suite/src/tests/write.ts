import { replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { oneOf, outcome, PreconditionFailedError, refused } from '@etag/core';
import { describe, expect, it, vi } from 'vitest';
import type { Boot, Reply } from '../application.ts';
import { serveOne } from '../client.ts';

const WRITES = ['PUT', 'POST', 'PATCH', 'DELETE'];

/** Writes that are refused, and writes through a store. */
export function writeTests(boot: Boot, isComposed: boolean): void {
  describe('precondition({ current, require })', () => {
    it.each<[what: string, headers: Record<string, string>, status: number, reason: string]>([
      ['no precondition', {}, 428, 'required'],
      ['a date alone', { 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }, 428, 'required'],
      ['a stale tag', { 'if-match': '"v6"' }, 412, 'no-match'],
      ['a weak tag', { 'if-match': 'W/"v7"' }, 412, 'weak'],
      ['an unquoted tag', { 'if-match': 'v7' }, 412, 'malformed'],
      ['what must not exist', { 'if-none-match': '*' }, 412, 'exists'],
    ])('refuses %s before the handler', async (_, headers, status, reason) => {
      const handle = vi.fn((): Reply => ({ text: 'saved' }));
      const ask = await serveOne(boot, { current: async () => ({ etag: '"v7"' }), require: true, handle });
      for (const method of WRITES) {
        const refused = await ask(headers, method);
        expect([refused.status, refused.etag, refused.json().reason]).toEqual([
          status,
          status === 412 ? '"v7"' : '',
          reason,
        ]);
        expect(refused.headers.get('content-type')).toBe('application/problem+json');
      }
      expect(handle).not.toHaveBeenCalled();
    });

    it.each(['"v7"', '"v7-gzip"', '"v6", "v7"', '*'])('lets If-Match: %s through', async (tag) => {
      const ask = await serveOne(boot, {
        current: () => ({ etag: '"v7"' }),
        require: true,
        handle: () => ({ text: 'saved' }),
      });
      for (const method of WRITES) expect((await ask({ 'if-match': tag }, method)).text).toBe('saved');
    });

    it('§13.2.1 says 412 to a PUT and 404 to a PATCH of what does not exist', async () => {
      const ask = await serveOne(boot, { current: () => null, handle: () => ({ text: 'saved' }) });
      const statuses = WRITES.map(async (method) => (await ask({ 'if-match': '"v7"' }, method)).status);
      expect(await Promise.all(statuses)).toEqual([412, 412, 404, 404]);
      expect((await ask({ 'if-none-match': '*' }, 'PUT')).text).toBe('saved');
    });

    it('keeps the fields that were set before, as those of CORS', async () => {
      const ask = await serveOne(
        boot,
        { current: () => ({ etag: '"v7"' }), handle: () => ({ text: 'saved' }) },
        { before: () => ({ response: { 'access-control-allow-origin': '*', 'x-request-id': '7' } }) },
      );
      const { status, headers } = await ask({ 'if-match': '"v6"' }, 'PUT');
      expect([status, headers.get('access-control-allow-origin'), headers.get('x-request-id')]).toEqual([
        412,
        '*',
        '7',
      ]);
    });

    // What stands around a fetch-style handler sets its fields afterwards.
    it.skipIf(isComposed)('loses what was said of the representation, whichever part refuses', async () => {
      const said = {
        'cache-control': 'max-age=60',
        'content-language': 'de',
        'content-location': '/note',
        etag: '"before"',
        'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      };
      const before = () => ({ response: { ...said, 'access-control-allow-origin': '*' } });
      const handle = () => ({ text: 'saved' });
      const stale = async () => refused(oneOf('6'), { version: '7' });
      const contended = async () => outcome({ kind: 'contended' });
      for (const resource of [{ current: () => ({ etag: '"v7"' as const }) }, { write: stale }, { write: contended }]) {
        const ask = await serveOne(boot, { ...resource, handle }, { before });
        const { status, etag, headers } = await ask({ 'if-match': '"v6"' }, 'PUT');
        expect([status, etag]).toEqual('write' in resource && resource.write === contended ? [503, ''] : [412, '"v7"']);
        const { etag: _, ...others } = said;
        expect(Object.keys(others).filter((name) => headers.has(name))).toEqual([]);
        expect(headers.get('access-control-allow-origin')).toBe('*');
      }
    });

    it.each<[what: string, current: () => never]>([
      [
        'throws',
        () => {
          throw new Error('database');
        },
      ],
      ['rejects', () => Promise.reject(new Error('database')) as never],
      ['gives what is not a state', () => ({ etag: 'v7' }) as never],
    ])('fails closed where current %s', async (_, current) => {
      const handle = vi.fn((): Reply => ({ text: 'saved' }));
      const ask = await serveOne(boot, { current, handle });
      for (const headers of [{}, { 'if-match': '"v7"' }]) {
        expect((await ask(headers as Record<string, string>, 'PUT')).status).toBe(500);
      }
      expect(handle).not.toHaveBeenCalled();
    });
  });

  describe('an error that a handler throws', () => {
    it('becomes a refusal, without what the handler said of its representation', async () => {
      const request = { method: 'GET', headers: { 'if-match': '"v6"' } };
      const error = new PreconditionFailedError(
        request,
        { field: 'if-match', reason: 'no-match' },
        { etag: '"v8\xe9"' },
      );
      const ask = await serveOne(boot, {
        current: () => ({ etag: '"v7"', lastModified: 0 }),
        handle: () => Promise.reject(error),
      });
      const refused = await ask();
      expect([refused.status, refused.etag, refused.headers.get('content-type')]).toEqual([
        412,
        '"v8\xe9"',
        'application/problem+json',
      ]);
      expect([refused.headers.has('last-modified'), refused.json()]).toMatchObject([false, { current: '"v8\xe9"' }]);
    });

    it('that is not one of ours is left to the framework', async () => {
      const ask = await serveOne(boot, { handle: () => Promise.reject(new Error('broken')) });
      for (const method of ['GET', 'PUT']) expect((await ask({ 'if-match': '"v6"' }, method)).status).toBe(500);
    });
  });

  describe('expectation() and respond()', () => {
    async function serveNote() {
      const notes = memoryStore<{ text: string }>();
      const ask = await serveOne(boot, {
        require: true,
        handle: async () => {
          const state = await notes.state('1');
          const json = (await notes.get('1'))?.value;
          return state ? { json, headers: { etag: state.etag ?? '' } } : { status: 404, text: 'gone' };
        },
        write: async (expected, { method, url }) => {
          const text = new URL(url, 'http://localhost').searchParams.get('text') ?? '';
          return method === 'DELETE' ? notes.delete('1', expected) : replace(notes, '1', { text }, expected);
        },
      });
      const put = (text: string, headers: Record<string, string>) => ask(headers, 'PUT', `/?text=${text}`);
      return { notes, ask, put };
    }

    it('carry the precondition to the store, and its outcome back', async () => {
      const { notes, ask, put } = await serveNote();
      const required = await put('a', {});
      expect([required.status, required.headers.get('content-type')]).toEqual([428, 'application/problem+json']);
      expect((await put('a', { 'if-match': '"v1"' })).json()).toMatchObject({ status: 412, reason: 'absent' });

      const created = await put('a', { 'if-none-match': '*' });
      expect([created.status, created.json()]).toEqual([201, { text: 'a' }]);
      expect(created.headers.get('content-type')).toMatch(/^application\/json/);
      expect(created.etag).toBe((await ask()).etag);
      expect((await put('b', { 'if-none-match': '*' })).json()).toMatchObject({
        status: 412,
        field: 'if-none-match',
        reason: 'exists',
        current: created.etag,
      });

      const updated = await put('b', { 'if-match': created.etag });
      expect([updated.status, updated.json()]).toEqual([200, { text: 'b' }]);
      const stale = await put('c', { 'if-match': created.etag });
      expect([stale.status, stale.etag, stale.headers.get('content-type')]).toEqual([
        412,
        updated.etag,
        'application/problem+json',
      ]);
      expect(stale.json()).toMatchObject({ field: 'if-match', reason: 'no-match', current: updated.etag });
      expect((await put('c', { 'if-match': 'unquoted' })).json()).toMatchObject({ status: 412, reason: 'malformed' });
      expect((await notes.get('1'))?.value).toEqual({ text: 'b' });

      const deleted = await ask({ 'if-match': updated.etag }, 'DELETE');
      expect([deleted.status, deleted.text, deleted.headers.has('content-type')]).toEqual([204, '', false]);
      expect((await ask({ 'if-match': '*' }, 'DELETE')).json()).toMatchObject({ status: 404, reason: 'absent' });
    });

    it('let one of many writers win', async () => {
      const { put } = await serveNote();
      const race = async (headers: Record<string, string>) => {
        const answers = await Promise.all(Array.from({ length: 20 }, (_, text) => put(`${text}`, headers)));
        return answers.map(({ status }) => status).filter((status) => status !== 412);
      };
      expect(await race({ 'if-none-match': '*' })).toEqual([201]);
      const { etag } = await put('a', { 'if-match': '*' });
      expect(await race({ 'if-match': etag })).toEqual([200]);
    });
  });

  it('RFC 6585 §3 need a precondition in the whole application where it says so', async () => {
    const ask = await serveOne(boot, { handle: () => ({ text: 'content' }) }, { require: true });
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const refused = await ask({}, method);
      expect([refused.status, refused.json().reason]).toEqual([428, 'required']);
      expect((await ask({ 'if-match': '"v7"' }, method)).status).toBe(200);
      expect((await ask({ 'if-none-match': '*' }, method)).status).toBe(200);
      // What cannot be read guards nothing.
      const malformed = await ask({ 'if-match': 'v7' }, method);
      expect([malformed.status, malformed.json().reason]).toEqual([412, 'malformed']);
    }
    for (const method of ['GET', 'POST']) expect((await ask({}, method)).status).toBeLessThan(300);
  });
}
