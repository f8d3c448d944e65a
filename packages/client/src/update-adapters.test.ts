import { afterEach, describe, expect, test } from 'vitest';
import { counters } from '../test/counters.ts';
import type { Peer } from '../test/peers.ts';
import { createClient } from './client.ts';
import { type Json, mergeJson } from './merge.ts';

describe.each(Object.entries(counters))('%s', (_, start) => {
  let peer: Peer;
  afterEach(() => peer.close());

  test('16 clients of 25 increments lose none', async () => {
    peer = await start();
    const url = `${peer.origin}/a`;
    expect(await createClient().create(url, { count: 0 })).toMatchObject({ kind: 'created' });
    const clients = Array.from({ length: 16 }, () => createClient());
    let merges = 0;
    await Promise.all(
      clients.map(async (client) => {
        for (let i = 0; i < 25; i++) {
          const increment = (current: { count: number }) => {
            merges++;
            return { count: current.count + 1 };
          };
          const { kind } = await client.update(url, increment, { attempts: 1000 });
          expect(kind).toBe('updated');
        }
      }),
    );
    expect(await (await fetch(url)).json()).toEqual({ count: 400 });
    // They did meet.
    expect(merges).toBeGreaterThan(400);
  });

  test('what is there is not created again', async () => {
    peer = await start();
    const url = `${peer.origin}/a`;
    const client = createClient();
    const written = await Promise.all(Array.from({ length: 8 }, (_, i) => client.create(url, { count: i })));
    expect(written.map(({ kind }) => kind).sort()).toEqual(['created', ...Array(7).fill('exists')]);
  });

  test('what is not there cannot be updated', async () => {
    peer = await start();
    const written = await createClient().update(`${peer.origin}/a`, () => ({ count: 1 }));
    expect(written).toMatchObject({ kind: 'refused', response: { status: 404 } });
  });

  test('etag.ifMatch sends the tag of what was read last', async () => {
    peer = await start();
    const url = `${peer.origin}/a`;
    const client = createClient();
    await client.create(url, { count: 0 });
    await (await client(url)).text();
    const put = (count: number) =>
      client(url, {
        method: 'PUT',
        body: JSON.stringify({ count }),
        headers: { 'Content-Type': 'application/json' },
        etag: { ifMatch: 'stored' },
      });
    expect((await put(1)).ok).toBe(true);
    // What was read is not current any more.
    await expect(put(2)).rejects.toMatchObject({ code: 'ETAG_PRECONDITION_REQUIRED' });
    await (await client(url)).text();
    expect(await createClient().update(url, () => ({ count: 10 }))).toMatchObject({ kind: 'updated' });
    expect((await put(3)).status).toBe(412);
    expect(await (await client(url)).json()).toEqual({ count: 10 });
  });

  test('two who edit from the same base keep what both did', async () => {
    peer = await start();
    const url = `${peer.origin}/a`;
    const client = createClient();
    const base = { title: 'old', text: 'old', tags: ['a'] };
    await client.create(url, base);
    const save = (mine: Json) => client.update(url, (theirs: Json) => mergeJson(base, mine, theirs).value);
    await Promise.all([save({ ...base, title: 'new' }), save({ ...base, text: 'new' })]);
    expect(await (await client(url)).json()).toEqual({ title: 'new', text: 'new', tags: ['a'] });
  });
});
