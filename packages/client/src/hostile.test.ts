import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { answerOf } from './answer-of.ts';
import { createClient } from './client.ts';
import { keyOf } from './key.ts';
import { memoryStore } from './memory.ts';

let server: Server;
afterEach(() => server.close());

/** A server that answers each request with the same bytes; or, where it is sent a tag, with others. */
async function serveBytes(bytes: string, validated = bytes): Promise<string> {
  server = createServer((socket) => {
    socket
      .on('error', () => {})
      .on('data', (request) => {
        const same = /^if-none-match:/im.test(String(request));
        socket.end(Buffer.from(same ? validated : bytes, 'latin1'));
      });
  });
  await once(server.listen(0), 'listening');
  return `http://localhost:${(server.address() as AddressInfo).port}/a`;
}

const fresh = 'Cache-Control: max-age=600';
const tag = 'ETag: "a"';
const gzipped = gzipSync('content').toString('latin1');

/** The bytes of a response. */
function bytes(status: string, fields: string[], content = 'content'): string {
  const lines = [`HTTP/1.1 ${status}`, ...fields, `Content-Length: ${content.length}`, 'Connection: close'];
  return `${lines.join('\r\n')}\r\n\r\n${content}`;
}

describe.each(['revalidate', 'rfc9111'] as const)('what fetch reads the client reads, each time: %s', (mode) => {
  test.each<[what: string, bytes: string, validated?: string]>([
    ['a status beyond 599', bytes('999 Request denied', [tag, fresh])],
    ['a status that nobody knows', bytes('299 Odd', [tag, fresh])],
    ['a reason phrase in Latin-1', bytes('200 Sch\xf6n', [tag, fresh])],
    ['a reason phrase in Chinese', bytes(Buffer.from('200 好').toString('latin1'), [tag, fresh])],
    ['no reason phrase', bytes('200', [tag, fresh])],
    ['a redirect that leads nowhere', bytes('302 Found', [tag, fresh])],
    ['a 205', bytes('205 Reset Content', [tag, fresh])],
    ['a tag in Latin-1', bytes('200 OK', ['ETag: "\xf6"', 'X-Odd: \xff\xfe', fresh])],
    ['a tag with a tab', bytes('200 OK', ['ETag: "a\tb"'])],
    ['an empty tag', bytes('200 OK', ['ETag: ', fresh])],
    ['two tags', bytes('200 OK', [tag, 'ETag: "b"'])],
    [
      'two dates',
      bytes(
        '200 OK',
        [1, 2].map((day) => `Last-Modified: Mon, 0${day} Jan 2024 00:00:00 GMT`),
      ),
    ],
    ['dates that are none', bytes('200 OK', [tag, 'Date: yesterday', 'Expires: 0', 'Last-Modified: x', 'Age: -1'])],
    ['Cache-Control that cannot be read', bytes('200 OK', [tag, 'Cache-Control: max-age="1\\"', 'Vary: ,"x",'])],
    ['numbers that are too large', bytes('200 OK', [tag, 'Cache-Control: max-age=1e400', `Age: ${'9'.repeat(40)}`])],
    ['names that every object has', bytes('200 OK', [tag, fresh, '__proto__: x', 'constructor: y', 'Vary: __proto__'])],
    ['Vary: *', bytes('200 OK', [tag, fresh, 'Vary: *'])],
    ['Connection that names what is not of the connection', bytes('200 OK', ['Connection: etag', tag, fresh])],
    ['Content-Location that is not a URL', bytes('200 OK', [tag, 'Content-Location: http://['])],
    ['content in a coding', bytes('200 OK', [tag, 'Content-Encoding: gzip'], gzipped)],
    ['content that is not in its coding', bytes('200 OK', [tag, 'Content-Encoding: gzip'])],
    ['a part that nobody asked for', bytes('206 Partial Content', [tag, fresh, 'Content-Range: bytes 0-6/99'])],
    ['a 304 with the fields of other content', bytes('200 OK', [tag]), bytes('304 Not Modified', [tag, 'Vary: *'])],
    ['a 304 with content', bytes('200 OK', [tag]), bytes('304 Not Modified', [tag], 'other')],
    ['a 304 with two tags', bytes('200 OK', [tag]), bytes('304 Not Modified', [tag, tag], '')],
    ['a 304 of another tag', bytes('200 OK', [tag]), bytes('304 Not Modified', ['ETag: "b"'], '')],
    ['a 304 that nobody asked for', bytes('304 Not Modified', [tag, fresh], '')],
  ])('%s', async (_, first, validated) => {
    const url = await serveBytes(first, validated);
    const read = async (ask: typeof fetch) => {
      const response = await ask(url);
      return { status: response.status, content: await response.text().catch(() => 'breaks off') };
    };
    const fetched = await read(fetch);
    const client = createClient({ mode });
    for (let nth = 0; nth < 3; nth++) expect(await read(client)).toEqual(fetched);
  });
});

