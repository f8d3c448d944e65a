import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';

let server: Serving;
beforeEach(async () => {
  server = await serve((_, response) => response.setHeader('ETag', '"v1"').end('content'));
});
afterEach(() => server.close());

describe('what goes with each call', () => {
  test('nothing where the init is null, as fetch takes it', async () => {
    const response = await createClient()(server.origin, null as never);
    expect(await response.text()).toBe('content');
  });

  test('a URL is relative to baseUrl', async () => {
    const client = createClient({ baseUrl: `${server.origin}/api/` });
    for (const url of ['notes/1', '/other', new URL('/a', server.origin), new Request(`${server.origin}/b`)]) {
      await client(url);
    }
    await client.create('notes/2', {});
    await client.invalidate('notes/1');
    expect(server.seen.map(({ url }) => url)).toEqual(['/api/notes/1', '/other', '/a', '/b', '/api/notes/2']);
  });

  test('a URL to update is relative to it, too', async () => {
    server.close();
    server = await serve((_, response) => response.setHeader('ETag', '"v1"').end('{}'));
    const client = createClient({ baseUrl: `${server.origin}/api/` });
    expect(await client.update('notes/1', () => ({ a: 1 }))).toMatchObject({ kind: 'updated' });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /api/notes/1', 'PUT /api/notes/1']);
    await expect(client.update('http://', () => ({}))).rejects.toThrow(TypeError);
  });

  test('fields of the client, unless the call has one of its own; and its other members', async () => {
    const client = createClient({ init: { headers: { 'X-One': 'client', 'X-Two': 'client' }, redirect: 'error' } });
    await client(server.origin, { headers: { 'x-two': 'call', 'X-Three': 'call' } });
    expect(server.seen[0]?.headers).toMatchObject({ 'x-one': 'client', 'x-two': 'call', 'x-three': 'call' });
    server.close();
    server = await serve((_, response) => response.writeHead(302, { Location: '/to' }).end());
    await expect(client(server.origin)).rejects.toThrow('redirect is "error"');
    expect((await client(server.origin, { redirect: 'manual' })).status).toBe(302);
  });

  test('its credentials are an identity', async () => {
    const clients = ['a', 'b'].map((token) => createClient({ init: { headers: { Authorization: token } } }));
    for (const client of clients) await (await client(server.origin)).text();
    expect(server.seen[1]?.headers['if-none-match']).toBeUndefined();
  });
});

describe('options that there are not', () => {
  test('of a client', () => {
    expect(() => createClient({ stor: {} } as object)).toThrow('stor is not one of the options store, mode');
  });

  test('of a call: a misspelt ifMatch would send a write without its guard', async () => {
    const client = createClient();
    const put = { method: 'PUT', body: 'x', etag: { ifmatch: 'stored' } as object };
    await expect(client(server.origin, put)).rejects.toThrow('ifmatch is not one of the options fresh, ifMatch');
    const guarded = { method: 'PUT', body: 'x', etag: { ifMatch: '"v1"' } as object };
    await expect(client(server.origin, guarded)).rejects.toThrow('ifMatch is "stored", not "v1"');
    expect(server.seen).toEqual([]);
  });
});

describe('what the caller changes after the call is as it was when it called', () => {
  test('the URL: nothing is stored for another one than was read', async () => {
    server.close();
    server = await serve(({ url }, response) => response.setHeader('ETag', '"v1"').end(url));
    const client = createClient();
    const url = new URL('/a', server.origin);
    const a = client(url);
    url.pathname = '/b';
    const b = client(url);
    url.pathname = '/c';
    expect([await (await a).text(), await (await b).text()]).toEqual(['/a', '/b']);
    expect(server.seen.map(({ url }) => url).sort()).toEqual(['/a', '/b']);
  });

  const form = new FormData();
  form.set('a', '1');
  form.set('b', new File(['content'], 'name.txt'));
  test.each<[name: string, body: BodyInit & object, change: () => void, sent: RegExp]>(
    [
      ((body) => [body, () => body.set('a', '2'), /^a=1$/] as const)(new URLSearchParams('a=1')),
      ((body) => [body, () => void body.fill(0), /^hello$/] as const)(Buffer.from('hello')),
      ((body) => [body, () => body.setUint8(0, 0), /^hello$/] as const)(
        new DataView(new TextEncoder().encode('..hello..').buffer, 2, 5),
      ),
      ((body) => [body, () => void new Uint8Array(body).fill(0), /^hello$/] as const)(
        new TextEncoder().encode('hello').buffer,
      ),
      [form, () => form.set('a', '2'), /name="a"\r\n\r\n1\r\n.*filename="name.txt".*content/s] as const,
    ].map(([body, change, sent]) => [body.constructor.name, body, change, sent]),
  )('a body: %s', async (_, body, change, sent) => {
    const bodies: string[] = [];
    server.close();
    server = await serve(async (request, response) => {
      bodies.push(await text(request));
      response.writeHead(request.url === '/' ? 307 : 204, { Location: '/to' }).end();
    });
    const writing = createClient()(server.origin, { method: 'PUT', body });
    change();
    await writing;
    expect(bodies).toEqual([expect.stringMatching(sent), expect.stringMatching(sent)]);
  });
});
