import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { formatHttpDate } from '@etag/core';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf } from '../test/hurl.ts';
import {
  type Answer,
  type Asked,
  listening,
  type Mistakes,
  type Running,
  SEPARATOR,
  startEndpoint,
} from '../test/reference.ts';
import { audit } from './audit.ts';
import { checks } from './checks.ts';
import { toHurl } from './formats/hurl.ts';
import type { AuditOptions } from './options.ts';
import type { Promises } from './promises.ts';

const running: Running[] = [];
afterEach(() => {
  for (const endpoint of running.splice(0)) endpoint.close();
});

async function start(mistakes?: Mistakes): Promise<Running> {
  const endpoint = await startEndpoint(mistakes);
  running.push(endpoint);
  return endpoint;
}

/** Changes the fields of answers: null removes one, a list of values repeats it. */
function fields(
  changes: Record<string, string | string[] | null>,
  isAffected: (answer: Answer, asked: Asked) => boolean,
) {
  return (answer: Answer, asked: Asked): Answer => {
    if (!isAffected(answer, asked)) return answer;
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) answer.headers.delete(name);
      else answer.headers.set(name, [value].flat().join(SEPARATOR));
    }
    return answer;
  };
}

const always = () => true;
const is = (status: number) => (answer: Answer) => answer.status === status;
const isCoded = (answer: Answer) => answer.headers.has('content-encoding');
const isRead = ({ method }: Asked) => method === 'GET' || method === 'HEAD';

/** Changes fields of requests before they are evaluated. */
function misreading(change: (headers: Asked['headers'], asked: Asked) => Asked['headers']) {
  return (asked: Asked): Asked => ({ ...asked, headers: { ...asked.headers, ...change(asked.headers, asked) } });
}

const without = (...names: string[]) =>
  misreading(() => Object.fromEntries(names.map((name): [string, undefined] => [name, undefined])));

/** Answers 304 where the request is so. */
function unchanged(isAffected: (asked: Asked) => boolean) {
  return (answer: Answer, asked: Asked): Answer =>
    isAffected(asked) && answer.status === 200
      ? { status: 304, headers: new Headers({ etag: '"v1"' }), body: null }
      : answer;
}

/** The content anew for each response, its length with it. */
function content(make: (count: number) => string) {
  return (answer: Answer, asked: Asked, count: number): Answer => {
    if (answer.status !== 200 || !answer.body) return answer;
    const body = Buffer.from(make(count));
    answer.headers.set('content-length', String(body.length));
    answer.headers.delete('content-encoding');
    answer.headers.set('etag', `"c${asked.path}${count}"`);
    return { ...answer, body };
  };
}

const numberedTag = (number: (count: number) => number, isKnown = false): Mistakes => ({
  misread: isKnown
    ? misreading((headers) => ({ 'if-none-match': headers['if-none-match']?.startsWith('"n') ? '*' : undefined }))
    : without('if-none-match'),
  tamper: (answer, _, count) => fields({ etag: `"n${number(count)}"` }, always)(answer, _),
});

const HOUR = 3_600_000;

const everything: Promises = { tag: true, modified: true, notModified: true, refusal: true, requirement: true };
const nothing: Promises = { tag: false, modified: false, notModified: false, refusal: false, requirement: false };

interface Case {
  readonly mistakes: Mistakes;
  readonly options?: AuditOptions;
  readonly seen?: RegExp;
}