describe('content that is cut is stored only where fetch takes it for whole', () => {
  const text = randomBytes(5000).toString('hex');
  const whole = gzipSync(text);
  const half = whole.subarray(0, whole.length / 2);
  const wrong = Buffer.from(whole).fill(0, whole.length - 8, whole.length - 4);
  const coded = 'Content-Encoding: gzip';
  const chunk = `${half.length.toString(16)}\r\n${half.toString('latin1')}\r\n`;
  test.each<[what: string, fields: string[], content: string]>([
    ['fewer bytes than Content-Length', [`Content-Length: ${text.length}`], text.slice(1)],
    ['fewer bytes than Content-Length, coded', [coded, `Content-Length: ${whole.length}`], half.toString('latin1')],
    ['chunks that stop', [coded, 'Transfer-Encoding: chunked'], chunk],
    ['a checksum that is wrong', [coded, `Content-Length: ${whole.length}`], wrong.toString('latin1')],
    // Decision 086: fetch says nothing of these.
    ['half of a gzip stream, counted as it is', [coded, `Content-Length: ${half.length}`], half.toString('latin1')],
    ['half of a gzip stream, until the server closes', [coded], half.toString('latin1')],
  ])('%s', async (_, fields, content) => {
    const url = await serveBytes(['HTTP/1.1 200 OK', tag, 'Connection: close', ...fields, '', content].join('\r\n'));
    const isWhole = await (await fetch(url)).text().then(
      () => true,
      () => false,
    );
    const store = memoryStore();
    const reading = (await createClient({ store })(url)).text();
    await (isWhole ? reading : expect(reading).rejects.toThrow(TypeError));
    expect(await store.list(keyOf('', new URL(url)))).toHaveLength(isWhole ? 1 : 0);
  });
});

test('a Location in UTF-8 names what a write has changed', async () => {
  const url = await serveBytes(bytes('200 OK', [tag, fresh, `Location: ${Buffer.from('/ä').toString('latin1')}`]));
  const client = createClient({ mode: 'rfc9111' });
  const read = async () => answerOf(await client(new URL('/ä', url)))?.how;
  const first = await client(new URL('/ä', url));
  await first.text();
  expect(await read()).toBe('fresh');
  await client(url, { method: 'POST' });
  expect(await read()).toBe('full');
});

describe('a Location that fetch does not follow is said', () => {
  test.each([
    'http://[',
    'http://localhost:99999/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    '//user:pw@localhost/',
  ])('%s', async (location) => {
    const url = await serveBytes(bytes('302 Found', [`Location: ${location}`, fresh]));
    await expect(fetch(url)).rejects.toThrow(TypeError);
    const failure = `GET ${url} is redirected: fetch does not go to ${location}.`;
    const client = createClient();
    for (let nth = 0; nth < 2; nth++) await expect(client(url)).rejects.toThrow(new TypeError(failure));
  });
});
