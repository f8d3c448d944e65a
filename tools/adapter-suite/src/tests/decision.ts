import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { absent, any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import type { DecisionEvent, ResourceState } from '@etag/core';
import { expect, it, onTestFinished } from 'vitest';
import type { Boot } from '../application.ts';
import { type Ask, serveOne } from '../client.ts';

type Seen = [status: number | null, field: string | null, reason: string, handlerRan: boolean];

/** What is told of the decisions of an adapter, by its option and on the channel. */
export function decisionTests(boot: Boot): void {
  const events: DecisionEvent[] = [];
  const onDecision = (event: DecisionEvent) => void events.push(event);
  const options = { onDecision, timeout: 50 };

  /** What was told of one request. */
  async function toldOf(ask: Ask, ...request: Parameters<Ask>): Promise<Seen[]> {
    events.length = 0;
    await ask(...request);
    return events.map(({ status, field, reason, handlerRan }) => [status, field, reason, handlerRan]);
  }

  it('tells what became of content', async () => {
    const ask = await serveOne(boot, { text: 'content', headers: { 'content-type': 'text/plain' } }, { tags: options });
    expect(await toldOf(ask)).toEqual([[200, null, 'none', true]]);
    const { etag } = await ask();
    expect(await toldOf(ask, { 'if-none-match': etag })).toEqual([[304, 'if-none-match', 'matched', true]]);
    expect(events[0]).toMatchObject({ method: 'GET', bytesSaved: 7, untagged: null });
    expect(await toldOf(ask, { 'if-match': '"v1"' })).toEqual([[412, 'if-match', 'no-match', true]]);
    expect(await toldOf(ask, {}, 'POST')).toEqual([]);
  });

  it('tells why a response has no tag', async () => {
    const headers = { 'content-type': 'text/plain', 'cache-control': 'no-store' };
    const ask = await serveOne(boot, { text: 'content', headers }, { tags: options });
    await toldOf(ask);
    expect(events).toMatchObject([{ status: 200, untagged: 'no-store' }]);
  });

  it.each<[what: string, current: () => ResourceState | null]>([
    ['says that there is nothing', () => null],
    ['knows only a time', () => ({ lastModified: 0 })],
    ['knows nothing', () => ({})],
  ])('tells that a response has no tag since current %s', async (_, current) => {
    const headers = { 'content-type': 'text/plain' };
    const ask = await serveOne(
      boot,
      { current, options, handle: () => ({ text: 'content', headers }) },
      { tags: options },
    );
    expect(await toldOf(ask)).toEqual([[200, null, 'none', true]]);
    expect(events).toMatchObject([{ untagged: 'no-state' }]);
  });

  it('tells of a tag that the handler sets where current found none', async () => {
    const headers = { 'content-type': 'text/plain', etag: '"own"' };
    const resource = { current: () => null, options, handle: () => ({ text: 'content', headers }) };
    const ask = await serveOne(boot, resource, { tags: options });
    expect(await toldOf(ask)).toEqual([[200, null, 'none', true]]);
    expect(events).toMatchObject([{ untagged: null }]);
  });

  it('tells what was decided before the handler ran, and after it', async () => {
    const ask = await serveOne(
      boot,
      { current: () => ({ etag: '"v7"' }), require: true, options, handle: () => ({ text: 'content' }) },
      { tags: options },
    );
    expect(await toldOf(ask)).toEqual([[200, null, 'none', true]]);
    expect(await toldOf(ask, { 'if-none-match': '"v7"' })).toEqual([[304, 'if-none-match', 'matched', false]]);
    expect(await toldOf(ask, { 'if-none-match': '"v6"' })).toEqual([[200, 'if-none-match', 'no-match', true]]);
    expect(await toldOf(ask, { 'if-match': '"v6"' }, 'PUT')).toEqual([[412, 'if-match', 'no-match', false]]);
    expect(await toldOf(ask, { 'if-match': 'W/"v7"' }, 'PUT')).toEqual([[412, 'if-match', 'weak', false]]);
    expect(await toldOf(ask, {}, 'PUT')).toEqual([[428, null, 'required', false]]);
    expect(await toldOf(ask, { 'if-match': '"v7"' }, 'PUT')).toEqual([[null, 'if-match', 'matched', false]]);
  });

  it('tells what a store said', async () => {
    const notes = memoryStore<string>();
    const ask = await serveOne(
      boot,
      {
        options,
        handle: () => ({ text: 'content' }),
        write: (expected) => replace(notes, '1', 'text', expected),
      },
      { tags: options },
    );
    expect(await toldOf(ask, { 'if-match': '"v6"' }, 'PUT')).toMatchObject([[412, 'if-match', 'absent', true]]);
    expect(await toldOf(ask, {}, 'PUT')).toEqual([[201, null, 'none', true]]);
    await notes.put('1', 'other', any);
    expect(await toldOf(ask, { 'if-none-match': '*' }, 'PUT')).toEqual([[412, 'if-none-match', 'exists', true]]);
    expect((await notes.put('2', 'x', absent)).kind).toBe('created');
  });

  it('tells of faults, with the error', async () => {
    const error = new Error('a fault of the test');
    const ask = await serveOne(
      boot,
      { current: () => Promise.reject(error), options, handle: () => ({ text: 'content' }) },
      { tags: options },
    );
    expect(await toldOf(ask)).toContainEqual([null, null, 'fault', false]);
    expect(events.find(({ reason }) => reason === 'fault')?.error).toBe(error);
  });

  it('tells of a fault of a digest, and of the response that goes out without a tag', async () => {
    const digest = () => Promise.reject(new Error('a fault of the test'));
    const ask = await serveOne(boot, { text: 'content' }, { tags: { ...options, digest } });
    expect(await toldOf(ask)).toEqual([
      [null, null, 'fault', true],
      [200, null, 'none', true],
    ]);
  });

  it('tells the same on the channel, without an option', async () => {
    const seen: unknown[] = [];
    const listen = (message: unknown) => void seen.push(message);
    subscribe('etag:decision', listen);
    onTestFinished(() => void unsubscribe('etag:decision', listen));
    const ask = await serveOne(boot, { text: 'content', headers: { 'content-type': 'text/plain' } });
    await ask({ 'if-none-match': '*' });
    expect(seen).toMatchObject([{ method: 'GET', status: 304, field: 'if-none-match', reason: 'exists' }]);
  });

  it('is not disturbed by those who are told', async () => {
    const log = console.error;
    console.error = () => {};
    onTestFinished(() => {
      console.error = log;
    });
    for (const onDecision of [
      () => {
        throw new Error('a fault of the test');
      },
      () => Promise.reject(new Error('a fault of the test')),
    ]) {
      const ask = await serveOne(boot, { text: 'content' }, { tags: { onDecision } });
      expect((await ask({ 'if-none-match': '*' })).status).toBe(304);
    }
  });
}