/** For each check a server that fails it. */
const cases: Record<string, Case> = {
  'tag-missing': { mistakes: { tamper: fields({ etag: null }, always) }, seen: /only Last-Modified/ },
  'tag-malformed': { mistakes: { tamper: fields({ etag: 'v1' }, always) }, seen: /ETag: v1/ },
  'tag-repeated': { mistakes: { tamper: fields({ etag: ['"a"', '"b"'] }, always) }, seen: /"a" and "b"/ },
  'tag-changes': { mistakes: numberedTag((count) => count), seen: /each of 18 reads/ },
  'tag-tracker': { mistakes: numberedTag((count) => count, true), seen: /each of 18 readers/ },
  'tag-per-node': { mistakes: numberedTag((count) => count % 3), seen: /3 tags for the same bytes/ },
  'tag-shared': {
    mistakes: {
      tamper: (answer, asked, count) => fields({ etag: '"one"' }, always)(content(String)(answer, asked, count), asked),
    },
    seen: /"one" for two contents/,
  },
  'content-changes': {
    mistakes: { tamper: content((count) => `<script nonce="${count}${count}abc">`) },
    seen: /from byte 15 on.*a nonce/,
  },
  'tag-weak': { mistakes: { tamper: fields({ etag: 'W/"v1"' }, always) } },
  'tag-of-file-time': {
    mistakes: {
      tamper: (answer) => {
        const seconds = Date.parse(answer.headers.get('last-modified') ?? '') / 1000;
        return fields({ etag: `"${seconds.toString(16)}-${answer.body?.length.toString(16)}"` }, always)(
          answer,
          {} as Asked,
        );
      },
    },
    seen: /as nginx makes it/,
  },
  'modified-malformed': { mistakes: { tamper: fields({ 'last-modified': '2024-01-01T00:00:00Z' }, always) } },
  'modified-in-future': {
    mistakes: { tamper: fields({ 'last-modified': formatHttpDate(Date.now() + HOUR) }, always) },
  },
  'modified-placeholder': {
    mistakes: { tamper: fields({ 'last-modified': formatHttpDate(Date.UTC(1985, 9, 26, 8, 15)) }, always) },
  },
  'read-hit': { mistakes: { misread: without('if-none-match') } },
  'read-other-form': {
    mistakes: {
      misread: misreading((headers) => (headers['if-none-match']?.startsWith('W/') ? { 'if-none-match': '"x"' } : {})),
    },
  },
  'read-list': {
    mistakes: {
      misread: misreading((headers) => (headers['if-none-match']?.includes(',') ? { 'if-none-match': '"x"' } : {})),
    },
  },
  'read-comma': {
    mistakes: {
      misread: misreading((headers) => (headers['if-none-match']?.includes('etag,') ? { 'if-none-match': '"x"' } : {})),
    },
  },
  'read-lines': {
    mistakes: {
      misread: misreading(
        (headers) => (headers['if-none-match'] && { 'if-none-match': headers['if-none-match'].split(', ')[0] }) || {},
      ),
    },
  },
  'read-any': {
    mistakes: {
      misread: misreading((headers) => (headers['if-none-match'] === '*' ? { 'if-none-match': '"x"' } : {})),
    },
  },
  'read-no-cache': {
    mistakes: {
      misread: misreading((headers) => (headers['cache-control'] === 'no-cache' ? { 'if-none-match': undefined } : {})),
    },
  },
  'read-unknown': { mistakes: { tamper: unchanged(({ headers }) => headers['if-none-match'] !== undefined) } },
  'read-unquoted': { mistakes: { tamper: unchanged(({ headers }) => headers['if-none-match'] === 'v1') } },
  'read-garbage': {
    mistakes: { tamper: unchanged(({ headers }) => headers['if-none-match']?.includes('"v1"') ?? false) },
  },
  'read-head': {
    mistakes: { tamper: fields({ etag: null }, (_, asked) => asked.method === 'HEAD') },
    seen: /no ETag/,
  },
  'read-missing': {
    mistakes: {
      tamper: (answer, { headers }) =>
        answer.status === 404 && headers['if-none-match'] ? { ...answer, status: 304 } : answer,
    },
  },
  'read-if-match': { mistakes: { misread: without('if-match') } },
  'date-equal': { mistakes: { misread: without('if-modified-since') } },
  'date-later': {
    mistakes: {
      misread: misreading(({ 'if-modified-since': since = '' }) =>
        Date.parse(since) > Date.now() - 1.5 * HOUR ? { 'if-modified-since': undefined } : {},
      ),
    },
  },
  'date-older': { mistakes: { tamper: unchanged(({ headers }) => headers['if-modified-since'] !== undefined) } },
  'date-invalid': { mistakes: { tamper: unchanged(({ headers }) => headers['if-modified-since'] === '3000') } },
  'date-beside-other-tag': {
    mistakes: {
      misread: misreading((headers) => (headers['if-modified-since'] ? { 'if-none-match': undefined } : {})),
    },
  },
  'date-beside-matching-tag': {
    mistakes: {
      misread: misreading((headers) => (headers['if-modified-since'] ? { 'if-none-match': undefined } : {})),
    },
  },
  'date-if-unmodified-since': { mistakes: { misread: without('if-unmodified-since') } },
  'not-modified-framing': {
    mistakes: {
      tamper: (answer) =>
        answer.status === 304 ? { ...answer, raw: 'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\ncontent' } : answer,
    },
    seen: /7 bytes of content/,
  },
  'not-modified-length': { mistakes: { tamper: fields({ 'content-length': '0' }, is(304)) } },
  'not-modified-closes': { mistakes: { tamper: fields({ connection: 'close' }, is(304)) } },
  'not-modified-tag': { mistakes: { tamper: fields({ etag: null }, is(304)) } },
  'not-modified-fields': { mistakes: { tamper: fields({ 'cache-control': null }, is(304)) } },
  'not-modified-vary': { mistakes: { tamper: fields({ vary: null }, is(304)) } },
  'not-modified-metadata': { mistakes: { tamper: fields({ 'content-type': 'application/json' }, is(304)) } },
  'coding-tag-weakened': { mistakes: { tamper: fields({ etag: 'W/"v1"' }, isCoded) }, seen: /W\/"v1"/ },
  'coding-tag-stripped': { mistakes: { tamper: fields({ etag: null }, isCoded) } },
  'coding-tag-shared': { mistakes: { tamper: fields({ etag: '"v1"' }, isCoded) }, seen: /for no coding and for gzip/ },
  'coding-vary': { mistakes: { tamper: fields({ vary: null }, always) } },
  'coding-hit': {
    mistakes: {
      misread: misreading((headers) => (headers['if-none-match']?.includes('-gzip') ? { 'if-none-match': '"x"' } : {})),
    },
    seen: /status 200/,
  },
  'coding-not-modified-tag': { mistakes: { tamper: fields({ etag: '"v1"' }, is(304)) } },
  'coding-not-modified-vary': { mistakes: { tamper: fields({ vary: null }, is(304)) } },
  'range-stale': { mistakes: { misread: without('if-range') } },
  'range-weak': {
    mistakes: { misread: misreading((headers) => ({ 'if-range': headers['if-range']?.replace('W/', '') })) },
  },
  'range-later-date': {
    mistakes: {
      misread: misreading((headers) => (headers['if-range']?.endsWith('GMT') ? { 'if-range': undefined } : {})),
    },
  },
  'range-current': {
    mistakes: { misread: misreading((headers) => (headers['if-range'] ? { range: undefined } : {})) },
  },
  'range-tag': { mistakes: { tamper: fields({ etag: null }, is(206)) } },
  'range-ignored': { mistakes: { misread: without('range') } },
  'cors-not-modified': { mistakes: { tamper: fields({ 'access-control-allow-origin': null }, is(304)) } },
  'cors-expose': { mistakes: { tamper: fields({ 'access-control-expose-headers': null }, always) } },
  'cors-preflight': { mistakes: { tamper: fields({ 'access-control-allow-headers': 'Content-Type' }, is(204)) } },
  'clients-differ': {
    mistakes: {
      misread: misreading((headers) =>
        headers['cache-control'] === 'no-cache' ? { 'if-none-match': undefined, 'if-modified-since': undefined } : {},
      ),
    },
    seen: /curl: 304, Node's fetch: 200, a browser that reloads: 304/,
  },
  'authorisation-first': {
    mistakes: {
      tamper: (answer, { headers }) =>
        headers.authorization || answer.status === 304 ? answer : { status: 401, headers: new Headers(), body: null },
    },
    options: { headers: [['Authorization', 'Bearer secret']] },
  },
  'tag-of-parts': {
    mistakes: { tamper: fields({ etag: '"0123456789abcdef0123456789abcdef-17"' }, always) },
    seen: /17 parts/,
  },
  'not-modified-slow': { mistakes: { delay: 600 }, seen: /^\d+ ms for a 304, \d+ ms for a 200/ },
  'digest-disagrees': { mistakes: { tamper: fields({ 'repr-digest': 'sha-256=:AAAA:' }, always) } },
  'query-hit': {
    mistakes: { misread: misreading((_, { method }) => (method === 'QUERY' ? { 'if-none-match': undefined } : {})) },
  },
  'stream-starts': {
    mistakes: {
      tamper: (answer) => ({
        status: 200,
        headers: new Headers({
          'content-type': 'text/event-stream',
          'content-length': String(answer.body?.length ?? 0),
        }),
        body: answer.body,
      }),
    },
    seen: /^Content-Length: /,
  },
  'promise-tag': { mistakes: { tamper: fields({ etag: null }, always) }, options: { promises: everything } },
  'promise-modified': {
    mistakes: { tamper: fields({ 'last-modified': null }, always) },
    options: { promises: everything },
  },
  'promise-not-modified': {
    mistakes: { misread: without('if-none-match') },
    options: { promises: everything },
  },
  'promise-unsaid': { mistakes: {}, options: { promises: nothing } },
  'promise-refusal': {
    mistakes: { misread: misreading((_, { method }) => (method === 'PUT' ? { 'if-match': '*' } : {})) },
    options: { write: true, promises: everything },
    seen: /200: it was written/,
  },
  'promise-requirement': {
    mistakes: { misread: misreading((_, { method }) => (method === 'PUT' ? { 'if-match': '*' } : {})) },
    options: { write: true, promises: everything },
  },
  'write-current': {
    mistakes: {
      misread: misreading((headers, { method }) => (method === 'PUT' ? { 'if-match': '"x"' } : { ...headers })),
    },
    options: { write: true },
  },
  'write-coded': {
    mistakes: {
      misread: misreading((headers) => (headers['if-match']?.includes('-gzip') ? { 'if-match': '"x"' } : {})),
    },
    options: { write: true },
    seen: /412 to If-Match: "v\d+-gzip"/,
  },
  'write-stale': {
    mistakes: {
      misread: misreading((headers, { method }) =>
        method === 'PUT' && headers['if-match'] ? { 'if-match': '*' } : {},
      ),
    },
    options: { write: true },
  },
  'write-refused-but-done': { mistakes: { writes: 'refuse-and-write' }, options: { write: true } },
  'write-create': {
    mistakes: {
      misread: misreading((headers, { method }) =>
        method === 'PUT' && headers['if-none-match'] ? { 'if-none-match': '"x"' } : {},
      ),
    },
    options: { write: true },
  },
  'write-malformed': {
    mistakes: {
      misread: misreading((headers) => (headers['if-match']?.includes('unquoted') ? { 'if-match': '*' } : {})),
    },
    options: { write: true },
  },
  'write-date': {
    mistakes: { misread: misreading((headers) => (headers['if-unmodified-since'] ? { 'if-match': '*' } : {})) },
    options: { write: true },
  },
  'write-unguarded': {
    mistakes: {
      misread: misreading(({ 'if-match': match, 'if-none-match': none, 'if-unmodified-since': since }, { method }) =>
        method === 'PUT' && !match && !none && !since ? { 'if-match': '*' } : {},
      ),
    },
    options: { write: true },
  },
  'write-tag': {
    mistakes: {
      tamper: fields({ etag: '"of-the-response"' }, (answer, asked) => asked.method === 'PUT' && answer.status === 200),
    },
    options: { write: true },
  },
  'race-lost-update': {
    mistakes: { writes: 'check-then-write' },
    options: { write: true, race: 8 },
    seen: /8 writers, \d+ writes, \d+ acknowledged, \d+ contradictions/,
  },
};

