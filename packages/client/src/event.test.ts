import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resource, type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';

let server: Serving;
beforeEach(async () => {
  server = await serve((request, response) => {
    const fields = request.url?.startsWith('/length') ? { ETag: '"v1"', 'Content-Length': '7' } : { ETag: '"v1"' };
    if (request.url === '/coded' && !request.headers['if-none-match']) {
      return response.writeHead(200, { ETag: '"v1"', 'Content-Encoding': 'identity' }).end('content');
    }
    resource(fields)(request, response);
  });
});
afterEach(() => server.close());

test('statistics are by origin and partition', async () => {
  const other = await serve(resource({ ETag: '"v1"' }));
  const client = createClient();
  const headers = { Authorization: 'Bearer a' };
  const read = async (origin: string, init?: RequestInit) => (await client(`${origin}/length`, init)).text();
  for (let i = 0; i < 4; i++) await read(server.origin);
  for (let i = 0; i < 2; i++) await read(server.origin, { headers });
  await read(other.origin);
  const stats = client.stats();
  expect(stats).toMatchObject([
    { origin: server.origin, partition: '', requests: 4, ratio: 0.75, savedBytes: 21 },
    {
      origin: server.origin,
      partition: expect.stringMatching(/^[\w+/]{43}=$/),
      requests: 2,
      ratio: 0.5,
      savedBytes: 7,
    },
    { origin: other.origin, partition: '', requests: 1, ratio: 0, savedBytes: 0, savedTime: 0 },
  ]);
  await read(other.origin);
  expect(stats[2]?.requests).toBe(1);
  other.close();
});

test.each([
  ['/length', 7],
  ['/chunked', 7],
  // fetch does not say how many bytes these were.
  ['/coded', 0],
])('the bytes saved of %s are %i', async (path, bytes) => {
  const client = createClient();
  for (let i = 0; i < 2; i++) await (await client(`${server.origin}${path}`)).text();
  expect(client.stats()).toMatchObject([{ answers: { 'not-modified': 1 }, savedBytes: bytes }]);
});

test('the time saved is that of the full response, without that of who reads it, less that of the 304', async () => {
  const client = createClient();
  const slow = await serve((request, response) => {
    const same = request.headers['if-none-match'] !== undefined;
    setTimeout(
      () => response.writeHead(same ? 304 : 200, { ETag: '"v1"' }).end(same ? undefined : 'content'),
      same ? 0 : 50,
    );
  });
  for (let i = 0; i < 2; i++) await (await client(`${slow.origin}/a`)).text();
  const [row] = client.stats();
  expect(row?.savedTime).toBeGreaterThan(10);
  slow.close();
});

test('a subscriber of the channel hears all clients', async () => {
  const heard: unknown[] = [];
  const listener = (event: unknown) => void heard.push(event);
  subscribe('@etag/client', listener);
  const client = createClient();
  for (let i = 0; i < 2; i++) await (await client(`${server.origin}/a`)).text();
  unsubscribe('@etag/client', listener);
  await (await client(`${server.origin}/a`)).text();
  expect(heard).toMatchObject([
    { type: 'answered', how: 'full', url: `${server.origin}/a`, origin: server.origin, partition: '', status: 200 },
    { type: 'answered', how: 'not-modified', savedBytes: 7, start: expect.any(Number), duration: expect.any(Number) },
  ]);
});

test('a hook that throws fails no request, and is not silent', async () => {
  const thrown: unknown[] = [];
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => thrown.push(error));
  const client = createClient({
    onEvent() {
      throw new Error('hook');
    },
  });
  expect(await (await client(`${server.origin}/a`)).text()).toBe('content');
  await expect.poll(() => thrown).toMatchObject([{ message: 'hook' }]);
  process.removeAllListeners('uncaughtException');
  for (const listener of before) process.on('uncaughtException', listener);
});

test('the statistics of a crawler stay within bounds', async () => {
  const client = createClient({ fetch: async () => new Response('content') });
  for (let i = 0; i < 10_010; i++) await client(`https://${i}.example`);
  const stats = client.stats();
  expect(stats).toHaveLength(10_001);
  expect(stats.at(-1)).toMatchObject({ origin: '*', partition: '*', requests: 10 });
});
