import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { expect, it } from 'vitest';
import { etag, expectation, respond } from './index.ts';

const notes = memoryStore<{ text: string }>();
const put = etag(async (request: Request) =>
  respond(request, await replace(notes, '1', await request.json(), expectation(request, { require: true })), {
    storedAsSent: true,
  }),
);
const send = (text: string, headers: HeadersInit) =>
  put(new Request('http://localhost/1', { method: 'PUT', headers, body: JSON.stringify({ text }) }));

it('carries the precondition to the store, and its outcome back', async () => {
  expect((await send('a', {})).status).toBe(428);
  const created = await send('a', { 'If-None-Match': '*' });
  expect([created.status, created.headers.get('content-type')]).toEqual([201, 'application/json']);
  expect(await created.json()).toEqual({ text: 'a' });
  const tag = created.headers.get('etag') as string;
  expect((await send('b', { 'If-Match': tag })).status).toBe(200);
  const stale = await send('c', { 'If-Match': tag });
  expect([stale.status, stale.headers.get('etag')]).toEqual([412, (await notes.state('1'))?.etag]);
  expect((await send('c', { 'If-Match': 'malformed' })).status).toBe(412);
  expect((await notes.get('1'))?.value).toEqual({ text: 'b' });
});

it('sends no content where there is none', async () => {
  const outcome = await notes.delete('1', any);
  const deleted = respond(new Request('http://localhost/1', { method: 'DELETE' }), outcome);
  expect([deleted.status, await deleted.text()]).toEqual([204, '']);
});