/** What one exchange after another cannot show. */
const unshown = [
  'tag-tracker',
  'tag-shared',
  'tag-of-parts',
  'tag-of-file-time',
  'content-changes',
  'modified-in-future',
  'modified-placeholder',
  'not-modified-framing',
  'not-modified-length',
  'not-modified-closes',
  'not-modified-slow',
  'coding-not-modified-tag',
  'digest-disagrees',
  'stream-starts',
  'authorisation-first',
  'write-refused-but-done',
  'write-tag',
  'promise-unsaid',
  'race-lost-update',
];

const only = (id: string) => ({ only: new RegExp(`^${id}$`) });

describe('each check finds its mistake', () => {
  it.each(Object.entries(cases))('%s', async (id, { mistakes, options, seen }) => {
    const { url } = await start(mistakes);
    const { findings } = await audit(url, { ...options, ...only(id) });
    expect(findings.map((finding) => finding.id)).toEqual([id]);
    const [finding] = findings;
    expect(finding?.url).toMatch(new RegExp(`^https://.*#${id}$`));
    if (seen) expect(finding?.seen).toMatch(seen);
  });

  it.each(Object.entries(cases))(
    '%s: a test for hurl fails with it, and passes without',
    async (id, { mistakes, options }) => {
      const { url } = await start(mistakes);
      const right = await start();
      const report = await audit(url, { ...options, ...only(id) });
      const text = toHurl([{ url, place: null, report, known: 0, error: null }]);
      if (/# No single exchange shows it/.test(text)) {
        expect(unshown).toContain(id);
        return;
      }
      expect(await failureOf(text)).not.toBeNull();
      expect(await failureOf(text.replaceAll(new URL(url).origin, new URL(right.url).origin))).toBeNull();
    },
  );

  it('and there is a case for every check but those of hops, below, and of clients, in har.test.ts', () => {
    const others = checks.map(({ id }) => id).filter((id) => !(id in cases));
    expect(others).toEqual(['hop-tag', 'node-tag', 'client-asks-again', 'client-guards']);
  });
});

