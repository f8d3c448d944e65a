import { describe, expect, it } from 'vitest';
import { findInList } from './entity-tag-list.ts';
import {
  acceptsCoding,
  addVary,
  checkPreconditions,
  codedTag,
  codeTag,
  type EntityTag,
  evaluatePreconditions,
  evaluateRange,
  evaluateResponse,
  expectation,
  isEtagError,
  outcome,
  parseEntityTag,
  parseEntityTagList,
  parseHttpDate,
  type ResourceState,
  requirePrecondition,
  respond,
  takeOwnTag,
  takesContentTag,
  toNotModified,
  toRefusal,
  versionOf,
} from './index.ts';

const KB = 1024;
const filled = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** What a peer may send, about as long as told; none of it is a list that holds `"v7"`, a date or `*`. */
const VALUES: Record<string, (length: number) => string> = {
  letters: (n) => filled('a', n),
  NULs: (n) => filled('\0', n),
  'obs-text': (n) => filled('\x80\xff', n),
  'lone surrogates': (n) => filled('\ud800\udc00\ud800', n),
  commas: (n) => filled(',', n),
  spaces: (n) => filled(' ', n),
  tabs: (n) => filled('\t', n),
  'empty elements': (n) => filled(' ,\t', n),
  quotes: (n) => filled('"', n),
  'a quote, spaces': (n) => `"${filled(' ', n)}`,
  'W/': (n) => filled('W/', n),
  W: (n) => filled('W', n),
  asterisks: (n) => filled('*', n),
  'asterisks and commas': (n) => filled('*, ', n),
  digits: (n) => filled('9', n),
  dashes: (n) => filled('-', n),
  'an unterminated tag': (n) => `"${filled('a', n)}`,
  'an unterminated weak tag': (n) => `W/"${filled('a', n)}`,
  'a long tag': (n) => `"${filled('a', n)}"`,
  'a long weak tag': (n) => `W/"${filled('a', n)}"`,
  'a tag of obs-text': (n) => `"${filled('\xff', n)}"`,
  'a tag with a NUL at its end': (n) => `"${filled('a', n)}\0"`,
  'many tags': (n) => `${filled('"a",', n)}"b"`,
  'many weak tags': (n) => `${filled('W/"a", ', n - (n % 7))}W/"b"`,
  'many coded tags': (n) => `${filled('"v8-gzip","v7-gzip-gzip",', n - (n % 25))}"b"`,
  'many tags and an unquoted one': (n) => `${filled('"a",', n - (n % 4))}b`,
  'many tags without a comma': (n) => filled('"a"', n),
  'many unterminated tags': (n) => filled('"a, ', n),
  'tags far apart': (n) => `"a"${filled(' ', n)}"b"`,
  'tags with empty elements between': (n) => `"a"${filled(' ,\t', n)},"b"`,
  'a tag, then spaces': (n) => `"a"${filled(' ', n)}x`,
  'a tag nearly the current one, again and again': (n) => `${filled('"v"v"v', n)}"`,
  'a version of percent signs': (n) => `"v${filled('%', n)}"`,
  'a version of percent-encoded bytes': (n) => `"v${filled('%25', n - (n % 3))}"`,
  'a version of colons': (n) => `"v${filled(':', n)}"`,
  'a version of codings': (n) => `"v${filled('-gzip', n - (n % 5))}"`,
  'a version of dashes, coded': (n) => `"v${filled('-', n)}%2Dgzip"`,
  'a version of dashes and letters, coded': (n) => `"v${filled('-a', n)}-br"`,
  'a date, then spaces': (n) => `Sun, 06 Nov 1994 08:49:37 GMT${filled(' ', n)}`,
  'a date, again and again': (n) => filled('Sun, 06 Nov 1994 08:49:37 GMT, ', n),
  'a year of many digits': (n) => `Sun, 06 Nov ${filled('9', n)} 08:49:37 GMT`,
  'ranges of digits': (n) => `bytes=${filled('9', n)}-${filled('9', n)}`,
  'a suffix of digits': (n) => `bytes=-${filled('9', n)}`,
  'ranges, many': (n) => `bytes=${filled('0-1,', n)}`,
  'ranges, many of them empty': (n) => `bytes=${filled(' ,\t', n)}0-0`,
  'a range far away': (n) => `bytes=${filled(' ', n)}0-0${filled(' ', n)}x`,
  'no ranges but spaces': (n) => `bytes=${filled('\t ', n)}`,
  'ranges of dashes': (n) => `bytes=${filled('-', n)}`,
  'a directive in pieces': (n) => filled('no-stor', n),
  'field names, many': (n) => filled('accept, ', n),
};

