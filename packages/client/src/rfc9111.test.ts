import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Serving, serve } from '../test/server.js';
import { type Client, createClient } from './client.js';
import type { ClientEvent } from './event.js';

let server: Serving;
let client: Client;
let events: ClientEvent[];
let answer: RequestListener;

beforeEach(async () => {
  // The clock alone: the network goes on.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 21) });
  server = await serve((request, response) => answer(request, response));
  events = [];
  client = createClient({ mode: 'rfc9111', onEvent: (event) => events.push(event) });
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
});

const seconds = (count: number) => vi.setSystemTime(Date.now() + count * 1000);

/** Answers with these fields, and 304 to their tag. */
function serves(fields: Record<string, string>, content = 'content'): void {
  answer = (request, response) => {
    const same = fields.ETag !== undefined && request.headers['if-none-match'] === fields.ETag;
    response.writeHead(same ? 304 : 200, fields).end(same ? undefined : content);
  };
}

async function read(init?: RequestInit): Promise<[status: number, content: string, age: string | null]> {
  const response = await client(`${server.origin}/a`, init);
  return [response.status, await response.text(), response.headers.get('age')];
}

test('what is fresh is answered from the store with its age, and then validated', async () => {
  serves({ ETag: '"v1"', 'Cache-Control': 'max-age=60' });
  await read();
  seconds(30);
  expect(await read()).toEqual([200, 'content', '30']);
  expect(server.seen).toHaveLength(1);
  seconds(31);
  expect(await read()).toEqual([200, 'content', null]);
  expect(server.seen[1]?.headers['if-none-match']).toBe('"v1"');
  seconds(59);
  expect(await read()).toEqual([200, 'content', '59']);
  expect(server.seen).toHaveLength(2);
  expect(events).toMatchObject([{ how: 'full' }, { how: 'fresh' }, { how: 'not-modified' }, { how: 'fresh' }]);
});

test('what is fresh is stored without a validator, and asked for again when it is not', async () => {
  serves({ 'Cache-Control': 'max-age=60' });
  await read();
  await read();
  expect(server.seen).toHaveLength(1);
  seconds(61);
  await read();
  expect(server.seen).toHaveLength(2);
  expect(server.seen[1]?.headers).not.toHaveProperty('if-none-match');
});

test('a fresh 404 is answered from the store', async () => {
  answer = (_, response) => response.writeHead(404, { 'Cache-Control': 'max-age=60' }).end('none');
  await read();
  expect(await read()).toEqual([404, 'none', '0']);
});

test('a HEAD of what is fresh has no content', async () => {
  serves({ 'Cache-Control': 'max-age=60' });
  await read();
  expect(await read({ method: 'HEAD' })).toEqual([200, '', '0']);
  expect(server.seen).toHaveLength(1);
});

test('an unsafe request invalidates what is fresh', async () => {
  serves({ 'Cache-Control': 'max-age=60' });
  await read();
  await read({ method: 'POST' });
  await read();
  expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
});

test('only-if-cached: what is fresh, else 504', async () => {
  serves({ 'Cache-Control': 'max-age=60' });
  const onlyStored = { headers: { 'Cache-Control': 'only-if-cached' } };
  expect(await read(onlyStored)).toEqual([504, '', null]);
  await read();
  expect(await read(onlyStored)).toEqual([200, 'content', '0']);
  seconds(61);
  expect(await read(onlyStored)).toEqual([504, '', null]);
  expect(server.seen).toHaveLength(1);
});

describe('RFC 5861 §4 stale-if-error', () => {
  const control = { ETag: '"v1"', 'Cache-Control': 'max-age=1, stale-if-error=60' };

  test.each([500, 502, 503, 504])('a %i is answered with what is stale', async (status) => {
    serves(control);
    await read();
    seconds(30);
    answer = (_, response) => response.writeHead(status).end('error');
    expect(await read()).toEqual([200, 'content', '30']);
    expect(events.at(-1)).toMatchObject({ how: 'stale', status: 200 });
  });

  test('so is a connection that breaks', async () => {
    serves(control);
    await read();
    seconds(30);
    answer = (request) => void request.socket.destroy();
    expect(await read()).toEqual([200, 'content', '30']);
  });

  test('not what is too old', async () => {
    serves(control);
    await read();
    seconds(62);
    answer = (_, response) => response.writeHead(503).end('error');
    expect(await read()).toEqual([503, 'error', null]);
    answer = (request) => void request.socket.destroy();
    await expect(read()).rejects.toThrow(TypeError);
  });

  test('not with must-revalidate', async () => {
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=1, stale-if-error=60, Must-Revalidate' });
    await read();
    seconds(30);
    answer = (_, response) => response.writeHead(503).end('error');
    expect(await read()).toEqual([503, 'error', null]);
  });

  test('not when the caller aborts', async () => {
    serves(control);
    await read();
    seconds(30);
    const controller = new AbortController();
    answer = () => controller.abort(new Error('went away'));
    await expect(read({ signal: controller.signal })).rejects.toThrow('went away');
  });

  test('not in the other mode', async () => {
    client = createClient();
    serves(control);
    await read();
    answer = (_, response) => response.writeHead(503).end('error');
    expect(await read()).toEqual([503, 'error', null]);
  });
});
