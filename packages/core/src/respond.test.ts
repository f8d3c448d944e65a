import { describe, expect, test } from 'vitest';
import {
  type DecisionEvent,
  expectation,
  isStored,
  type Outcome,
  oneOf,
  outcome,
  refused,
  respond,
  stored as storedAs,
  tagCodec,
} from './index.ts';

const NOON = Date.UTC(2026, 0, 2, 12);
const value = { text: 'a' };
const stored = { version: '8', modified: NOON, value };
const current = { version: '8', modified: NOON };
const request = (method: string, headers: Record<string, string> = { 'if-match': '"v7"' }) => ({ method, headers });
const validators = { etag: '"v8"', 'last-modified': 'Fri, 02 Jan 2026 12:00:00 GMT' };

type Kind = Outcome<unknown>['kind'];
const outcomes: { [K in Kind]: Outcome<{ text: string }> & { kind: K } } = {
  created: outcome({ kind: 'created', ...stored }),
  updated: outcome({ kind: 'updated', ...stored }),
  'already-applied': outcome({ kind: 'already-applied', ...stored }),
  deleted: outcome({ kind: 'deleted' }),
  stale: outcome({ kind: 'stale', current, failed: 'oneOf' }),
  exists: outcome({ kind: 'exists', current, failed: 'absent' }),
  missing: outcome({ kind: 'missing', failed: 'oneOf' }),
  contended: outcome({ kind: 'contended' }),
};

describe('respond', () => {
  test.each<[kind: Kind, put: number, post: number, patch: number, del: number]>([
    ['created', 201, 201, 201, 201],
    ['updated', 200, 200, 200, 200],
    ['already-applied', 200, 200, 200, 200],
    ['deleted', 204, 204, 204, 204],
    ['stale', 412, 412, 412, 412],
    ['exists', 412, 412, 412, 412],
    ['missing', 412, 412, 404, 404],
    ['contended', 503, 503, 503, 503],
  ])('%s: PUT %i, POST %i, PATCH %i, DELETE %i', (kind, ...statuses) => {
    const got = ['PUT', 'POST', 'PATCH', 'DELETE'].map((method) => respond(request(method), outcomes[kind]).status);
    expect(got).toEqual(statuses);
  });

  test.each(['created', 'updated', 'already-applied'] as const)('§9.3.4 %s: a PUT carries no validator', (kind) => {
    const { headers, body } = respond(request('PUT'), outcomes[kind]);
    expect(headers).toEqual({ 'content-type': 'application/json' });
    expect(body).toBe(stored.value);
  });

  test.each(['created', 'updated', 'already-applied'] as const)('§9.3.4 %s: unless stored as sent', (kind) => {
    expect(respond(request('PUT'), outcomes[kind], { storedAsSent: true }).headers).toMatchObject(validators);
  });

  test.each(['PATCH', 'POST'])('%s carries the validators of what it returns', (method) => {
    expect(respond(request(method), outcomes.updated).headers).toMatchObject(validators);
  });

  test('a store that keeps no modification time gives no Last-Modified', () => {
    const { headers } = respond(request('PATCH'), outcome({ kind: 'updated', version: '8', value: 1 }));
    expect(headers).toEqual({ 'content-type': 'application/json', etag: '"v8"' });
  });

  test('a deletion has no content', () => {
    expect(respond(request('DELETE'), outcomes.deleted)).toEqual({ status: 204, headers: {}, body: null });
  });

  test.each<[title: string, headers: Record<string, string>, field: string, reason: string]>([
    ['a version that is not current', { 'if-match': '"v7"' }, 'if-match', 'no-match'],
    ['the current one, but weak', { 'if-match': 'W/"v8"' }, 'if-match', 'weak'],
    ['a version excluded', { 'if-none-match': '"v8"' }, 'if-none-match', 'matched'],
    ['a coded one excluded', { 'if-none-match': '"v8-gzip"' }, 'if-none-match', 'matched'],
    ['a date', { 'if-unmodified-since': 'Fri, 02 Jan 2026 11:59:59 GMT' }, 'if-unmodified-since', 'modified'],
    ['anything', { 'if-none-match': '*' }, 'if-none-match', 'exists'],
  ])('the 412 says which field failed and why: %s', (_, headers, field, reason) => {
    const head = request('PUT', headers);
    const answer = respond(head, refused(expectation(head), current));
    expect(answer).toMatchObject({
      status: 412,
      headers: { 'content-type': 'application/problem+json', etag: '"v8"' },
      body: { status: 412, field, reason, current: '"v8"' },
    });
  });

  test('the 412 to a PUT of what is missing names no tag', () => {
    const { status, headers, body } = respond(request('PUT'), outcomes.missing);
    expect({ status, body }).toMatchObject({
      status: 412,
      body: { field: 'if-match', reason: 'absent', current: null },
    });
    expect(headers).not.toHaveProperty('etag');
  });

  test.each(['PATCH', 'DELETE'])('§13.2.1 the 404 to a %s of what is missing', (method) => {
    const { status, body } = respond(request(method), outcomes.missing);
    expect({ status, body }).toMatchObject({ status: 404, body: { status: 404, reason: 'absent', current: null } });
  });

  test.each<[kind: 'stale' | 'exists' | 'missing', reason: string, tag: string | null]>([
    ['stale', 'no-match', '"v8"'],
    ['exists', 'exists', '"v8"'],
    ['missing', 'absent', null],
  ])('%s, where the expectation did not come from the fields, blames none', (kind, reason, tag) => {
    const { status, body } = respond(request('PUT', {}), outcomes[kind]);
    expect({ status, body }).toMatchObject({ status: 412, body: { field: null, reason, current: tag } });
  });

  test('a contended write asks to come again in a second', () => {
    expect(respond(request('PATCH'), outcomes.contended)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
      body: { reason: 'contended' },
    });
  });
});

