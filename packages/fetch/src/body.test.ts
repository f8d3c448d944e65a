import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { readContent } from './body.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const LIMIT = 100;
const bytesOf = (text: string): Bytes => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);
const length = (bytes: number) => ({ headers: { 'content-length': `${bytes}` } });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A stream whose chunks come one by one, each after a time in ms. */
function streamOf(chunks: readonly string[], ms = 0): ReadableStream<Bytes> {
  const left = [...chunks];
  return new ReadableStream({
    async pull(controller) {
      if (ms) await pause(ms);
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(bytesOf(chunk));
    },
  });
}

/** A stream whose content is there before anybody reads it. */
function filled(type?: 'bytes'): ReadableStream<Bytes> {
  const start = (controller: ReadableStreamController<Bytes>) => {
    controller.enqueue(bytesOf('abc'));
    controller.close();
  };
  return type ? new ReadableStream({ type, start }) : new ReadableStream({ start });
}

describe('text and bytes', () => {
  it.each<[string, () => Response, string]>([
    ['text', () => new Response('abc'), 'abc'],
    ['no text', () => new Response(''), ''],
    ['nothing', () => new Response(null), ''],
    ['bytes', () => new Response(bytesOf('ab')), 'ab'],
    ['a buffer', () => new Response(bytesOf('ab').buffer), 'ab'],
    ['JSON', () => Response.json({ a: 1 }), '{"a":1}'],
    ['a form', () => new Response(new URLSearchParams({ a: '1' })), 'a=1'],
    ['a copy', () => new Response('abc').clone(), 'abc'],
    ['the body of another response', () => new Response(new Response('abc').body), 'abc'],
    ['more than the limit', () => new Response('x'.repeat(2_000_000)), 'x'.repeat(2_000_000)],
  ])('reads %s, and leaves the same content to send', async (_, make, expected) => {
    const { content, response } = await readContent(make(), LIMIT);
    expect(textOf(content)).toBe(expected);
    expect(await response.text()).toBe(expected);
  });

  it('keeps the status and the fields', async () => {
    const { response } = await readContent(new Response('abc', { status: 203, headers: { 'x-kept': '1' } }), LIMIT);
    expect([response.status, response.headers.get('x-kept')]).toEqual([203, '1']);
  });

  it('reads a Blob that says how long it is, or is known to be one', async () => {
    const blob = new Blob(['abc']);
    expect(textOf((await readContent(new Response(blob, length(3)), LIMIT)).content)).toBe('abc');
    expect(textOf((await readContent(new Response(blob), LIMIT, true)).content)).toBe('abc');
    const large = new Blob(['x'.repeat(2_000_000)]);
    expect((await readContent(new Response(large), LIMIT, true)).content?.byteLength).toBe(2_000_000);
  });

  it('loses nothing of a Blob of which it cannot tell', async () => {
    const { response } = await readContent(new Response(new Blob(['abc'])), LIMIT);
    expect(await response.text()).toBe('abc');
  });
});

describe('a stream that says how long it is', () => {
  it('is waited for, however slow it is', async () => {
    const { content, response } = await readContent(new Response(streamOf(['a', 'b', 'c'], 5), length(3)), LIMIT);
    expect([textOf(content), await response.text()]).toEqual(['abc', 'abc']);
  });

  it('is passed on untouched where that is more than the limit', async () => {
    const given = new Response(streamOf(['a']), length(LIMIT + 1));
    const { content, response } = await readContent(given, LIMIT);
    expect(content).toBeNull();
    expect(response).toBe(given);
  });

  it.each([
    ['longer', ['abc', 'def', 'ghi'], 4],
    ['shorter', ['abc'], 4],
  ])('is passed on, every byte of it, where it is %s', async (_, chunks, said) => {
    const { content, response } = await readContent(new Response(streamOf(chunks), length(said)), LIMIT);
    expect([content, await response.text()]).toEqual([null, chunks.join('')]);
  });

  it('passes on its error', async () => {
    const broken = new ReadableStream<Bytes>({
      async pull(controller) {
        await pause(5);
        controller.error(new Error('broken'));
      },
    });
    const { content, response } = await readContent(new Response(broken, length(3)), LIMIT);
    expect(content).toBeNull();
    await expect(response.text()).rejects.toThrow('broken');
  });

  it('is stopped when nobody reads what is more than it said', async () => {
    const reasons: unknown[] = [];
    const endless = new ReadableStream<Bytes>({
      pull: (controller) => controller.enqueue(bytesOf('0123456789')),
      cancel: (reason) => void reasons.push(reason),
    });
    const { response } = await readContent(new Response(endless, length(LIMIT)), LIMIT);
    await response.body?.cancel('gone');
    expect(reasons).toEqual(['gone']);
  });
});

