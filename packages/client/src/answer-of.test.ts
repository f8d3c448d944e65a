import { afterEach, describe, expect, test } from 'vitest';
import { resource, type Serving, serve } from '../test/server.ts';
import { answerOf } from './answer-of.ts';
import { createClient } from './client.ts';

let server: Serving | undefined;
afterEach(() => server?.close());

describe('a caller can ask how a response came to be', () => {
  test('by the network, by a validation, with another call; and of its clones', async () => {
    server = await serve(resource({ ETag: '"v1"' }));
    const { origin } = server;
    const client = createClient();
    const full = await client(origin);
    await full.text();
    const validated = await client(origin);
    expect(answerOf(full)).toEqual({ how: 'full', requests: 1, savedBytes: 0, movedTo: null });
    expect(answerOf(validated)).toEqual({ how: 'not-modified', requests: 1, savedBytes: 7, movedTo: null });
    expect(answerOf(validated.clone().clone())).toEqual(answerOf(validated));
    const both = await Promise.all([client(`${origin}/b`), client(`${origin}/b`)]);
    expect(both.map(answerOf)).toMatchObject([
      { how: 'full', requests: 1 },
      { how: 'shared', requests: 0 },
    ]);
    expect(answerOf(await fetch(origin))).toBeNull();
  });

  test('from the store, fresh, and stale instead of an error', async () => {
    let status = 200;
    const fields = { ETag: '"v1"', 'Cache-Control': 'max-age=60, stale-if-error=60' };
    server = await serve((_, response) => response.writeHead(status, fields).end('content'));
    const { origin } = server;
    const client = createClient({ mode: 'rfc9111' });
    await (await client(origin)).text();
    expect(answerOf(await client(origin))).toMatchObject({ how: 'fresh', requests: 0 });
    status = 503;
    const stale = await client(origin, { headers: { 'Cache-Control': 'no-cache, stale-if-error=60' } });
    expect(answerOf(stale)).toMatchObject({ how: 'stale', requests: 1 });
  });

  test('with the requests of its redirects, and the one that repeats a 304 that cannot be used', async () => {
    server = await serve((request, response) => {
      if (request.url === '/from') return response.writeHead(302, { Location: '/to' }).end();
      const conditional = request.headers['if-none-match'] !== undefined;
      response.writeHead(conditional ? 304 : 200, { ETag: conditional ? '"v2"' : '"v1"' });
      response.end(conditional ? undefined : 'content');
    });
    const { origin } = server;
    const client = createClient();
    await (await client(`${origin}/to`)).text();
    expect(answerOf(await client(`${origin}/from`))).toEqual({
      how: 'full',
      requests: 3,
      savedBytes: 0,
      movedTo: null,
    });
  });

  test('of a write', async () => {
    server = await serve((_, response) => response.writeHead(204).end());
    const { origin } = server;
    expect(answerOf(await createClient()(origin, { method: 'PUT' }))).toMatchObject({ how: 'full', requests: 1 });
  });

  test('with where permanent redirects lead, up to the first that is not', async () => {
    const locations: Record<string, [number, string]> = {
      '/a': [301, '/b'],
      '/b': [308, '/c'],
      '/c': [302, '/d'],
      '/d': [301, '/e'],
    };
    server = await serve((request, response) => {
      const [status, location] = locations[request.url ?? ''] ?? [200, ''];
      response.writeHead(status, location ? { Location: location } : {}).end();
    });
    const { origin } = server;
    const client = createClient();
    for (const [path, movedTo] of [
      ['/a', `${origin}/c`],
      ['/c', null],
      ['/d', `${origin}/e`],
      ['/e', null],
    ] as const) {
      expect(answerOf(await client(origin + path))).toMatchObject({ movedTo });
    }
  });
});
