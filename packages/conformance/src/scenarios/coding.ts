import type { FieldLine } from '@etag/wire';
import { CODED_BODY, contentPath, statePath } from '../fixture.ts';
import type { Scenario, Step } from '../scenario.ts';

/** More than a kibibyte, and easy to compress, so that whatever compresses responses does so. */
const TEXT = 'The same content gives the same tag in every process.\n'.repeat(60);
const PATH = contentPath({ body: TEXT });
const GZIP: FieldLine = ['Accept-Encoding', 'gzip'];

const identity: Step = {
  method: 'GET',
  path: PATH,
  headers: [['Accept-Encoding', 'identity']],
  expect: { status: 200, fields: { etag: true, 'content-encoding': false }, body: TEXT },
  capture: { identity: 'etag' },
};
const coded: Step = {
  method: 'GET',
  path: PATH,
  headers: [GZIP],
  expect: { status: 200, fields: { etag: true }, body: TEXT, otherTagWhenCoded: '{identity}' },
  capture: { coded: 'etag', vary: 'vary' },
};

const MODIFIED = 'Sat, 29 Oct 1994 19:43:31 GMT';
const LATER: FieldLine = ['If-Modified-Since', 'Fri, 31 Dec 2100 23:59:59 GMT'];
const ANY: FieldLine = ['If-None-Match', '*'];

/** What can be coded and has a date: tagged by the application, by its content, and before the handler. */
const DATED: [id: string, what: string, path: string][] = [
  [
    'own',
    'a tag of the application',
    contentPath({
      body: TEXT,
      fields: [
        ['etag', '"mine"'],
        ['last-modified', MODIFIED],
      ],
    }),
  ],
  ['content', 'a tag of the content', contentPath({ body: TEXT, fields: [['last-modified', MODIFIED]] })],
  ['state', 'a tag that is known early', statePath({ etag: '"v7"', lastModified: MODIFIED }, 4096)],
];

/** Content that was coded before the handler saw it, with a tag of its own. */
const CAME_CODED = contentPath({
  coded: true,
  fields: [
    ['etag', '"mine"'],
    ['vary', 'Accept-Encoding'],
  ],
});