const TAG: EntityTag = '"v7"';
const STATES: (ResourceState | null)[] = [
  { etag: TAG, lastModified: 0 },
  { etag: 'W/"v7"' },
  { etag: '""' },
  { lastModified: new Date(0) },
  {},
  null,
];
const FIELDS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];
const METHODS = ['GET', 'PUT', 'DELETE', 'OPTIONS'];
const request = (method: string, field: string, value: string) => ({ method, headers: { [field]: value } });

/** The code of the refusal; what is not one is thrown on. */
function refusal(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (isEtagError(error)) return error.code;
    throw error;
  }
}

/** All that reads what a peer sent. */
const READERS: Record<string, (value: string) => unknown> = {
  parseEntityTag,
  parseEntityTagList,
  parseHttpDate: (value) => parseHttpDate(value),
  versionOf: (value) => versionOf(value as EntityTag),
  findInList: (value) => findInList(value, TAG),
  'codedTag of a coding': (value) => codedTag(TAG, value),
  'codedTag of a tag': (value) => codedTag(value as EntityTag, 'gzip'),
  acceptsCoding: (value) => acceptsCoding(request('GET', 'accept-encoding', value)),
  expectation: (value) => refusal(() => expectation(request('PUT', 'if-match', value))),
  respond: (value) =>
    respond(request('PUT', 'if-match', value), outcome({ kind: 'stale', current: { version: '7' }, failed: 'oneOf' })),
  requirePrecondition: (value) => refusal(() => requirePrecondition(request('PUT', 'if-match', value))),
  checkPreconditions: (value) =>
    refusal(() => checkPreconditions(request('PUT', 'if-match', value), { etag: TAG }, { require: true })),
  ...Object.fromEntries(
    FIELDS.map((field) => [
      `evaluatePreconditions by ${field}`,
      (value: string) =>
        STATES.map((state) =>
          METHODS.map((method) => evaluatePreconditions(request(method, field, value), state).outcome),
        ),
    ]),
  ),
  'evaluateRange by Range': (value) => evaluateRange(request('GET', 'range', value), { etag: TAG }, 1000),
  'evaluateRange by If-Range': (value) =>
    evaluateRange(
      { method: 'GET', headers: { range: 'bytes=0-1', 'if-range': value } },
      { etag: TAG, lastModified: 0 },
      1000,
    ),
};

/** The fields of a response, of which one may come from an upstream. */
function responseFields(fields: Record<string, string>) {
  const entries = new Map(Object.entries(fields));
  return {
    get: (name: string) => entries.get(name) ?? null,
    set: (name: string, value: string) => void entries.set(name, value),
    delete: (name: string) => void entries.delete(name),
    keys: () => entries.keys(),
  };
}

/** All that reads what stands on a response, as a gateway or a stored object brings it. */
const RESPONSE_FIELDS = [
  'cache-control',
  'content-encoding',
  'content-security-policy',
  'content-type',
  'etag',
  'last-modified',
  'vary',
];
for (const field of RESPONSE_FIELDS) {
  READERS[`a response by ${field}`] = (value) => {
    const get = { method: 'GET', headers: { 'if-none-match': '*', 'accept-encoding': value } };
    const headers = responseFields({ etag: TAG, [field]: value });
    const head = { status: 200, headers };
    const takes = takesContentTag('GET', head);
    const read = evaluateResponse(get, head, takeOwnTag(headers));
    addVary(headers, 'Accept-Encoding');
    codeTag(get, head);
    toNotModified(headers, read);
    codeTag(get, { status: 304, headers });
    toRefusal(headers, { status: 412, headers: {}, body: null });
    return [takes, read.decision, [...headers.keys()]];
  };
}

