import { describe, expect, it } from 'vitest';
import {
  checkPreconditionOptions,
  checkPreconditions,
  type DecisionEvent,
  type EntityTag,
  guardWrite,
  type PreconditionOptions,
  type ResourceState,
  requirePrecondition,
  requirePreconditionOfWrite,
  tagCodec,
} from './index.ts';

const UNSAFE = ['PUT', 'POST', 'PATCH', 'DELETE'];
const CURRENT: ResourceState = { etag: '"v7"', lastModified: Date.UTC(1994, 10, 6, 8, 49, 37) };
const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';

const code = (code: string, status: number) => expect.objectContaining({ code, status });
const REQUIRED = code('ETAG_PRECONDITION_REQUIRED', 428);
const FAILED = code('ETAG_PRECONDITION_FAILED', 412);
const GONE = code('ETAG_PRECONDITION_FAILED', 404);

describe('RFC 6585 §3 requirePrecondition', () => {
  const absent: [name: string, headers: Record<string, string | string[]>][] = [
    ['nothing', {}],
    ['a date alone', { 'if-unmodified-since': DATE }],
    ['the other date alone', { 'if-modified-since': DATE }],
    ['an empty If-Match', { 'if-match': '' }],
    ['an empty If-None-Match', { 'if-none-match': '' }],
    ['a list of empty elements', { 'if-match': ' ,\t,', 'if-none-match': ',' }],
    ['both empty, and a date', { 'if-match': '', 'if-none-match': '', 'if-unmodified-since': DATE }],
    ['If-Range', { 'if-range': '"v7"' }],
  ];
  const present: [name: string, headers: Record<string, string | string[]>][] = [
    ['If-Match', { 'if-match': '"v7"' }],
    ['If-None-Match', { 'if-none-match': '*' }],
    ['If-None-Match beside an empty If-Match', { 'if-match': '', 'if-none-match': '*' }],
    ['an If-Match that will fail', { 'if-match': '"v6"' }],
    ['repeated lines', { 'if-match': ['"v6"', '"v7"'] }],
  ];

  it.each(absent)('refuses with 428: %s', (_, headers) => {
    for (const method of UNSAFE) expect(() => requirePrecondition({ method, headers })).toThrow(REQUIRED);
    expect(() =>
      requirePrecondition({ method: 'PUT', headers: new Headers(headers as Record<string, string>) }),
    ).toThrow(REQUIRED);
  });

  it.each(present)('lets through: %s', (_, headers) => {
    for (const method of UNSAFE) expect(() => requirePrecondition({ method, headers })).not.toThrow();
  });

  it.each(['if-match', 'if-none-match'])('a malformed %s is refused with 412: it guards nothing', (name) => {
    const headers = { [name]: 'v7' };
    for (const method of UNSAFE) expect(() => requirePrecondition({ method, headers })).toThrow(FAILED);
    expect(() => requirePreconditionOfWrite({ method: 'PUT', headers })).toThrow(FAILED);
    expect(() => requirePrecondition({ method: 'PUT', headers }, CURRENT)).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ reason: 'malformed', current: '"v7"' }) }),
    );
  });

  it.each(['OPTIONS', 'TRACE', 'CONNECT'])('§13.2.1 asks nothing of %s', (method) => {
    expect(() => requirePrecondition({ method, headers: {} })).not.toThrow();
    expect(() => requirePrecondition({ method, headers: { 'if-match': 'v7' } })).not.toThrow();
  });
});

