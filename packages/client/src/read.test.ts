import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { resource, type Serving, serve } from '../test/server.ts';
import { type Client, type ClientOptions, createClient } from './client.ts';
import type { ClientEvent } from './event.ts';
import { memoryStore } from './memory.ts';

let server: Serving;
afterEach(() => server.close());

/** A client of a server that answers so, and what happened to it. */
async function reading(listener: RequestListener, options?: ClientOptions) {
  server = await serve(listener);
  const events: ClientEvent[] = [];
  const client = createClient({ onEvent: (event) => events.push(event), ...options });
  return { client, events, url: `${server.origin}/a`, seen: server.seen };
}

/** The content of the second of two reads, with what came before it thrown away. */
async function readTwice(client: Client, url: string): Promise<Response> {
  await (await client(url)).text();
  return client(url);
}

const DATE = 'Sat, 21 Nov 2026 11:11:53 GMT';

describe('RFC 9111 §4.3.1 the validators', () => {
  test.each<[what: string, fields: Record<string, string>, sent: (string | undefined)[]]>([
    ['a strong tag', { ETag: '"v1"' }, ['"v1"', undefined]],
    ['a weak tag stays weak', { ETag: 'W/"v1"' }, ['W/"v1"', undefined]],
    ['a tag with a comma', { ETag: '"a,b"' }, ['"a,b"', undefined]],
    ['the empty tag', { ETag: '""' }, ['""', undefined]],
    ['a tag of bytes beyond ASCII', { ETag: '"\u00e9\u00ff"' }, ['"\u00e9\u00ff"', undefined]],
    ['what is not a tag', { ETag: 'v1' }, ['v1', undefined]],
    ['a date alone', { 'Last-Modified': DATE }, [undefined, DATE]],
    ['a date in a format of its own', { 'Last-Modified': '2026-11-21 11:11:53' }, [undefined, '2026-11-21 11:11:53']],
    ['both', { ETag: '"v1"', 'Last-Modified': DATE }, ['"v1"', DATE]],
    ['neither: Date is not a validator', { Date: DATE }, [undefined, undefined]],
  ])('%s: sent as they came', async (_, fields, sent) => {
    const { client, url, seen } = await reading(resource(fields));
    const again = await readTwice(client, url);
    expect([seen[1]?.headers['if-none-match'], seen[1]?.headers['if-modified-since']]).toEqual(sent);
    expect([again.status, await again.text()]).toEqual([200, 'content']);
  });

  test.each<[validators: ClientOptions['validators'], fields: Record<string, string>, sent: (string | undefined)[]]>([
    ['etag', { ETag: '"v1"', 'Last-Modified': DATE }, ['"v1"', undefined]],
    ['etag', { 'Last-Modified': DATE }, [undefined, DATE]],
    ['last-modified', { ETag: '"v1"', 'Last-Modified': DATE }, [undefined, DATE]],
    ['last-modified', { ETag: '"v1"' }, ['"v1"', undefined]],
  ])('validators: %s, of %o', async (validators, fields, sent) => {
    const { client, url, seen } = await reading(resource(fields), { validators });
    expect(await (await readTwice(client, url)).text()).toBe('content');
    expect([seen[1]?.headers['if-none-match'], seen[1]?.headers['if-modified-since']]).toEqual(sent);
  });

  test.each(['*', ' * ', 'a, *'])('ETag: %s is not sent: it would match whatever there is', async (etag) => {
    let version = 1;
    const { client, url, seen } = await reading((request, response) => {
      const any = request.headers['if-none-match']?.includes('*');
      response.writeHead(any ? 304 : 200, { ETag: etag, 'Last-Modified': DATE }).end(any ? undefined : `v${version}`);
    });
    expect(await (await client(url)).text()).toBe('v1');
    version = 2;
    expect(await (await client(url)).text()).toBe('v2');
    expect(seen[1]?.headers).toMatchObject({ 'if-modified-since': DATE });
  });

  test('a 304 with the date that was sent, and a tag, confirms a response that came without one', async () => {
    const { client, url, seen } = await reading((request, response) => {
      const same = request.headers['if-modified-since'] === DATE;
      response.writeHead(same ? 304 : 200, { 'Last-Modified': DATE, ...(same && { ETag: '"v7"' }) });
      response.end(same ? undefined : 'content');
    });
    for (let nth = 0; nth < 10; nth++) expect(await (await client(url)).text()).toBe('content');
    expect(seen).toHaveLength(10);
  });

  test('no Cache-Control: no-cache goes with them, which fetch would add', async () => {
    const { client, url, seen } = await reading(resource({ ETag: '"v1"' }));
    await readTwice(client, url);
    await (await fetch(url, { headers: { 'If-None-Match': '"v1"' } })).text();
    expect(seen.map(({ headers }) => headers['cache-control'])).toEqual([undefined, 'max-age=0', 'no-cache']);
    expect(seen.map(({ headers }) => headers.pragma)).toEqual([undefined, undefined, 'no-cache']);
  });
});

