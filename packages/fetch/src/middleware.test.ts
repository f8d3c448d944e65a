import { PreconditionFailedError, versionTag } from '@etag/core';
import { expect, it, vi } from 'vitest';
import { middleware } from './index.ts';

const URL = 'http://localhost/';
const read = (headers: Record<string, string> = {}) => new Request(URL, { headers });

it('tags what next() returns, and answers 304 and 412', async () => {
  const tagged = middleware();
  const next = () => Response.json({ text: 'hello' });
  const tag = (await tagged(read(), next)).headers.get('etag') ?? '';
  expect(tag).toMatch(/^"/);
  expect((await tagged(read({ 'if-none-match': tag }), next)).status).toBe(304);
  expect((await tagged(read({ 'if-match': '"x"' }), next)).status).toBe(412);
});

it('spares next() where the state is known', async () => {
  const next = vi.fn(() => new Response('hello'));
  const tagged = middleware({ current: () => ({ etag: versionTag(7) }) });
  expect((await tagged(read({ 'if-none-match': '"v7"' }), next)).status).toBe(304);
  expect(next).not.toHaveBeenCalled();
  expect((await tagged(read(), next)).headers.get('etag')).toBe('"v7"');
});

it('makes a response of a refusal that is thrown below, and of nothing else', async () => {
  const tagged = middleware();
  const put = new Request(URL, { method: 'PUT', headers: { 'if-match': '"v6"' } });
  const refuse = () => {
    throw new PreconditionFailedError(put, { field: 'if-match', reason: 'no-match' }, { etag: '"v7"' });
  };
  expect((await tagged(put, refuse)).status).toBe(412);
  await expect(tagged(put, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
