import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { describe, expect, it } from 'vitest';
import { etag, expectation, respond } from './index.ts';

describe('expectation and respond', () => {
  const notes = memoryStore<{ text: string }>();
  const app = new Hono().use(etag());
  app.put('/:id', async (c) => {
    const outcome = await replace(notes, c.req.param('id'), await c.req.json(), expectation(c, { require: true }));
    return respond(c, outcome, { storedAsSent: true });
  });
  const put = (headers: Record<string, string>) =>
    app.request('/1', { method: 'PUT', headers, body: JSON.stringify({ text: 'a' }) });

  it('keep the current tag strong through compress()', async () => {
    const compressed = new Hono().use(compress()).route('/', app);
    await notes.put('coded', { text: 'a' }, any);
    const headers = { 'If-Match': '"v0"', 'Accept-Encoding': 'gzip' };
    const stale = await compressed.request('/coded', { method: 'PUT', headers, body: '{"text":"b"}' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, (await notes.state('coded'))?.etag]);
  });

  it('carry the precondition to the store, and its outcome back', async () => {
    expect((await put({})).status).toBe(428);
    expect((await put({ 'If-Match': '"v1"' })).status).toBe(412);
    const created = await put({ 'If-None-Match': '*' });
    expect([created.status, created.headers.get('content-type')]).toEqual([201, 'application/json']);
    expect(await created.json()).toEqual({ text: 'a' });
    const tag = created.headers.get('etag') as string;
    expect((await put({ 'If-Match': tag })).status).toBe(200);
    const stale = await put({ 'If-Match': tag });
    expect(stale.status).toBe(412);
    expect(await stale.json()).toMatchObject({ current: (await notes.state('1'))?.etag });
    expect((await put({ 'If-Match': 'malformed' })).status).toBe(412);
  });

  it('say what they need', async () => {
    const wrong = new Hono();
    wrong.onError((error, c) => c.text(`${error}`, 500));
    wrong.put('/expectation', (c) => c.json(expectation(c.req as never)));
    wrong.put('/respond', (c) => respond(c, { kind: 'updated' } as never));
    const text = async (path: string) => (await wrong.request(path, { method: 'PUT' })).text();
    expect(await text('/expectation')).toMatch(/^TypeError: .*context/);
    expect(await text('/respond')).toMatch(/^TypeError: Not an outcome/);
  });
});
