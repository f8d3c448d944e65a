import { isEtagError, PreconditionFailedError } from '@etag/core';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { describe, expect, it, vi } from 'vitest';
import { etag, precondition } from './index.ts';

describe('errors', () => {
  const app = () =>
    new Hono()
      .use(cors())
      .put('/', precondition({ current: () => ({ etag: '"v7"' }), require: true }), (c) => c.text('saved'));
  const put = (app: Hono, headers: Record<string, string>) => app.request('/', { method: 'PUT', headers });

  it('become problem details by Hono’s own handler, with the fields set before them', async () => {
    const stale = await put(app(), { 'If-Match': '"v6"' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"v7"']);
    expect(stale.headers.get('content-type')).toBe('application/problem+json');
    expect(stale.headers.get('access-control-allow-origin')).toBe('*');
    expect(await stale.json()).toMatchObject({ field: 'if-match', reason: 'no-match', current: '"v7"' });
    expect((await put(app(), {})).status).toBe(428);
    expect(await (await put(app(), { 'If-Match': '"v7"' })).text()).toBe('saved');
  });

  it('come to the application’s handler first', async () => {
    const seen: unknown[] = [];
    const custom = app().onError((error, c) => {
      seen.push(error);
      return c.text(isEtagError(error) ? error.code : 'else', 409);
    });
    const answered = await put(custom, { 'If-Match': '"v6"' });
    expect([answered.status, await answered.text()]).toEqual([409, 'ETAG_PRECONDITION_FAILED']);
    expect(seen[0]).toBeInstanceOf(PreconditionFailedError);
  });

  it('do not run the handler', async () => {
    const save = vi.fn(() => new Response('saved'));
    const guarded = new Hono().put('/', precondition({ current: () => ({ etag: '"v7"' }) }), save);
    expect((await put(guarded, { 'If-Match': '"v6"' })).status).toBe(412);
    expect(save).not.toHaveBeenCalled();
  });

  const representation = { 'Cache-Control': 'max-age=60', Expires: 'Thu, 01 Jan 2026 00:00:00 GMT' };
  const modified = { 'Last-Modified': 'Sun, 06 Nov 1994 08:49:38 GMT' };
  const kept = { 'Access-Control-Allow-Origin': '*', 'X-Request-Id': '7', Vary: 'Origin' };
  const stale = { 'If-Match': '"v6"', 'If-Unmodified-Since': 'Sun, 06 Nov 1994 08:49:37 GMT' };
  const namesOf = (fields: object) => Object.keys(fields).map((name) => name.toLowerCase());

  it.each<[string, (app: Hono) => Hono]>([
    ['a finished response', (app) => app.get('/', (c) => c.text('content', 200, { ...modified, ETag: '"v7"' }))],
    ['a state', (app) => app.get('/', etag({ current: () => ({ etag: '"v7"' }) }), (c) => c.text('content'))],
    ['a guard', (app) => app.get('/', precondition({ current: () => ({ etag: '"v7"' }) }), (c) => c.text('content'))],
  ])('keep what is not said of the representation: of %s', async (_, mount) => {
    const refusing = new Hono().use(etag());
    refusing.use(async (c, next) => {
      for (const [name, value] of Object.entries({ ...representation, ...kept })) c.header(name, value);
      await next();
    });
    const refused = await mount(refusing).request('/', { headers: stale });
    expect([refused.status, refused.headers.get('etag')]).toEqual([412, '"v7"']);
    const sent = [...refused.headers.keys()].sort();
    expect(sent).toEqual(['content-type', 'etag', ...namesOf(kept)].sort());
    expect(await refused.json()).toMatchObject({ status: 412, field: 'if-match', reason: 'no-match' });
  });

  it.each(['GET', 'PUT'])('have a tag that guards the next write, also after a compressor: %s', async (method) => {
    const current = () => ({ etag: '"v7"' }) as const;
    const compressed = new Hono().use(etag(), compress({ threshold: 0 }));
    compressed
      .get('/', etag({ current }), (c) => c.text('content'))
      .put('/', precondition({ current }), (c) => c.text('saved'));
    const headers = { 'If-Match': '"v6"', 'Accept-Encoding': 'gzip' };
    const refused = await compressed.request('/', { method, headers });
    expect([refused.status, refused.headers.get('content-encoding')]).toEqual([412, 'gzip']);
    expect(refused.headers.get('etag')).toBe('"v7"');
  });

  it('of a finished response lose a tag that is not one', async () => {
    const app = new Hono().use(etag()).get('/', (c) => c.text('content', 200, { ...modified, ETag: 'v7' }));
    const headers = { 'If-Unmodified-Since': stale['If-Unmodified-Since'] };
    const refused = await app.request('/', { headers });
    expect([refused.status, refused.headers.get('etag')]).toEqual([412, null]);
  });
});

it('needs to know how the validators are found', () => {
  for (const options of [undefined, {}, { current: '"v7"' }]) {
    expect(() => precondition(options as never)).toThrow(/current/);
  }
});
