import type { Scenario } from '../scenario.ts';

/** What a middleware does to responses that come in pieces. */
export const streamScenarios: Scenario[] = [
  {
    id: 'stream-events',
    kind: 'choice',
    section: '6.1',
    title: '§6.1 an event stream begins at once and gets no tag',
    peer: 'Hono buffers the whole content before the head goes out; an endless stream never responds',
    steps: [
      {
        method: 'GET',
        path: '/events',
        expect: { status: 200, fields: { etag: false, 'content-type': true }, firstByteWithin: 1000 },
        firstByteOnly: true,
      },
    ],
  },
  {
    id: 'stream-events-conditional',
    kind: 'choice',
    section: '6.1',
    title: '§6.1 an event stream begins at once for a conditional request too',
    steps: [
      {
        method: 'GET',
        path: '/events',
        headers: [['If-None-Match', '"v1"']],
        expect: { status: 200, fields: { etag: false }, firstByteWithin: 1000 },
        firstByteOnly: true,
      },
    ],
  },
  {
    id: 'stream-chunks',
    kind: 'choice',
    section: '6.1',
    title: '§6.1 a stream is not held back until it ends',
    peer: 'Hono and Rack buffer streams to make a tag',
    steps: [
      {
        method: 'GET',
        path: '/stream',
        expect: { status: 200, body: 'first\nlast\n', firstByteWithin: 1000, firstByteBeforeEnd: 200 },
      },
    ],
  },
];
