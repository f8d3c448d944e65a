import { describe, expect, it } from 'vitest';
import { archiveOf, type Entry } from '../test/archive.ts';
import { auditRecorded } from './audit.ts';
import { exchangesOf } from './har.ts';

const CODED = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' };
const BROWSER = { 'accept-encoding': 'gzip, deflate, br, zstd' };

/** What the checks find in an archive. */
async function found(...entries: readonly Entry[]) {
  const report = await auditRecorded(exchangesOf(archiveOf(...entries)));
  return { ids: report?.findings.map(({ id }) => id), report };
}

describe('a recording', () => {
  it('of a right endpoint and a right client has nothing to find, and says what it saves', async () => {
    const { ids, report } = await found(
      { asked: BROWSER, fields: { etag: '"v1-gzip"', ...CODED } },
      {
        asked: { ...BROWSER, 'if-none-match': '"v1-gzip"', 'if-modified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' },
        status: 304,
        fields: { etag: '"v1-gzip"', vary: 'Accept-Encoding' },
      },
    );
    expect(ids).toEqual([]);
    expect(report?.passed).toEqual(
      expect.arrayContaining(['tag-malformed', 'read-hit', 'not-modified-tag', 'coding-hit', 'coding-vary']),
    );
    expect(report?.savings).toEqual({ full: 1200, notModified: 200, perDay: null });
    expect(report?.requests).toBe(0);
  });

  it.each<[string, Entry[]]>([
    ['tag-missing', [{}]],
    ['tag-malformed', [{ fields: { etag: 'v1' } }]],
    ['tag-repeated', [{ fields: { etag: '"a"\n"b"' } }]],
    ['tag-shared', [{ fields: { etag: '"a"' } }, { fields: { etag: '"a"' }, text: '{"a":1}' }]],
    ['read-hit', [{ fields: { etag: '"a"' } }, { asked: { 'if-none-match': '"a"' }, fields: { etag: '"a"' } }]],
    ['not-modified-tag', [{ fields: { etag: '"a"' } }, { asked: { 'if-none-match': '"a"' }, status: 304 }]],
    ['coding-vary', [{ asked: BROWSER, fields: { etag: '"a"', 'content-encoding': 'gzip' } }]],
    ['client-asks-again', [{ fields: { etag: '"a"' } }, { fields: { etag: '"a"' } }]],
    ['client-guards', [{ fields: { etag: '"a"' } }, { method: 'PUT' }]],
  ])('shows %s', async (id, entries) => {
    expect((await found(...entries)).ids).toContain(id);
  });

  it('client-guards passes with If-Match, and where the tag was read later', async () => {
    const guarded = await found({ fields: { etag: '"a"' } }, { method: 'PUT', asked: { 'if-match': '"a"' } });
    expect(guarded.report?.passed).toContain('client-guards');
    const before = await found({ method: 'PUT' }, { fields: { etag: '"a"' } });
    expect(before.ids).toEqual([]);
  });

  it('client-asks-again passes where the second read asks with the tag', async () => {
    const { report } = await found({ fields: { etag: '"a"' } }, { fields: { etag: '"b"' }, text: '{"b":1}' });
    expect(report?.passed).toContain('client-asks-again');
  });

  it('without content blames no tag for it', async () => {
    const read = (etag: string): Entry => ({ fields: { etag }, text: null });
    const { ids, report } = await found(read('"a"'), read('"b"'), read('"c"'), read('"a"'));
    expect(ids).toEqual(['client-asks-again']);
    expect(report?.skipped.find(({ id }) => id === 'tag-changes')?.why).toContain('not two reads with their content');
  });

  it('passes no check that it cannot decide', async () => {
    const { report } = await found({ fields: { etag: '"a"' } });
    for (const id of [
      'read-hit',
      'not-modified-framing',
      'read-unknown',
      'write-stale',
      'tag-changes',
      'stream-starts',
    ])
      expect(report?.passed).not.toContain(id);
  });

  it('without a read answered in full has no result', async () => {
    expect(await auditRecorded(exchangesOf(archiveOf({ status: 404 })))).toBeNull();
  });
});

describe('what is not an archive', () => {
  it.each([
    ['nothing', ''],
    ['a page', '<html>'],
    ['null', 'null'],
    ['no entries', '{"log":{"entries":{}}}'],
    ['control characters', '\u001b[31m'],
  ])('%s is refused', (_, text) => {
    expect(() => exchangesOf(text)).toThrow(/^Not an HTTP Archive/);
  });

  it.each([
    ['null', null],
    ['a text', 'x'],
    ['no request', { response: { status: 200 } }],
    ['another scheme', { request: { method: 'GET', url: 'data:,x' }, response: { status: 200 } }],
    ['a URL that is none', { request: { method: 'GET', url: 'http://' }, response: { status: 200 } }],
    ['a request that failed', { request: { method: 'GET', url: 'http://a/' }, response: { status: 0 } }],
    ['a status that is none', { request: { method: 'GET', url: 'http://a/' }, response: { status: 1e9 } }],
    ['a method that is none', { request: { method: 'G\r\nET', url: 'http://a/' }, response: { status: 200 } }],
  ])('an entry is left out: %s', (_, entry) => {
    expect(exchangesOf(JSON.stringify({ log: { entries: [entry] } }))).toEqual([]);
  });

  it('keeps what can be read of a strange entry', () => {
    const request = {
      method: 'GET',
      url: 'http://user:secret@a/#b',
      headers: [null, { name: 'a b', value: 'c' }, { name: 'x', value: 1 }],
    };
    const response = { status: 200, headers: 'x', content: { text: '€', encoding: 'base64' } };
    const [sent] = exchangesOf(`\ufeff${JSON.stringify({ log: { entries: [{ request, response }] } })}`);
    expect(sent?.url.href).toBe('http://a/');
    expect(sent?.request.headers).toEqual([]);
  });
});