describe('§13.1 checkPreconditions', () => {
  it.each(UNSAFE)('%s: passes what holds, refuses what does not', (method) => {
    const check = (headers: Record<string, string>) => () => checkPreconditions({ method, headers }, CURRENT);
    expect(check({})).not.toThrow();
    expect(check({ 'if-match': '"v7"' })).not.toThrow();
    expect(check({ 'if-unmodified-since': DATE })).not.toThrow();
    expect(check({ 'if-match': '"v6"' })).toThrow(FAILED);
    expect(check({ 'if-match': 'v7' })).toThrow(FAILED);
    expect(check({ 'if-match': '' })).toThrow(FAILED);
    expect(check({ 'if-none-match': '*' })).toThrow(FAILED);
  });

  it('names the field, the reason and the current tag', () => {
    const run = () => checkPreconditions({ method: 'PUT', headers: { 'if-match': '"v6"' } }, CURRENT);
    expect(run).toThrow(
      expect.objectContaining({
        decision: expect.objectContaining({ outcome: 'failed', field: 'if-match', reason: 'no-match' }),
        current: '"v7"',
      }),
    );
  });

  it.each([
    ['PUT', FAILED],
    ['POST', FAILED],
    ['PATCH', GONE],
    ['DELETE', GONE],
  ])('§13.2.1 %s of what does not exist', (method, refusal) => {
    const check = (headers: Record<string, string>) => () => checkPreconditions({ method, headers }, null);
    expect(check({ 'if-match': '"v7"' })).toThrow(refusal);
    expect(check({ 'if-match': '*' })).toThrow(refusal);
    expect(check({ 'if-none-match': '*' })).not.toThrow();
    expect(check({})).not.toThrow();
  });

  it('requires a precondition when told to, before it looks at the resource', () => {
    const check = (headers: Record<string, string>, current: ResourceState | null) => () =>
      checkPreconditions({ method: 'PUT', headers }, current, { require: true });
    expect(check({}, CURRENT)).toThrow(REQUIRED);
    expect(check({}, null)).toThrow(REQUIRED);
    expect(check({ 'if-unmodified-since': DATE }, CURRENT)).toThrow(REQUIRED);
    expect(check({ 'if-match': '' }, CURRENT)).toThrow(REQUIRED);
    expect(check({ 'if-match': '"v7"' }, CURRENT)).not.toThrow();
    expect(check({ 'if-match': '"v6"' }, CURRENT)).toThrow(FAILED);
    expect(check({ 'if-none-match': '*' }, null)).not.toThrow();
  });

  it.each([{ require: false }, { require: undefined }, {}, undefined])('requires none otherwise: %j', (options) => {
    expect(() => checkPreconditions({ method: 'PUT', headers: {} }, CURRENT, options)).not.toThrow();
  });

  it('leaves a 304 to those who read', () => {
    const request = { method: 'GET', headers: { 'if-none-match': '"v7"' } };
    expect(() => checkPreconditions(request, CURRENT)).not.toThrow();
  });
});

describe('§8.8.3.3 the tag of a coded representation', () => {
  const check = (field: string, value: string, etag: EntityTag) => () =>
    checkPreconditions({ method: 'PUT', headers: { [field]: value } }, { etag });

  it.each(['gzip', 'br', 'zstd', 'deflate'])('guards a write like the plain one: %s', (coding) => {
    expect(check('if-match', `"v7-${coding}"`, '"v7"')).not.toThrow();
    expect(check('if-match', `"v6", "v7-${coding}"`, '"v7"')).not.toThrow();
    expect(check('if-match', `"v7-${coding}"`, '"v8"')).toThrow(FAILED);
    expect(check('if-none-match', `"v7-${coding}"`, '"v7"')).toThrow(FAILED);
    expect(check('if-none-match', `"v7-${coding}"`, '"v8"')).not.toThrow();
  });

  it('guards nothing once it is weak', () => {
    expect(check('if-match', 'W/"v7"', '"v7"')).toThrow(FAILED);
    expect(check('if-match', 'W/"v7-gzip"', '"v7"')).toThrow(FAILED);
    expect(check('if-match', '"v7-gzip"', 'W/"v7"')).toThrow(FAILED);
  });

  it('reports the tag of the resource, not the one that was named', () => {
    expect(check('if-none-match', '"v7-gzip"', '"v7"')).toThrow(expect.objectContaining({ current: '"v7"' }));
  });

  it('guards beside a weakened one, in any order', () => {
    expect(check('if-match', '"v7-gzip", W/"v7"', '"v7"')).not.toThrow();
    expect(check('if-match', 'W/"v7", "v7-gzip"', '"v7"')).not.toThrow();
  });

  it('fails If-None-Match whatever form If-Match names', () => {
    const headers = { 'if-match': '"v7-gzip"', 'if-none-match': '"v7"' };
    expect(() => checkPreconditions({ method: 'PUT', headers }, { etag: '"v7"' })).toThrow(FAILED);
  });
});

describe('checkPreconditionOptions', () => {
  it.each<[what: string, options: PreconditionOptions & { current?: unknown }]>([
    ['current', { current: () => null }],
    ['require', { require: true }],
    ['both', { current: () => null, require: true, timeout: 50 }],
  ])('takes %s', (_, options) => {
    expect(() => checkPreconditionOptions(options)).not.toThrow();
  });

  it.each<[what: string, options: (PreconditionOptions & { current?: unknown }) | undefined]>([
    ['nothing', undefined],
    ['no option', {}],
    ['a require that is false', { require: false }],
    // A misspelt name must not turn into the weaker form.
    ['a current that is undefined, though beside require', { current: undefined, require: true }],
    ['a current that is null', { current: null }],
    ['a timeout alone', { timeout: 50 }],
  ])('refuses %s: it guards nothing', (_, options) => {
    expect(() => checkPreconditionOptions(options)).toThrow(
      new TypeError('precondition() needs { current }, or { require: true } for a whole application'),
    );
  });

  it('refuses what checkOptions refuses', () => {
    expect(() => checkPreconditionOptions({ current: '"v7"' })).toThrow(/^current is a function/);
    expect(() => checkPreconditionOptions({ require: true, timeout: 0 })).toThrow(/^timeout is a number/);
  });
});

