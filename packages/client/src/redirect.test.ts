import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';

let here: Serving;
let elsewhere: Serving;
let bodies: string[];

/** /STATUS/path redirects to what the query names, or to /path; everything else is a tagged resource. */
async function listener(request: IncomingMessage, response: ServerResponse): Promise<void> {
  bodies.push(await text(request));
  const url = new URL(request.url ?? '', 'http://localhost');
  const [, status, ...path] = url.pathname.split('/');
  if (Number(status) > 300) {
    const location = url.searchParams.get('to') ?? `/${path.join('/')}`;
    return void response.writeHead(Number(status), { Location: location, ETag: '"redirect"' }).end('moved');
  }
  const tag = `"${url.pathname}"`;
  const same = request.headers['if-none-match'] === tag;
  response.writeHead(same ? 304 : 200, { ETag: tag }).end(same ? undefined : url.pathname);
}

beforeEach(async () => {
  bodies = [];
  here = await serve(listener);
  elsewhere = await serve(listener);
});
afterEach(() => {
  here.close();
  elsewhere.close();
});

test('each URL is asked with the validators that were learned there', async () => {
  const client = createClient();
  const url = `${here.origin}/302/a?to=${encodeURIComponent(`${elsewhere.origin}/b`)}`;
  for (let i = 0; i < 2; i++) {
    const response = await client(url);
    expect(response).toMatchObject({ status: 200, url: `${elsewhere.origin}/b`, redirected: true });
    expect(await response.text()).toBe('/b');
  }
  expect(here.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined]);
  expect(elsewhere.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"/b"']);
});

test('a URL that redirects after it had content sends its tag nowhere else', async () => {
  let moved = false;
  const server = await serve((request, response) => {
    if (moved && request.url === '/a') return response.writeHead(307, { Location: `${elsewhere.origin}/b` }).end();
    return listener(request, response);
  });
  const client = createClient();
  await (await client(`${server.origin}/a`)).text();
  moved = true;
  expect(await (await client(`${server.origin}/a`)).text()).toBe('/b');
  expect(server.seen[1]?.headers['if-none-match']).toBe('"/a"');
  expect(elsewhere.seen[0]?.headers['if-none-match']).toBeUndefined();
  server.close();
});

test('the fetch of Node sends it on, to another origin too', async () => {
  const to = encodeURIComponent(`${elsewhere.origin}/b`);
  const headers = { 'If-None-Match': '"secret"', Authorization: 'Bearer a' };
  await (await fetch(`${here.origin}/302/a?to=${to}`, { headers })).text();
  expect(elsewhere.seen[0]?.headers['if-none-match']).toBe('"secret"');
  expect(elsewhere.seen[0]?.headers.authorization).toBeUndefined();
});

test.each(['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'])(
  '%s of the caller is sent to the URL that was called, and to no other',
  async (name) => {
    const client = createClient();
    for (const to of [`${elsewhere.origin}/b`, '/b']) {
      const url = `${here.origin}/302/a?to=${encodeURIComponent(to)}`;
      await (await client(url, { headers: { [name]: '"secret"' } })).text();
    }
    expect(here.seen.map(({ headers }) => headers[name])).toEqual(['"secret"', '"secret"', undefined]);
    expect(elsewhere.seen[0]?.headers[name]).toBeUndefined();
  },
);

test('credentials stay with their origin, other fields go along', async () => {
  const client = createClient();
  const headers = { Authorization: 'Bearer a', Cookie: 'a=b', 'Proxy-Authorization': 'Basic eDp5', 'X-Other': '1' };
  await (await client(`${here.origin}/302/302/b?to=/302/b`, { headers })).text();
  await (await client(`${here.origin}/302/a?to=${encodeURIComponent(`${elsewhere.origin}/b`)}`, { headers })).text();
  expect(here.seen[1]?.headers).toMatchObject({ authorization: 'Bearer a', cookie: 'a=b' });
  expect(elsewhere.seen[0]?.headers).toMatchObject({ 'x-other': '1' });
  expect(elsewhere.seen[0]?.headers).not.toHaveProperty('authorization');
  expect(elsewhere.seen[0]?.headers).not.toHaveProperty('cookie');
  expect(elsewhere.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
});

test('what one identity learned after a redirect is not sent under another', async () => {
  const client = createClient();
  const url = `${here.origin}/302/a?to=${encodeURIComponent(`${elsewhere.origin}/b`)}`;
  for (const authorization of ['alice', 'bob', 'alice'])
    await (await client(url, { headers: { authorization } })).text();
  expect(elsewhere.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, '"/b"']);
});

