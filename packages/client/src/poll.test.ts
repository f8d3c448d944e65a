import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resource, type Serving, serve } from '../test/server.ts';
import { createClient } from './client.ts';
import type { PollOptions } from './poll.ts';

/** A pause that ends when the test says so. */
const pauses: { ms: number; end(): void }[] = [];
const paused = vi.hoisted(() => new EventTarget());
vi.mock('./pause.ts', () => ({
  pause(ms: number, signal: AbortSignal | null) {
    const ended = new Promise<void>((end, abort) => {
      pauses.push({ ms, end });
      if (signal?.aborted) abort(signal.reason);
      signal?.addEventListener('abort', () => abort(signal.reason));
    });
    paused.dispatchEvent(new Event('pause'));
    return ended;
  },
}));

let server: Serving;
let answer: RequestListener;
let random: ReturnType<typeof vi.spyOn>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 21) });
  pauses.length = 0;
  server = await serve((request, response) => answer(request, response));
  random = vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  random.mockRestore();
  vi.useRealTimers();
  server.close();
});

/** Polls until the test ends. */
function polling(options: Partial<PollOptions> = {}) {
  const texts: string[] = [];
  const failures: unknown[] = [];
  const changes = createClient().poll(`${server.origin}/a`, {
    interval: 1000,
    onError: (failure) => failures.push(failure instanceof Response ? failure.status : failure),
    ...options,
  });
  const done = (async () => {
    for await (const response of changes) texts.push(await response.text());
  })();
  return { texts, failures, done };
}

/** The ms of the next pause, which comes after a request and what was made of it. */
async function nextPause(): Promise<number> {
  if (pauses.length === 0) await new Promise((resolve) => paused.addEventListener('pause', resolve, { once: true }));
  return pauses[0]?.ms ?? 0;
}

/** Lets the pause be over, and waits for the one after it. */
async function afterPause(): Promise<number> {
  await nextPause();
  pauses.shift()?.end();
  return nextPause();
}

test('yields what is there, and then what has changed', async () => {
  let content = 'first';
  answer = (...args) => resource({ ETag: `"${content}"` }, content)(...args);
  const { texts } = polling();
  for (let i = 0; i < 2; i++) expect(await afterPause()).toBe(1000);
  expect(texts).toEqual(['first']);
  content = 'second';
  await afterPause();
  expect(texts).toEqual(['first', 'second']);
  expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([
    undefined,
    '"first"',
    '"first"',
    '"first"',
  ]);
});

test('compares content where there is no tag', async () => {
  let content = 'first';
  answer = (_, response) => response.end(content);
  const { texts } = polling();
  await afterPause();
  content = 'second';
  await afterPause();
  expect(texts).toEqual(['first', 'second']);
});

test('the response that it yields is as the client gives it', async () => {
  answer = resource({ ETag: '"v1"' });
  const client = createClient();
  for await (const response of client.poll(`${server.origin}/a`, { interval: 1000 })) {
    expect(response).toMatchObject({ status: 200, statusText: 'OK', url: `${server.origin}/a` });
    expect([response.headers.get('etag'), await response.text()]).toEqual(['"v1"', 'content']);
    break;
  }
});

