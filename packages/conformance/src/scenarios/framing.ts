import type { FieldLine } from '@etag/wire';
import { contentPath, streamPath } from '../fixture.ts';
import type { Scenario, Step } from '../scenario.ts';

const TAG: FieldLine = ['etag', '"v1"'];
const CHUNKED: FieldLine = ['transfer-encoding', 'chunked'];
const TRAILER: FieldLine = ['trailer', 'Server-Timing'];

/** A request for a stream whose handler set a field of the framing; the connection is asked to stay. */
function step(field: FieldLine, header: FieldLine, expect: Step['expect']): Step {
  return { method: 'GET', path: streamPath([TAG, field]), headers: [header], expect: { ...expect, staysOpen: true } };
}

const notModified = (field: FieldLine, fields: Record<string, boolean>) =>
  step(field, ['If-None-Match', '"v1"'], { status: 304, fields: { etag: '"v1"', ...fields }, body: '' });
const failed = (field: FieldLine, fields: Record<string, boolean>) =>
  step(field, ['If-Match', '"v0"'], { status: 412, fields, json: { status: 412, current: '"v1"' } });

/** Whether the server still answers. */
const stillUp: Step = { method: 'GET', path: contentPath({ body: 'a note' }), expect: { status: 200, body: 'a note' } };

/** What becomes of the fields that frame a message, once its content does not go out. */
export const framingScenarios: Scenario[] = [
  {
    id: 'framing-trailer',
    kind: 'required',
    section: '6.6.2',
    title: '§6.6.2 a 304 and a 412 announce no trailers: neither has any',
    peer: 'Node refuses a Trailer field on a message that is not chunked, which ended the process',
    steps: [notModified(TRAILER, { trailer: false }), failed(TRAILER, { trailer: false }), stillUp],
  },
  {
    id: 'framing-chunked-412',
    kind: 'required',
    section: '15.5.13',
    title: '§15.5.13 a 412 is framed once, though the handler set Transfer-Encoding',
    peer: 'Content-Length beside Transfer-Encoding, which no client of Node reads',
    steps: [failed(CHUNKED, {}), stillUp],
  },
  {
    id: 'framing-chunked-304',
    kind: 'choice',
    section: '15.4.5',
    title: '§15.4.5 a 304 has no Transfer-Encoding, and leaves the connection open',
    peer: 'Node closes the connection after a 304 with Transfer-Encoding',
    steps: [notModified(CHUNKED, { 'transfer-encoding': false }), stillUp],
  },
  {
    id: 'framing-stream',
    kind: 'choice',
    section: '6.1',
    title:
      '§6.1 a stream with a tag of its own is revalidated like all else, and its trailers are announced on the 200',
    steps: [
      {
        method: 'GET',
        path: streamPath([TAG, TRAILER]),
        expect: { status: 200, fields: { etag: '"v1"', trailer: 'Server-Timing' }, body: 'first\nlast\n' },
      },
    ],
  },
];
