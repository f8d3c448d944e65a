import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { contentTag, type Expectation, PreconditionFailedError, type ResourceState, versionTag } from '@etag/core';
import type { Reply } from 'adapter-suite';
import type { Row, Step } from './row.ts';

const DATE = 'Sun, 06 Nov 1994 08:49:38 GMT';
const EARLIER = 'Sun, 06 Nov 1994 08:49:37 GMT';
const LATER = 'Fri, 31 Dec 2100 23:59:59 GMT';
const LONG = 'The same content gives the same tag in every process.\n'.repeat(60);
const TEXT = { 'content-type': 'text/plain; charset=utf-8' };
/** "a", gzipped. */
const CODED = Uint8Array.from(atob('H4sIAAAAAAAAA0sEAEO+t+gBAAAA'), (char) => char.charCodeAt(0));

async function* chunks() {
  yield new TextEncoder().encode('content');
}

const streamWith = (fields: Record<string, string>) => ({
  handle: (): Reply => ({ chunks: chunks(), headers: { ...TEXT, etag: '"v1"', ...fields } }),
});
const textWith = (headers: Record<string, string>, text = 'content') => ({
  handle: (): Reply => ({ text, headers: { ...TEXT, ...headers } }),
});
const state = (state: unknown) => ({
  current: () => state as ResourceState,
  handle: (): Reply => ({ text: 'content' }),
});

const get = (answer: string, more: Partial<Step> = {}): Step => ({ answer, ...more });
const holding = (etag: string, answer: string, more: Partial<Step> = {}): Step => ({
  headers: [['If-None-Match', etag]],
  answer,
  ...more,
});
const wanting = (etag: string, answer: string, more: Partial<Step> = {}): Step => ({
  headers: [['If-Match', etag]],
  answer,
  ...more,
});
const put = (step: Step): Step => ({ method: 'PUT', ...step });
const gzip = (step: Step): Step => ({ ...step, headers: [['Accept-Encoding', 'gzip'], ...(step.headers ?? [])] });

/** A note in a store, whose tags are versions. */
function noteInStore() {
  const notes = memoryStore<{ text: string }>();
  const ready = notes.put('1', { text: LONG }, any);
  return {
    handle: async (): Promise<Reply> => {
      await ready;
      const note = await notes.get('1');
      return { json: note?.value, headers: { etag: versionTag(note?.version ?? '') } };
    },
    write: (expected: Expectation) => replace(notes, '1', { text: LONG }, expected),
  };
}

/** What a handler says beside its validators. */
const SAID = {
  'access-control-allow-origin': '*',
  'x-request-id': '7',
  vary: 'Origin',
  'cache-control': 'max-age=60',
  'content-language': 'en',
};
const HASH = `${contentTag(LONG)}`;
const CONTENT = `${contentTag('content')}`;
const FIVE = `${contentTag('5')}`;
const ETAG = { fields: ['etag'] };

const BOTH = { fields: ['etag', 'last-modified'] };
const DATED = `last-modified: ${DATE}`;
const UNDATED = 'last-modified: –';

/** What a handler does to the validators that were known before it, and what it comes to: read, with a tag of its own, with theirs. */
const LAST_WORDS: Readonly<Record<string, readonly [Partial<Reply>, plain: string, own: string, theirs: string]>> = {
  'nothing said': [{}, `200, etag: "v7", ${DATED}`, `200, etag: "v7", ${DATED}`, `200, etag: "v7", ${DATED}`],
  'a tag of its own': [
    { headers: { etag: '"own"' } },
    `200, etag: "own", ${DATED}`,
    `304, etag: "own", ${DATED}`,
    `412, etag: "own", ${UNDATED}`,
  ],
  ...Object.fromEntries(
    Object.entries<Partial<Reply>>({
      'what is not a tag': { headers: { etag: 'own' } },
      'an empty tag': { headers: { etag: '' } },
      'the tag deleted': { deletes: ['etag'] },
    }).map(([what, reply]) => [
      what,
      [reply, `200, etag: –, ${DATED}`, `200, etag: –, ${DATED}`, `412, etag: –, ${UNDATED}`],
    ]),
  ),
  'the date deleted': [
    { deletes: ['last-modified'] },
    `200, etag: "v7", ${UNDATED}`,
    `200, etag: "v7", ${UNDATED}`,
    `200, etag: "v7", ${UNDATED}`,
  ],
  'both deleted': [
    { deletes: ['etag', 'last-modified'] },
    `200, etag: –, ${UNDATED}`,
    `200, etag: –, ${UNDATED}`,
    `200, etag: –, ${UNDATED}`,
  ],
};

