import { PreconditionFailedError, type ResourceState, versionTag } from '@etag/core';
import { expect, it, vi } from 'vitest';
import type { Boot, Fields, Reply } from '../application.ts';
import { serveOne } from '../client.ts';

const DATE = 'Sat, 29 Oct 1994 19:43:31 GMT';
const STATE: ResourceState = { etag: versionTag(7), lastModified: Date.parse(DATE) + 500 };

/** For those who are told of faults: nobody. */
const quiet = { onDecision: () => {} };

/** Tags that are known before the handler runs. */
export function earlyTests(boot: Boot, isComposed: boolean): void {
  it('spare the handler on a match, and are added to its response otherwise', async () => {
    const handle = vi.fn((): Reply => ({ json: { text: 'hello' } }));
    const ask = await serveOne(boot, { current: async () => STATE, handle });
    for (const method of ['GET', 'HEAD']) {
      for (const headers of [{ 'if-none-match': '"a,b", "v7"' }, { 'if-modified-since': DATE }]) {
        const cached = await ask(headers as Record<string, string>, method);
        expect([cached.status, cached.etag, cached.headers.get('last-modified'), cached.text]).toEqual([
          304,
          '"v7"',
          DATE,
          '',
        ]);
      }
      const refused = await ask({ 'if-match': '"v6"' }, method);
      expect([refused.status, refused.etag]).toEqual([412, '"v7"']);
    }
    expect(handle).not.toHaveBeenCalled();
    const found = await ask({ 'if-none-match': '"v6"' });
    expect([found.status, found.etag, found.headers.get('last-modified')]).toEqual([200, '"v7"', DATE]);
    expect(found.json()).toEqual({ text: 'hello' });
    expect(handle).toHaveBeenCalledOnce();
  });

  it('leave those that the handler sets in place', async () => {
    const own = { etag: '"own"', 'last-modified': 'Sat, 29 Oct 1994 19:43:32 GMT' };
    const ask = await serveOne(boot, { current: () => STATE, handle: () => ({ text: 'hello', headers: own }) });
    expect(Object.fromEntries((await ask()).headers)).toMatchObject(own);
  });

  it.each([404, 500, 302])('are not on a %d', async (status) => {
    const ask = await serveOne(boot, { current: () => STATE, handle: () => ({ status, text: 'no' }) });
    const found = await ask({ 'if-none-match': '"v6"' });
    expect([found.status, found.etag, found.headers.has('last-modified')]).toEqual([status, '', false]);
  });

  it('are those from before the handler ran, whatever becomes of the object that said so', async () => {
    const told = vi.fn();
    for (const options of [quiet, { onDecision: told }]) {
      const note = { etag: versionTag(7), lastModified: new Date(DATE) };
      const handle = (): Reply => {
        // A write comes in between, and changes the object in place.
        note.etag = versionTag(8);
        note.lastModified.setTime(0);
        return { text: 'version 7' };
      };
      const ask = await serveOne(boot, { current: () => note, handle, options }, { tags: options });
      const found = await ask({ 'if-match': '"v7"' });
      expect([found.status, found.etag, found.headers.get('last-modified')]).toEqual([200, '"v7"', DATE]);
    }
    expect(told).toHaveBeenCalled();
  });

  it('are not on the answer to an error of the handler', async () => {
    const handle = () => Promise.reject(new Error('broken'));
    const ask = await serveOne(boot, { current: () => STATE, handle });
    const found = await ask();
    expect([found.status, found.etag, found.headers.has('last-modified')]).toEqual([500, '', false]);
  });

  it('let the handler say that there is nothing', async () => {
    const ask = await serveOne(boot, { current: () => null, handle: () => ({ status: 404, text: 'gone' }) });
    for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '*' }]) {
      expect((await ask(headers as Record<string, string>)).status).toBe(404);
    }
  });

  it.each<[what: string, current: () => ResourceState | null]>([
    ['says that there is nothing', () => null],
    ['knows only a time', () => ({ lastModified: Date.parse(DATE) })],
    ['knows nothing', () => ({})],
    [
      'throws',
      () => {
        throw new Error('database');
      },
    ],
  ])('give way to no tag of the content, which would guard no write, where current %s', async (_, current) => {
    const handle = vi.fn((): Reply => ({ text: 'hello' }));
    const ask = await serveOne(boot, { current, handle, options: quiet }, { tags: quiet });
    const { status, etag, text } = await ask();
    expect([status, etag, text]).toEqual([200, '', 'hello']);
  });

  it('that are a time alone spare the handler by the date', async () => {
    const handle = vi.fn((): Reply => ({ text: 'hello' }));
    const ask = await serveOne(boot, { current: () => ({ lastModified: Date.parse(DATE) }), handle });
    // What a browser sends back: all the validators that it has.
    const { etag } = await ask();
    const { status } = await ask({ 'if-modified-since': DATE, ...(etag && { 'if-none-match': etag }) });
    expect([status, handle.mock.calls.length]).toEqual([304, 1]);
  });

  const before = (response: Fields) => ({ before: () => ({ response }) });
  const early = { current: () => STATE, handle: () => ({ text: 'hello' }) };

  it('send what was set before them with the 304', async () => {
    const fields = { 'cache-control': 'no-cache', 'set-cookie': ['a=1', 'b=2'] };
    const ask = await serveOne(boot, early, before(fields));
    const { status, headers } = await ask({ 'if-none-match': '"v7"' });
    expect([status, headers.get('cache-control'), headers.getSetCookie()]).toEqual([304, 'no-cache', ['a=1', 'b=2']]);
  });

  it.skipIf(isComposed)('but for metadata of content, and a policy with a nonce', async () => {
    const fields = { 'content-language': 'en', 'content-security-policy': "script-src 'nonce-599a'" };
    const ask = await serveOne(boot, early, before(fields));
    expect(Object.fromEntries((await ask()).headers)).toMatchObject(fields);
    const { status, headers } = await ask({ 'if-none-match': '"v7"' });
    expect([status, ...Object.keys(fields).filter((name) => headers.has(name))]).toEqual([304]);
  });

  it.each<[string, unknown]>([
    ['an unquoted tag', { etag: 'v7' }],
    ['an Invalid Date', { etag: '"v7"', lastModified: new Date(Number.NaN) }],
    ['text', '"v7"'],
    ['what a store gave', { version: '7', value: 'hello' }],
  ])('give one answer each time where they are not a state: %s', async (_, state) => {
    const ask = await serveOne(boot, { current: () => state as ResourceState, handle: () => ({ text: 'hello' }) });
    const first = await ask();
    for (const headers of [{ 'if-none-match': 'v7' }, { 'if-none-match': '"v7"' }, { 'if-modified-since': DATE }]) {
      expect((await ask(headers as Record<string, string>)).status).toBe(first.status);
    }
    expect(first.etag).toBe('');
  });

  it.each(['"v7"', '"v8"'] as const)('§15.5.13 a refusal that the handler throws carries its tag: %s', async (etag) => {
    const ask = await serveOne(boot, {
      current: () => ({ etag: '"v7"', lastModified: 0 }),
      handle() {
        throw new PreconditionFailedError(
          { method: 'GET', headers: {} },
          { field: null, reason: 'no-match' },
          { etag },
        );
      },
    });
    const refused = await ask();
    expect([refused.status, refused.etag, refused.headers.get('last-modified')]).toEqual([412, etag, null]);
  });
}
