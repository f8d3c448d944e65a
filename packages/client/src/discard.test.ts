import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';
import { memoryStore } from './memory.ts';
import type { ClientInit } from './request.ts';

/** What was rejected, and nobody heard of it: it would end the process. */
let unhandled: unknown[];
const note = (error: unknown) => unhandled.push(error);
beforeEach(() => {
  unhandled = [];
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  await sleep(20);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

describe('content that breaks off while nobody reads it ends no process', () => {
  let server: Server;
  afterEach(() => server.close());

  /** Sends a head that promises 1000 bytes, ten of them, and breaks off. */
  async function breaking(head: string): Promise<string> {
    server = createServer((socket: Socket) => {
      socket
        .on('error', () => {})
        .on('data', (request) => {
          if (String(request).startsWith('GET')) return socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
          socket.write(`HTTP/1.1 ${head}\r\nContent-Length: 1000\r\n\r\n0123456789`);
          setTimeout(() => socket.destroy(), 5);
        });
    });
    await new Promise<void>((listening) => server.listen(0, listening));
    return `http://localhost:${(server.address() as { port: number }).port}/form`;
  }

  test('of a redirect, while the store is slow', async () => {
    const url = await breaking('303 See Other\r\nLocation: /ok');
    const client = createClient({ store: { ...memoryStore(), delete: () => sleep(50) } });
    expect((await client(url, { method: 'POST', body: 'a=b' })).status).toBe(200);
  });

  test('of a response that nobody looks at', async () => {
    const url = await breaking('201 Created');
    expect((await createClient()(url, { method: 'POST', body: 'a=b' })).status).toBe(201);
    await sleep(20);
  });
});

describe('content that nobody is given leaves its connection free', () => {
  let server: Serving;
  afterEach(() => server.close());
  const fetch = undiciFetch as unknown as typeof globalThis.fetch;
  const pool = () => ({ dispatcher: new Agent({ connections: 1 }) }) as ClientInit;
  const LARGE = Buffer.alloc(5e6);

  test('that of an error, where a stale response stands in', async () => {
    let isDown = false;
    server = await serve((request, response) => {
      if (isDown && request.url === '/') return response.writeHead(503).end(LARGE);
      response.writeHead(200, { ETag: '"v7"', 'Cache-Control': 'max-age=0, stale-if-error=600' }).end('x');
    });
    const client = createClient({ fetch, mode: 'rfc9111' });
    const one = pool();
    const read = async (path: string) => (await client(`${server.origin}${path}`, one)).text();
    await read('/');
    isDown = true;
    expect(await read('/')).toBe('x');
    expect(await read('/other')).toBe('x');
  });

  test('that of a redirect', async () => {
    server = await serve((request, response) => {
      if (request.url === '/') return response.writeHead(302, { Location: '/to' }).end(LARGE);
      response.end('x');
    });
    expect(await (await createClient({ fetch })(server.origin, pool())).text()).toBe('x');
  });

  test.each(['without onError', 'with an onError that does not read'])(
    'that of the errors of a poll, %s',
    async (how) => {
      server = await serve((_, response) => response.writeHead(500).end(LARGE));
      const init = { ...pool(), signal: AbortSignal.timeout(1500) };
      const onError = how.startsWith('without') ? undefined : () => {};
      const polling = createClient({ fetch }).poll(server.origin, { interval: 10, init, onError });
      await expect(polling.next()).rejects.toThrow('timeout');
      expect(server.seen.length).toBeGreaterThan(2);
    },
  );

  test('that of a write that is refused, and of a reading that is repeated without a coding', async () => {
    let asked = 0;
    server = await serve((request, response) => {
      if (request.method === 'PUT')
        return response.writeHead(++asked < 3 ? 412 : 204).end(asked < 3 ? LARGE : undefined);
      const coded = request.headers['accept-encoding'] !== 'identity';
      response.writeHead(200, coded ? { ETag: 'W/"v7"', 'Content-Encoding': 'identity' } : { ETag: '"v7"' });
      response.end(`"${'x'.repeat(1e6)}"`);
    });
    const written = await createClient({ fetch }).update(server.origin, () => 'y', { init: pool() });
    expect(written.kind).toBe('updated');
  });
});