test('what was read with credentials does not answer a request that lost them on the way', async () => {
  const client = createClient({ mode: 'rfc9111' });
  const server = await serve((request, response) => {
    response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end(request.headers.authorization ?? 'nobody');
  });
  const init = { headers: { authorization: 'alice' } };
  expect(await (await client(`${server.origin}/b`, init)).text()).toBe('alice');
  const url = `${here.origin}/302/a?to=${encodeURIComponent(`${server.origin}/b`)}`;
  expect(await (await client(url, init)).text()).toBe('nobody');
  server.close();
});

test('the fragment of a Location is not part of what is stored', async () => {
  const client = createClient();
  const url = `${here.origin}/302/a?to=${encodeURIComponent('/to#part')}`;
  await (await client(url)).text();
  await (await client(`${here.origin}/to`)).text();
  expect(here.seen.at(-1)?.headers['if-none-match']).toBe('"/to"');
});

describe('a redirect that says how long it holds', () => {
  async function moved(status: number, fields: Record<string, string>) {
    return serve((request, response) => {
      if (request.url === '/from') return response.writeHead(status, { Location: '/to', ...fields }).end('moved');
      listener(request, response);
    });
  }
  const asked = (server: Serving) => server.seen.map(({ url }) => url);
  const LONG = { 'Cache-Control': 'max-age=600' };

  test.each<[status: number, fields: Record<string, string>, mode: 'revalidate' | 'rfc9111', requests: number]>([
    [301, LONG, 'revalidate', 6],
    [308, LONG, 'revalidate', 6],
    [301, {}, 'revalidate', 10],
    [302, LONG, 'revalidate', 10],
    [302, LONG, 'rfc9111', 6],
    [307, LONG, 'rfc9111', 6],
    [301, { 'Cache-Control': 'no-store, max-age=600' }, 'rfc9111', 10],
  ])('%i %o, in the mode %s: %i requests for 5 reads', async (status, fields, mode, requests) => {
    const server = await moved(status, fields);
    const client = createClient({ mode });
    for (let nth = 0; nth < 5; nth++) {
      const response = await client(`${server.origin}/from`);
      expect([response.url, response.redirected, await response.text()]).toEqual([`${server.origin}/to`, true, '/to']);
    }
    expect(asked(server)).toHaveLength(requests);
    // One that follows none is given that of the server.
    const manual = await client(`${server.origin}/from`, { redirect: 'manual' });
    expect([manual.status, await manual.text()]).toEqual([status, 'moved']);
    server.close();
  });

  test('is not that of another identity', async () => {
    const server = await moved(301, LONG);
    const client = createClient();
    for (const authorization of ['a', 'b']) {
      await (await client(`${server.origin}/from`, { headers: { authorization } })).text();
    }
    expect(asked(server)).toEqual(['/from', '/to', '/from', '/to']);
    server.close();
  });
});

describe('as with fetch', () => {
  /** What both do with the same request: the method and the body that arrive, and the answer. */
  async function both(path: string, init: RequestInit | (() => RequestInit)) {
    const outcomes = [];
    for (const send of [fetch, createClient()] as (typeof fetch)[]) {
      here.seen.length = 0;
      bodies.length = 0;
      const given = typeof init === 'function' ? init() : init;
      const outcome = await send(`${here.origin}${path}`, given).then(
        async (response) => [response.status, response.url, response.redirected, await response.text()],
        (error: unknown) => (error instanceof TypeError ? 'TypeError' : error),
      );
      const arrived = here.seen.map(({ method, headers }) => [
        method,
        headers['content-type'],
        headers['content-length'],
      ]);
      outcomes.push({ outcome, arrived, bodies: [...bodies] });
    }
    return outcomes;
  }

  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
  const cases = [301, 302, 303, 307, 308].flatMap((status) => methods.map((method) => [status, method] as const));
  test.each(cases)('a %i to %s', async (status, method) => {
    const body =
      method === 'GET' || method === 'HEAD' ? {} : { body: 'body', headers: { 'Content-Type': 'text/plain' } };
    const [theirs, ours] = await both(`/${status}/b`, { method, ...body });
    expect(ours).toEqual(theirs);
    expect(ours?.arrived).toHaveLength(2);
  });

  test.each<[what: string, path: string, init: RequestInit | (() => RequestInit)]>([
    ['redirect: manual', '/302/b', { redirect: 'manual' }],
    ['redirect: error', '/302/b', { redirect: 'error' }],
    ['20 redirects', `${'/302'.repeat(20)}/b`, {}],
    ['21 redirects', `${'/302'.repeat(21)}/b`, {}],
    ['no Location', '/300/b', {}],
    ['a Location of another scheme', '/302/b?to=data:text/plain,hello', {}],
    ['a Location that cannot be parsed', '/302/b?to=http://', {}],
    ['a Location in UTF-8', '/302/b?to=/%C3%A9', {}],
    ['a relative Location', '/302/b?to=c', {}],
    [
      'a stream as body',
      '/307/b',
      () => ({ method: 'POST', body: new Blob(['body']).stream(), duplex: 'half' }) as RequestInit,
    ],
    [
      'a stream as body of what becomes a GET',
      '/303/b',
      () => ({ method: 'POST', body: new Blob(['body']).stream(), duplex: 'half' }) as RequestInit,
    ],
  ])('%s', async (_, path, init) => {
    const [theirs, ours] = await both(path, init);
    expect(ours).toEqual(theirs);
  });
});

