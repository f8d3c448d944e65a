import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  type Decision,
  type EntityTag,
  evaluatePreconditions,
  evaluateRange,
  type RequestHead,
  type ResourceState,
} from './index.ts';

const modified = Date.UTC(2026, 0, 2, 3, 4, 5);
const STATES: [name: string, state: ResourceState | null][] = [
  ['strong', { etag: '"v7"', lastModified: modified }],
  ['weak', { etag: 'W/"v7"', lastModified: new Date(modified) }],
  ['no validator', {}],
  ['none', null],
];
const FIELDS: Record<string, string>[] = [
  {},
  { 'if-match': '"v7"' },
  { 'if-match': '"v6", W/"v7"' },
  { 'if-match': '*' },
  { 'if-match': 'v7' },
  { 'if-none-match': '"v7"' },
  { 'if-none-match': '"v6", "v7"' },
  { 'if-none-match': '*' },
  { 'if-none-match': 'v7' },
  { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' },
  { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' },
  { 'if-modified-since': 'yesterday' },
  { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' },
  { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' },
];
const CASES = STATES.flatMap(([name, state]) =>
  FIELDS.flatMap((headers) => ['GET', 'PUT', 'OPTIONS'].map((method) => ({ name, state, method, headers }))),
);

/** Equal to an object, and none of its parts the same. */
function copyOf(state: ResourceState | null): ResourceState | null {
  return state && { ...state, ...(state.etag && { etag: state.etag.split('').join('') as EntityTag }) };
}

describe('§13.2 decisions', () => {
  it('are frozen', () => {
    for (const { state, method, headers } of CASES) {
      expect(Object.isFrozen(evaluatePreconditions({ method, headers }, state))).toBe(true);
    }
    const decision = evaluatePreconditions({ method: 'GET', headers: {} }, null) as { outcome: string };
    expect(() => {
      decision.outcome = 'failed';
    }).toThrow(TypeError);
  });

  it('are the same object whenever they say the same', () => {
    const shared = new Map<string, Decision>();
    for (const { state, method, headers } of CASES) {
      for (const [given, fields] of [
        [state, headers],
        [copyOf(state), new Headers(headers)],
      ] as const) {
        const decision = evaluatePreconditions({ method, headers: fields }, given);
        const { outcome, field, reason } = decision;
        const name = `${outcome} ${field} ${reason}`;
        expect(shared.get(name) ?? decision, name).toBe(decision);
        shared.set(name, decision);
      }
    }
    expect(shared.size).toBeGreaterThan(15);
  });

  it('hold an outcome, a field, a reason and a form, and no more', () => {
    for (const { state, method, headers } of CASES) {
      const decision = evaluatePreconditions({ method, headers }, state);
      expect(Object.keys(decision)).toEqual(['outcome', 'field', 'reason', 'form']);
      expect(decision.form).toBeNull();
      expect(decision.field === null || decision.field in headers).toBe(true);
    }
  });

  it('are found without allocating, where the client has the current tag or another one', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const grown = (headers: Record<string, string>, state: ResourceState, times = 100_000) => {
      const request = { method: 'GET', headers };
      const run = (times: number) => {
        for (let i = 0; i < times; i++) evaluatePreconditions(request, state);
      };
      // Until it is compiled, code costs memory of its own.
      run(20_000);
      collect();
      const before = process.memoryUsage().heapUsed;
      run(times);
      return (process.memoryUsage().heapUsed - before) / times;
    };
    const tag = '"LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"';
    const state = { etag: tag, lastModified: modified } as const;
    // A number for each is 12 bytes or more.
    for (const headers of [
      { 'if-none-match': tag },
      { 'if-none-match': tag.replace('LPJ', 'JPL') },
      { 'if-match': tag },
      { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' },
      {},
    ]) {
      expect(grown(headers, state), JSON.stringify(headers)).toBeLessThan(8);
    }
    // What is measured is what is allocated: a form is. So few of them that none is collected before it is counted.
    expect(grown({ 'if-none-match': `${tag.slice(0, -1)}-gzip"` }, state, 2000)).toBeGreaterThan(8);
  });

  it('leave the request and the state as they were', () => {
    for (const { state, method, headers } of CASES) {
      const request: RequestHead = Object.freeze({ method, headers: Object.freeze({ ...headers }) });
      expect(evaluatePreconditions(request, state && Object.freeze({ ...state }))).toBe(
        evaluatePreconditions({ method, headers }, state),
      );
    }
  });
});

describe('§14.2 range decisions', () => {
  it('are shared and frozen where they name no ranges', () => {
    const decide = (range: string) => evaluateRange({ method: 'GET', headers: { range } }, {}, 10);
    expect(decide('items=0-1')).toBe(decide('bytes=x'));
    expect(decide('bytes=10-')).toBe(decide('bytes=-0'));
    expect([decide('items=0-1'), decide('bytes=10-')].map(Object.isFrozen)).toEqual([true, true]);
    expect(decide('items=0-1')).not.toBe(decide('bytes=10-'));
  });

  it('name the ranges of each request anew', () => {
    const decide = () => evaluateRange({ method: 'GET', headers: { range: 'bytes=0-1' } }, {}, 10);
    expect(decide()).toEqual({ kind: 'partial', ranges: [{ start: 0, end: 1 }] });
    expect(decide()).not.toBe(decide());
  });
});