describe('the field that failed is the one that the store names', () => {
  const both = { 'if-match': '"v8"', 'if-none-match': '"v8"' };

  test('though another field of the request would fail as well', () => {
    const { body } = respond(request('PUT', both), outcome({ kind: 'stale', current, failed: 'noneOf' }));
    expect(body).toMatchObject({ field: 'if-none-match', reason: 'matched' });
  });

  test('though the request evaluated again would pass: the state has changed since', () => {
    const head = request('PUT', { 'if-match': '"v8"' });
    const { status, body } = respond(head, outcome({ kind: 'stale', current, failed: 'oneOf' }));
    expect({ status, body }).toMatchObject({ status: 412, body: { field: 'if-match', reason: 'no-match' } });
  });

  test.each(['exists', 'oneOf'] as const)('of what is missing: %s is If-Match', (failed) => {
    const { body } = respond(request('PUT', { 'if-match': '*' }), outcome({ kind: 'missing', failed }));
    expect(body).toMatchObject({ field: 'if-match', reason: 'absent' });
  });

  test.each([
    ['one that is missing', outcome({ kind: 'missing' }), 'absent'],
    ['one that names no member', outcome({ kind: 'stale', current, failed: null }), 'no-match'],
  ])('a store that names none blames none: %s', (_, given, reason) => {
    expect(respond(request('PUT'), given).body).toMatchObject({ field: null, reason });
  });

  test('a tag of the content is told apart from a version that is not current', () => {
    const digest = request('PUT', { 'if-match': '"LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"' });
    expect(respond(digest, refused(expectation(digest), current)).body).toMatchObject({ reason: 'no-version' });
  });
});

describe('what is not an outcome is a TypeError', () => {
  test.each<[what: string, value: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['text', 'updated'],
    ['what a handler returns of its own', { kind: 'updated', version: '8', value }],
    ['a refusal without the mark', { kind: 'stale', current }],
    ['a deletion without the mark', { kind: 'deleted' }],
    ['a copy of an outcome', { ...outcomes.updated }],
    ['an outcome that went through JSON', JSON.parse(JSON.stringify(outcomes.updated))],
    ['a promise of one', Promise.resolve(outcomes.updated)],
    ['the value that a store gives to a read', stored],
    ['a marked object of a kind that is unknown', outcome({ kind: 'upserted' } as unknown as typeof outcomes.deleted)],
  ])('%s', (_, value) => {
    expect(() => respond(request('PUT'), value as Outcome<unknown>)).toThrow(TypeError);
  });

  test('and a version that is not one: a store of your own made a mistake', () => {
    const broken = outcome({ kind: 'updated', version: undefined as unknown as string, value });
    expect(() => respond(request('PATCH'), broken)).toThrow(TypeError);
    expect(() => respond(request('PUT'), broken, { storedAsSent: true })).toThrow(TypeError);
    const stale = outcome({ kind: 'stale', current: { version: '' }, failed: 'oneOf' });
    expect(() => respond(request('PUT'), stale)).toThrow(TypeError);
  });
});

test('an expectation that always fails is refused with the version that is there', () => {
  expect(respond(request('PUT'), refused(oneOf(), current))).toMatchObject({ status: 412, headers: { etag: '"v8"' } });
});

describe('a read', () => {
  const found = storedAs(stored);

  test.each(['GET', 'HEAD', 'QUERY'])('%s gets the value with its validators', (method) => {
    expect(respond(request(method, {}), found)).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json', ...validators },
      body: value,
    });
  });

  test('its tag is of the codec', () => {
    const codec = tagCodec({ format: (version) => `W/"${version}"`, parse: () => null });
    expect(respond(request('GET', {}), found, { codec }).headers.etag).toBe('W/"8"');
  });

  test.each(['GET', 'HEAD', 'QUERY'])('§13.2.1 %s of nothing is a 404, whatever the preconditions', (method) => {
    const answer = respond(request(method), null);
    expect(answer).toMatchObject({ status: 404, body: { status: 404, reason: 'absent' } });
    expect(answer.headers).not.toHaveProperty('etag');
  });

  test.each(['PUT', 'POST', 'PATCH', 'DELETE'])('what was read does not answer a %s, nor does null', (method) => {
    for (const result of [found, null]) expect(() => respond(request(method), result)).toThrow(TypeError);
  });

  test.each<[what: string, result: unknown]>([
    ['an object with the same members', { ...found }],
    ['a value', value],
    ['undefined', undefined],
    ['a promise of one', Promise.resolve(found)],
    ['an error', new Error('down')],
  ])('%s is a mistake, to every method', (_, result) => {
    for (const method of ['GET', 'HEAD', 'QUERY', 'PUT', 'POST', 'PATCH', 'DELETE']) {
      expect(() => respond(request(method), result as never)).toThrow(TypeError);
    }
  });

  test('what a store gave is known by its mark, even to a second copy', async () => {
    const second = await import('./stored.ts?second' as './stored.ts');
    expect([isStored(second.stored(stored)), isStored({ ...found }), isStored(null)]).toEqual([true, false, false]);
  });
});