describe('a stream that does not say how long it is', () => {
  it.each<[string, () => BodyInit]>([
    ['short', () => streamOf(['abc'])],
    ['there already', () => filled()],
    ['coded', () => filled().pipeThrough(new TransformStream())],
  ])('is passed on untouched, and so is one that is %s', async (_, body) => {
    const given = new Response(body());
    await pause(5);
    const { content, response } = await readContent(given, LIMIT);
    expect(content).toBeNull();
    expect(response).toBe(given);
    expect(await response.text()).toBe('abc');
  });

  it('is passed on where it is known to be one', async () => {
    const given = new Response(filled('bytes'));
    expect((await readContent(given, LIMIT, false)).content).toBeNull();
  });

  it('is not waited for, and loses nothing, where it looks like bytes', async () => {
    let produce: ReadableByteStreamController | undefined;
    const start = (controller: ReadableByteStreamController) => {
      produce = controller;
      controller.enqueue(bytesOf('first '));
    };
    const { content, response } = await readContent(new Response(new ReadableStream({ type: 'bytes', start })), LIMIT);
    expect(content).toBeNull();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(textOf((await reader.read()).value ?? null)).toBe('first ');
    produce?.enqueue(bytesOf('second'));
    produce?.close();
    expect(textOf((await reader.read()).value ?? null)).toBe('second');
    expect((await reader.read()).done).toBe(true);
  });

  it('is not held in memory, where it looks like bytes and has no end', async () => {
    let made = 0;
    const pull = (controller: ReadableByteStreamController) => {
      made++;
      controller.enqueue(bytesOf('x'));
    };
    const { content, response } = await readContent(new Response(new ReadableStream({ type: 'bytes', pull })), LIMIT);
    expect(content).toBeNull();
    expect(made).toBeLessThan(20);
    await response.body?.cancel();
  });
});

it.each(['Trailer', 'Transfer-Encoding'])(
  'does not look at the body of a response that has %s: it is streamed',
  async (name) => {
    const given = new Response('abc', { headers: { [name]: 'chunked' } });
    const look = vi.spyOn(given, 'body', 'get');
    const { content, response } = await readContent(given, LIMIT);
    expect(content).toBeNull();
    expect(response).toBe(given);
    expect(look).not.toHaveBeenCalled();
  },
);

it('leaves a body alone that somebody reads already', async () => {
  const given = new Response('abc');
  given.body?.getReader();
  const { content, response } = await readContent(given, LIMIT);
  expect(content).toBeNull();
  expect(response).toBe(given);
});

it('reads what fetch() returned only where it says how long it is, even if all of it has arrived', async () => {
  const server = createServer(({ url }, response) => {
    if (url === '/length') response.setHeader('content-length', 3);
    response.write('a');
    response.end('bc');
  }).listen(0);
  await once(server, 'listening');
  const get = async (path: string) => {
    const given = await fetch(`http://localhost:${(server.address() as AddressInfo).port}${path}`);
    await pause(20);
    return given;
  };
  const chunked = await readContent(await get('/'), LIMIT);
  expect([chunked.content, await chunked.response.text()]).toEqual([null, 'abc']);
  const copied = await get('/');
  expect((await readContent(new Response(copied.body, copied), LIMIT)).content).toBeNull();
  expect(textOf((await readContent(await get('/length'), LIMIT)).content)).toBe('abc');
  server.close();
});