/** What a stranger gets, unless a precondition is looked at before the credentials. */
const refusing =
  (status: number, name: string) =>
  (answer: Answer, { headers }: Asked) =>
    headers[name] || answer.status === 304 || answer.status === 412
      ? answer
      : { status, headers: new Headers(), body: null };

/** Answers a precondition with something else than the content. */
function spoiling(isAffected: (value: string) => boolean, spoil: (answer: Answer) => Answer): Mistakes {
  return { tamper: (answer, { headers }) => (isAffected(headers['if-none-match'] ?? '') ? spoil(answer) : answer) };
}

const isUnknown = (value: string) => value === '"etag-doctor-unknown"';
const nothingBut = (status: number) => (): Answer => ({ status, headers: new Headers(), body: null });

describe('a mistake in an unusual form', () => {
  it.each<[string, string, Mistakes, AuditOptions?]>([
    ['tag-per-node', 'as many nodes as reads', numberedTag((count) => count % 9)],
    [
      'tag-changes',
      'any tag is answered 304',
      {
        ...numberedTag((count) => count),
        misread: misreading(({ 'if-none-match': tag }) => (tag ? { 'if-none-match': '*' } : {})),
      },
    ],
    ['read-unknown', 'an error', spoiling(isUnknown, nothingBut(500))],
    ['read-unknown', 'a refusal', spoiling(isUnknown, nothingBut(412))],
    ['read-unknown', 'no content', spoiling(isUnknown, nothingBut(200))],
    ['read-unquoted', 'an error', spoiling((value) => value === 'v1', nothingBut(500))],
    [
      'authorisation-first',
      'strangers are sent to a login',
      { tamper: refusing(302, 'cookie') },
      { headers: [['Cookie', 'a=1']] },
    ],
    [
      'authorisation-first',
      'strangers are told that there is nothing',
      { tamper: refusing(404, 'x-session') },
      { headers: [['X-Session', '1']] },
    ],
    [
      'authorisation-first',
      'a 412 instead of a 304',
      {
        tamper: (answer, asked) =>
          answer.status === 304 && !asked.headers.authorization
            ? nothingBut(401)()
            : refusing(401, 'authorization')(answer, asked),
      },
      { headers: [['Authorization', 'Bearer secret']] },
    ],
    ['coding-vary', 'gzip by its old name', { tamper: fields({ vary: null, 'content-encoding': 'x-gzip' }, isCoded) }],
    [
      'coding-tag-shared',
      'only for browsers',
      {
        misread: misreading(({ 'accept-encoding': accepted }) =>
          accepted?.includes('deflate') ? { 'accept-encoding': 'gzip' } : { 'accept-encoding': undefined },
        ),
        tamper: fields({ etag: '"v1"' }, isCoded),
      },
    ],
    [
      'range-ignored',
      'Bytes',
      { misread: without('range'), tamper: fields({ 'accept-ranges': 'none, Bytes' }, always) },
    ],
    [
      'cors-expose',
      'all, with credentials',
      { tamper: fields({ 'access-control-allow-credentials': 'true', 'access-control-expose-headers': '*' }, always) },
    ],
    [
      'cors-expose',
      'one origin alone',
      {
        tamper: (answer, asked) =>
          fields(
            asked.headers.origin === 'https://app.example'
              ? { 'access-control-expose-headers': null }
              : { 'access-control-allow-origin': null },
            always,
          )(answer, asked),
      },
      { headers: [['Origin', 'https://app.example']] },
    ],
    [
      'cors-preflight',
      'credentials are asked for',
      {
        tamper: (answer, { method, headers }) =>
          method === 'OPTIONS' && !headers.authorization ? nothingBut(401)() : answer,
      },
      { headers: [['Authorization', 'Bearer secret']] },
    ],
  ])('%s: %s', async (id, _, mistakes, options) => {
    const { url } = await start(mistakes);
    const { findings } = await audit(url, { ...options, only: new RegExp(`^(${id}|tag-tracker)$`) });
    expect(findings.map((finding) => finding.id)).toEqual([id]);
  });

  it('read-missing: under the root', async () => {
    const paths = new Set<string | undefined>();
    const server = createServer(({ url, headers }, response) => {
      paths.add(url);
      response.statusCode = url === '/' ? 200 : headers['if-none-match'] ? 304 : 404;
      response.setHeader('etag', '"a"').end();
    });
    const url = `http://127.0.0.1:${await listening(server)}/`;
    try {
      expect((await audit(url, only('read-missing'))).findings.map(({ id }) => id)).toEqual(['read-missing']);
      expect([...paths]).toEqual(['/', '/etag-doctor-missing']);
    } finally {
      server.close();
    }
  });
});

