import { describe, expect, it } from 'vitest';
import {
  type DecisionEvent,
  type EntityTag,
  evaluateRead,
  evaluateResponse,
  PreconditionFailedError,
  type ResourceState,
} from './index.ts';

const DATE = 'Sat, 29 Oct 1994 19:43:31 GMT';
const EARLIER = 'Sat, 29 Oct 1994 19:43:30 GMT';
const modified = Date.UTC(1994, 9, 29, 19, 43, 31);
const get = (headers: Record<string, string> = {}) => ({ method: 'GET', headers });
const responseWith = (fields: Record<string, string>, status = 200) => ({ status, headers: new Headers(fields) });

const FAILED = expect.objectContaining({ code: 'ETAG_PRECONDITION_FAILED', status: 412 });

describe('§13.2 evaluateRead', () => {
  const state: ResourceState = { etag: '"v7"', lastModified: modified };

  it.each<[headers: Record<string, string>, outcome: string, reason: string]>([
    [{}, 'proceed', 'none'],
    [{ 'if-none-match': '"v7"' }, 'not-modified', 'matched'],
    [{ 'if-none-match': '"v6"' }, 'proceed', 'no-match'],
    [{ 'if-none-match': '*' }, 'not-modified', 'exists'],
    [{ 'if-modified-since': DATE }, 'not-modified', 'unmodified'],
    [{ 'if-modified-since': EARLIER }, 'proceed', 'modified'],
    [{ 'if-match': '"v7"' }, 'proceed', 'matched'],
    [{ 'if-match': '"v7"', 'if-none-match': '"v7"' }, 'not-modified', 'matched'],
  ])('%j: %s, %s', (headers, outcome, reason) => {
    expect(evaluateRead(get(headers), state)).toMatchObject({ outcome, reason });
  });

  it.each<[headers: Record<string, string>, reason: string]>([
    [{ 'if-match': '"v6"' }, 'no-match'],
    [{ 'if-match': 'W/"v7"' }, 'weak'],
    [{ 'if-match': 'v7' }, 'malformed'],
    [{ 'if-unmodified-since': EARLIER }, 'modified'],
  ])('%j is a 412: %s', (headers, reason) => {
    const run = () => evaluateRead(get(headers), state);
    expect(run).toThrow(FAILED);
    expect(run).toThrow(expect.objectContaining({ current: '"v7"', decision: expect.objectContaining({ reason }) }));
  });

  it.each([{ 'if-match': '"v7"' }, { 'if-match': '*' }, { 'if-none-match': '*' }, { 'if-match': 'v7' }])(
    '§13.2.1 what would be a 404 stays one: %j',
    (headers) => {
      expect(evaluateRead(get(headers), null)).toMatchObject({ outcome: 'proceed', field: null });
    },
  );

  it.each([301, 404, 500])('§13.2.1 a %d stays one', (status) => {
    for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '"v6"' }]) {
      expect(evaluateRead(get(headers), state, status)).toMatchObject({ outcome: 'proceed', field: null });
    }
  });
});

describe('evaluateResponse', () => {
  it('takes a fetch Response as it is', () => {
    const response = new Response('a', { headers: { 'last-modified': DATE } });
    expect(evaluateResponse(get({ 'if-none-match': '"v7"' }), response, '"v7"')).toMatchObject({
      decision: { outcome: 'not-modified' },
      state: { etag: '"v7"' },
      isSettled: true,
    });
  });

  it('§13.1.3 compares the date that the handler set', () => {
    const response = responseWith({ 'last-modified': DATE });
    for (const tag of ['"v7"', null] as const) {
      const { decision, state } = evaluateResponse(get({ 'if-modified-since': DATE }), response, tag);
      expect(decision).toMatchObject({ outcome: 'not-modified', field: 'if-modified-since' });
      expect(state).toEqual({ etag: tag, lastModified: modified });
    }
    expect(() => evaluateResponse(get({ 'if-unmodified-since': EARLIER }), response, '"v7"')).toThrow(FAILED);
  });

  it('§13.2.2 a tag beats the date', () => {
    const headers = { 'if-none-match': '"v6"', 'if-modified-since': DATE };
    const { decision } = evaluateResponse(get(headers), responseWith({ 'last-modified': DATE }), '"v7"');
    expect(decision).toMatchObject({ outcome: 'proceed', field: 'if-none-match' });
  });

  it.each<[fields: Record<string, string>]>([[{}], [{ 'last-modified': 'yesterday' }]])(
    'compares nothing where the response has no validator: %j',
    (fields) => {
      for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '"v7"' }, { 'if-modified-since': DATE }]) {
        const { decision } = evaluateResponse(get(headers), responseWith(fields), null);
        expect(decision).toMatchObject({ outcome: 'proceed', field: null });
      }
    },
  );

  it.each([206, 299])('a %d is evaluated', (status) => {
    const { decision } = evaluateResponse(get({ 'if-none-match': '"v7"' }), responseWith({}, status), '"v7"');
    expect(decision.outcome).toBe('not-modified');
  });

  it.each([301, 404, 500])('§13.2.1 a %d stays one', (status) => {
    const { decision } = evaluateResponse(get({ 'if-none-match': '"v7"' }), responseWith({}, status), '"v7"');
    expect(decision.outcome).toBe('proceed');
  });

  it('the 412 has the tag of the representation, not a form of it', () => {
    const run = () => evaluateResponse(get({ 'if-match': '"v6"' }), responseWith({}), '"v7"');
    expect(run).toThrow(PreconditionFailedError);
    expect(run).toThrow(expect.objectContaining({ current: '"v7"' }));
  });

  it('§8.8.3.3 a list that names a form gives it', () => {
    const { decision } = evaluateResponse(get({ 'if-none-match': '"v7-gzip"' }), responseWith({}), '"v7"');
    expect(decision).toMatchObject({ outcome: 'not-modified', form: '"v7-gzip"' });
  });

  it('leaves the response as it is', () => {
    const fields = { etag: '"v7"', 'content-encoding': 'gzip', 'last-modified': DATE };
    const response = responseWith(fields);
    evaluateResponse(get({ 'if-none-match': '"v7"' }), response, '"v7"');
    expect(Object.fromEntries(response.headers)).toEqual(fields);
  });
});

