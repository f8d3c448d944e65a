import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { etag } from '@etag/hono';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { available, startRedis } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import type { Polled } from '../test/poller.ts';
import type { Stats } from './stats.ts';

const WORKERS = 4;
const URLS = 200;
const ROUNDS = 6;
// Not so many ms: how often something changes is not to depend on the machine.
const REQUESTS_PER_CHANGE = 40;

const redis = await available('a fleet', () => startRedis({ appendfsync: 'no' }));
afterAll(() => redis?.stop());

const script = (name: string) => fileURLToPath(new URL(`../test/${name}`, import.meta.url));
// The one clock that all processes share: `performance.timeOrigin` is off by tens of ms in a process that had to wait for a
// CPU while it started, and an answer would look older than its question.
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** 200 resources behind our own adapter; now and then one of them changes. */
async function changing() {
  // When each version of a resource came to be current.
  const since = Array.from({ length: URLS }, () => [now()]);
  let [asked, savedBytes] = [0, 0];
  const app = new Hono();
  app.use(async (context, next) => {
    if (++asked % REQUESTS_PER_CHANGE === 0) since[Math.floor(Math.random() * URLS)]?.push(now());
    await next();
    if (context.res.status === 304) savedBytes += Number(context.res.headers.get('x-bytes'));
  });
  app.use(etag());
  app.get('/:resource', (context) => {
    const resource = Number(context.req.param('resource'));
    const version = (since[resource]?.length ?? 0) - 1;
    const content = JSON.stringify({ resource, version, text: 'text '.repeat(100 + ((resource * 7 + version) % 50)) });
    return context.body(content, 200, { 'Content-Type': 'application/json', 'X-Bytes': `${content.length}` });
  });
  const server = serve({ fetch: app.fetch, port: 0 }) as Server;
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    since,
    saved: () => savedBytes,
    close: () => server.close(),
  };
}

async function work(origin: string, prefix: string): Promise<{ polled: Polled[]; stats: Stats[] }> {
  const args = [origin, redis?.url ?? '', prefix, `${URLS}`, `${ROUNDS}`];
  const child = fork(script('poller.ts'), args);
  const [result] = (await once(child, 'message')) as [{ polled: Polled[]; stats: Stats[] }];
  return result;
}

describe.skipIf(!redis)('a fleet of 4 processes that share a Redis', () => {
  test('accepts no stale answer, has 304 for most, and saves what the server says it did not send', async () => {
    const server = await changing();
    const prefix = `${crypto.randomUUID()}:`;
    const workers = await Promise.all(Array.from({ length: WORKERS }, () => work(server.origin, prefix)));
    server.close();

    const polled = workers.flatMap(({ polled }) => polled);
    expect(polled).toHaveLength(WORKERS * URLS * ROUNDS);
    // Stale: the next version was there before the question was asked.
    const stale = polled.filter(
      ([resource, version, start]) => (server.since[resource]?.[version + 1] ?? Infinity) < start,
    );
    expect(stale).toEqual([]);
    const early = polled.filter(([resource, version, , end]) => (server.since[resource]?.[version] ?? Infinity) > end);
    expect(early).toEqual([]);

    const changes = server.since.reduce((sum, { length }) => sum + length, -URLS);
    const stats = workers.flatMap(({ stats }) => stats);
    const sum = (of: (row: Stats) => number) => stats.reduce((total, row) => total + of(row), 0);
    const notModified = sum((row) => row.answers['not-modified']);
    const full = sum((row) => row.answers.full);
    const saved = sum((row) => row.savedBytes);
    const mismatches = sum((row) => row.mismatches);
    console.log(
      `${polled.length} polls, ${changes} changes, ${full} full, ${notModified} 304, ${mismatches} mismatches, ${saved} bytes saved, ${server.saved()} by the server`,
    );
    expect(changes).toBeGreaterThanOrEqual(100);
    expect(notModified / polled.length).toBeGreaterThanOrEqual(0.85);
    expect(Math.abs(saved / server.saved() - 1)).toBeLessThan(0.01);
    // Somebody else may store a newer response between a 304 and what it is about.
    expect(mismatches).toBeLessThan(polled.length / 100);
  }, 120_000);
});
