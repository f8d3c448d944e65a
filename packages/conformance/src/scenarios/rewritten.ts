import type { FieldLine } from '@etag/wire';
import { contentPath, rewrittenPath, statePath } from '../fixture.ts';
import type { Scenario } from '../scenario.ts';

const MODIFIED = 'Sat, 29 Oct 1994 19:43:31 GMT';
const CONTENT = contentPath({
  body: 'a note',
  fields: [
    ['etag', '"v1"'],
    ['last-modified', MODIFIED],
  ],
});
const STATE = statePath({ etag: '"v1"', lastModified: MODIFIED });

const NOTHING: FieldLine = ['if-none-match', '"no-match-for-this"'];
const OLD: FieldLine = ['if-match', '"v0"'];
const SENT: FieldLine = ['If-None-Match', '"v1"'];
const SENT_DATE: FieldLine = ['If-Modified-Since', MODIFIED];

/** What an application makes of the request before anything else sees it: it counts, whatever was sent. */
export const rewrittenScenarios: Scenario[] = [
  {
    id: 'rewritten-off',
    kind: 'choice',
    section: '13.1.2',
    title: '§13.1.2 an application that sets If-None-Match to something that matches nothing gets no 304',
    peer: 'the raw lines of Node are what was sent: with a date beside it, the 304 came back',
    steps: [CONTENT, STATE].flatMap((path) =>
      [[SENT], [SENT, SENT_DATE]].map((headers) => ({
        method: 'GET',
        path: rewrittenPath(path, [NOTHING]),
        headers,
        expect: { status: 200, fields: { etag: '"v1"' } },
      })),
    ),
  },
  {
    id: 'rewritten-on',
    kind: 'choice',
    section: '13.1.2',
    title: '§13.1.2 an application that sets If-None-Match to the current tag gets a 304',
    steps: [CONTENT, STATE].map((path) => ({
      method: 'GET',
      path: rewrittenPath(path, [['if-none-match', '"v1"']]),
      expect: { status: 304, fields: { etag: '"v1"' }, body: '' },
    })),
  },
  {
    id: 'rewritten-write',
    kind: 'choice',
    section: '13.1.1',
    title: '§13.1.1 an If-Match that the application makes of something else guards the write',
    peer: 'the raw lines of Node are what was sent: the write went through',
    steps: [[], [['If-Unmodified-Since', MODIFIED]], [['If-Match', '"v1"']]].map((headers) => ({
      method: 'PUT',
      path: rewrittenPath(STATE, [OLD]),
      headers: headers as FieldLine[],
      expect: { status: 412, json: { field: 'if-match', reason: 'no-match' } },
    })),
  },
];
