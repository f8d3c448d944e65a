import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { exchange } from './exchange.ts';
import { field, fieldLines } from './field-line.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that answers every connection with the same bytes. */
async function answering(bytes: string | null, options: { close?: boolean } = {}) {
  const { close = true } = options;
  const received: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received.push(chunk.toString('latin1'));
      if (bytes === null) return;
      socket.write(bytes, 'latin1');
      if (close) socket.end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const GET = { method: 'GET', path: '/', headers: [] };
const text = (body: Uint8Array) => Buffer.from(body).toString('latin1');

describe('what is sent', () => {
  it('keeps repeated lines, case, tabs and bytes beyond ASCII', async () => {
    const { origin, received } = await answering('HTTP/1.1 204 No Content\r\n\r\n');
    await exchange(origin, {
      method: 'PUT',
      path: '/a?b=c',
      headers: [
        ['If-Match', '"a"\t,"\xff"'],
        ['if-match', ''],
      ],
    });
    expect(received.join('')).toBe(
      `PUT /a?b=c HTTP/1.1\r\nHost: ${origin.slice(7)}\r\nIf-Match: "a"\t,"\xff"\r\nif-match: \r\n` +
        'Connection: close\r\nContent-Length: 0\r\n\r\n',
    );
  });
});

describe('content', () => {
  it('is sent with its length', async () => {
    const { origin, received } = await answering('HTTP/1.1 204 No Content\r\n\r\n');
    await exchange(origin, { ...GET, method: 'PUT', content: Buffer.from('grün') });
    expect(received.join('')).toMatch(/\r\nContent-Length: 5\r\n\r\n/);
    expect(Buffer.from(received.join(''), 'latin1').toString()).toMatch(/grün$/);
  });

  it('is not waited for beyond a bound', async () => {
    const { origin } = await answering('HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n0123456789', { close: false });
    const { isCut, fault, body } = await exchange(origin, GET, { maxBytes: 20 });
    expect({ isCut, fault, body: text(body) }).toEqual({ isCut: true, fault: null, body: '0123456789' });
  });

  it('is all there within it', async () => {
    const { origin } = await answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    expect(await exchange(origin, GET, { maxBytes: 100 })).toMatchObject({ isCut: false, received: 40 });
  });
});

it('a field that would end its line is not sent', () => {
  expect(() => exchange('http://127.0.0.1:1', { ...GET, headers: [['X', 'a\r\nY: b']] })).toThrow(TypeError);
});

describe('what is received', () => {
  it('has every line of its header section', async () => {
    const { origin } = await answering(
      'HTTP/1.1 200 OK\r\nETag:  "\xff" \r\nVary: A\r\nvary: B\r\nContent-Length: 2\r\n\r\nok',
    );
    const { status, headers, body, fault } = await exchange(origin, GET);
    expect({ status, body: text(body), fault }).toEqual({ status: 200, body: 'ok', fault: null });
    expect(headers).toContainEqual(['ETag', '"\xff"']);
    expect(fieldLines(headers, 'Vary')).toEqual(['A', 'B']);
    expect(field(headers, 'vary')).toBe('A, B');
    expect(field(headers, 'x')).toBeNull();
  });

  it.each([
    [
      'chunked content',
      'Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n',
      'abc0123456789',
    ],
    ['chunked content with trailers', 'Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nETag: "x"\r\n\r\n', 'a'],
    ['content that ends with the connection', '\r\nabc', 'abc'],
    ['no content', 'Content-Length: 0\r\n\r\n', ''],
  ])('may be %s', async (_, rest, expected) => {
    const { origin } = await answering(`HTTP/1.1 200 OK\r\n${rest}`);
    const { body, fault } = await exchange(origin, GET);
    expect({ body: text(body), fault }).toEqual({ body: expected, fault: null });
  });

  it('may follow an interim response', async () => {
    const { origin } = await answering(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n',
    );
    expect(await exchange(origin, GET)).toMatchObject({ status: 304, fault: null });
  });

  it('is complete without the end of the connection', async () => {
    const { origin } = await answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', { close: false });
    expect(await exchange(origin, GET)).toMatchObject({ status: 200, fault: null });
  });

  it.each([
    ['content in a 304', 'GET', 'HTTP/1.1 304 Not Modified\r\n\r\n{}', '2 bytes of content where none is allowed'],
    ['content in a 204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n{}', '2 bytes of content where none is allowed'],
    [
      'content after HEAD',
      'HEAD',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}',
      '2 bytes of content where none is allowed',
    ],
    [
      'a Content-Length in a 204',
      'GET',
      'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n',
      'a 204 with Content-Length or Transfer-Encoding',
    ],
    [
      'more than Content-Length',
      'GET',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok',
      '1 bytes more than Content-Length says',
    ],
    [
      'less than Content-Length',
      'GET',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok',
      'the connection was closed before the message was complete',
    ],
    [
      'no last chunk',
      'GET',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n',
      'the connection was closed before the message was complete',
    ],
    [
      'bytes after the last chunk',
      'GET',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nok',
      '2 bytes after the last chunk',
    ],
    [
      'two lengths',
      'GET',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok',
      '2 Content-Length fields',
    ],
  ])('has a fault: %s', async (_, method, bytes, expected) => {
    const { origin } = await answering(bytes);
    expect((await exchange(origin, { ...GET, method })).fault).toBe(expected);
  });

  it('may be cut at its first byte', async () => {
    const { origin } = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', {
      close: false,
    });
    const { body, fault, firstByteAfter } = await exchange(origin, GET, { firstByteOnly: true });
    expect({ body: text(body), fault }).toEqual({ body: 'ok', fault: null });
    expect(firstByteAfter).toBeGreaterThan(0);
  });
});

describe('errors name host, port, method and path', () => {
  it('when nobody answers', async () => {
    const { origin } = await answering(null);
    const url = new URL(origin);
    await expect(exchange(origin, { ...GET, path: '/slow' }, { timeout: 50 })).rejects.toThrow(
      `GET /slow at 127.0.0.1:${url.port}: no complete response within 50 ms`,
    );
  });

  it('when nobody listens', async () => {
    await expect(exchange('http://127.0.0.1:1', GET)).rejects.toThrow('GET / at 127.0.0.1:1: ECONNREFUSED');
  });

  it('when the header section does not end', async () => {
    const { origin } = await answering(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100)}`, { close: false });
    await expect(exchange(origin, GET, { maxBytes: 100 })).rejects.toThrow('no end of the header section within');
  });

  it.each([
    ['nothing', '', 'without a response'],
    ['half a header section', 'HTTP/1.1 200 OK\r\n', 'within the header section'],
  ])('when the server hangs up after %s', async (_, bytes, expected) => {
    const { origin } = await answering(bytes);
    await expect(exchange(origin, GET)).rejects.toThrow(`the connection was closed ${expected}`);
  });

  it('when the answer is not HTTP', async () => {
    const { origin } = await answering('SSH-2.0\r\n\r\n');
    await expect(exchange(origin, GET)).rejects.toThrow('not an HTTP/1.1 response: "SSH-2.0"');
  });
});
