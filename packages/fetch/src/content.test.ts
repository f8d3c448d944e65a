import { expect, it } from 'vitest';
import { readyContent } from './content.js';

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

it.each([
  ['text', 'abc', 'abc'],
  ['bytes', new Uint8Array([0x61, 0x62]), 'ab'],
  ['nothing', null, ''],
  ['an empty string', '', ''],
])('reads %s, and leaves a response with the same body', async (_, body, expected) => {
  const ready = await readyContent(new Response(body, { headers: { 'x-kept': '1' } }), 100);
  expect(text(ready.content)).toBe(expected);
  expect(await ready.response.text()).toBe(expected);
  expect(ready.response.headers.get('x-kept')).toBe('1');
});

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
}

it('reads a stream of chunks that are all there', async () => {
  const ready = await readyContent(new Response(streamOf('a', 'b', 'c')), 100);
  expect(text(ready.content)).toBe('abc');
});

it('passes on what is larger than the limit, every byte of it', async () => {
  const chunks = Array.from({ length: 10 }, (_, index) => `${index}`.repeat(100));
  const ready = await readyContent(new Response(streamOf(...chunks)), 250);
  expect(ready.content).toBeNull();
  expect(await ready.response.text()).toBe(chunks.join(''));
});

it('does not wait for a stream that is still being produced, and loses nothing of it', async () => {
  let produce: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      produce = controller;
      controller.enqueue(new TextEncoder().encode('first '));
    },
  });
  const ready = await readyContent(new Response(stream), 100);
  expect(ready.content).toBeNull();
  const reader = (ready.response.body as ReadableStream<Uint8Array>).getReader();
  expect(text((await reader.read()).value ?? null)).toBe('first ');
  produce?.enqueue(new TextEncoder().encode('second'));
  produce?.close();
  expect(text((await reader.read()).value ?? null)).toBe('second');
  expect((await reader.read()).done).toBe(true);
});

it('stops an endless stream when nobody reads on', async () => {
  let cancelled: unknown;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel(reason) {
      cancelled = reason;
    },
  });
  const { response } = await readyContent(new Response(stream), 100);
  await response.body?.cancel('gone');
  expect(cancelled).toBe('gone');
});

it('passes on the error of a stream', async () => {
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.error(new Error('broken'));
    },
  });
  const { content, response } = await readyContent(new Response(stream), 100);
  expect(content).toBeNull();
  await expect(response.text()).rejects.toThrow('broken');
});
