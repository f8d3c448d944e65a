import { contentPath } from '../fixture.js';
import type { Scenario, Step } from '../scenario.js';
import type { FieldLine } from '../vector.js';

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

/** What a middleware does beside one that compresses. A server that does not compress passes as well. */
export const codingScenarios: Scenario[] = [
  {
    id: 'coding-own-tag',
    section: '8.8.3.3',
    title: '§8.8.3.3 a coded response has a strong tag of its own, or a weak one',
    peer: 'compression with Express, Koa and @fastify/compress: one strong tag for gzip and identity',
    steps: [identity, coded],
  },
  {
    id: 'coding-same-tag',
    section: '8.8.3.1',
    title: '§8.8.3.1 the same coded content has the same tag',
    steps: [identity, coded, { ...coded, expect: { ...coded.expect, fields: { etag: '{coded}' } }, capture: {} }],
  },
  {
    id: 'coding-304-coded',
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
];