describe('waits', () => {
  test.each<[fields: Record<string, string>, ms: number]>([
    [{}, 1000],
    [{ 'Cache-Control': 'Max-Age=60' }, 60_000],
    [{ 'Cache-Control': 'max-age=60', Age: '20' }, 40_000],
    [{ 'Cache-Control': 'max-age=60', Age: '90' }, 1000],
    [{ 'Cache-Control': 'max-age=60', Age: '-86400' }, 60_000],
    [{ 'Cache-Control': 'max-age=60', Age: '20, 30' }, 40_000],
    [{ 'Cache-Control': 'max-age=60', Age: 'young' }, 60_000],
    [{ 'Cache-Control': 'max-age=60, no-cache' }, 1000],
    [{ 'Cache-Control': 'max-age=soon' }, 1000],
    [{ 'Retry-After': '30' }, 30_000],
    [{ 'Retry-After': 'Sat, 21 Nov 2026 00:01:00 GMT' }, 60_000],
    [{ 'Retry-After': 'soon' }, 1000],
    [{ 'Cache-Control': 'max-age=99999999999' }, 99_999_999_999_000],
    [{ 'X-Poll-Interval': '60' }, 60_000],
    [{ 'X-Poll-Interval': 'soon' }, 1000],
    [{ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': `${Date.UTC(2026, 10, 21, 0, 5) / 1000}` }, 300_000],
    [{ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': `${Date.UTC(2026, 10, 21, 0, 5)}` }, 300_000],
    [{ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': `${Date.UTC(2020, 10, 21)}` }, 1000],
    [{ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '50' }, 50_000],
    [{ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': 'soon' }, 1000],
    [{ 'RateLimit-Remaining': '0', 'RateLimit-Reset': '50' }, 50_000],
    [{ RateLimit: '"minute";r=0;t=50, "day";r=99;t=5000' }, 50_000],
    [{ RateLimit: '"minute"; r=10; t=50' }, 1000],
    [{ RateLimit: 'r=0' }, 1000],
    [{ 'X-RateLimit-Remaining': '1', 'X-RateLimit-Reset': `${Date.UTC(2026, 10, 21, 0, 5) / 1000}` }, 1000],
  ])('after %o for %i ms', async (fields, ms) => {
    answer = (_, response) => response.writeHead(200, { ETag: '"v1"', ...fields }).end();
    polling();
    expect(await nextPause()).toBe(ms);
  });

  test('and never for longer than longestInterval', async () => {
    answer = (_, response) => response.writeHead(200, { ETag: '"v1"', 'Cache-Control': 'max-age=31536000' }).end();
    polling({ longestInterval: 5000 });
    expect(await nextPause()).toBe(5000);
  });

  test('a tenth longer at most, by chance', async () => {
    random.mockReturnValue(0.999);
    answer = resource({ ETag: '"v1"' });
    polling();
    expect(await nextPause()).toBeCloseTo(1099.9);
  });

  test('longer after each error, up to 32 times, and for the interval once it is over', async () => {
    answer = (_, response) => response.writeHead(500).end();
    const { texts, failures } = polling();
    for (const factor of [2, 4, 8, 16, 32, 32]) {
      expect(await nextPause()).toBe(1000 * factor);
      answer =
        factor === 16 ? (request) => void request.socket.destroy() : (_, response) => response.writeHead(500).end();
      await afterPause();
    }
    expect(failures).toEqual([500, 500, 500, 500, expect.any(TypeError), 500, 500]);
    answer = resource({ ETag: '"v1"' });
    expect(await afterPause()).toBe(1000);
    expect(texts).toEqual(['content']);
  });

  test('for Retry-After of a 503', async () => {
    answer = (_, response) => response.writeHead(503, { 'Retry-After': '120' }).end();
    polling();
    expect(await nextPause()).toBe(120_000);
  });
});

test('goes on after content that breaks off, and tells of it', async () => {
  let requests = 0;
  answer = (request, response) => {
    if (++requests > 1) return response.writeHead(200).end('whole');
    response.writeHead(200, { 'Content-Length': 100 }).write('part');
    setTimeout(() => request.socket.destroy(), 20);
  };
  const { texts, failures } = polling();
  await afterPause();
  expect(texts).toEqual(['whole']);
  expect(failures).toMatchObject([{ name: 'TypeError' }]);
});

test('ends when the resource is gone', async () => {
  answer = (_, response) => response.writeHead(410).end();
  const { done, failures } = polling();
  await done;
  expect(failures).toEqual([410]);
});

test.each(['while it waits', 'while it asks'])('ends with the reason when it is aborted %s', async (when) => {
  const controller = new AbortController();
  answer = when === 'while it asks' ? () => controller.abort(new Error('went away')) : resource({ ETag: '"v1"' });
  const { done, failures } = polling({ init: { signal: controller.signal } });
  const ended = expect(done).rejects.toThrow('went away');
  if (when === 'while it waits') {
    await nextPause();
    controller.abort(new Error('went away'));
  }
  await ended;
  expect(failures).toEqual([]);
});

test.each([Number.NaN, 0, -1, undefined as never])('an interval of %s is a TypeError', async (interval) => {
  answer = resource({ ETag: '"v1"' });
  const { done } = polling({ interval });
  await expect(done).rejects.toThrow(TypeError);
  expect(server.seen).toHaveLength(0);
});

test('a signal beside the interval counts, and that of init as well', async () => {
  answer = resource({ ETag: '"v1"' });
  const aborted = AbortSignal.abort(new Error('went away'));
  const other = new AbortController().signal;
  for (const options of [
    { signal: aborted },
    { init: { signal: aborted } },
    { signal: other, init: { signal: aborted } },
  ]) {
    await expect(polling(options).done).rejects.toThrow('went away');
  }
  expect(server.seen).toHaveLength(0);
});
