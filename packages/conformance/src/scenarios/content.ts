import type { FieldLine } from '@etag/wire';
import { contentPath } from '../fixture.ts';
import type { Scenario, Step } from '../scenario.ts';

const NOTE = contentPath({ body: 'a note' });
const CAPTURE = { etag: 'etag' };
const NOT_MODIFIED = { status: 304, fields: { etag: '{etag}' }, body: '' };

/** Fields that a 304 has to carry, or that a browser needs to make use of it. */
const KEPT: FieldLine[] = [
  ['cache-control', 'max-age=60, private'],
  ['expires', 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ['content-location', '/notes/1.en'],
  ['set-cookie', 'session=1; HttpOnly'],
  ['access-control-allow-origin', 'https://app.example'],
  ['access-control-allow-credentials', 'true'],
  ['access-control-expose-headers', 'ETag'],
  ['x-request-id', '7'],
];

/** Whatever codes the content may add a name to it. */
const VARY: FieldLine = ['vary', 'Accept-Language, Origin'];

/** Fields that describe content which a 304 does not have. */
const DROPPED: FieldLine[] = [
  ['content-type', 'text/html; charset=utf-8'],
  ['content-language', 'en'],
  ['content-disposition', 'inline'],
];

/** What a middleware does to responses whose content it has seen. */
export const contentScenarios: Scenario[] = [
  {
    id: 'content-same-tag',
    kind: 'choice',
    section: '8.8.3.1',
    title: '§8.8.3.1 the same content has the same tag',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true }, body: 'a note' }, capture: CAPTURE },
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: '{etag}' }, body: 'a note' } },
    ],
  },
  {
    id: 'content-other-tag',
    kind: 'required',
    section: '8.8.3.1',
    title: '§8.8.3.1 other content of the same length has another tag',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true } }, capture: CAPTURE },
      {
        method: 'GET',
        path: contentPath({ body: 'A note' }),
        headers: [['If-None-Match', '{etag}']],
        expect: { status: 200, fields: { etag: true }, otherTag: '{etag}', body: 'A note' },
      },
    ],
  },
  {
    id: 'content-utf8',
    kind: 'required',
    section: '8.8.3.1',
    title: '§8.8.3.1 a tag comes from the bytes, whatever the script',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'Grüße, 你好, 👋' }),
        expect: { status: 200, fields: { etag: true }, body: 'Grüße, 你好, 👋' },
        capture: CAPTURE,
      },
      {
        method: 'GET',
        path: contentPath({ body: 'Grüße, 你好, 👋' }),
        headers: [['If-None-Match', '{etag}']],
        expect: NOT_MODIFIED,
      },
      {
        method: 'GET',
        path: contentPath({ body: 'Grüße, 你好, 👍' }),
        headers: [['If-None-Match', '{etag}']],
        expect: { status: 200, otherTag: '{etag}', body: 'Grüße, 你好, 👍' },
      },
    ],
  },
  {
    id: 'content-not-modified',
    kind: 'required',
    section: '15.4.5',
    title: '§15.4.5 the tag asked with makes a 304 without content, with the same tag',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true } }, capture: CAPTURE },
      { method: 'GET', path: NOTE, headers: [['If-None-Match', '{etag}']], expect: NOT_MODIFIED },
    ],
  },
  {
    id: 'content-304-drops',
    kind: 'required',
    section: '15.4.5',
    title: '§15.4.5 a 304 has no metadata of the content that it lacks',
    peer: 'Express keeps Content-Language, @fastify/etag Content-Type and Content-Length: 0',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: DROPPED }),
        expect: { status: 200, fields: { etag: true, ...Object.fromEntries(DROPPED) } },
        capture: CAPTURE,
      },
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: DROPPED }),
        headers: [['If-None-Match', '{etag}']],
        expect: {
          status: 304,
          fields: {
            'content-type': false,
            'content-encoding': false,
            'content-language': false,
            'content-length': false,
            'content-disposition': false,
          },
          body: '',
        },
      },
    ],
  },
  {
    id: 'content-304-keeps',
    kind: 'required',
    section: '15.4.5',
    title: '§15.4.5 a 304 keeps what updates the stored response, cookies and CORS',
    peer: 'Hono deletes Access-Control-* and Set-Cookie, Remix Cache-Control',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [...KEPT, VARY] }),
        expect: { status: 200, fields: { etag: true, vary: true, ...Object.fromEntries(KEPT) } },
        capture: { etag: 'etag', vary: 'vary' },
      },
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [...KEPT, VARY] }),
        headers: [['If-None-Match', '{etag}']],
        expect: { status: 304, fields: { etag: '{etag}', vary: '{vary}', ...Object.fromEntries(KEPT) }, body: '' },
      },
    ],
  },
  {
    id: 'content-own-tag',
    kind: 'choice',
    section: '8.8.3',
    title: '§8.8.3 a tag that the application set wins',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['etag', '"mine"']] }),
        expect: { status: 200, fields: { etag: '"mine"' }, body: 'a note' },
      },
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['etag', '"mine"']] }),
        headers: [['If-None-Match', '"mine"']],
        expect: { status: 304, fields: { etag: '"mine"' }, body: '' },
      },
      {
        method: 'GET',
        path: contentPath({ body: 'another note', fields: [['etag', '"mine"']] }),
        headers: [['If-None-Match', '"other"']],
        expect: { status: 200, fields: { etag: '"mine"' }, body: 'another note' },
      },
    ],
  },
  {
    id: 'content-own-weak-tag',
    kind: 'required',
    section: '8.8.3',
    title: '§8.8.3 a weak tag that the application set stays weak',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['etag', 'W/"mine"']] }),
        expect: { status: 200, fields: { etag: 'W/"mine"' } },
      },
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['etag', 'W/"mine"']] }),
        headers: [['If-None-Match', '"mine"']],
        expect: { status: 304, fields: { etag: 'W/"mine"' } },
      },
    ],
  },
  {
    id: 'content-own-tag-obs-text',
    kind: 'required',
    section: '8.8.3',
    title: '§8.8.3 a tag with obs-text passes through byte by byte',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['etag', '"caf\xe9"']] }),
        expect: { status: 200, fields: { etag: '"caf\xe9"' } },
      },
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['etag', '"caf\xe9"']] }),
        headers: [['If-None-Match', '"caf\xe9"']],
        expect: { status: 304, fields: { etag: '"caf\xe9"' } },
      },
    ],
  },
  {
    id: 'content-own-last-modified',
    kind: 'required',
    section: '13.1.3',
    title: '§13.1.3 a date that the application set is a validator as well',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['last-modified', 'Sat, 29 Oct 1994 19:43:31 GMT']] }),
        headers: [['If-Modified-Since', 'Sat, 29 Oct 1994 19:43:31 GMT']],
        expect: { status: 304, body: '' },
      },
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['last-modified', 'Sat, 29 Oct 1994 19:43:31 GMT']] }),
        headers: [['If-Modified-Since', 'Sat, 29 Oct 1994 19:43:30 GMT']],
        expect: { status: 200, body: 'a note' },
      },
    ],
  },
  ...[404, 500].map(
    (status): Scenario => ({
      id: `content-repeated-${status}`,
      kind: 'required',
      section: '13.2.1',
      title: `§13.2.1 a repeated ${status} stays a ${status}, with its content`,
      peer: '@fastify/etag and others turn a repeated failure into a 304; identical {} on 200 and on failure hides it',
      steps: [
        {
          method: 'GET',
          path: contentPath({ body: '{}' }),
          expect: { status: 200, fields: { etag: true } },
          capture: CAPTURE,
        },
        {
          method: 'GET',
          path: contentPath({ body: '{}', status }),
          headers: [['If-None-Match', '{etag}']],
          expect: { status, body: '{}' },
        },
        {
          method: 'GET',
          path: contentPath({ body: '{}', status }),
          headers: [['If-None-Match', '*']],
          expect: { status, body: '{}' },
        },
      ],
    }),
  ),
  ...['PUT', 'POST', 'PATCH', 'DELETE'].map(
    (method): Scenario => ({
      id: `content-no-tag-${method.toLowerCase()}`,
      // RFC 9110 §9.3.4 speaks of PUT alone.
      kind: method === 'PUT' ? 'required' : 'choice',
      section: '9.3.4',
      title: `§9.3.4 the response to a ${method} gets no tag made from its content`,
      peer: 'Express, @koa/etag and @fastify/etag hash the response of a PUT into ETag',
      steps: [{ method, path: NOTE, expect: { status: 200, fields: { etag: false }, body: 'a note' } }],
    }),
  ),
  {
    id: 'content-own-tag-put',
    kind: 'choice',
    section: '9.3.4',
    title: '§9.3.4 a tag that the application set on a PUT stays',
    steps: [
      {
        method: 'PUT',
        path: contentPath({ body: 'a note', fields: [['etag', '"mine"']] }),
        expect: { status: 200, fields: { etag: '"mine"' } },
      },
    ],
  },
  {
    id: 'content-no-tag-206',
    kind: 'required',
    section: '15.3.7',
    title: '§15.3.7 a 206 gets no tag made from its part',
    peer: 'slices of a file share the tag of the whole',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'no', status: 206, fields: [['content-range', 'bytes 2-3/6']] }),
        headers: [['Range', 'bytes=2-3']],
        expect: { status: 206, fields: { etag: false, 'content-range': 'bytes 2-3/6' }, body: 'no' },
      },
    ],
  },
  {
    id: 'content-no-tag-no-store',
    kind: 'choice',
    section: '8.8.3.1',
    title: '§8.8.3.1 what must not be stored gets no tag',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['cache-control', 'private, no-store']] }),
        expect: { status: 200, fields: { etag: false }, body: 'a note' },
      },
    ],
  },
  {
    id: 'content-no-tag-204',
    kind: 'choice',
    section: '15.3.5',
    title: '§15.3.5 a 204 gets no tag made from content that it lacks',
    steps: [
      { method: 'GET', path: contentPath({ status: 204 }), expect: { status: 204, fields: { etag: false }, body: '' } },
    ],
  },
  ...[404, 500].map(
    (status): Scenario => ({
      id: `content-no-tag-${status}`,
      kind: 'choice',
      section: '13.2.1',
      title: `§13.2.1 a ${status} gets no tag: it would never be evaluated`,
      steps: [
        {
          method: 'GET',
          path: contentPath({ body: 'no', status }),
          expect: { status, fields: { etag: false }, body: 'no' },
        },
      ],
    }),
  ),
  {
    id: 'content-head',
    kind: 'required',
    section: '9.3.2',
    title: '§9.3.2 HEAD has the tag of GET, and no content',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true } }, capture: CAPTURE },
      { method: 'HEAD', path: NOTE, expect: { status: 200, fields: { etag: '{etag}' }, body: '' } },
      { method: 'HEAD', path: NOTE, headers: [['If-None-Match', '{etag}']], expect: NOT_MODIFIED },
    ],
  },
  {
    id: 'content-query',
    kind: 'choice',
    section: '13.1.2',
    title: '§13.1.2 the result of a QUERY is revalidated like that of a GET',
    steps: [
      {
        method: 'QUERY',
        path: NOTE,
        expect: { status: 200, fields: { etag: true }, body: 'a note' },
        capture: CAPTURE,
      },
      { method: 'QUERY', path: NOTE, headers: [['If-None-Match', '{etag}']], expect: NOT_MODIFIED },
    ],
  },
  {
    id: 'content-any',
    kind: 'required',
    section: '13.1.2',
    title: '§13.1.2 If-None-Match: * makes a 304 with the current tag',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true } }, capture: CAPTURE },
      { method: 'GET', path: NOTE, headers: [['If-None-Match', '*']], expect: NOT_MODIFIED },
    ],
  },
  {
    id: 'content-list',
    kind: 'required',
    section: '13.1.2',
    title: '§13.1.2 the tag in a list makes a 304',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true } }, capture: CAPTURE },
      { method: 'GET', path: NOTE, headers: [['If-None-Match', '"a,b",\t{etag}, W/"c"']], expect: NOT_MODIFIED },
      {
        method: 'GET',
        path: NOTE,
        headers: [
          ['If-None-Match', '"a,b"'],
          ['If-None-Match', '{etag}'],
        ],
        expect: NOT_MODIFIED,
      },
    ],
  },
  {
    id: 'content-weak-form',
    kind: 'required',
    section: '13.1.2',
    title: '§13.1.2 the weak form of the tag makes a 304, as after a proxy that weakens tags',
    peer: 'behind nginx, which weakens the tag of what it codes, the 304 stops',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true } }, capture: CAPTURE },
      {
        method: 'GET',
        path: NOTE,
        headers: [['If-None-Match', 'W/{etag}']],
        expect: { status: 304, fields: { etag: true } },
      },
    ],
  },
  {
    id: 'content-no-cache',
    kind: 'required',
    section: '13.1.2',
    title: '§13.1.2 Cache-Control: no-cache on the request leaves the 304',
    peer: 'fresh, and with it Express and Koa, refuses the 304',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true } }, capture: CAPTURE },
      {
        method: 'GET',
        path: NOTE,
        headers: [
          ['If-None-Match', '{etag}'],
          ['Cache-Control', 'no-cache'],
          ['Pragma', 'no-cache'],
        ],
        expect: NOT_MODIFIED,
      },
    ],
  },
  {
    id: 'content-malformed',
    kind: 'choice',
    section: '8.8.3',
    title: '§8.8.3 the tag inside garbage makes no 304',
    steps: [
      { method: 'GET', path: NOTE, expect: { status: 200, fields: { etag: true } }, capture: CAPTURE },
      {
        method: 'GET',
        path: NOTE,
        headers: [['If-None-Match', 'foo{etag}bar']],
        expect: { status: 200, fields: { etag: '{etag}' }, body: 'a note' },
      },
    ],
  },
  {
    id: 'content-invalid-tag',
    kind: 'required',
    section: '8.8.3',
    title: '§8.8.3 what the application set and is not a tag does not leave',
    peer: 'the bare hash that an SDK gives, which goes out as it is and never matches',
    steps: ['v7', 'W/v7', '"v7'].map((etag) => ({
      method: 'GET',
      path: contentPath({ body: 'a note', fields: [['etag', etag]] }),
      headers: [['If-None-Match', etag]],
      expect: { status: 200, body: 'a note' },
    })),
  },
  {
    id: 'content-invalid-tag-alone',
    kind: 'choice',
    section: '8.8.3',
    title: '§8.8.3 no tag of the content stands in for what the application set and is not a tag',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: 'a note', fields: [['etag', 'v7']] }),
        expect: { status: 200, fields: { etag: false }, body: 'a note' },
      },
    ],
  },
  {
    id: 'content-304-nonce',
    kind: 'choice',
    section: '15.4.5',
    title: '§15.4.5 a 304 has no Content-Security-Policy with a nonce: it would block the scripts of the stored page',
    peer: 'Helmet beside an early 304',
    steps: ['content-security-policy', 'content-security-policy-report-only'].flatMap((name): Step[] => {
      const path = contentPath({
        body: 'a page',
        fields: [
          ['etag', '"v1"'],
          [name, "script-src 'nonce-599a'"],
        ],
      });
      return [
        { method: 'GET', path, expect: { status: 200, fields: { [name]: true } } },
        {
          method: 'GET',
          path,
          headers: [['If-None-Match', '"v1"']],
          expect: { status: 304, fields: { [name]: false } },
        },
      ];
    }),
  },
  {
    id: 'content-304-policy',
    kind: 'choice',
    section: '15.4.5',
    title: '§15.4.5 a 304 keeps a Content-Security-Policy without a nonce',
    steps: [
      {
        method: 'GET',
        path: contentPath({
          body: 'a page',
          fields: [
            ['etag', '"v1"'],
            ['content-security-policy', "default-src 'self'"],
          ],
        }),
        headers: [['If-None-Match', '"v1"']],
        expect: { status: 304, fields: { 'content-security-policy': "default-src 'self'" } },
      },
    ],
  },
  {
    id: 'content-message',
    kind: 'choice',
    section: '15.1',
    title: '§15.1 the reason phrase that the handler set for its 200 is not that of the 304 or the 412',
    steps: [[304, ['If-None-Match', '"v1"']] as const, [412, ['If-Match', '"v0"']] as const].map(
      ([status, header]) => ({
        method: 'GET',
        path: contentPath({ body: 'a note', message: 'Fine', fields: [['etag', '"v1"']] }),
        headers: [[...header]],
        expect: { status, otherMessage: 'Fine' },
      }),
    ),
  },
];
