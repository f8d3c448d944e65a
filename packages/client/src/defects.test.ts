import { afterAll, describe, expect, test } from 'vitest';
import { servers } from '../test/defects.ts';
import { resource, serve } from '../test/server.ts';
import { createClient } from './client.ts';

const elsewhere = await serve(resource({ ETag: '"elsewhere"' }));
afterAll(() => elsewhere.close());

const started = await Promise.all(
  Object.entries(servers).map(async ([name, start]) => ({ name, server: await start(elsewhere.origin) })),
);
afterAll(() => Promise.all(started.map(({ server }) => server?.close())));

describe.each(started)('$name', ({ server }) => {
  /** Reads twice, and tells what went over the wire the second time, and what came of it. */
  async function readTwice(path: string, options = {}) {
    const wire: { sent: Headers; status: number }[] = [];
    const client = createClient({
      ...options,
      async fetch(input, init) {
        const response = await fetch(input, init);
        wire.push({ sent: new Headers(init?.headers), status: response.status });
        return response;
      },
    });
    await (await client(`${server?.origin}${path}`)).text();
    const { length } = wire;
    const again = await client(`${server?.origin}${path}`);
    const statuses = wire.slice(length).map(({ status }) => status);
    return { again, content: await again.text(), sent: wire[length]?.sent, statuses };
  }
  const it = test.skipIf(!server);

  it('No-Store is no-store', async () => {
    const { sent, statuses } = await readTwice('/mixed-case');
    expect([sent?.get('if-none-match'), statuses]).toEqual([null, [200]]);
  });

  it('what varies by everything is not stored', async () => {
    const { sent, statuses } = await readTwice('/vary-all');
    expect([sent?.get('if-none-match'), statuses]).toEqual([null, [200]]);
  });

  it('a weak tag goes back as it came', async () => {
    const { sent, statuses, content } = await readTwice('/weak');
    expect([sent?.get('if-none-match'), statuses, content]).toEqual(['W/"v1"', [304], 'content']);
  });

  it('a date goes back as it came where there is no tag, and none is invented', async () => {
    const { sent, statuses, content } = await readTwice('/dated');
    expect(sent?.get('if-modified-since')).toBe('Fri, 02 Jan 2026 12:00:00 GMT');
    expect([sent?.get('if-none-match'), statuses, content]).toEqual([null, [304], 'content']);
    const tagged = await readTwice('/weak');
    expect(tagged.sent?.get('if-modified-since')).toBeNull();
  });

  it.each(['revalidate', 'rfc9111'])('a field that is new in a 304 is there: %s', async (mode) => {
    const { again, statuses, content } = await readTwice('/renewed', { mode });
    expect([again.headers.get('x-new'), statuses, content]).toEqual(['new', [304], 'content']);
  });

  it('a 304 that is about something else is asked again, once and without preconditions', async () => {
    const { again, statuses, content } = await readTwice('/contradicting');
    expect([again.headers.get('etag'), statuses, content]).toEqual(['"v1"', [304, 200], 'content']);
  });

  it('a tag does not follow a redirect to another origin', async () => {
    elsewhere.seen.length = 0;
    const { again, content } = await readTwice('/moving');
    expect([again.url, content]).toEqual([`${elsewhere.origin}/a`, 'content']);
    expect(elsewhere.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined]);
  });

  it('as that of the fetch of Node does', async () => {
    elsewhere.seen.length = 0;
    await (await fetch(`${server?.origin}/moving`, { headers: { 'If-None-Match': '"v1"' } })).text();
    expect(elsewhere.seen.map(({ headers }) => headers['if-none-match'])).toEqual(['"v1"']);
  });
});