describe('the addresses behind a URL', () => {
  it('hop-tag: the origin sends another tag', async () => {
    const origin = await start();
    const edge = await start({ tamper: fields({ etag: 'W/"v1"' }, isCoded) });
    const { findings } = await audit(edge.url, { origin: `127.0.0.1:${origin.port}`, ...only('hop-tag') });
    expect(findings).toMatchObject([{ id: 'hop-tag', seen: expect.stringContaining('"v1-gzip"') }]);
    expect(findings[0]?.requests[0]).toContain(`--connect-to 127.0.0.1:${edge.port}:127.0.0.1:${origin.port}`);
  });

  it('node-tag: two nodes have tags of their own', async () => {
    const one = await start();
    const other = await start({ tamper: fields({ etag: '"other"' }, always) });
    const nodes = [one, other].map(({ port }) => `127.0.0.1:${port}`);
    const { findings } = await audit(one.url, { nodes, ...only('node-tag') });
    expect(findings).toMatchObject([{ id: 'node-tag', seen: `${nodes[0]}: "v1", ${nodes[1]}: "other"` }]);
  });

  it('both pass where the tags are the same', async () => {
    const [one, other] = [await start(), await start()];
    const nodes = [one, other].map(({ port }) => `127.0.0.1:${port}`);
    const { passed } = await audit(one.url, { nodes, origin: nodes[1], only: /^(hop|node)-tag$/ });
    expect(passed).toEqual(['hop-tag', 'node-tag']);
  });
});

