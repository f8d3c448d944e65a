type Fields = Readonly<Record<string, string>>;

/** Where the second of two reads comes from: the store, the store after a 304, or the server in full. */
export type Source = 'stored' | 'validated' | 'full';

/** Two reads of one URL by a private cache, with what may happen between them. */
export interface CacheVector {
  readonly id: string;
  /** The section of RFC 9111, where no other is named. */
  readonly section: string;
  /** `required` by a MUST of the section; `optional` is what it allows, and we do. */
  readonly kind: 'required' | 'optional';
  /** The first response; 200 with the content `first` unless it says otherwise. */
  readonly response: { readonly status?: number; readonly fields?: Fields };
  /** The fields of the two requests. */
  readonly requests?: readonly [first: Fields, second: Fields];
  /** A request in between, and how it is answered. */
  readonly between?: { readonly method: string; readonly status: number; readonly fields?: Fields };
  readonly expected: Source;
}

const HOUR = { 'Cache-Control': 'max-age=3600' };
const tagged = (fields: Fields): Fields => ({ ETag: '"v1"', ...fields });
const date = (secondsFromNow: number): string => new Date(Date.now() + secondsFromNow * 1000).toUTCString();

/** What RFC 9111 asks of a private cache, as data. */
export const cacheVectors: readonly CacheVector[] = [
  ...freshness(),
  ...responseDirectives(),
  ...requestDirectives(),
  ...selection(),
  ...statuses(),
  ...redirects(),
  ...invalidation(),
  ...extensions(),
];

function freshness(): CacheVector[] {
  const row = (id: string, fields: Fields, expected: Source, kind: CacheVector['kind'] = 'required'): CacheVector => ({
    id,
    section: '4.2',
    kind,
    response: { fields },
    expected,
  });
  return [
    row('max-age', HOUR, 'stored', 'optional'),
    row('max-age of 0', { 'Cache-Control': 'max-age=0' }, 'full'),
    row('max-age of 0, with a tag', tagged({ 'Cache-Control': 'max-age=0' }), 'validated'),
    row('Expires in an hour', { Expires: date(3600) }, 'stored', 'optional'),
    row('Expires an hour ago', { Expires: date(-3600) }, 'full'),
    row('Expires an hour after a Date that is two hours old', { Date: date(-7200), Expires: date(-3600) }, 'full'),
    row('max-age before Expires, the later', { 'Cache-Control': 'max-age=0', Expires: date(3600) }, 'full'),
    row('max-age before Expires, the earlier', { ...HOUR, Expires: date(-3600) }, 'stored', 'optional'),
    row('Expires of 0', { Expires: '0' }, 'full'),
    row('Expires that is not a date', { Expires: 'soon' }, 'full'),
    row('Age beyond max-age', { ...HOUR, Age: '7200' }, 'full'),
    row('Age within max-age', { ...HOUR, Age: '1800' }, 'stored', 'optional'),
    row('Age given twice, the first counts', { ...HOUR, Age: '7200, 0' }, 'full'),
    row('a Date that is older than max-age', { ...HOUR, Date: date(-7200) }, 'full'),
    row('a Date that is still to come', { ...HOUR, Date: date(7200) }, 'stored', 'optional'),
    row('Age that is not a number is ignored', { ...HOUR, Age: 'old' }, 'stored', 'optional'),
    row('max-age that is not a number is stale', { 'Cache-Control': 'max-age=soon' }, 'full'),
    row('max-age that is negative is stale', { 'Cache-Control': 'max-age=-1' }, 'full'),
    row('max-age in capitals', { 'Cache-Control': 'MAX-AGE=3600' }, 'stored', 'optional'),
    row('max-age in quotes', { 'Cache-Control': 'max-age="3600"' }, 'stored', 'optional'),
    row('max-age in the value of another directive', { 'Cache-Control': 'ext="a, max-age=3600", max-age=0' }, 'full'),
    row(
      'Last-Modified long ago is good for a tenth of that',
      { 'Last-Modified': date(-864_000) },
      'stored',
      'optional',
    ),
    row('nothing said', {}, 'full'),
    row('nothing said, with a tag', tagged({}), 'validated'),
  ];
}