describe('RFC 9111 §4.3.4 a 304', () => {
  test('is answered with the stored response, its own fields in place of the old', async () => {
    const { client, url } = await reading((request, response) => {
      if (!request.headers['if-none-match']) {
        return response
          .writeHead(200, { ETag: '"v1"', 'X-Old': 'stays', 'X-Both': 'old', 'Cache-Control': 'no-cache' })
          .end('content');
      }
      response.writeHead(304, { ETag: '"v1"', 'X-Both': 'new', 'X-New': 'added', 'Cache-Control': 'max-age=60' }).end();
    });
    const again = await readTwice(client, url);
    expect(again).toMatchObject({ status: 200, statusText: 'OK', ok: true, url, redirected: false });
    const named = (name: string) => again.headers.get(name);
    expect(['x-old', 'x-both', 'x-new', 'cache-control'].map(named)).toEqual(['stays', 'new', 'added', 'max-age=60']);
    expect(await again.text()).toBe('content');
    // What a 304 brought is there the next time as well, also where that says nothing of it.
    expect((await client(url)).headers.get('x-new')).toBe('added');
  });

  test('whose tag is another is asked again, once and without preconditions', async () => {
    let current = '"v1"';
    const { client, url, seen, events } = await reading((request, response) => {
      if (request.headers['if-none-match']) return response.writeHead(304, { ETag: '"v2"' }).end();
      response.writeHead(200, { ETag: current }).end(current);
    });
    await (await client(url)).text();
    current = '"v2"';
    const again = await client(url);
    expect([again.status, await again.text()]).toEqual([200, '"v2"']);
    expect(seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', undefined]);
    expect(seen[2]?.headers['cache-control']).toBe('no-cache');
    expect(events.filter(({ type }) => type === 'mismatch')).toMatchObject([{ reason: 'validator', url }]);
    await (await client(url)).text();
    expect(seen[3]?.headers['if-none-match']).toBe('"v2"');
  });

  test('without a stored body is asked again', async () => {
    const store = memoryStore();
    const { client, url, seen, events } = await reading(resource({ ETag: '"v1"' }), {
      store: { ...store, payload: () => null },
    });
    const again = await readTwice(client, url);
    expect([again.status, await again.text()]).toEqual([200, 'content']);
    expect(seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', undefined]);
    expect(events.filter(({ type }) => type === 'mismatch')).toMatchObject([{ reason: 'content' }]);
  });

  test('to a request without preconditions is asked again, and is the answer when it comes twice', async () => {
    const { client, url, seen, events } = await reading((_, response) => response.writeHead(304).end());
    expect((await client(url)).status).toBe(304);
    expect(seen).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'mismatch')).toMatchObject([{ reason: 'unasked' }]);
  });

  test('with no-store forgets what was stored', async () => {
    const { client, url, seen } = await reading((request, response) => {
      const again = request.headers['if-none-match'] !== undefined;
      response.writeHead(again ? 304 : 200, { ETag: '"v1"', ...(again && { 'Cache-Control': 'no-store' }) });
      response.end(again ? undefined : 'content');
    });
    expect(await (await readTwice(client, url)).text()).toBe('content');
    await (await client(url)).text();
    expect(seen[2]?.headers['if-none-match']).toBeUndefined();
  });

  test('passes its cookies on; those of the stored response are not set again', async () => {
    let cookies = 0;
    const { client, url } = await reading((request, response) => {
      const same = request.headers['if-none-match'] !== undefined;
      const fields = { ETag: '"v1"', 'Set-Cookie': [`session=${++cookies}`, 'a=b'] };
      response.writeHead(same ? 304 : 200, cookies < 3 ? fields : { ETag: '"v1"' }).end(same ? undefined : 'content');
    });
    const first = await client(url);
    expect(first.headers.getSetCookie()).toEqual(['session=1', 'a=b']);
    await first.text();
    expect((await client(url)).headers.getSetCookie()).toEqual(['session=2', 'a=b']);
    expect((await client(url)).headers.getSetCookie()).toEqual([]);
  });
});

