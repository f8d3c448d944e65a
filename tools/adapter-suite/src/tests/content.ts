import { contentTag } from '@etag/core';
import { expect, it } from 'vitest';
import type { Boot, Reply } from '../application.ts';
import { serveOne } from '../client.ts';

const METADATA = ['content-type', 'content-length', 'content-encoding', 'content-language', 'transfer-encoding'];

/** Tags of what a handler sends. */
export function contentTests(boot: Boot): void {
  it.each<[string, Reply]>([
    ['text', { text: 'hello' }],
    ['text beyond ASCII', { text: 'ключ' }],
    ['JSON', { json: { text: 'hello' } }],
    ['a list', { json: [1, 2] }],
    ['bytes of text', { bytes: new TextEncoder().encode('hello'), headers: { 'content-type': 'text/plain' } }],
    ['a 203', { status: 203, text: 'hello' }],
  ])('are those of the bytes that are sent, and make a 304: %s', async (_, reply) => {
    const ask = await serveOne(boot, reply);
    const found = await ask();
    expect([found.status, found.etag]).toEqual([reply.status ?? 200, await contentTag(found.bytes)]);
    const cached = await ask({ 'if-none-match': `"other", ${found.etag}` });
    expect([cached.status, cached.etag, cached.text]).toEqual([304, found.etag, '']);
    expect(METADATA.filter((name) => cached.headers.has(name))).toEqual([]);
  });

  it('are those of any bytes, unless the framework sends bytes as a stream', async () => {
    const bytes = Uint8Array.of(0, 255, 0x80);
    const ask = await serveOne(boot, { bytes, headers: { 'content-type': 'application/octet-stream' } });
    const found = await ask();
    expect(found.bytes).toEqual(bytes);
    expect([await contentTag(bytes), '']).toContain(found.etag);
  });

  it('are those of GET for HEAD, and of the same content for QUERY', async () => {
    const ask = await serveOne(boot, { json: { text: 'hello' } });
    const { etag } = await ask();
    for (const method of ['HEAD', 'QUERY']) {
      const found = await ask({}, method);
      expect([found.status, found.etag], method).toEqual([200, etag]);
      const cached = await ask({ 'if-none-match': etag }, method);
      expect([cached.status, cached.etag, cached.text], method).toEqual([304, etag, '']);
    }
  });

  it.each<[what: string, name: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['bytes', new ArrayBuffer(4)],
    ['what a tag cannot carry', 'a b'],
  ])('are never made of a digest that gives %s', async (_, name) => {
    for (const digest of [() => name, async () => name]) {
      const ask = await serveOne(boot, { text: 'hello' }, { tags: { digest: digest as never } });
      const { status, etag } = await ask();
      expect([status, etag]).toEqual([500, '']);
    }
  });

  it('are weak, or made by a digest of your own, at once or later', async () => {
    const digest = (content: string | Uint8Array) => `n${content.length}`;
    const now = await serveOne(boot, { text: 'abc' }, { tags: { digest } });
    expect((await now()).etag).toBe('"n3"');
    const later = await serveOne(
      boot,
      { text: 'abc' },
      { tags: { weak: true, digest: async (content) => digest(content) } },
    );
    expect((await later()).etag).toBe('W/"n3"');
    expect((await later({ 'if-none-match': '"n3"' })).status).toBe(304);
  });

  it.each<[string, Reply]>([
    ['a 404', { status: 404, text: 'gone' }],
    ['a 500', { status: 500, text: 'broken' }],
    ['a 206', { status: 206, text: 'part', headers: { 'content-range': 'bytes 0-3/9' } }],
    ['a 204', { status: 204 }],
    ['no-store', { text: 'secret', headers: { 'cache-control': 'no-store' } }],
    ['an event stream', { text: 'data: a\n\n', headers: { 'content-type': 'text/event-stream' } }],
  ])('are not given to %s, which stays what it is', async (_, reply) => {
    const ask = await serveOne(boot, reply);
    for (const headers of [{}, { 'if-none-match': '*' }, { 'if-match': '"other"' }]) {
      const found = await ask(headers);
      expect([found.status, found.etag, found.text]).toEqual([reply.status ?? 200, '', reply.text ?? '']);
    }
  });

  it.each(['PUT', 'POST', 'PATCH', 'DELETE'])('§9.3.4 are not given to the response to a %s', async (method) => {
    const ask = await serveOne(boot, { json: { text: 'hello' } });
    const found = await ask({}, method);
    expect([found.status, found.etag, found.json()]).toEqual([200, '', { text: 'hello' }]);
  });

  it.each(['"own"', 'W/"own"', '"caf\xe9"'])('give way to a tag of the application: %s', async (etag) => {
    const ask = await serveOne(boot, { text: 'hello', headers: { etag } });
    expect((await ask()).etag).toBe(etag);
    const cached = await ask({ 'if-none-match': etag });
    expect([cached.status, cached.etag]).toEqual([304, etag]);
    expect((await ask({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  it.each(['v7', 'W/v7', '"v7'])(
    '§8.8.3 do not stand in for what is not a tag, and does not leave: %s',
    async (etag) => {
      const ask = await serveOne(boot, {
        text: 'hello',
        headers: { etag, 'last-modified': 'Sat, 29 Oct 1994 19:43:31 GMT' },
      });
      const found = await ask({ 'if-none-match': etag });
      expect([found.status, found.etag, found.text]).toEqual([200, '', 'hello']);
      const refused = await ask({ 'if-unmodified-since': 'Sat, 29 Oct 1994 19:43:30 GMT' });
      expect([refused.status, refused.etag, refused.json().current]).toEqual([412, '', null]);
    },
  );

  it('§15.4.5 leave CORS, cookies and freshness on the 304', async () => {
    const kept = { 'cache-control': 'no-cache', 'access-control-allow-origin': '*', 'x-request-id': '7' };
    const headers = { ...kept, 'set-cookie': ['a=1', 'b=2'], 'content-language': 'en' };
    const ask = await serveOne(boot, { text: 'hello', headers });
    const found = await ask();
    const cached = await ask({ 'if-none-match': found.etag });
    for (const { headers } of [found, cached]) {
      expect(Object.fromEntries(headers)).toMatchObject(kept);
      expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    }
    expect([cached.status, METADATA.filter((name) => cached.headers.has(name))]).toEqual([304, []]);
  });

  it('§15.5.13 refuse a read that asks for another representation, and keep what its client needs', async () => {
    const kept = { 'access-control-allow-origin': '*', 'x-request-id': '7', vary: 'Origin' };
    const lost = {
      'cache-control': 'max-age=60',
      'cdn-cache-control': 'max-age=60',
      'surrogate-control': 'max-age=60',
      'x-accel-redirect': '/file',
      'content-language': 'en',
      'last-modified': 'Sat, 29 Oct 1994 19:43:31 GMT',
    };
    const headers = { ...kept, ...lost, 'set-cookie': ['a=1', 'b=2'] };
    const ask = await serveOne(boot, { text: 'hello', headers });
    const { etag } = await ask();
    const refused = await ask({ 'if-match': '"other"' });
    expect([refused.status, refused.etag, refused.headers.get('content-type')]).toEqual([
      412,
      etag,
      'application/problem+json',
    ]);
    expect(refused.json()).toMatchObject({ status: 412, field: 'if-match', reason: 'no-match', current: etag });
    expect(Object.fromEntries(refused.headers)).toMatchObject(kept);
    expect(refused.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(Object.keys(lost).filter((name) => refused.headers.has(name))).toEqual([]);
    expect((await ask({ 'if-match': etag })).text).toBe('hello');
  });
}