function responseDirectives(): CacheVector[] {
  const row = (id: string, section: string, directives: string, expected: Source): CacheVector => ({
    id: `response: ${id}`,
    section,
    kind: expected === 'stored' ? 'optional' : 'required',
    response: { fields: tagged({ 'Cache-Control': directives }) },
    expected,
  });
  return [
    row('no-store', '5.2.2.5', 'no-store, max-age=3600', 'full'),
    row('no-store in capitals', '5.2.2.5', 'No-Store, max-age=3600', 'full'),
    row('no-cache', '5.2.2.4', 'no-cache, max-age=3600', 'validated'),
    row('private is for this cache', '5.2.2.7', 'private, max-age=3600', 'stored'),
    row('s-maxage is for others', '5.2.2.10', 's-maxage=0, max-age=3600', 'stored'),
    row('must-revalidate while fresh', '5.2.2.2', 'must-revalidate, max-age=3600', 'stored'),
    row('must-revalidate while stale', '5.2.2.2', 'must-revalidate, max-age=0', 'validated'),
    row('one that nobody knows', '5.2.3', 'unknown=1, max-age=3600', 'stored'),
  ];
}

function requestDirectives(): CacheVector[] {
  const row = (id: string, section: string, second: string, expected: Source, fields: Fields = HOUR): CacheVector => ({
    id: `request: ${id}`,
    section,
    kind: expected === 'stored' ? 'optional' : 'required',
    response: { fields: tagged(fields) },
    requests: [{}, { 'Cache-Control': second }],
    expected,
  });
  const half = { ...HOUR, Age: '1800' };
  return [
    row('no-cache', '5.2.1.4', 'no-cache', 'validated'),
    row('no-store', '5.2.1.5', 'no-store', 'full'),
    row('max-age of 0', '5.2.1.1', 'max-age=0', 'validated', half),
    row('max-age of less than the age', '5.2.1.1', 'max-age=600', 'validated', half),
    row('max-age of more than the age', '5.2.1.1', 'max-age=2400', 'stored', half),
    row('min-fresh of more than is left', '5.2.1.3', 'min-fresh=2400', 'validated', half),
    row('min-fresh of less than is left', '5.2.1.3', 'min-fresh=600', 'stored', half),
    row('max-stale', '5.2.1.2', 'max-stale', 'stored', { 'Cache-Control': 'max-age=60', Age: '120' }),
    row('max-stale of more', '5.2.1.2', 'max-stale=600', 'stored', { 'Cache-Control': 'max-age=60', Age: '120' }),
    row('max-stale of less', '5.2.1.2', 'max-stale=10', 'validated', { 'Cache-Control': 'max-age=60', Age: '120' }),
    row('max-stale against must-revalidate', '5.2.2.2', 'max-stale', 'validated', {
      'Cache-Control': 'max-age=60, must-revalidate',
      Age: '120',
    }),
  ];
}

function selection(): CacheVector[] {
  const row = (id: string, vary: string, first: Fields, second: Fields, expected: Source): CacheVector => ({
    id: `Vary: ${id}`,
    section: '4.1',
    kind: expected === 'stored' ? 'optional' : 'required',
    response: { fields: { ...HOUR, Vary: vary } },
    requests: [first, second],
    expected,
  });
  const [en, de] = [{ 'Accept-Language': 'en' }, { 'Accept-Language': 'de' }];
  return [
    row('the same', 'Accept-Language', en, en, 'stored'),
    row('another', 'Accept-Language', en, de, 'full'),
    row('missing in the second', 'X-Form', { 'X-Form': 'a' }, {}, 'full'),
    row('missing in the first', 'X-Form', {}, { 'X-Form': 'a' }, 'full'),
    row('missing in both', 'X-Form', {}, {}, 'stored'),
    row('one of two is another', 'Accept-Language, X-Form', { ...en, 'X-Form': 'a' }, { ...en, 'X-Form': 'b' }, 'full'),
    row('both the same', 'Accept-Language, X-Form', { ...en, 'X-Form': 'a' }, { ...en, 'X-Form': 'a' }, 'stored'),
    row('in capitals', 'ACCEPT-LANGUAGE', en, de, 'full'),
    row('one that it does not name', 'Accept-Language', { ...en, 'X-Form': 'a' }, { ...en, 'X-Form': 'b' }, 'stored'),
    row('*', '*', {}, {}, 'full'),
    row('* among others', 'Accept-Language, *', en, en, 'full'),
  ];
}

