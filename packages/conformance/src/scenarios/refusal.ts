import type { FieldLine } from '@etag/wire';
import { contentPath, streamPath } from '../fixture.ts';
import type { Scenario } from '../scenario.ts';

const MODIFIED: FieldLine = ['last-modified', 'Sat, 29 Oct 1994 19:43:31 GMT'];
const EARLIER: FieldLine = ['If-Unmodified-Since', 'Sat, 29 Oct 1994 19:43:30 GMT'];
const TAG: FieldLine = ['etag', '"v7"'];

/** Fields that the client of a refusal needs. */
const KEPT: FieldLine[] = [
  ['access-control-allow-origin', 'https://app.example'],
  ['access-control-expose-headers', 'ETag'],
  ['set-cookie', 'session=1; HttpOnly'],
  ['x-request-id', '7'],
  ['vary', 'Origin'],
];

/** Fields that say something of the content that is not sent. */
const METADATA: FieldLine[] = [
  ['content-language', 'en'],
  ['content-disposition', 'attachment'],
  ['content-location', '/notes/1.en'],
];

/** Fields that say how long the representation may be stored, and what else can be asked of it. */
const FRESHNESS: FieldLine[] = [
  ['cache-control', 'max-age=60'],
  ['expires', 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ['accept-ranges', 'bytes'],
];

const absent = (fields: readonly FieldLine[]) => Object.fromEntries(fields.map(([name]) => [name, false]));

/** A response that was finished by its handler, and is refused for its preconditions. */
function refused(
  kind: Scenario['kind'],
  id: string,
  what: string,
  fields: FieldLine[],
  expected: Record<string, string | boolean>,
  header: FieldLine = EARLIER,
): Scenario {
  const ways = [
    contentPath({ body: 'a note', fields: [MODIFIED, ...fields] }),
    streamPath([MODIFIED, ['content-type', 'text/plain'], ...fields]),
  ];
  return {
    id: `refusal-${id}`,
    kind,
    section: '15.5.13',
    title: `§15.5.13 ${what}`,
    steps: ways.map((path) => ({
      method: 'GET',
      path,
      headers: [header],
      expect: {
        status: 412,
        fields: { 'content-type': 'application/problem+json', ...expected },
        json: { status: 412, field: header[0].toLowerCase() },
      },
    })),
  };
}

/** What a middleware keeps and drops of a response that becomes a 412. */
export const refusalScenarios: Scenario[] = [
  refused(
    'choice',
    'keeps',
    'a 412 keeps what its client needs: CORS, cookies, a request id, Vary',
    KEPT,
    Object.fromEntries(KEPT),
  ),
  refused(
    'required',
    'drops-metadata',
    'a 412 has no metadata of content that it does not have',
    METADATA,
    absent(METADATA),
  ),
  refused(
    'choice',
    'drops-freshness',
    'a 412 has neither the freshness nor the date of the representation',
    FRESHNESS,
    absent([...FRESHNESS, MODIFIED]),
  ),
  refused('choice', 'current-tag', 'a 412 has the current tag that the handler set', [TAG], { etag: '"v7"' }, [
    'If-Match',
    '"v6"',
  ]),
  // What every response is checked for: its ETag is a tag, or there is none.
  refused(
    'required',
    'invalid-tag',
    'what the handler set and is not a tag does not leave with a 412',
    [['etag', 'v7']],
    {},
  ),
];