describe('RFC 9111 §3 what is stored', () => {
  const etag = { ETag: '"v1"' };
  test.each<[what: string, status: number, fields: Record<string, string>]>([
    ['no-store', 200, { ...etag, 'Cache-Control': 'no-store' }],
    ['no-store in mixed case, among others', 200, { ...etag, 'Cache-Control': 'Private, No-Store' }],
    ['Vary: *', 200, { ...etag, Vary: '*' }],
    ['Vary: * in a list', 200, { ...etag, Vary: 'Accept, *' }],
    ['no validator', 200, {}],
    ['a 404', 404, etag],
    ['a 500', 500, etag],
    ['a 206 that nobody asked for', 206, { ...etag, 'Content-Range': 'bytes 0-6/100' }],
  ])('not: %s', async (_, status, fields) => {
    const { client, url, seen } = await reading((_, response) => response.writeHead(status, fields).end('content'));
    const again = await readTwice(client, url);
    expect([again.status, await again.text()]).toEqual([status, 'content']);
    expect(seen[1]?.headers['if-none-match']).toBeUndefined();
  });

  test.each<[what: string, init: RequestInit]>([
    ['no-store in its Cache-Control', { headers: { 'Cache-Control': 'No-Store' } }],
    ['cache: no-store', { cache: 'no-store' }],
    ['a range', { headers: { Range: 'bytes=0-3' } }],
    ['integrity', { integrity: 'sha256-7XACtDnprIRfIjV9giusFERzD722AW0+yUMil7nsn3M=' }],
  ])('not, and nothing stored is used: a request with %s', async (_, init) => {
    const { client, url, seen } = await reading(resource(etag));
    await (await client(url)).text();
    for (let i = 0; i < 2; i++) expect(await (await client(url, init)).text()).toBe('content');
    expect(seen.slice(1).map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined]);
    await client(url);
    expect(seen[3]?.headers['if-none-match']).toBe('"v1"');
  });

  test('not: what breaks off', async () => {
    let broken = true;
    const { client, url, seen } = await reading((request, response) => {
      if (!broken) return resource(etag)(request, response);
      response.writeHead(200, { ...etag, 'Content-Length': '1000' }).write('content');
      setImmediate(() => response.destroy());
    });
    await expect(client(url).then((response) => response.text())).rejects.toThrow();
    broken = false;
    await (await client(url)).text();
    expect(seen[1]?.headers['if-none-match']).toBeUndefined();
  });

  test('not: what nobody reads to its end', async () => {
    const { client, url, seen } = await reading(resource(etag, 'x'.repeat(100_000)));
    await (await client(url)).body?.cancel();
    await (await client(url)).text();
    expect(seen[1]?.headers['if-none-match']).toBeUndefined();
  });

  test('not: what is longer than the limit, said or not', async () => {
    const { client, url, seen } = await reading(
      (request, response) => {
        if (request.url === '/a') return response.writeHead(200, etag).end('x'.repeat(1001));
        response.writeHead(200, etag).write('x'.repeat(600));
        response.end('x'.repeat(600));
      },
      { limit: 1000 },
    );
    expect((await (await readTwice(client, url)).text()).length).toBe(1001);
    expect((await (await readTwice(client, `${server.origin}/b`)).text()).length).toBe(1200);
    expect(seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('not what a caller makes of its content: bytes are given as copies', async () => {
    const { client, url } = await reading(resource({ ETag: '"v1"' }));
    for (let nth = 0; nth < 3; nth++) {
      // Together, since those that share a response could change it for each other as well.
      const responses = await Promise.all([client(url), client(url)]);
      for (const { body } of responses) {
        const reader = body?.getReader();
        const { value } = (await reader?.read()) ?? {};
        expect(String(value && new TextDecoder().decode(value))).toBe('content');
        value?.fill(0);
        await reader?.read();
      }
    }
  });

  test('a response without content', async () => {
    const { client, url, seen } = await reading((request, response) => {
      response.writeHead(request.headers['if-none-match'] ? 304 : 204, etag).end();
    });
    const again = await readTwice(client, url);
    expect([again.status, again.body]).toEqual([204, null]);
    expect(seen[1]?.headers['if-none-match']).toBe('"v1"');
  });

  test('no field of the connection, none that Connection lists', async () => {
    const stored: object[] = [];
    const store = memoryStore();
    const { client, url } = await reading(
      (_, response) =>
        response.writeHead(200, { ...etag, Connection: 'close, X-Hop', 'X-Hop': '1', 'X-End': '2' }).end(),
      {
        store: {
          ...store,
          put(key, response, ...rest) {
            stored.push(response.headers);
            return store.put(key, response, ...rest);
          },
        },
      },
    );
    await (await client(url)).text();
    expect(stored).toEqual([{ etag: '"v1"', 'x-end': '2', date: expect.any(String) }]);
  });
});

describe('a request of the caller', () => {
  test.each([
    ['If-None-Match', '"v1"'],
    ['If-Modified-Since', DATE],
  ])('with %s gets the raw 304', async (name, value) => {
    const { client, url } = await reading(resource({ ETag: '"v1"', 'Last-Modified': DATE }));
    await (await client(url)).text();
    const answer = await client(url, { headers: { [name]: value } });
    expect([answer.status, answer.body]).toEqual([304, null]);
  });

  test('with etag.fresh, or cache: reload, gets all of it, and that is stored', async () => {
    let version = 1;
    const { client, url, seen } = await reading((request, response) =>
      resource({ ETag: `"${version}"` }, `${version}`)(request, response),
    );
    await (await client(url)).text();
    for (const init of [{ etag: { fresh: true } }, { cache: 'reload' } as const]) {
      version++;
      expect(await (await client(url, init)).text()).toBe(`${version}`);
      expect(seen.at(-1)?.headers).toMatchObject({ 'cache-control': 'no-cache' });
      expect(seen.at(-1)?.headers['if-none-match']).toBeUndefined();
      expect(await (await client(url)).text()).toBe(`${version}`);
      expect(seen.at(-1)?.headers['if-none-match']).toBe(`"${version}"`);
    }
  });

  test.each<[what: string, input: (url: string) => RequestInfo | URL]>([
    ['a URL', (url) => new URL(url)],
    ['a Request', (url) => new Request(url)],
    ['a URL with a fragment', (url) => `${url}#part`],
  ])('may be %s', async (_, input) => {
    const { client, url, seen } = await reading(resource({ ETag: '"v1"' }));
    await (await client(url)).text();
    const again = await client(input(url));
    expect([again.url, await again.text()]).toEqual([url, 'content']);
    expect(seen[1]?.headers['if-none-match']).toBe('"v1"');
  });

  test('keeps its own fields and Cache-Control', async () => {
    const { client, url, seen } = await reading(resource({ ETag: '"v1"' }));
    await readTwice(client, url);
    await client(new Request(url, { headers: { Accept: 'text/plain', 'Cache-Control': 'no-transform' } }));
    expect(seen[2]?.headers).toMatchObject({
      accept: 'text/plain',
      'cache-control': 'no-transform',
      'if-none-match': '"v1"',
    });
  });

  test('that cannot be parsed rejects as with fetch', async () => {
    const { client } = await reading(resource({}));
    await expect(client('http://')).rejects.toThrow(TypeError);
  });

  test('of another scheme goes through', async () => {
    const { client } = await reading(resource({}));
    expect(await (await client('data:text/plain,hello')).text()).toBe('hello');
  });

  test('that is aborted rejects with the reason', async () => {
    const { client, url } = await reading(() => {});
    const controller = new AbortController();
    const answer = client(url, { signal: controller.signal });
    controller.abort(new Error('went away'));
    await expect(answer).rejects.toThrow('went away');
  });
});

describe('RFC 9111 §4.3.5 HEAD', () => {
  test('with the same validators freshens the stored response, with others forgets it', async () => {
    let version = 1;
    const { client, url, seen } = await reading((request, response) => {
      const tag = `"${version}"`;
      const same = request.headers['if-none-match'] === tag;
      response.writeHead(same ? 304 : 200, {
        ETag: tag,
        ...(request.method === 'HEAD' && { 'X-Head': 'yes', 'Content-Length': '7' }),
      });
      response.end(same || request.method === 'HEAD' ? undefined : 'content');
    });
    await (await client(url)).text();
    const head = await client(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(seen[1]?.headers['if-none-match']).toBeUndefined();
    const freshened = await client(url);
    expect([freshened.headers.get('x-head'), await freshened.text()]).toEqual(['yes', 'content']);
    // Nor does one that asks for all of it store its lack of content.
    await client(url, { method: 'HEAD', cache: 'reload' });
    expect(await (await client(url)).text()).toBe('content');
    version = 2;
    await client(url, { method: 'HEAD' });
    expect(await (await client(url)).text()).toBe('content');
    expect(seen.at(-1)?.headers['if-none-match']).toBeUndefined();
  });
});

describe('RFC 9111 §4.4 an unsafe request', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'FOO'])(
    '%s that goes through forgets what is stored',
    async (method) => {
      const { client, url, seen } = await reading(resource({ ETag: '"v1"' }));
      await (await client(url)).text();
      await client(url, { method });
      await (await client(url)).text();
      expect(seen[2]?.headers['if-none-match']).toBeUndefined();
    },
  );

  test.each(['OPTIONS', 'QUERY', 'PROPFIND'])('%s is none', async (method) => {
    const { client, url, seen } = await reading(resource({ ETag: '"v1"' }));
    await (await client(url)).text();
    await client(url, { method });
    await (await client(url)).text();
    expect(seen[2]?.headers['if-none-match']).toBe('"v1"');
  });

  test('that fails leaves what is stored', async () => {
    const { client, url, seen } = await reading((request, response) =>
      request.method === 'PUT' ? response.writeHead(412).end() : resource({ ETag: '"v1"' })(request, response),
    );
    await (await client(url)).text();
    await client(url, { method: 'PUT' });
    await (await client(url)).text();
    expect(seen[2]?.headers['if-none-match']).toBe('"v1"');
  });

  test('forgets what Location and Content-Location name, of its own origin alone', async () => {
    const other = await serve(resource({ ETag: '"v1"' }));
    const { client, url, seen } = await reading((request, response) =>
      request.method === 'POST'
        ? response.writeHead(201, { Location: '/b#part', 'Content-Location': `${other.origin}/c` }).end()
        : resource({ ETag: '"v1"' })(request, response),
    );
    const urls = [`${server.origin}/b`, `${other.origin}/c`];
    for (const one of urls) await (await client(one)).text();
    await client(url, { method: 'POST' });
    for (const one of urls) await (await client(one)).text();
    expect(seen.at(-1)?.headers['if-none-match']).toBeUndefined();
    expect(other.seen.at(-1)?.headers['if-none-match']).toBe('"v1"');
    other.close();
  });

  test('what was read before it and comes after it is not stored', async () => {
    let release = () => {};
    const { client, url, seen } = await reading((request, response) => {
      if (request.method === 'PUT') return response.writeHead(204).end();
      release = () => response.end('end');
      response.writeHead(200, { ETag: '"old"' }).write('begin');
    });
    const reading1 = await client(url);
    await client(url, { method: 'PUT' });
    release();
    expect(await reading1.text()).toBe('beginend');
    const next = client(url);
    await expect.poll(() => seen.length).toBe(3);
    release();
    await (await next).text();
    expect(seen[2]?.headers['if-none-match']).toBeUndefined();
  });
});

test.each([{ Vary: '*' }, { 'Cache-Control': 'no-store' }])(
  'a 304 with %o answers, and is the last one',
  async (fields) => {
    const { client, url, seen } = await reading((request, response) => {
      const same = request.headers['if-none-match'] === '"v1"';
      response.writeHead(same ? 304 : 200, { ETag: '"v1"', ...(same && fields) }).end(same ? undefined : 'content');
    });
    for (let nth = 0; nth < 3; nth++) expect(await (await client(url)).text()).toBe('content');
    expect(seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', undefined]);
  },
);