describe('a right endpoint', () => {
  // What passes these stands in tests of its own: below, above and in har.test.ts.
  const conditional = [
    'not-modified-slow',
    'stream-starts',
    'hop-tag',
    'node-tag',
    'authorisation-first',
    'client-asks-again',
    'client-guards',
  ];
  const withWrites: AuditOptions = { write: true, race: 8, promises: everything };

  it('passes every check that applies', async () => {
    const { url, note } = await start();
    const before = note.text;
    const { findings, passed, skipped, isRestored } = await audit(url, withWrites);
    expect(findings).toEqual([]);
    expect(passed).toEqual(checks.map(({ id }) => id).filter((id) => !conditional.includes(id)));
    expect(skipped.map(({ id }) => id)).toEqual(conditional);
    expect(isRestored).toBe(true);
    expect(note.text).toBe(before);
  });

  it('passes with credentials that it asks for first', async () => {
    const { url } = await start({
      tamper: (answer, { headers }) =>
        headers.authorization ? answer : { status: 401, headers: new Headers(), body: null },
    });
    const options: AuditOptions = { headers: [['Authorization', 'Bearer secret']], ...only('authorisation-first') };
    expect((await audit(url, options)).passed).toEqual(['authorisation-first']);
  });

  it('not-modified-slow passes where the 304 comes sooner', async () => {
    const { url } = await start({ delay: 600, isEarly: true });
    expect((await audit(url, only('not-modified-slow'))).passed).toEqual(['not-modified-slow']);
  });

  it('streams events: it is audited as what it is, and not waited for to end', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
    });
    const url = `http://127.0.0.1:${await listening(server)}/`;
    try {
      const { passed, findings } = await audit(url);
      expect(passed).toContain('stream-starts');
      expect(findings).toEqual([]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('sends one coding whatever is asked for: nothing is compared with itself', async () => {
    const body = gzipSync('hello');
    const server = createServer((_, response) => {
      response.writeHead(200, { etag: '"a"', 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
    });
    const url = `http://127.0.0.1:${await listening(server)}/`;
    try {
      expect((await audit(url, { only: /^coding-(tag|vary)/ })).findings).toEqual([]);
    } finally {
      server.close();
    }
  });

  it('keeps a response from all caches: it need not vary by coding', async () => {
    const { url } = await start({ tamper: fields({ 'cache-control': 'no-store', vary: null }, always) });
    expect((await audit(url, only('coding-vary'))).skipped.map(({ why }) => why)).toEqual([
      'It is not to be stored (no-store).',
    ]);
  });

  it('trims only the spaces of a list: nothing is said of commas', async () => {
    const { url } = await start({
      misread: misreading(({ 'if-none-match': tags }) => (tags?.includes('\t') ? { 'if-none-match': '"x"' } : {})),
    });
    expect((await audit(url, only('read-comma'))).passed).toEqual(['read-comma']);
  });

  it('refuses what is malformed', async () => {
    const { url } = await start(spoiling((value) => value !== '' && !value.includes('"v1"'), nothingBut(400)));
    const { findings } = await audit(url, { only: /^read-(unquoted|garbage)$/ });
    expect(findings).toEqual([]);
  });

  it('is never blamed, however often it is asked', async () => {
    const { url } = await start();
    for (let round = 0; round < 30; round++) expect((await audit(url)).findings).toEqual([]);
  });

  it('is audited within 80 requests and 10 s', async () => {
    const { url } = await start();
    const { requests, duration } = await audit(url);
    expect(requests).toBeLessThanOrEqual(80);
    expect(duration).toBeLessThan(10_000);
  });

  it('is not written to unless it may be', async () => {
    const methods = new Set<string>();
    const { url } = await start({
      tamper: (answer, { method }) => {
        methods.add(method);
        return answer;
      },
    });
    await audit(url);
    expect([...methods].sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'QUERY']);
  });
});

describe('a resource that changes while it is audited', () => {
  it('is not blamed for it', async () => {
    const endpoint = await start({
      tamper: (answer, asked, count) => {
        if (count % 7 === 0 && isRead(asked)) endpoint.note.version++;
        if (count % 7 === 0) endpoint.note.text = `changed at ${count}`.repeat(99);
        return answer;
      },
    });
    for (let round = 0; round < 5; round++) expect((await audit(endpoint.url)).findings).toEqual([]);
  });
});
