import { replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { isEtagError, outcome } from '@etag/core';
import Koa, { type Context } from 'koa';
import Koa2 from 'koa2';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { serve } from '../test/boot.ts';
import { etag, expectation, precondition, respond } from './index.ts';

async function listen(app: Koa) {
  const server = await serve(app);
  onTestFinished(server.close);
  return (method: string, headers: Record<string, string> = {}) =>
    fetch(`${server.origin}/notes/1`, { method, headers });
}

describe.each([
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
])('%s', (_, Application) => {
  it('carries the expectation to the store, and the outcome back', async () => {
    const notes = memoryStore<{ text: string }>();
    const app = new Application();
    app.use(async (ctx) => {
      const expected = expectation(ctx, { require: true });
      if (ctx.method === 'DELETE') return respond(ctx, await notes.delete(ctx.path, expected));
      respond(ctx, await replace(notes, ctx.path, { text: 'hello' }, expected), { storedAsSent: true });
    });
    const send = await listen(app);

    const unguarded = await send('PUT');
    expect([unguarded.status, unguarded.statusText]).toEqual([428, 'Precondition Required']);
    expect(unguarded.headers.get('content-type')).toBe('application/problem+json');
    expect(await unguarded.json()).toMatchObject({ status: 428, reason: 'required' });

    const created = await send('PUT', { 'If-None-Match': '*' });
    expect([created.status, created.headers.get('content-type')]).toEqual([201, 'application/json']);
    expect(await created.json()).toEqual({ text: 'hello' });
    const tag = created.headers.get('etag') ?? '';

    const updated = await send('PUT', { 'If-Match': tag });
    expect(updated.status).toBe(200);
    const stale = await send('PUT', { 'If-Match': tag });
    expect([stale.status, stale.headers.get('content-type')]).toEqual([412, 'application/problem+json']);
    expect(stale.headers.get('etag')).toBe(updated.headers.get('etag'));
    expect(await stale.json()).toMatchObject({ field: 'if-match', current: updated.headers.get('etag') });
    expect((await send('PUT', { 'If-Match': 'unquoted' })).status).toBe(412);

    const deleted = await send('DELETE', { 'If-Match': updated.headers.get('etag') ?? '' });
    expect([deleted.status, deleted.headers.has('content-type'), await deleted.text()]).toEqual([204, false, '']);
    const missing = await send('DELETE', { 'If-Match': '*' });
    expect([missing.status, (await missing.json()).reason]).toEqual([404, 'absent']);
  });

  it('takes nothing but an outcome', async () => {
    const app = new Application();
    app.silent = true;
    app.use((ctx) => respond(ctx, { kind: 'updated', version: '7', value: 'a' } as never));
    expect((await (await listen(app))('PUT')).status).toBe(500);
  });

  it('keeps the status of an outcome whose value is null', async () => {
    const app = new Application();
    app.use((ctx) => respond(ctx, outcome({ kind: 'created', version: '7', value: null })));
    const created = await (await listen(app))('POST');
    expect([created.status, created.headers.get('etag'), await created.text()]).toEqual([201, '"v7"', 'null']);
  });
});

describe('refusals', () => {
  const guarded = (handler = vi.fn()) => {
    return { handler, middleware: precondition({ current: () => ({ etag: '"v7"' }), require: true }) };
  };

  it('come before the handler', async () => {
    const { handler, middleware } = guarded(
      vi.fn((ctx: Context) => {
        ctx.status = 204;
      }),
    );
    const send = await listen(new Koa().use(middleware).use(handler));
    expect((await send('PUT')).status).toBe(428);
    expect((await send('PUT', { 'If-Match': '"v6"' })).status).toBe(412);
    expect(handler).not.toHaveBeenCalled();
    expect((await send('PUT', { 'If-Match': '"v7-gzip"' })).status).toBe(204);
    expect(handler).toHaveBeenCalledOnce();
  });

  it('are no errors of the application', async () => {
    const app = new Koa().use(etag()).use(guarded().middleware);
    const error = vi.fn();
    app.on('error', error);
    expect((await (await listen(app))('PUT')).status).toBe(428);
    expect(error).not.toHaveBeenCalled();
  });

  it('leave other errors to Koa', async () => {
    const app = new Koa().use(etag()).use((ctx) => ctx.throw(418, 'short and stout'));
    const error = vi.fn();
    app.on('error', error);
    const refused = await (await listen(app))('GET');
    expect([refused.status, await refused.text()]).toEqual([418, 'short and stout']);
    expect(error).toHaveBeenCalledOnce();
  });

  it('come to a handler of the application first, wherever it stands', async () => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        if (!isEtagError(error)) throw error;
        ctx.status = 409;
        ctx.body = error.code;
      }
    });
    app.use(etag()).use(guarded().middleware);
    const refused = await (await listen(app))('PUT', { 'If-Match': '"v6"' });
    expect([refused.status, await refused.text()]).toEqual([409, 'ETAG_PRECONDITION_FAILED']);
  });

  it('keep the fields that were set, and carry those that a middleware gave the error', async () => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      ctx.set({ 'x-request-id': '7', vary: 'Origin', 'cache-control': 'max-age=60' });
      try {
        await next();
      } catch (error) {
        const { headers } = error as { headers: object };
        throw Object.assign(error as object, { headers: { ...headers, 'access-control-allow-origin': '*' } });
      }
    });
    app.use(guarded().middleware);
    const { headers } = await (await listen(app))('PUT', { 'If-Match': '"v6"' });
    expect([headers.get('access-control-allow-origin'), headers.get('etag')]).toEqual(['*', '"v7"']);
    expect([headers.get('x-request-id'), headers.get('vary'), headers.has('cache-control')]).toEqual([
      '7',
      'Origin',
      false,
    ]);
  });

  it('of a finished response come to a handler of the application without what was said of it', async () => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      ctx.set('access-control-allow-origin', '*');
      try {
        await next();
      } catch (error) {
        ctx.status = isEtagError(error) ? 409 : 500;
        ctx.body = 'of its own';
      }
    });
    app.use(etag()).use((ctx) => {
      ctx.set({ etag: '"v7"', 'content-encoding': 'gzip', 'cache-control': 'max-age=60', trailer: 'x' });
      ctx.body = 'content';
    });
    const refused = await (await listen(app))('GET', { 'If-Match': '"v6"' });
    expect([refused.status, await refused.text()]).toEqual([409, 'of its own']);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    for (const name of ['etag', 'content-encoding', 'cache-control', 'trailer']) {
      expect(refused.headers.has(name)).toBe(false);
    }
  });

  it.each([
    ['Koa 3', Koa],
    ['Koa 2', Koa2],
  ])('are answered whatever they carry: %s', async (_, Application) => {
    const rejected = vi.fn();
    process.on('unhandledRejection', rejected);
    onTestFinished(() => void process.off('unhandledRejection', rejected));
    const app = new Application();
    app.silent = true;
    app.use(async (_ctx, next) => {
      try {
        await next();
      } catch (error) {
        throw Object.assign(error as object, { headers: { 'x-title': 'café €' } });
      }
    });
    app.use(guarded().middleware);
    expect((await (await listen(app))('PUT', { 'If-Match': '"v6"' })).status).toBe(500);
    const title = 'café €';
    const broken = new Application().use(precondition({ current: () => ({ etag: `"${title}"` }) }));
    broken.silent = true;
    expect((await (await listen(broken))('PUT', { 'If-Match': '"x"' })).status).toBe(500);
    await new Promise(setImmediate);
    expect(rejected).not.toHaveBeenCalled();
  });

  it('need `current` from the start', () => {
    expect(() => precondition(undefined as never)).toThrow(/precondition\(\) needs \{ current \}/);
  });

  it('are left to Koa once the head is sent', async () => {
    const app = new Koa();
    const error = vi.fn();
    app.on('error', error);
    app.use((ctx) => {
      ctx.res.write('a');
      expectation(ctx, { require: true });
    });
    const send = await listen(app);
    const sent = send('PUT').then((response) => response.body?.cancel());
    await vi.waitFor(() => expect(error).toHaveBeenCalledOnce());
    await sent;
  });
});