/** What a middleware does beside one that compresses. A server that does not compress passes as well. */
export const codingScenarios: Scenario[] = [
  {
    id: 'coding-own-tag',
    kind: 'required',
    section: '8.8.3.3',
    title: '§8.8.3.3 a coded response has a strong tag of its own, or a weak one',
    peer: 'compression with Express, Koa and @fastify/compress: one strong tag for gzip and identity',
    steps: [identity, coded],
  },
  {
    id: 'coding-same-tag',
    kind: 'choice',
    section: '8.8.3.1',
    title: '§8.8.3.1 the same coded content has the same tag',
    steps: [identity, coded, { ...coded, expect: { ...coded.expect, fields: { etag: '{coded}' } }, capture: {} }],
  },
  {
    id: 'coding-304-coded',
    kind: 'required',
    section: '13.1.2',
    title: '§13.1.2 the tag of the coded response makes a 304 that carries it',
    peer: '@koa/etag inside koa-compress: coded responses get no tag and are never revalidated',
    steps: [
      identity,
      coded,
      {
        method: 'GET',
        path: PATH,
        headers: [GZIP, ['If-None-Match', '{coded}']],
        expect: { status: 304, fields: { etag: '{coded}', 'content-encoding': false }, body: '' },
      },
    ],
  },
  {
    id: 'coding-304-identity',
    kind: 'choice',
    section: '13.1.2',
    title: '§13.1.2 the tag of the plain response makes a 304 that carries it, whatever the client accepts now',
    steps: [
      identity,
      {
        method: 'GET',
        path: PATH,
        headers: [GZIP, ['If-None-Match', '{identity}']],
        expect: { status: 304, fields: { etag: '{identity}', 'content-encoding': false }, body: '' },
      },
    ],
  },
  {
    id: 'coding-304-list',
    kind: 'required',
    section: '13.1.2',
    title: '§13.1.2 both tags in a list make a 304 that carries one of them',
    steps: [
      identity,
      coded,
      {
        method: 'GET',
        path: PATH,
        headers: [GZIP, ['If-None-Match', '"other", {identity}, {coded}']],
        expect: { status: 304, fields: { etag: true }, body: '' },
      },
    ],
  },
  {
    id: 'coding-304-weakened',
    kind: 'choice',
    section: '13.1.2',
    title: '§13.1.2 the weak form of the plain tag makes a 304, as after a proxy that codes',
    steps: [
      identity,
      {
        method: 'GET',
        path: PATH,
        headers: [GZIP, ['If-None-Match', 'W/{identity}']],
        expect: { status: 304, fields: { etag: true }, body: '' },
      },
    ],
  },
  {
    id: 'coding-vary',
    kind: 'required',
    section: '15.4.5',
    title: '§15.4.5 a 304 has the Vary of the 200',
    peer: 'compression with Express, @fastify/compress, and compress() outside etag() in Hono: no Vary on 304',
    steps: [
      identity,
      coded,
      {
        method: 'GET',
        path: PATH,
        headers: [GZIP, ['If-None-Match', '{coded}']],
        expect: { status: 304, fields: { vary: '{vary}' } },
      },
    ],
  },
  {
    id: 'coding-no-cache',
    kind: 'required',
    section: '13.1.2',
    title: '§13.1.2 what the fetch of Node sends is answered 304',
    peer: 'the fetch of Node adds Cache-Control: no-cache and asks for codings; fresh refuses the 304',
    steps: [
      identity,
      coded,
      {
        method: 'GET',
        path: PATH,
        headers: [GZIP, ['If-None-Match', '{coded}'], ['Cache-Control', 'no-cache'], ['Pragma', 'no-cache']],
        expect: { status: 304, fields: { etag: '{coded}' }, body: '' },
      },
    ],
  },
  {
    id: 'coding-changed',
    kind: 'required',
    section: '13.1.2',
    title: '§13.1.2 the tag of a coded response makes no 304 once the content changed',
    steps: [
      identity,
      coded,
      {
        method: 'GET',
        path: contentPath({ body: TEXT.replace('same', 'SAME') }),
        headers: [GZIP, ['If-None-Match', '{coded}, {identity}']],
        expect: { status: 200, fields: { etag: true }, otherTag: '{coded}', body: TEXT.replace('same', 'SAME') },
      },
    ],
  },
  {
    id: 'coding-own-tag-of-application',
    kind: 'required',
    section: '8.8.3.3',
    title: '§8.8.3.3 a strong tag that the application set names one coding only',
    steps: [
      {
        ...identity,
        path: contentPath({ body: TEXT, fields: [['etag', '"mine"']] }),
        expect: { status: 200, fields: { etag: '"mine"' }, body: TEXT },
      },
      { ...coded, path: contentPath({ body: TEXT, fields: [['etag', '"mine"']] }) },
      {
        method: 'GET',
        path: contentPath({ body: TEXT, fields: [['etag', '"mine"']] }),
        headers: [GZIP, ['If-None-Match', '{coded}']],
        expect: { status: 304, fields: { etag: '{coded}' }, body: '' },
      },
    ],
  },
  {
    id: 'coding-weak-tag-of-application',
    kind: 'required',
    section: '8.8.3.3',
    title: '§8.8.3.3 a weak tag may name every coding',
    steps: [
      {
        method: 'GET',
        path: contentPath({ body: TEXT, fields: [['etag', 'W/"mine"']] }),
        headers: [GZIP, ['If-None-Match', 'W/"mine"']],
        expect: { status: 304, fields: { etag: 'W/"mine"' }, body: '' },
      },
    ],
  },
  {
    id: 'coding-404',
    kind: 'required',
    section: '13.2.1',
    title: '§13.2.1 a coded 404 stays a 404',
    steps: [
      identity,
      {
        method: 'GET',
        path: contentPath({ body: TEXT, status: 404 }),
        headers: [GZIP, ['If-None-Match', '{identity}']],
        expect: { status: 404, body: TEXT },
      },
    ],
  },
  ...DATED.flatMap(([id, what, path]) =>
    [ANY, LATER].map(
      (header): Scenario => ({
        id: `coding-304-${header === ANY ? 'any' : 'date'}-${id}`,
        kind: 'required',
        section: '15.4.5',
        title: `§15.4.5 a 304 by ${header === ANY ? '*' : 'date'} carries the tag of the 200 or a weak one: ${what}`,
        peer: '@etag/express and @etag/fastify once: the strong tag of the plain content, for what is stored coded',
        steps: [
          { ...coded, path, expect: { status: 200, fields: { etag: true } } },
          { method: 'GET', path, headers: [GZIP, header], expect: { status: 304, tagOf200: '{coded}', body: '' } },
        ],
      }),
    ),
  ),
  {
    id: 'coding-own-tag-write',
    kind: 'choice',
    section: '8.8.3.3',
    title: '§8.8.3.3 the tag that a strong one of the application has under a coding guards a write',
    peer: '@etag/hono once: renamed, and no form of it was taken back',
    steps: [
      {
        ...coded,
        path: contentPath({ body: TEXT, fields: [['etag', '"mine"']] }),
        expect: { status: 200, body: TEXT },
      },
      {
        method: 'PUT',
        path: statePath({ etag: '"mine"' }),
        headers: [['If-Match', '{coded}']],
        // A compressor that stands outside of everything may weaken it.
        ifStrong: '{coded}',
        expect: { status: 200 },
      },
    ],
  },
  {
    id: 'coding-came-coded',
    kind: 'required',
    section: '8.8.3.3',
    title: '§8.8.3.3 a representation that arrives coded with a tag of its own keeps it',
    peer: 'a gateway, or an object with its Content-Encoding, whose tag is renamed: no write goes through any more',
    steps: [
      {
        method: 'GET',
        path: CAME_CODED,
        headers: [GZIP],
        expect: { status: 200, fields: { etag: '"mine"', 'content-encoding': 'gzip' }, body: CODED_BODY },
      },
      {
        method: 'GET',
        path: CAME_CODED,
        headers: [GZIP, ['If-None-Match', '"mine"']],
        expect: { status: 304, fields: { etag: '"mine"', 'content-encoding': false }, body: '' },
      },
      ...[ANY, ['If-None-Match', 'W/"mine"'] satisfies FieldLine].map(
        (header): Step => ({
          method: 'GET',
          path: CAME_CODED,
          headers: [GZIP, header],
          expect: { status: 304, tagOf200: '"mine"', body: '' },
        }),
      ),
    ],
  },
  {
    id: 'coding-came-coded-content',
    kind: 'choice',
    section: '8.8.3.1',
    title: '§8.8.3.1 a representation that arrives coded without a tag gets one of the coded content',
    steps: [
      {
        method: 'GET',
        path: contentPath({ coded: true }),
        headers: [GZIP],
        expect: { status: 200, fields: { etag: true, 'content-encoding': 'gzip' }, body: CODED_BODY },
        capture: { coded: 'etag' },
      },
      {
        method: 'GET',
        path: contentPath({ coded: true }),
        headers: [GZIP, ['If-None-Match', '{coded}']],
        expect: { status: 304, fields: { etag: '{coded}' }, body: '' },
      },
    ],
  },
];
