import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';

let server: Serving;
let version: number;
beforeEach(async () => {
  version = 1;
  server = await serve(async (request, response) => {
    if (request.method === 'PUT') return response.writeHead(204).end(void version++);
    const answer = `${version}: ${await text(request)}`;
    const tag = `"${createHash('sha256').update(answer).digest('hex')}"`;
    const same = request.headers['if-none-match'] === tag;
    response.writeHead(same ? 304 : 200, { ETag: tag, 'Cache-Control': 'max-age=60' }).end(same ? undefined : answer);
  });
});
afterEach(() => server.close());

const query = (body: BodyInit, type = 'text/plain') => ({ method: 'QUERY', body, headers: { 'Content-Type': type } });
const tags = () => server.seen.map(({ headers }) => headers['if-none-match'] !== undefined);

describe('RFC 10008 QUERY', () => {
  test('is validated with the tag of the same query, and of no other', async () => {
    const client = createClient();
    for (const body of ['a', 'b', 'a', new TextEncoder().encode('a'), new URLSearchParams('c')]) {
      expect(await (await client(server.origin, query(body))).text()).toBe(
        `1: ${typeof body === 'string' ? body : body instanceof URLSearchParams ? 'c=' : 'a'}`,
      );
    }
    await (await client(server.origin, query('a', 'text/html'))).text();
    await (await client(server.origin)).text();
    expect(tags()).toEqual([false, false, true, true, false, false, false]);
  });

  test('is fresh for as long as its answer says, or until its resource is written to', async () => {
    const client = createClient({ mode: 'rfc9111' });
    const read = async () => (await client(server.origin, query('a'))).text();
    expect([await read(), await read()]).toEqual(['1: a', '1: a']);
    expect(server.seen).toHaveLength(1);
    await new Promise((later) => setTimeout(later, 5));
    await client(server.origin, { method: 'PUT' });
    expect(await read()).toBe('2: a');
  });

  test('whose content can be read but once goes through', async () => {
    const client = createClient();
    for (let nth = 0; nth < 2; nth++) {
      const init = { ...query(new Blob(['a']).stream()), duplex: 'half' } as RequestInit;
      expect(await (await client(server.origin, init)).text()).toBe('1: a');
    }
    expect(tags()).toEqual([false, false]);
  });

  test('made twice at the same time is sent once', async () => {
    const client = createClient();
    const reads = ['a', 'a', 'b'].map(async (body) => (await client(server.origin, query(body))).text());
    expect(await Promise.all(reads)).toEqual(['1: a', '1: a', '1: b']);
    expect(server.seen).toHaveLength(2);
  });

  test('is another query where the content is of another type, be it one that fetch names', async () => {
    server.close();
    server = await serve((request, response) => {
      const same = request.headers['if-none-match'] === '"of all"';
      const type = request.headers['content-type']?.split(';')[0];
      response.writeHead(same ? 304 : 200, { ETag: '"of all"' }).end(same ? undefined : `of ${type}`);
    });
    const client = createClient();
    const bytes = new TextEncoder().encode('a=b');
    const read = async (body: BodyInit) => (await client(server.origin, { method: 'QUERY', body })).text();
    const bodies = ['a=b', new URLSearchParams('a=b'), bytes, bytes.buffer];
    const answers = ['of text/plain', 'of application/x-www-form-urlencoded', 'of undefined', 'of undefined'];
    expect(await Promise.all(bodies.map(read))).toEqual(answers);
    expect(await Promise.all(bodies.map(read))).toEqual(answers);
    expect(tags().filter(Boolean)).toHaveLength(3);
  });
});
