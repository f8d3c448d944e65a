import { isEtagError } from '@etag/core';
import { afterEach, describe, expect, test } from 'vitest';
import { counters } from '../test/counters.js';
import type { Peer } from '../test/peers.js';
import { type Serving, serve } from '../test/server.js';
import { createClient } from './client.js';
import { type Json, mergeJson } from './merge.js';

describe.each(Object.entries(counters))('%s', (_, start) => {
  let peer: Peer;
  afterEach(() => peer.close());

  test('16 clients of 25 increments lose none', async () => {
    peer = await start();
    const url = `${peer.origin}/a`;
    expect(await createClient().create(url, { count: 0 })).toMatchObject({ kind: 'created' });
    const clients = Array.from({ length: 16 }, () => createClient());
    let merges = 0;
    await Promise.all(
      clients.map(async (client) => {
        for (let i = 0; i < 25; i++) {
          const increment = (current: { count: number }) => {
            merges++;
            return { count: current.count + 1 };
          };
          const { kind } = await client.update(url, increment, { attempts: 1000 });
          expect(kind).toBe('updated');
        }
      }),
    );
    expect(await (await fetch(url)).json()).toEqual({ count: 400 });
    // They did meet.
    expect(merges).toBeGreaterThan(400);
  });

  test('what is there is not created again', async () => {
    peer = await start();
    const url = `${peer.origin}/a`;
    const client = createClient();
    const written = await Promise.all(Array.from({ length: 8 }, (_, i) => client.create(url, { count: i })));
    expect(written.map(({ kind }) => kind).sort()).toEqual(['created', ...Array(7).fill('exists')]);
  });

  test('what is not there cannot be updated', async () => {
    peer = await start();
    const written = await createClient().update(`${peer.origin}/a`, () => ({ count: 1 }));
    expect(written).toMatchObject({ kind: 'refused', response: { status: 404 } });
  });

  test('etag.ifMatch sends the tag of what was read last', async () => {
    peer = await start();
    const url = `${peer.origin}/a`;
    const client = createClient();
    await client.create(url, { count: 0 });
    await (await client(url)).text();
    const put = (count: number) =>
      client(url, {
        method: 'PUT',
        body: JSON.stringify({ count }),
        headers: { 'Content-Type': 'application/json' },
        etag: { ifMatch: 'stored' },
      });
    expect((await put(1)).ok).toBe(true);
    // What was read is not current any more.
    await expect(put(2)).rejects.toMatchObject({ code: 'ETAG_PRECONDITION_REQUIRED' });
    await (await client(url)).text();
    expect(await createClient().update(url, () => ({ count: 10 }))).toMatchObject({ kind: 'updated' });
    expect((await put(3)).status).toBe(412);
    expect(await (await client(url)).json()).toEqual({ count: 10 });
  });

  test('two who edit from the same base keep what both did', async () => {
    peer = await start();
    const url = `${peer.origin}/a`;
    const client = createClient();
    const base = { title: 'old', text: 'old', tags: ['a'] };
    await client.create(url, base);
    const save = (mine: Json) => client.update(url, (theirs: Json) => mergeJson(base, mine, theirs).value);
    await Promise.all([save({ ...base, title: 'new' }), save({ ...base, text: 'new' })]);
    expect(await (await client(url)).json()).toEqual({ title: 'new', text: 'new', tags: ['a'] });
  });
});

