import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import type { Boot } from '../application.ts';
import { serve, serveOne } from '../client.ts';

const encoder = new TextEncoder();

/** Chunks until somebody stops them. */
function endless() {
  const stopped = vi.fn();
  const chunks: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return { done: false, value: encoder.encode('x'.repeat(65_536)) };
      },
      async return() {
        stopped();
        return { done: true, value: undefined };
      },
    }),
  };
  return { chunks, stopped };
}

async function* chunksOf(...texts: string[]) {
  for (const text of texts) yield encoder.encode(text);
}

const TEXT = { 'content-type': 'text/plain' };

/** Responses that come in pieces. */
export function streamTests(boot: Boot): void {
  it('pass on as they come, without a tag', async () => {
    const ask = await serveOne(boot, { handle: () => ({ chunks: chunksOf('a', 'b'), headers: TEXT }) });
    const found = await ask({ 'if-none-match': '*' });
    expect([found.status, found.etag, found.text]).toEqual([200, '', 'ab']);
  });

  it.each<[status: number, field: string, value: string]>([
    [304, 'if-none-match', '"v7"'],
    [412, 'if-match', '"v6"'],
  ])('are stopped where a %d stands in for them, which the connection outlives', async (status, field, value) => {
    const { chunks, stopped } = endless();
    const fields = { ...TEXT, etag: '"v7"', 'cache-control': 'max-age=60' };
    const ask = await serve(boot, {
      resources: [
        { path: '/endless', handle: () => ({ chunks, headers: fields }) },
        { path: '/', handle: () => ({ text: 'hello' }) },
      ],
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statusOf = (path: string, headers = {}) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = get(ask.origin + path, { agent, headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        });
        request.on('error', reject);
      });
    expect(await statusOf('/endless', { [field]: value })).toBe(status);
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce());
    expect(await statusOf('/')).toBe(200);
    agent.destroy();
    const short = await ask({ [field]: value }, 'GET', '/endless');
    expect([short.status, short.etag]).toEqual([status, '"v7"']);
    expect(short.headers.has('transfer-encoding')).toBe(false);
    if (status === 412) expect(short.json()).toMatchObject({ field: 'if-match', current: '"v7"' });
    else expect([short.text, short.headers.get('cache-control')]).toEqual(['', 'max-age=60']);
  });

  it.each(['trailer', 'transfer-encoding'])('§6.6.2 may set %s: neither a 304 nor a 412 does', async (name) => {
    const value = name === 'trailer' ? 'Server-Timing' : 'chunked';
    const ask = await serveOne(boot, {
      handle: () => ({ chunks: chunksOf('a', 'b'), headers: { ...TEXT, etag: '"v1"', [name]: value } }),
    });
    expect((await ask()).text).toBe('ab');
    const cached = await ask({ 'if-none-match': '"v1"' });
    expect([cached.status, cached.headers.has(name)]).toEqual([304, false]);
    const refused = await ask({ 'if-match': '"v0"' });
    expect([refused.status, refused.headers.has(name), refused.json().current]).toEqual([412, false, '"v1"']);
    expect((await ask()).text).toBe('ab');
  });

  it('are not held, however large', async () => {
    // What is no longer held goes at once, so that the memory is what somebody holds.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const chunk = new Uint8Array(1 << 18);
    async function* large() {
      for (let index = 0; index < 512; index++) {
        if (index % 64 === 0) collect();
        yield chunk;
      }
    }
    const { origin } = await serveOne(boot, { handle: () => ({ chunks: large(), headers: TEXT }) });
    const before = process.memoryUsage.rss();
    let [bytes, most] = [0, 0];
    // What it receives it writes over, so that the memory is the server's.
    const callback = (length: number) => {
      bytes += length;
      most = Math.max(most, process.memoryUsage.rss());
      return true;
    };
    const { hostname, port } = new URL(origin);
    const buffer = Buffer.alloc(1 << 16);
    const socket = connect({ port: Number(port), host: hostname, onread: { buffer, callback } });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await once(socket, 'close');
    expect(bytes).toBeGreaterThan(128 << 20);
    expect(most - before).toBeLessThan(64 << 20);
  });
}