describe.each(Object.entries(VALUES))('64 KB of %s', (_, make) => {
  const value = make(64 * KB);

  it('makes no reader throw, and reads the same again', () => {
    expect(value.length).toBeGreaterThan(63 * KB);
    for (const [name, read] of Object.entries(READERS)) expect(read(value), name).toEqual(read(value));
  });

  it('is at most a tag, never a date, and a version only where it is spelled like one', () => {
    expect([null, value]).toContain(parseEntityTag(value));
    expect(parseHttpDate(value)).toBeNull();
    const tag = parseEntityTag(value);
    const version = tag && versionOf(tag);
    expect(version === null || value.length >= version.length).toBe(true);
  });

  it('§13.1.1, §13.1.2 lets no write through that the current tag does not', () => {
    for (const state of STATES) {
      expect(evaluatePreconditions(request('PUT', 'if-match', value), state).outcome).toBe('failed');
    }
    const listed = parseEntityTagList(value);
    const ifNoneMatch = evaluatePreconditions(request('PUT', 'if-none-match', value), { etag: TAG });
    expect(ifNoneMatch.outcome).toBe(listed === null ? 'failed' : 'proceed');
  });

  it('§13.1.2, §13.1.3 answers no 304', () => {
    for (const field of ['if-none-match', 'if-modified-since']) {
      const decision = evaluatePreconditions(request('GET', field, value), { etag: TAG, lastModified: 0 });
      expect(decision.outcome).toBe('proceed');
    }
  });

  it('§13.1.5 lets no Range through as If-Range', () => {
    const headers = { range: 'bytes=0-1', 'if-range': value };
    expect(evaluateRange({ method: 'GET', headers }, { etag: TAG, lastModified: 0 }, 1000)).toEqual({ kind: 'full' });
  });
});

describe('§5.6.1 long lists', () => {
  const tags = Array.from({ length: 10_000 }, (_, i): EntityTag => (i % 2 ? `"v${i}"` : `W/"v${i}"`));

  it('of 10,000 tags are read whole, in one line or in 10,000', () => {
    expect(parseEntityTagList(tags.join(','))).toEqual(tags);
    for (const value of [tags.join(', '), tags]) {
      const headers = { 'if-none-match': value };
      expect(evaluatePreconditions({ method: 'GET', headers }, { etag: '"v9999"' }).outcome).toBe('not-modified');
      expect(evaluatePreconditions({ method: 'GET', headers }, { etag: '"v10000"' }).outcome).toBe('proceed');
    }
    const headers = { 'if-match': tags };
    expect(evaluatePreconditions({ method: 'PUT', headers }, { etag: '"v9999"' }).outcome).toBe('proceed');
    expect(evaluatePreconditions({ method: 'PUT', headers }, { etag: '"v9998"' }).reason).toBe('weak');
  });

  it('of 10,000 empty elements are those of the rest', () => {
    const empty = ' ,\t'.repeat(10_000);
    expect(parseEntityTagList(empty)).toEqual([]);
    expect(parseEntityTagList(`${empty}"v7"${empty},W/"a,b"${empty}`)).toEqual(['"v7"', 'W/"a,b"']);
    const headers = { 'if-match': `${empty}"v7"${empty}` };
    expect(evaluatePreconditions({ method: 'PUT', headers }, { etag: TAG }).outcome).toBe('proceed');
  });

  it('§14.2 of 10,000 ranges get the full response, of 10,000 empty elements the ranges beside them', () => {
    const decide = (range: string) => evaluateRange(request('GET', 'range', range), {}, 1_000_000);
    expect(decide(`bytes=${Array.from({ length: 10_000 }, (_, i) => `${2 * i}-${2 * i}`).join()}`)).toEqual({
      kind: 'full',
    });
    expect(decide(`bytes=${' ,\t'.repeat(10_000)}1-2`)).toEqual({ kind: 'partial', ranges: [{ start: 1, end: 2 }] });
  });
});

/** The CPU time of this thread, in ms: a machine that is busy with others does not count. Node 22 has that of the process. */
function cpuTime(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
}

/** The shortest of a few runs, in ms. */
function elapsed(run: () => unknown, runs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const start = cpuTime();
    run();
    best = Math.min(best, cpuTime() - start);
  }
  return best;
}

describe.each(Object.entries(READERS))('%s costs no more than linear', (_, read) => {
  // Quadratic work on 128 KB takes seconds, and 64 times that of 16 KB; linear work takes less than a few ms, and 8 times.
  it('in the length of what is sent', () => {
    const slow = Object.entries(VALUES).filter(([, make]) => {
      const [short, long] = [make(16 * KB), make(128 * KB)];
      const isLinear = () => {
        const time = elapsed(() => read(long), 3);
        return time < 50 || time < 40 * elapsed(() => read(short), 5);
      };
      return !isLinear() && !isLinear();
    });
    expect(slow.map(([name]) => name)).toEqual([]);
  });
});