describe('§8.8.3.3 whether the tag is settled', () => {
  const GZIP = { 'content-encoding': 'gzip' };
  const plain = {};

  it.each<[what: string, headers: Record<string, string>, fields: Record<string, string>, since: boolean, is: boolean]>(
    [
      ['plain content', {}, plain, false, false],
      ['content that came coded: its tag is that of the coded form', {}, GZIP, false, true],
      ['content that was coded since', {}, GZIP, true, false],
      ['plain content, though a compressor is there', {}, plain, true, false],
      ['a 304 for a listed tag', { 'if-none-match': '"v7"' }, plain, false, true],
      ['a 304 for a listed form', { 'if-none-match': '"v7-gzip"' }, plain, false, true],
      ['a 304 for a listed tag, content coded since', { 'if-none-match': '"v7"' }, GZIP, true, true],
      ['a 304 for any tag: nobody has named one', { 'if-none-match': '*' }, plain, false, false],
      ['a 304 for any tag, content coded since', { 'if-none-match': '*' }, GZIP, true, false],
      ['a 304 for any tag, content that came coded', { 'if-none-match': '*' }, GZIP, false, true],
      ['a 304 by date', { 'if-modified-since': DATE }, plain, false, false],
      ['a 304 by date, content coded since', { 'if-modified-since': DATE }, GZIP, true, false],
      ['a 304 by date, content that came coded', { 'if-modified-since': DATE }, GZIP, false, true],
      ['a list without the tag', { 'if-none-match': '"v6"' }, plain, false, false],
      ['an If-Match that holds', { 'if-match': '"v7"' }, plain, false, false],
      ['an If-Match that holds, content coded since', { 'if-match': '"v7"' }, GZIP, true, false],
    ],
  )('%s', (_, headers, fields, since, is) => {
    const response = responseWith({ ...fields, 'last-modified': DATE });
    expect(evaluateResponse(get(headers), response, '"v7"', since).isSettled).toBe(is);
  });

  it.each<EntityTag | null>(['W/"v7"', null])('of %s is told likewise', (tag) => {
    expect(evaluateResponse(get(), responseWith(GZIP), tag).isSettled).toBe(true);
    expect(evaluateResponse(get(), responseWith(GZIP), tag, true).isSettled).toBe(false);
    expect(evaluateResponse(get(), responseWith({}), tag).isSettled).toBe(false);
  });
});

describe('who is told of a read', () => {
  const state: ResourceState = { etag: '"v7"', lastModified: modified };
  const witness = (handlerRan: boolean) => {
    const heard: DecisionEvent[] = [];
    return { heard, circumstances: { onDecision: (event: DecisionEvent) => void heard.push(event), handlerRan } };
  };
  const matched = { status: 304, field: 'if-none-match', reason: 'matched' } as const;
  const refused = { status: 412, field: 'if-match', reason: 'no-match' } as const;

  it.each<[headers: Record<string, string>, before: Partial<DecisionEvent> | null, after: Partial<DecisionEvent>]>([
    // One that goes on to its handler is told of when that has run.
    [{}, null, { status: 200, field: null, reason: 'none' }],
    [{ 'if-none-match': '"v6"' }, null, { status: 200, field: 'if-none-match', reason: 'no-match' }],
    [{ 'if-match': '"v7"' }, null, { status: 200, field: 'if-match', reason: 'matched' }],
    [{ 'if-none-match': '"v7"' }, matched, matched],
    [{ 'if-match': '"v6"' }, refused, refused],
  ])('%j: before its handler %j, after it %j', (headers, before, after) => {
    for (const [handlerRan, event] of [[false, before] as const, [true, after] as const]) {
      const { heard, circumstances } = witness(handlerRan);
      const run = () => evaluateRead(get(headers), state, 200, circumstances);
      if (after === refused) expect(run).toThrow(FAILED);
      else run();
      expect(heard).toEqual(event === null ? [] : [expect.objectContaining({ ...event, handlerRan, untagged: null })]);
    }
  });

  it('the status is that of the response', () => {
    const { heard, circumstances } = witness(true);
    evaluateRead(get(), state, 404, circumstances);
    expect(heard).toEqual([expect.objectContaining({ status: 404, reason: 'none' })]);
  });

  it.each<[tag: EntityTag | null, fields: Record<string, string>, untagged: DecisionEvent['untagged']]>([
    ['"v7"', { 'cache-control': 'no-store' }, null],
    [null, { 'cache-control': 'no-store' }, 'no-store'],
    [null, { 'content-type': 'text/event-stream' }, 'event-stream'],
    [null, { 'last-modified': DATE }, 'unread'],
  ])('a response with the tag %j and %j: untagged %j', (tag, fields, untagged) => {
    const { heard, circumstances } = witness(true);
    evaluateResponse(get(), responseWith(fields), tag, false, circumstances);
    expect(heard).toEqual([expect.objectContaining({ status: 200, untagged })]);
  });
});
