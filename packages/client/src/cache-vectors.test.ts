import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CacheVector, cacheVectors, type Source } from '../test/cache-vectors.ts';
import { type Serving, serve } from '../test/server.ts';
import { answerOf } from './answer-of.ts';
import { createClient } from './client.ts';
import type { How } from './event.ts';

const SOURCES: Record<How, Source> = {
  full: 'full',
  'not-modified': 'validated',
  fresh: 'stored',
  stale: 'stored',
  shared: 'stored',
};

let server: Serving;
/** What was asked of each vector's URL. */
const asked = new Map<string, number>();

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = String(request.url);
  if (path === '/target') return void response.writeHead(200, { 'Cache-Control': 'no-store' }).end('target');
  const { response: first, between } = cacheVectors[Number(path.slice(1))] as CacheVector;
  if (request.method !== 'GET') return void response.writeHead(between?.status ?? 500, between?.fields).end();
  const nth = (asked.get(path) ?? 0) + 1;
  asked.set(path, nth);
  const isValidation = request.headers['if-none-match'] ?? request.headers['if-modified-since'];
  if (nth > 1 && isValidation) return void response.writeHead(304, first.fields).end();
  response.writeHead(nth === 1 ? (first.status ?? 200) : 200, first.fields).end(nth === 1 ? 'first' : 'second');
}

beforeAll(async () => {
  server = await serve(answer);
});
afterAll(() => server.close());

test.each(cacheVectors.map((vector, nth) => ({ ...vector, nth })))(
  '§$section $kind: $id comes $expected',
  async ({ nth, requests = [{}, {}], between, response: { status = 200 }, expected }) => {
    const client = createClient({ mode: 'rfc9111' });
    const url = `${server.origin}/${nth}`;
    const read = async (headers: Readonly<Record<string, string>>) => {
      const response = await client(url, { headers });
      const source: Source = SOURCES[answerOf(response)?.how ?? 'full'];
      return { status: response.status, text: await response.text(), source };
    };
    const first = await read(requests[0]);
    const isRedirect = first.text === 'target';
    expect(first.status).toBe(isRedirect ? 200 : status);
    // `manual`: where a redirect leads is not what is asked here.
    if (between) await (await client(url, { method: between.method, redirect: 'manual' })).text();
    const second = await read(requests[1]);
    if (isRedirect) return expect(asked.get(`/${nth}`) === 1 ? 'stored' : 'full').toBe(expected);
    expect(second.status === first.status && second.text === first.text ? second.source : 'full').toBe(expected);
  },
);