function statuses(): CacheVector[] {
  const row = (status: number, fields: Fields, expected: Source): CacheVector => ({
    id: `${status} with ${JSON.stringify(fields)}`,
    section: '3',
    kind: 'optional',
    response: { status, fields },
    expected,
  });
  // Any final status that says how long it holds.
  const explicit = [200, 203, 204, 299, 400, 404, 405, 410, 414, 418, 451, 500, 501, 502, 503, 504, 599];
  return [
    ...explicit.map((status) => row(status, HOUR, 'stored')),
    ...[200, 203, 204, 404, 410, 501].map((status) => row(status, { 'Last-Modified': date(-864_000) }, 'stored')),
    ...[201, 400, 403, 500, 503].map((status) => ({
      ...row(status, { 'Last-Modified': date(-864_000) }, 'full'),
      kind: 'required' as const,
    })),
  ];
}

/** What comes from the store is the redirect: the URL that it leads to is asked each time. */
function redirects(): CacheVector[] {
  const row = (
    id: string,
    status: number,
    fields: Fields,
    expected: Source,
    { section = '3', ...rest }: Partial<CacheVector> = {},
  ): CacheVector => ({
    id: `a ${status} ${id}`,
    section,
    kind: expected === 'stored' ? 'optional' : 'required',
    response: { status, fields: { Location: '/target', ...fields } },
    expected,
    ...rest,
  });
  const statuses = [301, 302, 303, 307, 308];
  return [
    ...statuses.map((status) => row('that says how long it holds', status, HOUR, 'stored')),
    ...statuses.map((status) => row('with no-store', status, { 'Cache-Control': 'no-store, max-age=3600' }, 'full')),
    ...statuses.map((status) => row('that is stale', status, tagged({ 'Cache-Control': 'max-age=0' }), 'full')),
    // RFC 9110 §15.4.3, §15.4.4, §15.4.8: how long it holds may not be guessed
    ...[302, 303, 307].map((status) => row('that does not say', status, { 'Last-Modified': date(-864_000) }, 'full')),
    row('with no-cache', 301, { 'Cache-Control': 'no-cache, max-age=3600' }, 'full', { section: '5.2.2.4' }),
    row('until Expires', 308, { Expires: date(3600) }, 'stored', { section: '4.2' }),
    row('that Expires has ended', 308, { Expires: date(-3600) }, 'full', { section: '4.2' }),
    row('whose Age is beyond max-age', 301, { ...HOUR, Age: '7200' }, 'full', { section: '4.2' }),
    row('for a request with no-cache', 301, HOUR, 'full', {
      section: '5.2.1.4',
      requests: [{}, { 'Cache-Control': 'no-cache' }],
    }),
    row('for another language', 301, { ...HOUR, Vary: 'Accept-Language' }, 'full', {
      section: '4.1',
      requests: [{ 'Accept-Language': 'de' }, { 'Accept-Language': 'en' }],
    }),
    row('for the same language', 301, { ...HOUR, Vary: 'Accept-Language' }, 'stored', {
      section: '4.1',
      requests: [{ 'Accept-Language': 'de' }, { 'Accept-Language': 'de' }],
    }),
    row('after a POST', 301, HOUR, 'full', { section: '4.4', between: { method: 'POST', status: 200 } }),
    row('after a POST that failed', 301, HOUR, 'stored', { section: '4.4', between: { method: 'POST', status: 400 } }),
  ];
}

function invalidation(): CacheVector[] {
  const row = (method: string, status: number, expected: Source): CacheVector => ({
    id: `${method} answered ${status}`,
    section: '4.4',
    kind: 'required',
    response: { fields: HOUR },
    between: { method, status },
    expected,
  });
  return [
    ...['POST', 'PUT', 'PATCH', 'DELETE', 'PROPPATCH'].map((method) => row(method, 200, 'full')),
    ...[201, 204, 303].map((status) => row('POST', status, 'full')),
    ...[400, 403, 404, 412].map((status) => row('PUT', status, 'stored')),
    row('OPTIONS', 200, 'stored'),
  ];
}

function extensions(): CacheVector[] {
  const row = (id: string, control: string, expected: Source): CacheVector => ({
    id,
    section: 'RFC 5861 3',
    kind: expected === 'stored' ? 'optional' : 'required',
    response: { fields: tagged({ 'Cache-Control': control, Age: '120' }) },
    expected,
  });
  return [
    row('stale-while-revalidate within its time', 'max-age=60, stale-while-revalidate=600', 'stored'),
    row('stale-while-revalidate after its time', 'max-age=60, stale-while-revalidate=10', 'validated'),
    row('stale-while-revalidate with no-cache', 'no-cache, max-age=60, stale-while-revalidate=600', 'validated'),
  ];
}
