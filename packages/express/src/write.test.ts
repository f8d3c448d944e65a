import { replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { outcome, PreconditionFailedError, versionTag } from '@etag/core';
import express, { type ErrorRequestHandler, type Express } from 'express';
// @ts-expect-error: it brings no types
import express4 from 'express4';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../test/boot.ts';
import { errors, etag, expectation, precondition, respond } from './index.ts';

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(app: Express) {
  const server = await listen(app);
  servers.push(server);
  return (path: string, init: RequestInit = {}) => fetch(server.origin + path, init);
}

const makers: { name: string; make: () => Express }[] = [
  { name: 'Express 5', make: () => express() },
  { name: 'Express 4', make: () => express4() },
];

it('writes to a store: 428, 201, 412, 200', async () => {
  const notes = memoryStore<{ text: string }>();
  const app = express().use(express.json());
  app.put('/notes/:id', async (req, res) => {
    respond(res, await replace(notes, req.params.id, req.body, expectation(req, { require: true })));
  });
  app.get('/notes/:id', async (req, res) => {
    const note = await notes.get(req.params.id);
    res.set('ETag', versionTag(note?.version ?? '')).json(note?.value);
  });
  app.use(errors());
  const ask = await serve(app);
  const put = (text: string, headers: Record<string, string>) =>
    ask('/notes/1', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ text }),
    });

  const required = await put('hello', {});
  expect([required.status, required.headers.get('content-type')]).toEqual([428, 'application/problem+json']);
  const created = await put('hello', { 'If-None-Match': '*' });
  expect([created.status, await created.json()]).toEqual([201, { text: 'hello' }]);
  // RFC 9110 §9.3.4: nothing says that the content was stored as sent. Express alone would make a tag of this response.
  expect(created.headers.get('etag')).toBeNull();
  const exists = await put('again', { 'If-None-Match': '*' });
  const { headers } = await ask('/notes/1');
  const tag = headers.get('etag') ?? '';
  expect([exists.status, exists.headers.get('etag')]).toEqual([412, tag]);
  expect(await exists.json()).toMatchObject({ field: 'if-none-match', reason: 'exists', current: tag });
  const malformed = await put('again', { 'If-Match': 'v1' });
  expect(malformed.status).toBe(412);
  const updated = await put('again', { 'If-Match': tag });
  expect([updated.status, await updated.json()]).toEqual([200, { text: 'again' }]);
  const stale = await put('too late', { 'If-Match': tag });
  expect([stale.status, (await stale.json()).reason]).toEqual([412, 'no-match']);
});

it('responds without content', async () => {
  const app = express();
  app.delete('/', (_req, res) => respond(res, outcome({ kind: 'deleted' })));
  const response = await (await serve(app))('/', { method: 'DELETE' });
  expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([204, '', null]);
});

describe.each(makers)('$name', ({ make }) => {
  const current = async () => ({ etag: '"v7"' }) as const;
  const stale = { method: 'PUT', headers: { 'If-Match': '"v6"' } };

  it('calls the handler only when the preconditions hold', async () => {
    let called = 0;
    const app = make().use(etag());
    app.put('/', precondition({ current, require: true }), (_req, res) => {
      called++;
      res.json({});
    });
    app.use(errors());
    const ask = await serve(app);
    const failed = await ask('/', stale);
    expect([failed.status, failed.headers.get('etag')]).toEqual([412, '"v7"']);
    expect(failed.headers.get('content-type')).toBe('application/problem+json');
    expect(await failed.json()).toMatchObject({ field: 'if-match', reason: 'no-match', current: '"v7"' });
    expect((await ask('/', { method: 'PUT' })).status).toBe(428);
    expect(called).toBe(0);
    expect((await ask('/', { method: 'PUT', headers: { 'If-Match': '"v7-gzip"' } })).status).toBe(200);
    expect(called).toBe(1);
  });

  it('answers PATCH and DELETE of what does not exist with 404', async () => {
    const app = make();
    app.all('/', precondition({ current: () => null }), (_req, res) => void res.json({}));
    app.use(errors());
    const ask = await serve(app);
    for (const method of ['PATCH', 'DELETE']) {
      expect((await ask('/', { method, headers: { 'If-Match': '"v6"' } })).status).toBe(404);
    }
  });

  it('passes on what current throws, even nothing: the handler does not run', async () => {
    let called = 0;
    const app = make().set('env', 'test');
    for (const [path, error] of Object.entries({ '/error': new Error('database'), '/nothing': undefined })) {
      app.put(path, precondition({ current: () => Promise.reject(error) }), (_req, res) => {
        called++;
        res.end();
      });
    }
    app.put(
      '/sync',
      precondition({
        current: () => {
          throw new Error('database');
        },
      }),
      (_req, res) => void res.end(),
    );
    app.use(errors());
    const ask = await serve(app);
    for (const path of ['/error', '/nothing', '/sync']) expect((await ask(path, { method: 'PUT' })).status).toBe(500);
    expect(called).toBe(0);
  });

  it('has the right status and tag without errors() too', async () => {
    const app = make().set('env', 'test');
    app.put('/', precondition({ current }), (_req, res) => void res.end());
    const response = await (await serve(app))('/', stale);
    expect([response.status, response.headers.get('etag')]).toEqual([412, '"v7"']);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('leaves refusals to an error handler that comes first, and other errors to the next one', async () => {
    const seen = vi.fn();
    const first: ErrorRequestHandler = (error, _req, res, next) => {
      seen(error.code);
      if (error.code !== 'ETAG_PRECONDITION_FAILED') return next(error);
      res.status(error.status).json({ mine: true });
    };
    const last: ErrorRequestHandler = (error, _req, res, _next) =>
      void res.status(500).json({ message: error.message });
    const app = make();
    app.put('/', precondition({ current }), (_req, res) => void res.end());
    app.put('/broken', () => {
      throw new Error('broken');
    });
    app.use(first, errors(), last);
    const ask = await serve(app);
    const refused = await ask('/', stale);
    expect([refused.status, await refused.json()]).toEqual([412, { mine: true }]);
    const broken = await ask('/broken', { method: 'PUT' });
    expect([broken.status, await broken.json()]).toEqual([500, { message: 'broken' }]);
    expect(seen.mock.calls).toEqual([['ETAG_PRECONDITION_FAILED'], [undefined]]);
  });

  it('sends a refusal that a handler throws, without what the handler said of its representation', async () => {
    const app = make().use(etag());
    app.get('/', etag({ current: () => ({ etag: '"v7"', lastModified: 0 }) }), (_req, res) => {
      res.set({ 'Cache-Control': 'max-age=60', 'Content-Language': 'en', 'Access-Control-Allow-Origin': '*' });
      const request = { method: 'GET', headers: {} };
      const failure = { field: 'if-match', reason: 'no-match' } as const;
      throw new PreconditionFailedError(request, failure, { etag: '"v8\xe9"' });
    });
    app.use(errors());
    const response = await (await serve(app))('/');
    expect(response.status).toBe(412);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      etag: '"v8\xe9"',
      'content-type': 'application/problem+json',
      'access-control-allow-origin': '*',
    });
    for (const name of ['cache-control', 'content-language', 'last-modified']) {
      expect(response.headers.get(name)).toBeNull();
    }
  });
});