/** What a part of the application can do wrong. A read goes out without a tag, and a write is refused. */
const FAULTS: Readonly<Record<string, () => Promise<never>>> = {
  throws() {
    throw new Error('a fault of the test');
  },
  rejects: () => Promise.reject(new Error('a fault of the test')),
  'rejects without a reason': () => Promise.reject(),
  'never answers': () => new Promise(() => {}),
};
/** Somebody who listens: otherwise each fault is a warning. */
const heard = () => {};

/** The exchanges, in the order in which they were found; then faults of the application. */
export const rows: readonly Row[] = [
  {
    title: '1 a stream with a Trailer field, revalidated and refused',
    resource: streamWith({ trailer: 'Server-Timing' }),
    steps: [
      get('200'),
      holding('"v1"', '304, etag: "v1", trailer: –', { fields: ['etag', 'trailer'] }),
      wanting('"v0"', '412, etag: "v1", trailer: –', { fields: ['etag', 'trailer'] }),
      get('200'),
    ],
  },
  {
    title: '2 a write guarded by an If-Match that is made of a parameter',
    resource: state({ etag: '"v1"', lastModified: Date.parse(DATE) }),
    rewrite: (query): Record<string, string> => (query.has('rev') ? { 'if-match': `"${query.get('rev')}"` } : {}),
    steps: [
      put(get('412', { query: '?rev=v0' })),
      put(get('412', { query: '?rev=v0', headers: [['If-Unmodified-Since', DATE]] })),
      put(get('200', { query: '?rev=v1' })),
    ],
  },
  {
    title: '2 a 304 that the application switched off by If-None-Match',
    resource: textWith({ etag: '"v1"', 'last-modified': DATE }),
    rewrite: () => ({ 'if-none-match': '"no-match-for-this"' }),
    steps: [
      holding('"v1"', '200'),
      get('200', {
        headers: [
          ['If-None-Match', '"v1"'],
          ['If-Modified-Since', DATE],
        ],
      }),
    ],
  },
  {
    title: 'asked for: tags without the 304, where something else answers it',
    resource: textWith({ 'last-modified': DATE }),
    rewrite: () => ({ 'if-none-match': '', 'if-modified-since': '' }),
    steps: [
      get(`200, etag: ${CONTENT}`, ETAG),
      holding('{etag}', `200, etag: ${CONTENT}`, ETAG),
      get('200', { headers: [['If-Modified-Since', LATER]] }),
    ],
  },
  {
    title: '3 content that came coded, with its tag',
    coded: true,
    resource: {
      handle: () => ({
        bytes: CODED,
        headers: { ...TEXT, 'content-encoding': 'gzip', etag: '"abc"', vary: 'Accept-Encoding' },
      }),
    },
    steps: [
      gzip(get('200, etag: "abc", content-encoding: gzip', { fields: ['etag', 'content-encoding'] })),
      gzip(holding('"abc"', '304, etag: "abc", content-encoding: –', { fields: ['etag', 'content-encoding'] })),
      gzip(holding('*', '304, etag: "abc"', ETAG)),
    ],
  },
  {
    title: '3 content that the handler codes, with a tag that was known early',
    resource: {
      current: () => ({ etag: versionTag(7) }),
      handle: () => ({ bytes: CODED, headers: { ...TEXT, 'content-encoding': 'gzip', vary: 'Accept-Encoding' } }),
    },
    steps: [
      gzip(get('200, etag: "v7-gzip", content-encoding: gzip', { fields: ['etag', 'content-encoding'] })),
      gzip(holding('{etag}', '304, etag: "v7-gzip", content-encoding: –', { fields: ['etag', 'content-encoding'] })),
      gzip(get('200, etag: "v7-gzip"', { headers: [['If-Modified-Since', EARLIER]], ...ETAG })),
    ],
  },
  {
    title: '4 a stream with Transfer-Encoding, refused and revalidated',
    resource: streamWith({ 'transfer-encoding': 'chunked' }),
    steps: [
      wanting('"v0"', '412, Precondition Failed, open, transfer-encoding: –, etag: "v1", reason="no-match"', {
        message: true,
        fields: ['transfer-encoding', 'etag'],
        members: ['reason'],
      }),
      holding('"v1"', '304, Not Modified, open, transfer-encoding: –, etag: "v1"', {
        message: true,
        fields: ['transfer-encoding', 'etag'],
      }),
    ],
  },
  {
    title: '4 a reason phrase that was meant for the 200',
    resource: { handle: () => ({ statusMessage: 'Fine', text: 'content', headers: { ...TEXT, etag: '"v1"' } }) },
    steps: [
      holding('"v1"', '304, Not Modified, open', { message: true }),
      wanting('"v0"', '412, Precondition Failed, open', { message: true }),
    ],
  },
  {
    title: '6 tags of content, twenty reads at once',
    resource: textWith({}, LONG),
    steps: [
      get(`200, etag: ${HASH}`, { ...ETAG, times: 20 }),
      holding('{etag}', `304, etag: ${HASH}`, { ...ETAG, times: 20 }),
    ],
  },
  {
    title: '7 refusals of a guarded write',
    resource: { ...state({ etag: '"v1"' }), require: true },
    steps: [
      put(
        get('428, content-type: application/problem+json, etag: –, status=428, field=null, reason="required"', {
          fields: ['content-type', 'etag'],
          members: ['status', 'field', 'reason'],
        }),
      ),
      put(
        wanting(
          '"v0"',
          '412, content-type: application/problem+json, etag: "v1", status=412, field="if-match", reason="no-match"',
          { fields: ['content-type', 'etag'], members: ['status', 'field', 'reason'] },
        ),
      ),
      put(wanting('"v1"', '200')),
    ],
  },
  {
    title: '7 a refusal that a handler throws',
    resource: {
      handle: () => {
        const request = { method: 'GET', headers: { 'if-match': '"v0"' } };
        throw new PreconditionFailedError(request, { field: 'if-match', reason: 'no-match' }, { etag: '"v1"' });
      },
    },
    steps: [
      get('412, content-type: application/problem+json, etag: "v1", reason="no-match", current="\\"v1\\""', {
        fields: ['content-type', 'etag'],
        members: ['reason', 'current'],
      }),
    ],
  },
  {
    title: '8 a policy with a nonce before an early 304',
    resource: state({ etag: '"v7"' }),
    before: { 'content-security-policy': "script-src 'nonce-599a'", 'x-request-id': '7' },
    except: { fetch: 'what stands around a handler sets its fields on the 304' },
    steps: [
      get("200, content-security-policy: script-src 'nonce-599a'", { fields: ['content-security-policy'] }),
      holding('"v7"', '304, etag: "v7", content-security-policy: –, x-request-id: 7', {
        fields: ['etag', 'content-security-policy', 'x-request-id'],
      }),
    ],
  },
  {
    title: '9 an unquoted tag from current: one answer each time',
    resource: state({ etag: 'abc' }),
    steps: [get('500, etag: –', ETAG), holding('abc', '500, etag: –', ETAG), put(wanting('abc', '500, etag: –', ETAG))],
  },
  {
    title: '10 the Cache-Control of the 200 on an early 304',
    resource: state({ etag: '"v7"' }),
    before: { 'cache-control': 'private, max-age=60' },
    steps: [
      get('200, cache-control: private, max-age=60', { fields: ['cache-control'] }),
      holding('"v7"', '304, cache-control: private, max-age=60', { fields: ['cache-control'] }),
    ],
  },
  {
    title: '11 a tag of the handler guards a write, identity and gzip',
    coded: true,
    resource: noteInStore(),
    steps: [
      get('200'),
      put(wanting('{etag}', '200')),
      gzip(get('200, content-encoding: gzip', { fields: ['content-encoding'] })),
      put(wanting('{etag}', '200')),
    ],
  },
  ...(
    [
      ['the handler', textWith({ etag: '"v7"', 'last-modified': DATE }, LONG)],
      ['current', { ...textWith({}, LONG), current: () => ({ etag: versionTag(7), lastModified: Date.parse(DATE) }) }],
    ] as const
  ).map(
    ([whose, resource]): Row => ({
      title: `12 304s under gzip, for the tag, for any, and by date: a tag of ${whose}`,
      coded: true,
      resource,
      steps: [
        gzip(get('200, etag: "v7-gzip"', ETAG)),
        gzip(holding('{etag}', '304, etag: "v7-gzip", vary: accept-encoding', { fields: ['etag', 'vary'] })),
        gzip(holding('*', '304, etag: W/"v7", vary: accept-encoding', { fields: ['etag', 'vary'] })),
        gzip(
          get('304, etag: W/"v7", vary: accept-encoding', {
            headers: [['If-Modified-Since', LATER]],
            fields: ['etag', 'vary'],
          }),
        ),
      ],
    }),
  ),
  {
    title: '13 what a refused read keeps and loses, its tag without quotes',
    resource: textWith({ ...SAID, etag: 'v7', 'last-modified': DATE }),
    steps: [
      get(
        '412, etag: –, last-modified: –, access-control-allow-origin: *, x-request-id: 7, vary: origin, cache-control: –, content-language: –, current=null',
        {
          headers: [['If-Unmodified-Since', EARLIER]],
          fields: ['etag', 'last-modified', ...Object.keys(SAID)],
          members: ['current'],
        },
      ),
    ],
  },
  {
    title: '13 what a 304 keeps and loses',
    resource: textWith({ ...SAID, etag: '"v7"', 'last-modified': DATE }),
    steps: [
      holding(
        '"v7"',
        `304, etag: "v7", last-modified: ${DATE}, access-control-allow-origin: *, x-request-id: 7, vary: origin, cache-control: max-age=60, content-language: –`,
        { fields: ['etag', 'last-modified', ...Object.keys(SAID)] },
      ),
    ],
  },
  {
    title: '14 Vary of a 304 of tagged content, under gzip',
    coded: true,
    resource: textWith({}, LONG),
    steps: [
      get(`200, etag: ${HASH}`, ETAG),
      gzip(holding('{etag}', `304, etag: ${HASH}, vary: accept-encoding`, { fields: ['etag', 'vary'] })),
      gzip(holding('*', `304, etag: W/${HASH}, vary: accept-encoding`, { fields: ['etag', 'vary'] })),
    ],
  },
  {
    title: '15 what a handler returns that looks like an outcome',
    resource: { current: () => ({ etag: '"v1"' }), handle: () => ({ json: { kind: 'updated', note: 'milk' } }) },
    steps: [put(wanting('"v1"', '200, kind="updated", note="milk"', { members: ['kind', 'note'] }))],
  },
  {
    title: '17 a number as JSON',
    resource: { handle: () => ({ json: 5, headers: { 'content-type': 'application/json' } }) },
    steps: [get(`200, etag: ${FIVE}`, ETAG), holding('{etag}', `304, etag: ${FIVE}`, ETAG)],
  },
  {
    title: '17 a time without a date from current: one answer each time',
    resource: state({ etag: '"v1"', lastModified: new Date(Number.NaN) }),
    steps: [
      get('500, etag: –', ETAG),
      holding('"v1"', '500, etag: –', ETAG),
      put(wanting('"v1"', '500, etag: –', ETAG)),
    ],
  },
  {
    title: '17 a tag of the handler without quotes',
    resource: textWith({ etag: 'abc' }),
    steps: [get('200, etag: –', ETAG), holding('abc', '200, etag: –', ETAG), holding('"abc"', '200, etag: –', ETAG)],
  },
  ...Object.entries(LAST_WORDS).flatMap(([what, [reply, plain, own, theirs]]): Row[] => {
    const title = `18 the last word of a handler on validators that were known before it: ${what}`;
    const resource = {
      current: () => ({ etag: versionTag(7), lastModified: Date.parse(DATE) }),
      handle: (): Reply => ({ text: 'content', ...reply, headers: { ...TEXT, ...reply.headers } }),
    };
    const known = `etag: "v7"`;
    return [
      {
        title,
        resource,
        steps: [
          get(plain, BOTH),
          holding('"own"', own, BOTH),
          wanting('"v7"', theirs, BOTH),
          // Those two are decided before the handler runs.
          wanting('"own"', `412, ${known}, ${UNDATED}`, BOTH),
          holding('"v7"', `304, ${known}, ${DATED}`, BOTH),
        ],
      },
      { title: `${title}, where content has no tag`, resource, tags: false, steps: [get(plain, BOTH)] },
    ];
  }),
  {
    title: '18 what is not a tag, on a 304 and on a 404 of the handler',
    resource: {
      handle: ({ url }): Reply => ({ status: url.endsWith('?gone') ? 404 : 304, headers: { etag: 'own', ...SAID } }),
    },
    steps: [
      get('304, etag: –, x-request-id: 7', { fields: ['etag', 'x-request-id'] }),
      get('404, etag: –, x-request-id: 7', { query: '?gone', fields: ['etag', 'x-request-id'] }),
    ],
  },
  ...[{}, { etag: '"own"' }].map(
    (fields): Row => ({
      title: `18 a 304 that the handler makes, validators known before ${'etag' in fields ? 'and a tag of its own' : 'it'}`,
      resource: {
        current: () => ({ etag: versionTag(7), lastModified: Date.parse(DATE) }),
        handle: (): Reply => ({
          status: 304,
          headers: { ...TEXT, ...SAID, 'content-security-policy': "script-src 'nonce-1'", ...fields },
        }),
      },
      steps: [
        get(
          `304, etag: ${fields.etag ?? '"v7"'}, ${DATED}, content-type: –, content-language: –, content-security-policy: –, x-request-id: 7`,
          {
            fields: [
              'etag',
              'last-modified',
              'content-type',
              'content-language',
              'content-security-policy',
              'x-request-id',
            ],
          },
        ),
      ],
    }),
  ),
  ...[true, false].map(
    (isEarly): Row => ({
      title: `18 what is said before an error that becomes a refusal${isEarly ? ', validators known before' : ''}`,
      resource: {
        ...(isEarly && { current: () => ({ etag: versionTag(1), lastModified: Date.parse(DATE) }) }),
        handle(): Reply {
          const failure = { field: 'if-match', reason: 'no-match' } as const;
          const request = { method: 'GET', headers: {} };
          const error = new PreconditionFailedError(request, failure, { etag: '"v1"' });
          return { headers: { ...SAID, 'last-modified': EARLIER, 'content-encoding': 'x' }, error };
        },
      },
      except: { fetch: 'what it throws is all that a handler has said' },
      steps: ['GET', 'PUT'].map((method) =>
        get(
          '412, content-type: application/problem+json, etag: "v1", last-modified: –, content-encoding: –, access-control-allow-origin: *, x-request-id: 7, vary: origin, cache-control: –, content-language: –, reason="no-match"',
          {
            method,
            fields: ['content-type', 'etag', 'last-modified', 'content-encoding', ...Object.keys(SAID)],
            members: ['reason'],
          },
        ),
      ),
    }),
  ),
  ...Object.entries(FAULTS).map(
    ([fault, current]): Row => ({
      title: `fault: current ${fault}`,
      resource: { current, handle: (): Reply => ({ text: 'content', headers: TEXT }) },
      tags: { timeout: 50, onDecision: heard },
      steps: [
        holding('"v1"', '200'),
        put(get('500')),
        put(wanting('"v1"', '500')),
        get('500', { method: 'DELETE' }),
        get('200'),
      ],
    }),
  ),
  ...Object.entries(FAULTS).map(
    ([fault, digest]): Row => ({
      title: `fault: a digest ${fault}`,
      resource: { handle: (): Reply => ({ text: 'content', headers: TEXT }) },
      tags: { digest, timeout: 50, onDecision: heard },
      steps: [
        get('200, etag: –', ETAG),
        get('200, etag: –', { headers: [['If-None-Match', '*']], ...ETAG }),
        put(get('200, etag: –', ETAG)),
      ],
    }),
  ),
];