test('a Request is sent again with its body and its members', async () => {
  const client = createClient();
  const controller = new AbortController();
  const request = new Request(`${here.origin}/307/b`, {
    method: 'POST',
    body: 'body',
    headers: { 'X-Other': '1' },
    signal: controller.signal,
  });
  expect(await (await client(request)).text()).toBe('/b');
  expect(bodies).toEqual(['body', 'body']);
  expect(here.seen[1]).toMatchObject({ method: 'POST', headers: { 'x-other': '1' } });
});

test.each(['If-Match', 'If-Unmodified-Since', 'If-None-Match'])(
  'a write with %s is not sent elsewhere without it: it would overwrite',
  async (name) => {
    const client = createClient();
    const write = client(`${here.origin}/308/b`, { method: 'PUT', body: 'body', headers: { [name]: '"v1"' } });
    await expect(write).rejects.toThrow(`has ${name.toLowerCase()} and leads to ${here.origin}/b`);
    expect(here.seen).toHaveLength(1);
  },
);

test('a part is not asked for without its condition: it may be of another representation', async () => {
  const server = await serve((request, response) => {
    if (request.url === '/latest') return response.writeHead(302, { Location: '/v2' }).end();
    // As a server that knows ranges.
    if (!request.headers.range) return response.writeHead(200, { ETag: '"v2"' }).end('content');
    response.writeHead(206, { ETag: '"v2"', 'Content-Range': 'bytes 3-6/7' }).end('tent');
  });
  const init = (headers: HeadersInit) => ({ headers: { Range: 'bytes=3-', ...headers } });
  const resumed = await createClient()(`${server.origin}/latest`, init({ 'If-Range': '"v1"' }));
  expect([resumed.status, await resumed.text()]).toEqual([200, 'content']);
  const part = await createClient()(`${server.origin}/latest`, init({}));
  expect([part.status, await part.text()]).toEqual([206, 'tent']);
  server.close();
});

test('content that is iterated is not sent once more without what was read of it', async () => {
  const bodies: string[] = [];
  const server = await serve(async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(307, { Location: '/to' }).end();
  });
  for (const body of [Readable.from(['content']), Readable.toWeb(Readable.from(['content']))]) {
    const init = { method: 'PUT', body: body as unknown as BodyInit, duplex: 'half' } as RequestInit;
    await expect(createClient()(server.origin, init)).rejects.toThrow('its body is a stream');
  }
  expect(bodies).toEqual(['content', 'content']);
  server.close();
});

test('integrity is of the content that a redirect leads to', async () => {
  const server = await serve((request, response) => {
    if (request.url === '/a') return response.writeHead(302, { Location: '/b' }).end('moved');
    response.writeHead(200).end('content');
  });
  const integrity = `sha256-${createHash('sha256').update('content').digest('base64')}`;
  const client = createClient();
  const response = await client(`${server.origin}/a`, { integrity });
  expect([response.url, response.redirected, await response.text()]).toEqual([`${server.origin}/b`, true, 'content']);
  await expect(client(`${server.origin}/a`, { integrity: 'sha256-AAAA' })).rejects.toThrow(TypeError);
  server.close();
});
