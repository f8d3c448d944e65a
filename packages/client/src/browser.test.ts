import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

// What a browser does otherwise than Node; the whole of it runs in a page as well.
let createClient: typeof import('./client.ts').createClient;
beforeAll(async () => {
  vi.stubGlobal('location', new URL('https://example.com/page'));
  vi.resetModules();
  ({ createClient } = await import('./client.ts'));
});
afterAll(() => vi.unstubAllGlobals());

type Answer = (request: Request, init: RequestInit) => Response;

/** A client whose requests are answered so, and the requests. */
function answering(answer: Answer) {
  const sent: { redirect?: RequestRedirect | undefined; headers: Record<string, string> }[] = [];
  const client = createClient({
    async fetch(input, init = {}) {
      const request = new Request(new URL(String(input), location.href), init);
      sent.push({ redirect: init.redirect, headers: Object.fromEntries(request.headers) });
      return answer(request, init);
    },
  });
  return { client, sent };
}

// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
const opaque = () =>
  Object.defineProperties(new Response(null), { type: { value: 'opaqueredirect' }, status: { value: 0 } });

test('redirects are hidden: it follows them itself, and nothing of them is stored', async () => {
  const { client, sent } = answering((_, { redirect }) => {
    if (redirect === 'manual') return opaque();
    return Object.defineProperty(new Response('content', { headers: { ETag: '"b"' } }), 'redirected', { value: true });
  });
  for (let i = 0; i < 2; i++) expect(await (await client('/a')).text()).toBe('content');
  expect(sent.map(({ redirect }) => redirect)).toEqual(['manual', 'follow', 'manual', 'follow']);
  for (const { headers } of sent) expect(headers).not.toHaveProperty('if-none-match');
  expect((await client('/a', { redirect: 'manual' })).type).toBe('opaqueredirect');
  // What may change something is sent once, redirected or not.
  await client('/a', { method: 'POST' });
  expect(sent).toHaveLength(6);
  expect(sent.at(-1)?.redirect).toBe('follow');
});

const both = { ETag: '"v1"', 'Last-Modified': 'Sat, 21 Nov 2026 11:11:53 GMT' };

describe('a page needs the permission of another origin', () => {
  test.each<[url: string, fields: Record<string, string>, sent: Record<string, string>]>([
    ['/a', both, { 'if-none-match': '"v1"', 'if-modified-since': both['Last-Modified'] }],
    ['https://api.example/a', both, { 'if-none-match': '"v1"' }],
    ['https://api.example/a', { 'Last-Modified': both['Last-Modified'] }, {}],
  ])('%s with %o', async (url, fields, validators) => {
    const { client, sent } = answering(() => new Response('content', { headers: fields }));
    for (let i = 0; i < 2; i++) await (await client(url)).text();
    expect(sent[1]?.headers).toEqual(validators);
  });

  test('where it is not given, the request is sent without validators', async () => {
    const { client, sent } = answering((request) => {
      if (request.headers.has('if-none-match')) throw new TypeError('Failed to fetch');
      return new Response('content', { headers: both });
    });
    for (let i = 0; i < 2; i++) expect(await (await client('https://api.example/a')).text()).toBe('content');
    expect(sent.map(({ headers }) => headers)).toEqual([{}, { 'if-none-match': '"v1"' }, {}]);
  });

  test('of its own it does not', async () => {
    const { client, sent } = answering((request) => {
      if (request.headers.has('if-none-match')) throw new TypeError('Failed to fetch');
      return new Response('content', { headers: both });
    });
    await (await client('/a')).text();
    await expect(client('/a')).rejects.toThrow('Failed to fetch');
    expect(sent).toHaveLength(2);
  });
});

// Chromium leaves alone what it has of a resource that it writes to with If-Match.
test.each(['GET', 'HEAD'])('after a write, a %s does not take what the browser has for fresh', async (method) => {
  const modes: (RequestCache | undefined)[] = [];
  const client = createClient({
    async fetch(_, init) {
      modes.push(init?.cache);
      // Not to be stored, so that no validation asks for it.
      return new Response('{}', { headers: { ETag: '"v1"', 'Cache-Control': 'no-store' } });
    },
  });
  await client('/a', { method });
  expect((await client.update('/a', () => ({}))).kind).toBe('updated');
  await client('/a', { method });
  await client('/b', { method });
  expect(modes).toEqual([undefined, undefined, undefined, 'no-cache', undefined]);
});
