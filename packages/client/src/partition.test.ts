import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { resource, type Serving, serve } from '../test/server.ts';
import { type ClientOptions, createClient } from './client.ts';
import { memoryStore } from './memory.ts';
import type { ClientInit } from './request.ts';

let server: Serving;
afterEach(() => server.close());

const identities: Record<string, string>[] = [
  {},
  { Authorization: 'Bearer a' },
  { Authorization: 'Bearer b' },
  { Cookie: 'session=a' },
  { Cookie: 'session=b' },
  { Authorization: 'Bearer a', Cookie: 'session=a' },
  { Authorization: 'Bearer a","session=a' },
];

test('a tracker that mints a tag, or a date, for each client links no two identities in 10,000 requests', async () => {
  // Who comes with a validator is known again; who comes without one gets a new one.
  const known = new Map<string, Set<string>>();
  let minted = 0;
  server = await serve((request, response) => {
    const { authorization, cookie, 'if-none-match': tag, 'if-modified-since': date } = request.headers;
    const byDate = request.url?.includes('date');
    const fresh = byDate ? new Date(++minted * 1000).toUTCString() : `"client-${++minted}"`;
    const mark = tag ?? date ?? fresh;
    known.set(mark, (known.get(mark) ?? new Set()).add(`${authorization} ${cookie}`));
    const fields = { [byDate ? 'Last-Modified' : 'ETag']: mark, 'Cache-Control': 'private, max-age=0' };
    response.writeHead(mark === fresh ? 200 : 304, fields).end(mark === fresh ? 'content' : undefined);
  });
  const store = memoryStore();
  const clients = [createClient({ store }), createClient({ store, mode: 'rfc9111' })];
  const readers = identities.flatMap((headers) => clients.map((client) => ({ headers, client })));
  let left = 10_000;
  await Promise.all(
    readers.map(async ({ headers, client }) => {
      for (let i = 0; left-- > 0; i++) {
        const path = i % 2 ? `date-${i % 10}` : `tag-${i % 10}`;
        await (await client(`${server.origin}/${path}`, { headers })).text();
      }
    }),
  );
  expect(server.seen).toHaveLength(10_000);
  expect([...known.values()].filter((who) => who.size > 1)).toEqual([]);
  // It knew them again where it may: of two clients on 10 URLs, each identity has a mark for each at most.
  expect(known.size).toBeLessThanOrEqual(identities.length * 2 * 10);
});

test('nor over redirects, bounces through a third origin and other fields, in 10,000 requests', async () => {
  const identified = [
    ...identities,
    { 'PRIVATE-TOKEN': 'a' },
    { 'PRIVATE-TOKEN': 'b' },
    { 'X-Api-Key': 'a' },
    { 'X-Api-Key': 'b' },
    { 'X-Mine': 'a' },
    { 'X-Mine': 'b' },
  ];
  // What a server sends with what it gave to whom: X-Nth is of the test, and no part of an identity.
  const known = new Map<string, Set<string>>();
  const wrong: string[] = [];
  let minted = 0;
  const links = (request: IncomingMessage, response: ServerResponse, next: string | null) => {
    const { 'x-nth': nth, 'if-none-match': tag, 'if-modified-since': date } = request.headers;
    const mark = tag ?? date ?? (++minted % 2 ? `"${minted}"` : new Date(minted * 1000).toUTCString());
    known.set(mark, (known.get(mark) ?? new Set()).add(String(nth)));
    const field = mark.startsWith('"') ? 'ETag' : 'Last-Modified';
    const caching = request.url?.includes('fresh') ? 'private, max-age=60' : 'private, max-age=0';
    const head = { [field]: mark, 'Cache-Control': caching };
    if (next) return response.writeHead(302, { ...head, Location: next }).end();
    const conditional = tag !== undefined || date !== undefined;
    response.writeHead(conditional ? 304 : 200, head).end(conditional ? undefined : nth);
  };
  const third = await serve((request, response) => {
    const back = request.url?.startsWith('/bounce') && `${server.origin}/landing${request.url.slice(7)}`;
    links(request, response, back || null);
  });
  // Another name for the same machine is another origin.
  const elsewhere = third.origin.replace('localhost', '127.0.0.1');
  server = await serve((request, response) => {
    const path = request.url ?? '';
    const away = /^\/(third|bounce)/.test(path);
    links(request, response, away ? elsewhere + path : null);
  });
  const store = memoryStore();
  const clients = (['revalidate', 'rfc9111'] as const).map((mode) =>
    createClient({ store, mode, identity: ['X-Mine'] }),
  );
  const paths = ['/a', '/third', '/bounce', '/fresh', '/third-fresh', '/bounce-fresh'];
  let left = 10_000;
  await Promise.all(
    identified.flatMap((fields, nth) =>
      clients.map(async (client) => {
        for (let i = 0; left-- > 0; i++) {
          const path = `${paths[i % paths.length]}-${i % 3}`;
          const response = await client(server.origin + path, { headers: { ...fields, 'X-Nth': `${nth}` } });
          const text = await response.text();
          if (text !== `${nth}`) wrong.push(`${nth} was given what is of ${text}`);
        }
      }),
    ),
  );
  expect(wrong).toEqual([]);
  expect([...known.values()].filter((who) => who.size > 1)).toEqual([]);
  third.close();
}, 60_000);

/** The tag that the second of two requests was sent with. */
async function tagBetween(first: ClientInit, second: ClientInit, ...options: [ClientOptions?, ClientOptions?]) {
  server = await serve(resource({ ETag: '"v1"' }));
  const store = memoryStore();
  const client = createClient({ store, ...options[0] });
  await (await client(`${server.origin}/a`, first)).text();
  const other = options.length > 0 ? createClient({ store, ...options[1] }) : client;
  await (await other(`${server.origin}/a`, second)).text();
  return server.seen[1]?.headers['if-none-match'];
}

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

