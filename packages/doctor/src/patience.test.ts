import { createServer, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { formatHttpDate } from '@etag/core';
import { afterEach, describe, expect, it } from 'vitest';
import { listening } from '../test/reference.ts';
import { audit } from './audit.ts';
import { command } from './command.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A server that answers some reads properly, and then does something else. */
async function start(proper: number, then: (response: ServerResponse) => void) {
  let count = 0;
  const server = createServer((_, response) => {
    count++;
    if (count > proper) then(response);
    else response.setHeader('ETag', '"a"').end('content');
  });
  const url = `http://127.0.0.1:${await listening(server)}/`;
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url, asked: () => count };
}

async function exitCode(url: string): Promise<number> {
  return command([url, '--timeout', '100'], { log() {}, error() {}, isColored: false });
}

const hang = () => {};

describe('a server that hangs', () => {
  it('from the start costs one timeout', async () => {
    const { url, asked } = await start(0, hang);
    await expect(audit(url, { timeout: 100 })).rejects.toThrow('no complete response within 100 ms');
    expect(asked()).toBe(1);
  });

  it('later costs three, and the rest is not asked', async () => {
    const { url, asked } = await start(3, hang);
    const { stopped, findings, skipped, requests } = await audit(url, { timeout: 100 });
    expect(stopped).toBe('3 requests had no response within 100 ms each.');
    expect(findings).toEqual([]);
    expect(skipped.filter(({ why }) => why === stopped).length).toBeGreaterThan(10);
    expect([asked(), requests]).toEqual([6, 6]);
  });

  it('is not one that was audited: exit code 3', async () => {
    expect(await exitCode((await start(3, hang)).url)).toBe(3);
  });
});

describe('a server that wants to be left alone', () => {
  const refuse =
    (after: string | null, status = 429) =>
    (response: ServerResponse) => {
      if (after !== null) response.setHeader('Retry-After', after);
      response.writeHead(status).end();
    };

  it.each([
    ['3600', 429],
    ['3600', 503],
    [formatHttpDate(Date.now() + 3_600_000), 429],
  ])('for long is (%s, %i), and not blamed for what it did not answer', async (after, status) => {
    const { url, asked } = await start(3, refuse(after, status));
    const { stopped, findings } = await audit(url);
    expect(stopped).toBe(`The server answers ${status} and Retry-After: ${after}: it wants fewer requests (--rate).`);
    expect(findings).toEqual([]);
    expect(asked()).toBe(4);
  });

  it('from the start is not audited', async () => {
    const { url } = await start(0, refuse('3600'));
    await expect(audit(url)).rejects.toThrow('it wants fewer requests');
    expect(await exitCode(url)).toBe(3);
  });

  it.each(['1', '0', 'soon', null])('for a moment (%s) is asked again, and each request counts', async (after) => {
    let refusals = 0;
    const { url, asked } = await start(2, (response) => {
      if (refusals++ === 0) refuse(after)(response);
      else response.setHeader('ETag', '"a"').end('content');
    });
    const { requests, stopped, duration } = await audit(url, { only: /^tag-changes$/ });
    expect({ requests, stopped }).toEqual({ requests: asked(), stopped: null });
    expect(duration).toBeGreaterThan(990);
  });
});

it('content that stands for a thousand times as much is not held', async () => {
  const bomb = Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(10_000_000))));
  expect(bomb.length).toBeLessThan(1024 * 1024);
  const { url } = await start(0, (response) =>
    response.setHeader('ETag', '"a"').setHeader('Content-Encoding', 'gzip').end(bomb),
  );
  const before = process.memoryUsage.rss();
  const { skipped } = await audit(url, { only: /^tag-/ });
  expect(skipped).toContainEqual({
    id: 'tag-changes',
    why: 'the content is longer than 8388608 bytes without gzip',
  });
  expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
});