describe('who is told', () => {
  const told = (head: ReturnType<typeof request>, result: unknown) => {
    const heard: DecisionEvent[] = [];
    respond(head, result as null, { onDecision: (event) => heard.push(event) });
    return heard;
  };

  test.each<[kind: Kind, event: Partial<DecisionEvent>]>([
    ['created', { status: 201, field: null, reason: 'none' }],
    ['updated', { status: 200, field: null, reason: 'none' }],
    ['already-applied', { status: 200, field: null, reason: 'none' }],
    ['deleted', { status: 204, field: null, reason: 'none' }],
    ['stale', { status: 412, field: 'if-match', reason: 'no-match' }],
    ['exists', { status: 412, field: null, reason: 'exists' }],
    ['missing', { status: 412, field: 'if-match', reason: 'absent' }],
    ['contended', { status: 503, field: null, reason: 'contended' }],
  ])('of a write that is %s, once, by onDecision: its handler ran', (kind, event) => {
    expect(told(request('PUT'), outcomes[kind])).toEqual([
      expect.objectContaining({ method: 'PUT', handlerRan: true, ...event }),
    ]);
  });

  test('of the write, and not of what its value happens to hold', () => {
    const updated = outcome({ kind: 'updated', version: '8', value: { field: 'if-match', reason: 'malformed' } });
    expect(told(request('PUT'), updated)).toEqual([
      expect.objectContaining({ status: 200, field: null, reason: 'none' }),
    ]);
  });

  test('by what the adapter knows instead, where it knows more', () => {
    const heard: DecisionEvent[] = [];
    const circumstances = {
      onDecision: (event: DecisionEvent) => heard.push(event),
      handlerRan: true,
      route: () => '/:id',
    };
    respond(request('PUT'), outcomes.stale, undefined, circumstances);
    expect(heard).toEqual([expect.objectContaining({ route: '/:id', status: 412 })]);
  });

  test('nobody of what was read: that is told of when its preconditions are evaluated', () => {
    expect(told(request('GET', {}), storedAs(stored))).toEqual([]);
  });

  test('of a read of nothing', () => {
    expect(told(request('GET', {}), null)).toEqual([
      expect.objectContaining({ method: 'GET', status: 404, field: null, reason: 'absent' }),
    ]);
  });
});

describe('what people read', () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;

  test.each<[what: string, head: ReturnType<typeof request>, result: unknown, title: string, detail: string]>([
    [
      'a contended write',
      request('PUT'),
      outcomes.contended,
      'Service Unavailable',
      'Other writers came first. Nothing was written: try again later.',
    ],
    ['a read of nothing', request('GET'), null, 'Not Found', 'There is no such resource.'],
  ])('%s', (_, head, result, title, detail) => {
    expect(respond(head, result as null).body).toMatchObject({ title, detail });
  });

  test.each<[method: string, result: unknown, message: string]>([
    ['PUT', value, 'Not an outcome: { text } (object). Give what a store returned: to PUT, the outcome of the write'],
    [
      'PUT',
      Promise.resolve(),
      'Not an outcome: [object Promise] (object). Give what a store returned: to PUT, the outcome of the write',
    ],
    [
      'PUT',
      'updated\n',
      'Not an outcome: updated? (string). Give what a store returned: to PUT, the outcome of the write',
    ],
    ['PUT', null, 'Not an outcome: null (object). Give what a store returned: to PUT, the outcome of the write'],
    // As a driver gives a row, or an ORM.
    [
      'PUT',
      Object.assign(circular, { id: 7n }),
      'Not an outcome: { self, id } (object). Give what a store returned: to PUT, the outcome of the write',
    ],
    ['GET', undefined, 'Not an outcome: undefined (undefined). Give what a store returned: to GET, what get() gave'],
    [
      'PUT',
      outcome({ kind: 'upserted' } as unknown as typeof outcomes.deleted),
      'Not an outcome: { kind } (object). Give what a store returned: to PUT, the outcome of the write',
    ],
  ])('a mistake is named, to a %s', (method, result, message) => {
    expect(() => respond(request(method), result as null)).toThrow(new TypeError(message));
  });
});