describe('update', () => {
  let server: Serving;
  afterEach(() => server.close());

  /** A document whose server answers a write as it is told to. */
  async function document(etag: string, put: { status: number; fields?: Record<string, string> }[] = []) {
    server = await serve((request, response) => {
      if (request.method === 'GET') return response.writeHead(200, { ETag: etag }).end('{"a":1}');
      const { status, fields } = put.shift() ?? { status: 204 };
      response.writeHead(status, fields).end();
    });
    return `${server.origin}/a`;
  }

  test('reads again after a 412, past what is stored, and gives up in the end', async () => {
    const url = await document('"v1"', Array(5).fill({ status: 412 }));
    const written = await createClient().update(url, (current) => current, { attempts: 3 });
    expect(written).toMatchObject({ kind: 'contended', response: { status: 412 } });
    expect(server.seen.map(({ method, headers }) => [method, headers['if-match'], headers['if-none-match']])).toEqual([
      ['GET', undefined, undefined],
      ['PUT', '"v1"', undefined],
      ['GET', undefined, undefined],
      ['PUT', '"v1"', undefined],
      ['GET', undefined, undefined],
      ['PUT', '"v1"', undefined],
    ]);
  });

  test.each<[etag: string | undefined, adopted: string | null]>([
    ['"v2"', '"v2"'],
    [undefined, null],
    ['W/"v2"', null],
    ['v2', null],
  ])('adopts the tag that the server sent: %s', async (etag, adopted) => {
    const url = await document('"v1"', [{ status: 200, ...(etag && { fields: { ETag: etag } }) }]);
    expect(await createClient().update(url, () => ({ a: 2 }))).toMatchObject({ kind: 'updated', etag: adopted });
  });

  test.each(['W/"v1"', 'v1', ''])('sends nothing when the tag is %j: it cannot guard a write', async (etag) => {
    const url = await document(etag);
    const error = await createClient()
      .update(url, () => ({ a: 2 }))
      .catch((error: unknown) => error);
    expect(isEtagError(error) && error.code).toBe('ETAG_PRECONDITION_REQUIRED');
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test('asks without a coding for a tag that was weakened by one', async () => {
    server = await serve((request, response) => {
      if (request.method === 'PUT') return response.writeHead(204).end();
      const coded = request.headers['accept-encoding'] !== 'identity';
      const fields = coded ? { ETag: 'W/"v1"', 'Content-Encoding': 'identity' } : { ETag: '"v1"' };
      response.writeHead(200, fields).end('{}');
    });
    expect(await createClient().update(`${server.origin}/a`, () => ({ a: 2 }))).toMatchObject({ kind: 'updated' });
    expect(server.seen.at(-1)?.headers['if-match']).toBe('"v1"');
  });

  test('undefined leaves it', async () => {
    const url = await document('"v1"');
    expect(await createClient().update(url, () => undefined)).toMatchObject({ kind: 'unchanged' });
    expect(server.seen).toHaveLength(1);
  });

  test.each([403, 409, 428, 500])('a %i is the answer', async (status) => {
    const url = await document('"v1"', [{ status }]);
    expect(await createClient().update(url, () => ({}))).toMatchObject({ kind: 'refused', response: { status } });
    expect(server.seen).toHaveLength(2);
  });

  test('what merge throws comes through, and nothing is sent', async () => {
    const url = await document('"v1"');
    const conflict = () => {
      throw new Error('conflict');
    };
    await expect(createClient().update(url, conflict)).rejects.toThrow('conflict');
    expect(server.seen).toHaveLength(1);
  });

  test('a write that breaks off is not sent again: it may have been done', async () => {
    server = await serve((request, response) => {
      if (request.method === 'GET') return response.writeHead(200, { ETag: '"v1"' }).end('{}');
      request.socket.destroy();
    });
    await expect(createClient().update(`${server.origin}/a`, () => ({}))).rejects.toThrow(TypeError);
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'PUT']);
  });

  test('sends a merge patch, or text, with the fields of the caller', async () => {
    const bodies: string[] = [];
    server = await serve((request, response) => {
      if (request.method === 'GET') return response.writeHead(200, { ETag: '"v1"' }).end('{"a":1}');
      request.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk));
      request.on('end', () => response.writeHead(204).end());
    });
    const url = `${server.origin}/a`;
    const client = createClient();
    const init = { headers: { Authorization: 'Bearer a' } };
    await client.update(url, () => ({ a: null }), { method: 'PATCH', init });
    await client.update<string>(url, (text) => `${text}!`, {
      as: 'text',
      init: { headers: { 'Content-Type': 'text/x' } },
    });
    expect(bodies).toEqual(['{"a":null}', '{"a":1}!']);
    const writes = server.seen.filter(({ method }) => method !== 'GET');
    expect(writes).toMatchObject([
      { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json', authorization: 'Bearer a' } },
      { method: 'PUT', headers: { 'content-type': 'text/x' } },
    ]);
    expect(server.seen[0]?.headers.authorization).toBe('Bearer a');
  });

  test('writes to where the reading was redirected, within the origin', async () => {
    const elsewhere = await serve((_, response) => response.writeHead(200, { ETag: '"v1"' }).end('{}'));
    server = await serve((request, response) => {
      if (request.url === '/away') return response.writeHead(302, { Location: `${elsewhere.origin}/a` }).end();
      if (request.url === '/a') return response.writeHead(308, { Location: '/b' }).end();
      response.writeHead(200, { ETag: '"v1"' }).end('{}');
    });
    const client = createClient();
    expect(await client.update(`${server.origin}/a`, () => ({}))).toMatchObject({ kind: 'updated' });
    expect(server.seen.at(-1)).toMatchObject({ method: 'PUT', url: '/b' });
    await expect(client.update(`${server.origin}/away`, () => ({}))).rejects.toThrow('of another origin');
    expect(elsewhere.seen.map(({ method }) => method)).toEqual(['GET']);
    elsewhere.close();
  });

  test('can be aborted between two attempts', async () => {
    const url = await document('"v1"', Array(100).fill({ status: 412 }));
    const controller = new AbortController();
    let merges = 0;
    const merge = () => {
      if (++merges === 3) controller.abort(new Error('went away'));
      return {};
    };
    const updating = createClient().update(url, merge, { attempts: 100, init: { signal: controller.signal } });
    await expect(updating).rejects.toThrow('went away');
  });
});
