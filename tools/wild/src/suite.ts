import { replace } from '@etag/concurrency';
import { any } from '@etag/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CONTENT, Data, type Order, OWN_TAG, orders, STATE, type Wild } from './application.ts';

type Fields = Record<string, string>;

async function serve({ boot }: Wild, order: Order) {
  const data = new Data();
  await replace(data.notes, '1', { text: 'hello' }, any);
  const { origin, close } = await boot(data, order);
  onTestFinished(async () => void (await close()));
  const ask = async (path: string, headers: Fields = {}, init: RequestInit = {}) => {
    const fields = { origin: 'http://elsewhere.test', 'accept-encoding': 'identity', ...headers };
    const response = await fetch(origin + path, { ...init, headers: fields });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, etag: response.headers.get('etag') ?? '' };
  };
  const put = (path: string, headers: Fields, value: unknown) => {
    const json = { 'content-type': 'application/json', ...headers };
    return ask(path, json, { method: 'PUT', body: JSON.stringify(value) });
  };
  return { ask, put, data };
}

/** A compact form of the adapter suite, for an adapter in company. */
export function wildSuite(wild: Wild): void {
  describe.each(orders)(`${wild.name}, ${wild.middlewares.length} middlewares mounted %s ours`, (order) => {
    it.each(['identity', 'gzip'])('tags content, and answers 304, 412 and HEAD (%s)', async (coding) => {
      const { ask } = await serve(wild, order);
      const fields = { 'accept-encoding': coding };
      const found = await ask('/content', fields);
      expect([found.status, found.etag, JSON.parse(found.text)]).toEqual([200, expect.stringMatching(/^"/), CONTENT]);
      expect(found.headers.get('content-encoding')).toBe(coding === 'gzip' ? coding : null);
      const cached = await ask('/content', { ...fields, 'if-none-match': found.etag });
      expect([cached.status, cached.etag, cached.text]).toEqual([304, found.etag, '']);
      expect(['content-type', 'content-encoding', 'content-length'].filter((it) => cached.headers.has(it))).toEqual([]);
      const refused = await ask('/content', { ...fields, 'if-match': '"another"' });
      expect([refused.status, JSON.parse(refused.text).reason]).toEqual([412, 'no-match']);
      const head = await ask('/content', fields, { method: 'HEAD' });
      expect([head.status, head.text]).toEqual([200, '']);
      // Compressors leave a HEAD alone, so that its tag may be that of the content without a coding: it names the same.
      if (head.etag) expect((await ask('/content', { ...fields, 'if-none-match': head.etag })).status).toBe(304);
    });

    it('keeps the tag that a handler sets', async () => {
      const { ask } = await serve(wild, order);
      expect((await ask('/own')).etag).toBe(OWN_TAG);
      const cached = await ask('/own', { 'if-none-match': OWN_TAG });
      expect([cached.status, cached.etag, cached.text]).toEqual([304, OWN_TAG, '']);
    });

    it('answers by a state that is known early, before the handler', async () => {
      const { ask, put, data } = await serve(wild, order);
      const lastModified = new Date(STATE.lastModified).toUTCString();
      const cached = await ask('/early', { 'if-none-match': STATE.etag });
      expect([cached.status, cached.etag, cached.headers.get('last-modified')]).toEqual([
        304,
        STATE.etag,
        lastModified,
      ]);
      expect((await ask('/early', { 'if-modified-since': lastModified })).status).toBe(304);
      expect((await ask('/early', { 'if-match': '"v6"' })).status).toBe(412);
      expect((await put('/early', {}, {})).status).toBe(428);
      expect((await put('/early', { 'if-match': '"v6"' }, {})).status).toBe(412);
      expect(data.handled).toBe(0);
      const found = await ask('/early', { 'if-none-match': '"v6"' });
      expect([found.status, found.etag, JSON.parse(found.text)]).toEqual([200, STATE.etag, CONTENT]);
      expect((await put('/early', { 'if-match': STATE.etag }, {})).status).toBe(204);
      expect(data.handled).toBe(2);
    });

    it.each(['identity', 'gzip'])('saves with the tag as it was read, once (%s)', async (coding) => {
      const { ask, put, data } = await serve(wild, order);
      const fields = { 'accept-encoding': coding };
      const read = await ask('/note', fields);
      expect([read.status, JSON.parse(read.text)]).toEqual([200, { text: 'hello' }]);
      expect((await put('/note', fields, { text: 'unguarded' })).status).toBe(428);
      expect((await put('/note', { ...fields, 'if-match': read.etag }, { text: 'mine' })).status).toBe(200);
      const stale = await put('/note', { ...fields, 'if-match': read.etag }, { text: 'lost' });
      expect([stale.status, JSON.parse(stale.text).status]).toEqual([412, 412]);
      expect((await data.notes.get('1'))?.value).toEqual({ text: 'mine' });
      expect((await ask('/note', fields)).text).toContain('mine');
    });

    it.each(['identity', 'gzip'])('passes streams on, and stops those that a 304 stands for (%s)', async (coding) => {
      const { ask } = await serve(wild, order);
      const fields = { 'accept-encoding': coding };
      const found = await ask('/stream', fields);
      expect([found.status, found.etag, found.text.length]).toEqual([200, '', 6000]);
      const own = await ask('/stream/own', fields);
      expect([own.status, own.text.length]).toEqual([200, 6000]);
      const cached = await ask('/stream/own', { ...fields, 'if-none-match': own.etag });
      expect([cached.status, cached.etag, cached.text]).toEqual([304, own.etag, '']);
    });

    it('leaves a 304 the fields of the middlewares', async () => {
      const { ask } = await serve(wild, order);
      for (const path of ['/content', '/early']) {
        const found = await ask(path);
        const cached = await ask(path, { 'if-none-match': found.etag });
        for (const { status, headers } of [found, cached]) {
          expect([path, status, wild.fields.filter((name) => !headers.has(name))]).toEqual([path, status, []]);
        }
        expect([found.status, cached.status]).toEqual([200, 304]);
      }
    });

    it('leaves files to those that serve them', async () => {
      const { ask } = await serve(wild, order);
      const found = await ask('/static/page.txt');
      expect([found.status, found.text.length]).toEqual([200, 3400]);
      const part = await ask('/static/page.txt', { range: 'bytes=0-9' });
      expect([part.status, part.text.length]).toEqual(wild.servesRanges ? [206, 10] : [200, 3400]);
      expect((await ask('/static/none.txt')).status).toBe(404);
    });
  });
}
