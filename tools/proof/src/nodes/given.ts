import type { EntityTag, ResourceState } from '@etag/core';
import { etag } from '../../../../packages/fetch/src/index.ts';
import type { Core } from '../properties/properties.ts';

// Where nodes could differ: the edges of days, months and summer time, letters that languages sort by turns, halves of pairs.
const TIMES = [
  '1970-01-01T00:00:00Z',
  '1994-11-06T08:49:37Z',
  '2000-02-29T23:59:59Z',
  '2025-12-31T23:59:59.999Z',
  '2026-03-29T01:00:00Z',
  '2026-03-29T02:30:00Z',
  '2026-10-25T00:59:59.001Z',
  '2026-10-25T01:30:00Z',
].map((text) => Date.parse(text));
const TAGS: readonly (EntityTag | null)[] = ['"v7"', 'W/"v7"', '"v7-gzip"', null];
const LISTS = ['*', '"v7"', 'W/"v7"', '"v6", "v7-gzip"', '"v6"', 'v7', ''];
const TEXTS = ['', 'hello', 'Grüße, 世界', 'İıIi ß', '\ud83d\ude00', 'a lone \ud800 half', '\r\n', 'x'.repeat(100_000)];
const NAMES = [
  'z',
  'Z',
  'ä',
  'å',
  'ö',
  'i',
  'I',
  'ı',
  'İ',
  'ch',
  'cz',
  'd',
  'ñ',
  'n',
  '10',
  '9',
  '\ud83d\ude00',
  '\ufb01',
  '',
];
const VALUES: readonly unknown[] = [
  null,
  0.1 + 0.2,
  1e21,
  -0,
  1234567.891,
  new Date(TIMES[4] as number),
  Object.fromEntries(NAMES.map((name, index) => [name, index])),
  [NAMES, { nested: Object.fromEntries([...NAMES].reverse().map((name) => [name, name])) }],
];
const VERSIONS = [7, '7', '7-gzip', 10n ** 20n, 'Grüße', 'İ'];

/** A time in the three formats of §5.6.7, with nothing of core. */
function formatsOf(time: number): string[] {
  const imf = new Date(time).toUTCString();
  const [dayName = '', day = '', month = '', year = '', clock = ''] = imf.split(/,? /);
  const long = { Sun: 'Sun', Mon: 'Mon', Tue: 'Tues', Wed: 'Wednes', Thu: 'Thurs', Fri: 'Fri', Sat: 'Satur' }[dayName];
  return [
    imf,
    `${long}day, ${day}-${month}-${year.slice(-2)} ${clock} GMT`,
    `${dayName} ${month} ${day.replace(/^0/, ' ')} ${clock} ${year}`,
  ];
}

async function* tags(core: Core): AsyncGenerator<unknown[]> {
  for (const text of TEXTS) {
    yield ['text', await core.contentTag(text)];
    yield ['bytes', await core.contentTag(new TextEncoder().encode(text))];
    yield ['weak', await core.contentTag(text, { weak: true })];
    const served = etag(() => new Response(text, { headers: { 'content-type': 'text/plain' } }));
    yield ['response', (await served(new Request('http://localhost/'))).headers.get('etag')];
  }
  for (const value of VALUES) yield ['json', core.canonicalJson(value), await core.jsonTag(value)];
  for (const version of VERSIONS) yield ['version', core.versionTag(version), core.versionTag(version, 'de')];
  for (const mtimeMs of TIMES) yield ['file', core.fileTag({ size: 1234, mtimeMs }), core.formatHttpDate(mtimeMs)];
}

function* decisions(core: Core): Generator<unknown[]> {
  for (const lastModified of TIMES) {
    for (const second of [-1000, 0, 1000]) {
      for (const date of formatsOf(lastModified + second)) {
        yield ['date', date, core.parseHttpDate(date)];
        for (const field of ['if-modified-since', 'if-unmodified-since', 'if-range']) {
          yield* decided(core, { [field]: date }, { etag: null, lastModified });
        }
      }
    }
  }
  for (const tag of TAGS) {
    for (const list of LISTS) {
      for (const field of ['if-match', 'if-none-match', 'if-range']) {
        yield* decided(core, { [field]: list }, { etag: tag, lastModified: TIMES[1] as number });
      }
    }
  }
}

function* decided(core: Core, fields: Record<string, string>, state: ResourceState): Generator<unknown[]> {
  for (const method of ['GET', 'PUT']) {
    yield [method, fields, state, core.evaluatePreconditions({ method, headers: fields }, state)];
  }
  yield [
    'range',
    fields,
    state,
    core.evaluateRange({ method: 'GET', headers: { range: 'bytes=1-2', ...fields } }, state, 9),
  ];
}

/** The tags and the decisions of a fixed set of contents, states and dates; a line each. */
export async function given(core: Core): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of tags(core)) lines.push(JSON.stringify(line));
  for (const line of decisions(core)) lines.push(JSON.stringify(line));
  return lines;
}
