import { afterEach, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';
import { memoryStore } from './memory.ts';
import type { StoredResponse } from './port.ts';

let server: Serving;
afterEach(() => server.close());

/** Serves each language, and each API key, its own content under a tag that names it. */
async function varying(vary: string): Promise<string> {
  server = await serve((request, response) => {
    const { 'accept-language': language, 'x-api-key': key } = request.headers;
    const content = [language, key].join(' ');
    const tag = `"${content.replaceAll(' ', '-')}"`;
    const same = request.headers['if-none-match'] === tag;
    response.writeHead(same ? 304 : 200, { ETag: tag, Vary: vary }).end(same ? undefined : content);
  });
  return `${server.origin}/a`;
}

test('RFC 9111 §4.1 each variant has its own stored response', async () => {
  const url = await varying('Accept-Language');
  const client = createClient();
  const read = async (language: string) => (await client(url, { headers: { 'Accept-Language': language } })).text();
  for (const language of ['de', 'en', 'de', 'en', 'de']) expect(await read(language)).toContain(language);
  const tags = server.seen.map(({ headers }) => headers['if-none-match']);
  expect(tags).toEqual([undefined, undefined, '"de-"', '"en-"', '"de-"']);
});

test('a field that Vary does not name selects nothing', async () => {
  const url = await varying('Accept-Language');
  const client = createClient();
  const read = async (agent: string) =>
    (await client(url, { headers: { 'Accept-Language': 'de', 'User-Agent': agent } })).text();
  await read('a');
  await read('b');
  expect(server.seen[1]?.headers['if-none-match']).toBe('"de-"');
});

test('what is sent and what is not are two', async () => {
  const url = await varying('x-API-key, Accept-Language');
  const client = createClient();
  const read = async (headers: Record<string, string>) => (await client(url, { headers })).text();
  await read({ 'X-API-Key': 'k', 'Accept-Language': 'de' });
  await read({ 'Accept-Language': 'de' });
  await read({ 'X-API-Key': 'k', 'Accept-Language': 'de' });
  const tags = server.seen.map(({ headers }) => headers['if-none-match']);
  expect(tags).toEqual([undefined, undefined, '"de-k"']);
});

test('a key that Vary names is not in the store', async () => {
  const url = await varying('X-API-Key');
  const store = memoryStore();
  const stored: StoredResponse[] = [];
  const client = createClient({
    store: {
      ...store,
      put(key, response, ...rest) {
        stored.push(response);
        return store.put(key, response, ...rest);
      },
    },
  });
  await (await client(url, { headers: { 'X-API-Key': 'secret' } })).text();
  expect(stored).toHaveLength(1);
  expect(JSON.stringify(stored[0]?.selecting)).not.toContain('secret');
});

test('a newer response takes the place of those that it could have answered for, and of the oldest of too many', async () => {
  let vary: Record<string, string> = { Vary: 'Accept-Language' };
  server = await serve((_, response) => response.writeHead(200, { ETag: '"v1"', ...vary }).end());
  const store = memoryStore();
  const client = createClient({ store });
  const url = `${server.origin}/a`;
  for (let i = 0; i < 30; i++) await (await client(url, { headers: { 'Accept-Language': `l${i}` } })).text();
  const stored = await store.list(`1  ${url}`);
  expect(stored).toHaveLength(16);
  expect(stored.map(({ selecting }) => selecting['accept-language'])).not.toContain('l0');
  vary = {};
  await (await client(url, { headers: { 'Accept-Language': 'l29' } })).text();
  expect((await store.list(`1  ${url}`)).filter(({ selecting }) => selecting['accept-language'] === 'l29')).toEqual([]);
});

test('a 304 that changes Vary changes what selects', async () => {
  let vary = 'Accept-Language';
  server = await serve((request, response) => {
    const same = request.headers['if-none-match'] === '"v1"';
    response.writeHead(same ? 304 : 200, { ETag: '"v1"', Vary: vary }).end();
  });
  const client = createClient();
  const url = `${server.origin}/a`;
  const read = async (language: string) => (await client(url, { headers: { 'Accept-Language': language } })).text();
  await read('de');
  vary = 'Accept';
  await read('de');
  await read('en');
  expect(server.seen[2]?.headers['if-none-match']).toBe('"v1"');
  vary = '*';
  await read('en');
  await read('en');
  expect(server.seen[4]?.headers['if-none-match']).toBeUndefined();
});
