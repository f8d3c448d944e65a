import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';

let server: Serving;
beforeEach(async () => {
  server = await serve((_, response) => response.setHeader('ETag', '"v1"').end('content'));
});
afterEach(() => server.close());

describe('what goes with each call', () => {
  test('a URL is relative to baseUrl', async () => {
    const client = createClient({ baseUrl: `${server.origin}/api/` });
    for (const url of ['notes/1', '/other', new URL('/a', server.origin), new Request(`${server.origin}/b`)]) {
      await client(url);
    }
    await client.create('notes/2', {});
    await client.invalidate('notes/1');
    expect(server.seen.map(({ url }) => url)).toEqual(['/api/notes/1', '/other', '/a', '/b', '/api/notes/2']);
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
    await expect(client(server.origin, guarded)).rejects.toThrow("ifMatch can only be 'stored'");
    expect(server.seen).toEqual([]);
  });
});