describe('an identity is', () => {
  test('the same when all that tells it apart is', async () => {
    const init = { headers: { Authorization: 'Bearer a', Cookie: 'b=c' }, etag: { partition: 'd' } };
    expect(await tagBetween(init, structuredClone(init))).toBe('"v1"');
  });

  const agent = () => ({ dispatcher: new Agent() }) as ClientInit;
  const ofUndici = { fetch: undiciFetch as unknown as typeof fetch };
  test.each<[what: string, first: ClientInit, second: ClientInit]>([
    ['Authorization', bearer('a'), bearer('b')],
    ['having one at all', {}, bearer('a')],
    ['Proxy-Authorization', {}, { headers: { 'Proxy-Authorization': 'Basic eDp5' } }],
    ['Cookie', { headers: { Cookie: 'a=1' } }, { headers: { Cookie: 'a=2' } }],
    ['a field whose name says so', { headers: { 'PRIVATE-TOKEN': 'a' } }, { headers: { 'PRIVATE-TOKEN': 'b' } }],
    ['X-Api-Key', { headers: { 'X-Api-Key': 'a' } }, { headers: { 'X-Api-Key': 'b' } }],
    ['X-Org-Id', { headers: { 'X-Org-Id': 'a' } }, { headers: { 'X-Org-Id': 'b' } }],
    ['Sudo (GitLab)', { headers: { Sudo: 'a' } }, { headers: { Sudo: 'b' } }],
    ['X-Forwarded-Email', { headers: { 'X-Forwarded-Email': 'a' } }, { headers: { 'X-Forwarded-Email': 'b' } }],
    ['X-Uid', { headers: { 'X-Uid': 'a' } }, { headers: { 'X-Uid': 'b' } }],
    ['X-User-Key-Hash', { headers: { 'X-User-Key-Hash': 'a' } }, { headers: { 'X-User-Key-Hash': 'b' } }],
    ['a partition', { etag: { partition: 'a' } }, { etag: { partition: 'b' } }],
    ['a partition, or none', {}, { etag: { partition: '' } }],
    ['where one part ends', { headers: { Authorization: 'a' } }, { headers: { Cookie: 'a' } }],
    ['credentials that a browser leaves off', {}, { credentials: 'omit' }],
  ])('another by %s', async (_, first, second) => {
    expect(await tagBetween(first, second)).toBeUndefined();
  });

  test.each(['User-Agent', 'Accept', 'X-Request-Id', 'Traceparent', 'X-Keyword'])(
    'the same with another %s',
    async (name) => {
      expect(await tagBetween({ headers: { [name]: 'a' } }, { headers: { [name]: 'b' } })).toBe('"v1"');
    },
  );

  test('another by the fields that the client was told', async () => {
    const options = { identity: ['X-Who'] };
    const [a, b] = [{ headers: { 'X-Who': 'a' } }, { headers: { 'X-Who': 'b' } }];
    expect(await tagBetween(a, b, options, options)).toBeUndefined();
    server.close();
    expect(await tagBetween(a, a, options, options)).toBe('"v1"');
  });

  test('another by the partition of the client', async () => {
    expect(await tagBetween({}, {}, { partition: 'a' }, { partition: 'b' })).toBeUndefined();
  });

  test('another by what it is sent through, and the same through the same', async () => {
    const init = agent();
    expect(await tagBetween(init, agent(), ofUndici, ofUndici)).toBeUndefined();
    server.close();
    expect(await tagBetween(init, init, ofUndici, ofUndici)).toBe('"v1"');
  });
});

describe('the key', () => {
  const key = 'sixteen bytes at least';

  test('is shared by the clients of a process, where none is given', async () => {
    expect(await tagBetween(bearer('a'), bearer('a'), {}, {})).toBe('"v1"');
  });

  test('names the same identity the same way in another client', async () => {
    const bytes = new TextEncoder().encode(key);
    expect(await tagBetween(bearer('a'), bearer('a'), { key }, { key: bytes })).toBe('"v1"');
  });

  test('keeps what it names from clients with another', async () => {
    expect(await tagBetween(bearer('a'), bearer('a'), { key }, { key: `${key} and more` })).toBeUndefined();
  });

  test('does not matter where there is nobody to name', async () => {
    expect(await tagBetween({}, {}, { key }, { key: `${key} and more` })).toBe('"v1"');
  });

  test('is refused when it is too short to protect anything', () => {
    expect(() => createClient({ key: 'secret' })).toThrow(TypeError);
    expect(() => createClient({ key: new Uint8Array(15) })).toThrow('15 bytes');
  });
});

test('no secret is in the store, in an event or in the statistics', async () => {
  server = await serve(resource({ ETag: '"v1"', 'Set-Cookie': 'session=SECRET' }));
  const told: unknown[] = [];
  const store = memoryStore();
  const client = createClient({
    partition: 'SECRET',
    store: {
      ...store,
      list(key) {
        told.push(key);
        return store.list(key);
      },
      put(...args) {
        told.push(args);
        return store.put(...args);
      },
    },
    onEvent: (event) => told.push(event),
  });
  const init = { headers: { Authorization: 'Bearer SECRET', Cookie: 'SECRET=1' } };
  for (let i = 0; i < 2; i++) await (await client(`${server.origin}/a`, init)).text();
  told.push(client.stats());
  expect(told.length).toBeGreaterThan(5);
  expect(JSON.stringify(told)).not.toContain('SECRET');
});
