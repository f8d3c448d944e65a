import { gzipSync } from 'node:zlib';
import { isEtagError } from '@etag/core';
import { afterEach, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';

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

  test.each([
    ['W/"v1"', 'ETAG_WEAK_TAG', 'weak'],
    ['v1', 'ETAG_PRECONDITION_REQUIRED', 'required'],
    ['', 'ETAG_PRECONDITION_REQUIRED', 'required'],
  ])('sends nothing when the tag is %j: it cannot guard a write', async (etag, code, reason) => {
    const url = await document(etag);
    const client = createClient();
    await (await client(url)).text();
    for (const write of [
      () => client.update(url, () => ({ a: 2 })),
      () => client(url, { method: 'PUT', body: '{}', etag: { ifMatch: 'stored' } }),
    ]) {
      const error = await write().catch((error: unknown) => error);
      expect(isEtagError(error) && [error.code, error.body.reason]).toEqual([code, reason]);
      expect(String(error).includes('acceptWeakened')).toBe(reason === 'weak');
    }
    expect(server.seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  describe('acceptWeakened', () => {
    /** A server behind a proxy that weakens its tags, as a page sees it: the coding is not the page's to choose. */
    async function weakening(acceptsWeakened: boolean) {
      let version = 1;
      server = await serve((request, response) => {
        if (request.method === 'GET') {
          return response.writeHead(200, { ETag: `W/"v${version}"`, 'Content-Encoding': 'identity' }).end('{"a":1}');
        }
        const isCurrent = request.headers['if-match'] === `W/"v${version}"` && acceptsWeakened;
        if (isCurrent) version++;
        response.writeHead(isCurrent ? 204 : 412).end();
      });
      return `${server.origin}/a`;
    }

    test('sends a weak tag to a server that takes it', async () => {
      const written = await createClient().update(await weakening(true), () => ({ a: 2 }), { acceptWeakened: true });
      expect(written.kind).toBe('updated');
      expect(server.seen.map(({ headers }) => headers['if-match'])).toEqual([undefined, 'W/"v1"']);
    });

    test('says that the tag is weak where the server does not take it, and does not go on', async () => {
      const url = await weakening(false);
      const updating = createClient().update(url, () => ({ a: 2 }), { acceptWeakened: true });
      await expect(updating).rejects.toMatchObject({ code: 'ETAG_WEAK_TAG', body: { current: 'W/"v1"' } });
      expect(server.seen.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    });
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

  test('a write that is not sent, and one that the caller aborts, reject as with fetch', async () => {
    const client = createClient();
    const url = await document('"v1"');
    server.close();
    await expect(client.create(url, {})).rejects.toThrow(TypeError);
    server = await serve(() => {});
    const init = { signal: AbortSignal.timeout(50) };
    await expect(client.create(server.origin, {}, { init })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(client(server.origin, { method: 'PUT', ...init })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test.each(['update', 'create'] as const)(
    '%s: a redirect to a page of another resource is unconfirmed, and its tag is not adopted',
    async (write) => {
      server = await serve((request, response) => {
        if (request.method === 'PUT') return response.writeHead(303, { Location: '/login' }).end();
        const tag = request.url === '/login' ? '"login"' : '"v7"';
        response.writeHead(200, { ETag: tag }).end('{"n":1}');
      });
      const client = createClient();
      const url = `${server.origin}/n`;
      const written = await (write === 'update' ? client.update(url, () => ({ n: 2 })) : client.create(url, {}));
      expect(written).toMatchObject({ kind: 'unconfirmed', etag: null, response: { url: `${server.origin}/login` } });
    },
  );

  test('a 202 is unconfirmed: it may be done later, or not at all', async () => {
    const url = await document('"v1"', [{ status: 202, fields: { ETag: '"v2"' } }]);
    expect(await createClient().update(url, () => ({}))).toMatchObject({ kind: 'unconfirmed', etag: null });
  });

  test.each<[what: string, content: unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a function in it', { n: [() => 1] }],
    ['NaN', { n: Number.NaN }],
    ['a Map', { n: new Map([[1, 2]]) }],
    ['a promise', { n: Promise.resolve(1) }],
    ['a bigint', 1n],
  ])('content that JSON cannot say is a TypeError, and nothing is sent: %s', async (_, content) => {
    const url = await document('"v1"');
    const client = createClient();
    await expect(client.update(url, () => content)).rejects.toThrow(TypeError);
    await expect(client.create(url, content)).rejects.toThrow(TypeError);
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test('content that is not text is a TypeError where it is to be text, and nothing is sent', async () => {
    const url = await document('"v1"');
    await expect(createClient().create(url, { a: 1 }, { as: 'text' })).rejects.toThrow(TypeError);
    expect(server.seen).toHaveLength(0);
  });

  test('a Date, and members that are undefined, are what JSON says of them', async () => {
    const url = await document('"v1"');
    const content = { at: new Date(0), gone: undefined, none: Object.create(null) };
    expect(await createClient().update(url, () => content)).toMatchObject({ kind: 'updated' });
  });

  test('a tag that names a coding, and is refused, is read once more without one (Apache)', async () => {
    server = await serve((request, response) => {
      if (request.method === 'PUT') return response.writeHead(request.headers['if-match'] === '"v7"' ? 204 : 412).end();
      const gzip = /gzip/.test(`${request.headers['accept-encoding']}`);
      const fields = { ETag: gzip ? '"v7-gzip"' : '"v7"', Vary: 'Accept-Encoding' };
      response.writeHead(200, gzip ? { ...fields, 'Content-Encoding': 'gzip' } : fields);
      response.end(gzip ? gzipSync('{"n":1}') : '{"n":1}');
    });
    const update = createClient().update<{ n: number }>(`${server.origin}/n`, ({ n }) => ({ n: n + 1 }));
    expect(await update).toMatchObject({ kind: 'updated' });
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET', 'GET', 'PUT']);
  });

  test.each<[what: string, content: unknown, told: string]>([
    ['a date that is not one', { due: new Date('31.12.2026') }, 'Invalid Date'],
    ['undefined in an array', ['a', undefined], 'undefined'],
    ['bytes', new Uint8Array(2), 'Uint8Array'],
  ])('%s would become something else: nothing is sent', async (_, content, told) => {
    const url = await document('"v1"');
    const client = createClient();
    await expect(client.update(url, () => content)).rejects.toThrow(told);
    await expect(client.create(url, content)).rejects.toThrow(told);
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test.each([202, 206, 207])(
    'a %i is not all of it: neither is it written back, nor is the write done',
    async (status) => {
      let read = 200;
      server = await serve((request, response) => {
        response.writeHead(request.method === 'GET' ? read : status, { ETag: '"v1"' }).end('{}');
      });
      expect(await createClient().update(server.origin, (it) => it)).toMatchObject({ kind: 'unconfirmed', etag: null });
      read = status;
      expect(await createClient().update(server.origin, (it) => it)).toMatchObject({ kind: 'refused' });
      expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET']);
    },
  );

  test("a guard of the caller's own is refused rather than replaced", async () => {
    const url = await document('"v2"');
    const init = { headers: { 'If-Match': '"v1"' } };
    await expect(createClient().update(url, (it) => it, { init })).rejects.toThrow('Leave out if-match');
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test.each(['/breaks', 'ftp://localhost/'])(
    'a 303 to %s: it was written, or not, and is not said to have failed',
    async (to) => {
      server = await serve((request, response) => {
        if (request.method === 'PUT') return response.writeHead(303, { Location: to }).end();
        if (request.url === '/breaks') return request.socket.destroy();
        response.writeHead(200, { ETag: '"v1"' }).end('{}');
      });
      const error = await createClient()
        .update(`${server.origin}/a`, (it) => it)
        .catch((error) => error);
      expect(error).toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { name: 'TypeError' } });
      // As fetch.
      await expect(createClient()(`${server.origin}/a`, { method: 'PUT' })).rejects.toBeInstanceOf(TypeError);
    },
  );

  test('a server without a certificate to be trusted was sent nothing', async () => {
    const cause = Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' });
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    await expect(createClient({ fetch }).create('https://a.test', {})).rejects.toThrow('fetch failed');
    server = await serve((_, response) => response.end());
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
    const error = await createClient()
      .update(`${server.origin}/a`, () => ({}))
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: expect.any(TypeError) });
    expect(isEtagError(error)).toBe(true);
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