describe('RFC 6585 §3 requirePreconditionOfWrite', () => {
  const requireOf = (method: string, headers: Record<string, string> = {}) => {
    const heard: DecisionEvent[] = [];
    const circumstances = { onDecision: (event: DecisionEvent) => void heard.push(event), handlerRan: false };
    return { run: () => requirePreconditionOfWrite({ method, headers }, circumstances), heard };
  };

  it.each(['PUT', 'PATCH', 'DELETE'])('refuses a %s without a precondition, and tells of it', (method) => {
    const { run, heard } = requireOf(method);
    expect(run).toThrow(REQUIRED);
    expect(heard).toEqual([expect.objectContaining({ method, status: 428, reason: 'required', handlerRan: false })]);
    expect(() => requirePreconditionOfWrite({ method, headers: {} })).toThrow(REQUIRED);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('lets a %s with one through, and tells of nothing', (method) => {
    const { run, heard } = requireOf(method, { 'if-match': '"v7"' });
    expect(run).not.toThrow();
    expect(heard).toEqual([]);
  });

  it.each(['POST', 'GET', 'HEAD', 'QUERY', 'OPTIONS', 'put'])('lets a %s through', (method) => {
    expect(requireOf(method).run).not.toThrow();
  });
});

describe('guardWrite', () => {
  const guard = (headers: Record<string, string>, find: Parameters<typeof guardWrite>[1], options = {}) => {
    const heard: DecisionEvent[] = [];
    const circumstances = { onDecision: (event: DecisionEvent) => void heard.push(event), handlerRan: false };
    return { done: guardWrite({ method: 'PUT', headers }, find, options, circumstances), heard };
  };

  it('lets a write through whose preconditions hold, and tells of it', async () => {
    const { done, heard } = guard({ 'if-match': '"v7"' }, async () => CURRENT);
    expect(await done).toBeUndefined();
    expect(heard).toEqual([
      expect.objectContaining({ status: null, field: 'if-match', reason: 'matched', handlerRan: false }),
    ]);
  });

  it.each<[what: string, found: ResourceState | null | undefined]>([
    ['another version is current', { etag: '"v8"' }],
    ['nothing is there', null],
    ['nothing is found', undefined],
    ['the tag is weak', { etag: 'W/"v7"' }],
  ])('refuses one where %s, and tells of it', async (_, found) => {
    const { done, heard } = guard({ 'if-match': '"v7"' }, () => found);
    await expect(done).rejects.toEqual(FAILED);
    expect(heard).toEqual([expect.objectContaining({ status: 412, field: 'if-match' })]);
  });

  it('takes the options of a check', async () => {
    await expect(guard({}, () => CURRENT, { require: true }).done).rejects.toEqual(REQUIRED);
    await guard({ 'if-match': 'W/"v7"' }, () => CURRENT, { acceptWeakened: true }).done;
  });

  it('refuses a write where nothing is known: what `find` throws, and where it does not answer', async () => {
    const error = new Error('the database is down');
    const { done, heard } = guard({}, () => Promise.reject(error));
    await expect(done).rejects.toBe(error);
    expect(heard).toEqual([]);
    await expect(guard({}, () => new Promise(() => {}), { timeout: 5 }).done).rejects.toThrow(/within 5 ms/);
  });

  it('only needs a precondition where nothing finds the validators', async () => {
    await guard({ 'if-match': '"v6"' }, undefined).done;
    await expect(guard({}, undefined).done).rejects.toEqual(REQUIRED);
  });
});

describe('checkPreconditions with a codec', () => {
  const codec = tagCodec({
    format: (version) => `W/"${version}"`,
    parse: (tag) => /^W\/"(.+)"$/.exec(tag)?.[1] ?? null,
  });
  const check = (sent: string, options: PreconditionOptions) => () =>
    checkPreconditions({ method: 'PUT', headers: { 'if-match': sent } }, { etag: 'W/"3"' }, options);

  it('a weak tag of its format guards, and the refusal has the tag of the format', () => {
    expect(check('W/"3"', { codec })).not.toThrow();
    expect(check('W/"2"', { codec })).toThrow(expect.objectContaining({ status: 412, current: 'W/"3"' }));
    expect(check('W/"3"', {})).toThrow(FAILED);
  });
});
